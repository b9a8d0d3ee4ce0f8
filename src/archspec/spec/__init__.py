"""The pydantic document: strict about structure, silent about values."""

from archspec.spec.claims import Claims, Figure
from archspec.spec.document import Block, Input, Spec, Variant
from archspec.spec.initial import Rule, read_rule, read_rules
from archspec.spec.layers import Body, Layer, misplaced_key
from archspec.spec.names import LAYER_KEYS
from archspec.spec.parameters import Parameter, check_value
from archspec.spec.paths import BROKEN, yaml_path
from archspec.spec.read import Found, read_spec
from archspec.spec.texts import texts
from archspec.spec.wrong import close_match, listed, problems, told

__all__ = [
    "BROKEN",
    "LAYER_KEYS",
    "Block",
    "Body",
    "Claims",
    "Figure",
    "Found",
    "Input",
    "Layer",
    "Parameter",
    "Rule",
    "Spec",
    "Variant",
    "check_value",
    "close_match",
    "listed",
    "misplaced_key",
    "problems",
    "read_rule",
    "read_rules",
    "read_spec",
    "texts",
    "told",
    "yaml_path",
]

"""The pydantic document: strict about structure, silent about values."""

from archspec.spec.claims import Claims, Figure
from archspec.spec.document import Block, Input, Spec, Variant
from archspec.spec.forms import misplaced_key
from archspec.spec.initial import Rule, read_rule, read_rules
from archspec.spec.layers import Body, Layer
from archspec.spec.names import LAYER_KEYS, MODULE_ATTRIBUTES, check_layer_name
from archspec.spec.outputs import Output, Outputs, Packing
from archspec.spec.parameters import Parameter, check_value
from archspec.spec.paths import BROKEN, yaml_path
from archspec.spec.read import Found, read_spec
from archspec.spec.texts import texts
from archspec.spec.wrong import close_match, listed, operation_match, problems, told

__all__ = [
    "BROKEN",
    "LAYER_KEYS",
    "MODULE_ATTRIBUTES",
    "Block",
    "Body",
    "Claims",
    "Figure",
    "Found",
    "Input",
    "Layer",
    "Output",
    "Outputs",
    "Packing",
    "Parameter",
    "Rule",
    "Spec",
    "Variant",
    "check_layer_name",
    "check_value",
    "close_match",
    "listed",
    "misplaced_key",
    "operation_match",
    "problems",
    "read_rule",
    "read_rules",
    "read_spec",
    "texts",
    "told",
    "yaml_path",
]

"""The pydantic document: strict about structure, silent about values."""

from archspec.diagnostics import close_match
from archspec.document.assemble import Included, Library, Texts, assemble
from archspec.document.document import Block, Claims, Figure, Input, Spec, Variant
from archspec.document.errors import listed, operation_match, problems, quoted
from archspec.document.forms import misplaced_key, texts
from archspec.document.initial import Rule, read_rule, read_rules
from archspec.document.layers import Body, Layer, Output, Outputs, Packing
from archspec.document.names import LAYER_KEYS, MODULE_ATTRIBUTES, check_layer_name
from archspec.document.parameters import Parameter, check_value
from archspec.document.read import BROKEN, Found, read_spec, yaml_path

__all__ = [
    "BROKEN",
    "LAYER_KEYS",
    "MODULE_ATTRIBUTES",
    "Block",
    "Body",
    "Claims",
    "Figure",
    "Found",
    "Included",
    "Input",
    "Layer",
    "Library",
    "Output",
    "Outputs",
    "Packing",
    "Parameter",
    "Rule",
    "Spec",
    "Texts",
    "Variant",
    "assemble",
    "check_layer_name",
    "check_value",
    "close_match",
    "listed",
    "misplaced_key",
    "operation_match",
    "problems",
    "quoted",
    "read_rule",
    "read_rules",
    "read_spec",
    "texts",
    "yaml_path",
]

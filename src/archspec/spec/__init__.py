"""The pydantic document: strict about structure, silent about values."""

from archspec.spec.claims import Claims, Figure
from archspec.spec.document import Block, Input, Spec, Variant
from archspec.spec.layers import Body, Layer
from archspec.spec.parameters import Parameter, check_value
from archspec.spec.read import Found, read_spec
from archspec.spec.wrong import close_match, problems

__all__ = [
    "Block",
    "Body",
    "Claims",
    "Figure",
    "Found",
    "Input",
    "Layer",
    "Parameter",
    "Spec",
    "Variant",
    "check_value",
    "close_match",
    "problems",
    "read_spec",
]

"""The parameters: a default, a type, a layer, or these in full."""

from collections.abc import Mapping

from archspec.document.parameters import TYPES
from archspec.schema.forms import Schema, either, has, mapping, named, ref, text, when
from archspec.schema.texts import BLOCK
from archspec.schema.words import FORMS, PARAMETER, TOP

_NUMBERS: Schema = {"type": ["number", "array", "string"]}

_DEFAULTS: Mapping[str, Schema] = {
    "int": either({"type": "integer"}, ref("expression")),
    "float": either({"type": "number"}, ref("expression")),
    "bool": {"type": "boolean"},
    "str": {"type": "string"},
    "size": either(
        {"type": "integer"}, {"type": "array", "items": {"type": "integer"}}, ref("expression")
    ),
    "list": {"type": "array"},
    "layer": either(text(BLOCK), ref("passed-layer")),
}
"""What the default of each type may be."""


def parameter_definitions() -> dict[str, Schema]:
    """Define parameters, and the values that are given to them."""
    return {
        "value": _value(),
        "params": named(ref("parameter-name"), ref("parameter"), description=TOP["params"]),
        "parameter": _parameter(),
        "parameter-in-full": _full(),
    }


def _value() -> Schema:
    return {
        "type": ["string", "number", "boolean", "array", "object"],
        "description": PARAMETER["value"],
        "items": ref("scalar"),
        "allOf": [when({"type": "object"}, ref("passed-layer"))],
    }


def _parameter() -> Schema:
    layer = either(*map(has, FORMS))
    types = {"enum": list(TYPES), "description": PARAMETER["required"]}
    mappings = {"if": layer, "then": ref("passed-layer"), "else": ref("parameter-in-full")}
    return {
        "type": ["string", "number", "boolean", "array", "object"],
        "description": PARAMETER["parameter"],
        "allOf": [
            when({"type": "string"}, either(types, {"type": "string"})),
            when({"type": "array"}, ref("scalar")),
            when({"type": "object"}, mappings),
        ],
    }


def _full() -> Schema:
    properties: dict[str, Schema] = {
        "type": {"enum": list(TYPES), "description": PARAMETER["type"]},
        "default": {"description": PARAMETER["default"]},
        "choices": {"type": "array", "minItems": 1, "description": PARAMETER["choices"]},
    }
    cases = [
        when(has("type", {"const": kind}), {"properties": {"default": schema}})
        for kind, schema in _DEFAULTS.items()
    ]
    untyped = when({"not": has("type")}, {"properties": {"default": ref("scalar")}})
    needed = either(has("type"), has("default"))
    return mapping(properties, description=PARAMETER["parameter"]) | {
        "allOf": [needed, *cases, untyped]
    }

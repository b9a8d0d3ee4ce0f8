"""The few pieces of JSON Schema of which the others are put together."""

from collections.abc import Iterable, Mapping
from typing import Any

Schema = dict[str, Any]
"""A JSON Schema, or a part of one."""


def ref(name: str) -> Schema:
    """Point to a definition.

    >>> ref("expression")
    {'$ref': '#/definitions/expression'}
    """
    return {"$ref": f"#/definitions/{name}"}


def either(*schemas: Schema, **others: Any) -> Schema:
    """Allow what any of some schemas allows.

    >>> either({"type": "null"}, ref("layer"), description="Nothing, or a layer.")["description"]
    'Nothing, or a layer.'
    """
    return {"anyOf": list(schemas), **others}


def mapping(
    properties: Mapping[str, Schema], required: Iterable[str] = (), **others: Any
) -> Schema:
    """Describe a mapping that has these keys and no others.

    >>> mapping({"from": ref("reference")}, ["from"])["required"]
    ['from']
    """
    needed = list(required)
    keys = {"type": "object", "additionalProperties": False, "properties": dict(properties)}
    return keys | ({"required": needed} if needed else {}) | others


def named(names: Schema, values: Schema, **others: Any) -> Schema:
    """Describe a mapping whose keys are names that the user gives."""
    keys = {"type": "object", "propertyNames": names, "additionalProperties": values}
    return keys | others


def listed(items: Schema, least: int = 0, **others: Any) -> Schema:
    """Describe a list of so many items at least."""
    return {"type": "array", "items": items} | ({"minItems": least} if least else {}) | others


def text(pattern: str, **others: Any) -> Schema:
    """Describe a text by a pattern."""
    return {"type": "string", "pattern": pattern, **others}


def about(schema: Schema, description: str) -> Schema:
    """Say what a definition is for where it is used: beside `$ref` nothing else is read."""
    return {"allOf": [schema], "description": description}


def when(condition: Schema, then: Schema) -> Schema:
    """Ask for one thing where another holds: what editors complete best, and tell exactly."""
    return {"if": condition, "then": then}


def has(key: str, value: Schema | None = None) -> Schema:
    """Ask for a key, perhaps with a value.

    >>> has("op")
    {'required': ['op']}
    """
    return {"required": [key]} | ({"properties": {key: value}} if value is not None else {})


def without(*keys: str) -> Schema:
    """Ask that keys be absent.

    >>> without("splice")
    {'not': {'anyOf': [{'required': ['splice']}]}}
    """
    return {"not": {"anyOf": [has(key) for key in keys]}}

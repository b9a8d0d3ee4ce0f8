"""Put the schema together: of the whole language, or of one operation.

It is of draft 7: editors' YAML support reads that one best, and nothing of later drafts is needed.
"""

import json

from archspec.schema.document import definitions, spec
from archspec.schema.forms import Schema, ref
from archspec.schema.layers import layer_definitions
from archspec.schema.operations import operations
from archspec.schema.parameters import parameter_definitions

DRAFT = "http://json-schema.org/draft-07/schema#"


def language_schema() -> Schema:
    """Give the JSON Schema of a spec.

    >>> language_schema()["title"]
    'archspec'
    """
    return {"$schema": DRAFT, **spec(operations()), "definitions": _definitions()}


def operation_schema(name: str) -> Schema:
    """Give the JSON Schema of a layer that is one operation; `name` must be one of the vocabulary.

    >>> operation_schema("linear")["title"]
    'linear'
    """
    known = _definitions()
    reached = _reached(known, f"op-{name}")
    needed = {key: known[key] for key in sorted(reached)}
    return {"$schema": DRAFT, "title": name, "allOf": [ref(f"op-{name}")], "definitions": needed}


def written(schema: Schema) -> str:
    """Write a schema as JSON, the same on every machine.

    >>> print(written({"type": "null"}), end="")
    {
      "type": "null"
    }
    """
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _definitions() -> dict[str, Schema]:
    return definitions() | parameter_definitions() | layer_definitions(operations())


def _reached(known: dict[str, Schema], name: str) -> set[str]:
    """Find what a definition refers to, whatever lies between."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += sorted(_mentioned(known[current]))
    return found


def _mentioned(value: object) -> set[str]:
    """Find the definitions that a part of a schema refers to."""
    if isinstance(value, dict):
        own = value.get("$ref")
        names = {own.split("/")[2]} if isinstance(own, str) else set()
        return names.union(*map(_mentioned, value.values()))
    return set().union(*map(_mentioned, value)) if isinstance(value, list) else set()

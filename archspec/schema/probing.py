"""Find out what an argument accepts by asking its own validator, which alone knows."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from archspec.operations.fields import mapping_of
from archspec.schema.forms import Schema, either, mapping, ref, text
from archspec.schema.texts import PARAMETER

Accepts = Callable[[Any], bool]

_MOST = 6
"""The longest list that is tried; what takes one of this length takes any."""


def accepts(field: FieldInfo) -> Accepts:
    """Make a question of an argument: whether it accepts a value."""
    kind: Any = field.annotation
    if field.metadata:
        kind = Annotated[kind, *field.metadata]
    adapter: TypeAdapter[Any] = TypeAdapter(kind, config=ConfigDict(strict=True))

    def accepted(value: Any) -> bool:
        try:
            adapter.validate_python(value)
        except ValidationError:
            return False
        return True

    return accepted


def accepted_by(field: FieldInfo, words: frozenset[str]) -> Schema:
    """Describe what an argument accepts in a spec: values, its keywords, expressions.

    >>> from archspec.operations import load
    >>> accepted_by(load("conv2d").model_fields["groups"], frozenset())["anyOf"]
    [{'type': 'integer', 'minimum': 1}, {'$ref': '#/definitions/expression'}]
    """
    choices = choices_of(field)
    if choices and all(isinstance(choice, str) for choice in choices):
        return either({"enum": choices}, text(PARAMETER))
    if choices:
        return either({"enum": choices}, ref("expression"))
    asked = accepts(field)
    if field.annotation is str:
        return either(*_values(asked), {"type": "string"})
    return either(
        *([{"enum": sorted(words)}] if words else []),
        *_values(asked),
        *_mappings(field),
        *([_list(asked)] if _lengths(asked) else []),
        ref("expression"),
    )


def _mappings(field: FieldInfo) -> Iterator[Schema]:
    """Describe the arguments that stand in a mapping, each of which is a value."""
    cls = mapping_of(field.annotation)
    if cls is None:
        return
    properties = {
        name: either(*_values(accepts(field)))
        | {"description": cls.described[name]}
        | default_of(field)
        for name, field in cls.model_fields.items()
    }
    yield mapping(properties, description=" ".join((cls.__doc__ or "").split()))


def default_of(field: FieldInfo) -> Schema:
    """Give the default as a spec would write it, where there is one.

    >>> from archspec.operations import load
    >>> default_of(load("conv2d").model_fields["stride"])
    {'default': 1}
    """
    if field.is_required():
        return {}
    value = field.default
    if isinstance(value, tuple):
        value = value[0] if len(set(value)) == 1 else list(value)
    return {"default": value}


def choices_of(field: FieldInfo) -> list[Any]:
    """Give the values of which an argument takes one, if it does not take others.

    >>> from archspec.operations import load
    >>> choices_of(load("gelu").model_fields["approximate"])
    ['none', 'tanh']
    """
    return list(get_args(field.annotation)) if get_origin(field.annotation) is Literal else []


def _values(asked: Accepts) -> list[Schema]:
    """Describe the single values: truth values, numbers, null."""
    found: list[Schema] = [{"type": "boolean"}] if asked(True) else []
    if asked(1):
        found.append(_number(asked))
    return found + ([{"type": "null"}] if asked(None) else [])


def _number(asked: Accepts) -> Schema:
    """Describe numbers, with their bounds as far as -1, 0 and 1 are among these."""
    fractions = asked(0.5)
    kind: Schema = {"type": "number" if fractions else "integer"}
    kind |= {} if asked(2) else {"maximum": 1}
    if asked(-2):
        return kind | ({} if asked(0) else {"not": {"const": 0}})
    if asked(-1):
        return kind | {"minimum": -1} | ({} if asked(0) else {"not": {"const": 0}})
    if asked(0):
        return kind | {"minimum": 0}
    return kind | ({"exclusiveMinimum": 0} if fractions else {"minimum": 1})


def _list(asked: Accepts) -> Schema:
    lengths = _lengths(asked)
    items = _values(lambda item: asked([item] * lengths[0]))
    if asked([[1]]):
        items.append({"type": "array"})
    found: Schema = {"type": "array", "items": either(*items, ref("expression"))}
    found["minItems"] = lengths[0]
    return found | ({} if lengths[-1] == _MOST else {"maxItems": lengths[-1]})


def _lengths(asked: Accepts) -> list[int]:
    """Say how long a list may be; one of no items says nothing of them."""
    return [length for length in range(1, _MOST + 1) if asked([1] * length)]

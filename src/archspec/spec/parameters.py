"""The document's parameters: defaults in the short form, or types, defaults and choices in full."""

from typing import Any, Literal

from pydantic import model_validator

from archspec.diagnostics import MisplacedKey, OutOfRange, WrongType
from archspec.expressions import described
from archspec.spec.layers import FORMS, Document, Layer
from archspec.spec.wrong import wrong

Type = Literal["number", "int", "float", "bool", "str", "size", "list", "layer"]
TYPES = ("int", "float", "bool", "str", "size", "list", "layer")


class Parameter(Document):
    """What a user or a caller may change: its type, its default, its choices.

    `number` is the type of a default such as `1`: any number or list of numbers.
    """

    type: Type
    required: bool = False
    default: Any = None
    layer: Layer | None = None
    choices: list[Any] | None = None
    computed: bool = False

    @model_validator(mode="before")
    @classmethod
    def _normalise(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return _mapping(data)
        if data in TYPES and isinstance(data, str):
            return {"type": data, "required": True}
        return {"type": _type(data), "default": data}


def _mapping(data: dict[str, Any]) -> dict[str, Any]:
    if any(key in data for key in FORMS):
        return {"type": "layer", "layer": data}
    for key in ("required", "layer", "computed"):
        if key in data:
            raise wrong(MisplacedKey(f"`{key}` is no key of a parameter"))
    full = dict(data)
    if "type" not in full and "default" in full:
        full["type"] = _type(full["default"])
    if "default" not in full:
        return full | {"required": True}
    if full["type"] == "layer":
        return {"type": "layer", "layer": full.pop("default")}
    choices = full.get("choices")
    if isinstance(choices, list) and full["default"] not in choices:
        raise wrong(OutOfRange(f"the default `{full['default']}` is none of the choices"))
    number = full["type"] in ("number", "int", "float", "size")
    return full | {"computed": number and isinstance(full["default"], str)}


def _type(default: Any) -> str:
    if isinstance(default, bool):
        return "bool"
    if isinstance(default, int | float | list):
        return "number"
    if isinstance(default, str):
        return "str"
    raise wrong(
        WrongType(
            f"a parameter has a default or a type, not {described(default)}",
            help=f"a type is one of {', '.join(f'`{item}`' for item in TYPES)}",
        )
    )


def check_value(name: str, parameter: Parameter, value: object) -> object:
    """Give the value of a parameter back if it is of its type and among its choices.

    Raises the problem that says what is wanted. Layers are not values and are resolved elsewhere.

    >>> check_value("stride", Parameter(type="int", required=True), 2)
    2
    """
    words, fits = _FITS[parameter.type]
    if not fits(value):
        raise WrongType(f"`{name}` must be {words}, not {_told(value)}")
    choices = parameter.choices
    if choices is not None and value not in choices:
        listed = ", ".join(f"`{item}`" for item in choices)
        raise OutOfRange(f"`{name}` must be one of {listed}, not `{value}`")
    return value


def _told(value: object) -> str:
    plain = isinstance(value, str | int | float)
    return f"{described(value)} (`{value}`)" if plain else described(value)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _numbers(value: object) -> bool:
    return _number(value) or (
        isinstance(value, list | tuple) and all(_numbers(item) for item in value)
    )


def _size(value: object) -> bool:
    return _integer(value) or (
        isinstance(value, list | tuple) and all(_integer(item) for item in value)
    )


_FITS: dict[str, tuple[str, Any]] = {
    "number": ("a number or a list of numbers", _numbers),
    "int": ("an integer", _integer),
    "float": ("a number", _number),
    "bool": ("`true` or `false`", lambda value: isinstance(value, bool)),
    "str": ("a text", lambda value: isinstance(value, str)),
    "size": ("an integer or a list of integers", _size),
    "list": ("a list", lambda value: isinstance(value, list | tuple)),
    "layer": ("a layer", lambda value: False),
}

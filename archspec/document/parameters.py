"""The document's parameters: defaults in the short form, or types, defaults and choices in full."""

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, model_validator
from pydantic.json_schema import SkipJsonSchema

from archspec.diagnostics import MisplacedKey, OutOfRange, Problem, WrongType, close_match
from archspec.document.errors import listed, quoted, wrong
from archspec.document.forms import FORMS, misplaced_key
from archspec.document.layers import Document, Layer
from archspec.expressions import shorten

Type = Literal["number", "int", "float", "bool", "str", "size", "list", "layer"]
TYPES = ("int", "float", "bool", "str", "size", "list", "layer")


class Parameter(Document):
    """A default, a type, a layer, or these in full: what a user or a caller may change.

    `number` is the type of a default such as `1`: any number or list of numbers.
    """

    # A `number` is what a default is, and not what may be written.
    type: Annotated[Type, WithJsonSchema({"enum": list(TYPES)})] = Field(
        description="What values it may have."
    )
    required: SkipJsonSchema[bool] = False
    default: Any = Field(
        None, description="The value where none is given; of a number it may be an expression."
    )
    layer: SkipJsonSchema[Layer | None] = None
    choices: list[Any] | None = Field(
        None, description="The values that are allowed.", json_schema_extra={"minItems": 1}
    )
    computed: SkipJsonSchema[bool] = False

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
        _check_layer(data)
        return {"type": "layer", "layer": data}
    for key in ("required", "layer", "computed"):
        if key in data:
            raise wrong(MisplacedKey(f"`{key}` is no key of a parameter"), key)
    full = dict(data)
    if "type" not in full and "default" in full:
        full["type"] = _type(full["default"])
    if full.get("type", "int") not in TYPES:
        raise wrong(_unknown_type(full["type"]), "type")
    if "default" not in full:
        return full | {"required": True}
    if full["type"] == "layer":
        _check_layer(full["default"], "default")
        return {"type": "layer", "layer": full.pop("default")}
    _check_choices(full)
    number = full["type"] in ("number", "int", "float", "size")
    return full | {"computed": number and isinstance(full["default"], str)}


def _check_layer(raw: object, *path: str) -> None:
    misplaced = misplaced_key(raw)
    if misplaced is not None:
        problem, key = misplaced
        raise wrong(problem, *path, key)


def _unknown_type(name: object) -> Problem:
    if not isinstance(name, str):
        return WrongType(f"`type` must be {listed(TYPES, 'or')}, not {quoted(name)}")
    return OutOfRange(
        f"`type` must be {listed(TYPES, 'or')}, not `{shorten(name)}`",
        help=close_match(name, TYPES),
    )


def _check_choices(full: dict[str, Any]) -> None:
    choices, default = full.get("choices"), full["default"]
    if choices == []:
        raise wrong(OutOfRange("`choices` is empty, and leaves no value"), "choices")
    if isinstance(choices, list) and default not in choices:
        text = f"the default `{default}` is none of the choices {listed(map(str, choices))}"
        raise wrong(OutOfRange(text, help=close_match(str(default), map(str, choices))), "default")


def _type(default: Any) -> str:
    if isinstance(default, bool):
        return "bool"
    if isinstance(default, int | float | list):
        return "number"
    if isinstance(default, str):
        return "str"
    raise wrong(
        WrongType(
            f"a parameter has a default or a type, not {quoted(default)}",
            help=f"a type is {listed(TYPES, 'or')}",
        )
    )


def check_value(name: str, parameter: Parameter, value: object) -> object:
    """Give the value of a parameter back if it is of its type and among its choices.

    Raises the problem that says what is wanted. Layers are not values and are resolved elsewhere.

    >>> check_value("stride", Parameter(type="int"), 2)
    2
    """
    words, fits = _FITS[parameter.type]
    if not fits(value):
        raise WrongType(f"`{name}` must be {words}, not {quoted(value)}")
    choices = parameter.choices
    if choices is not None and value not in choices:
        text = f"`{name}` must be {listed(map(str, choices), 'or')}, not `{shorten(str(value))}`"
        raise OutOfRange(text, help=close_match(str(value), map(str, choices)))
    return value


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

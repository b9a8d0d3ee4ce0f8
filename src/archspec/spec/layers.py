"""The document's layers: every form of a layer, and the bodies that hold them."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from archspec.diagnostics import MisplacedKey, MissingKey, NotBuilt, Problem, WrongType
from archspec.expressions import described
from archspec.spec.names import LAYER_KEYS, check_layer_name, check_parameter_name
from archspec.spec.wrong import unknown_key, wrong

FORMS = ("op", "block", "layers", "share", "spec")
_LATER = ("share", "spec", "taps", "trainable")
_BODY_LATER = ("inputs", "outputs", "order")


class Document(BaseModel):
    """What all parts of a spec share: strict, frozen, no unknown keys."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", populate_by_name=True)


def _layer_name(name: str) -> str:
    try:
        check_layer_name(name)
    except Problem as problem:
        raise wrong(problem) from None
    if "{" in name:
        raise wrong(NotBuilt("names with placeholders are not read yet"))
    return name


def _parameter_name(name: str) -> str:
    try:
        return check_parameter_name(name)
    except Problem as problem:
        raise wrong(problem) from None


LayerName = Annotated[str, AfterValidator(_layer_name)]
ParameterName = Annotated[str, AfterValidator(_parameter_name)]
Scalar = Any
"""A YAML scalar or a list of them, read later: as an expression, a keyword or a text."""


class Body(Document):
    """What the model, a block and a group are: layers in order.

    `numbered` says that they were a list and are called by numbers.
    """

    layers: dict[LayerName, "Layer"]
    numbered: bool = Field(default=False, exclude=True)
    let: dict[ParameterName, Scalar] = {}

    @model_validator(mode="before")
    @classmethod
    def _number(cls, data: Any) -> Any:
        """Turn a list of layers into a mapping under the numbers of the list."""
        if not isinstance(data, dict):
            return data
        for key in _BODY_LATER:
            if key in data:
                raise wrong(NotBuilt(f"`{key}` is not read yet"))
        if "numbered" in data:
            raise wrong(unknown_key("numbered", cls.model_fields))
        layers = data.get("layers")
        if isinstance(layers, list):
            named = {str(index): layer for index, layer in enumerate(layers)}
            return data | {"layers": named, "numbered": True}
        return data

    @field_validator("layers")
    @classmethod
    def _not_empty(cls, layers: dict[str, "Layer"]) -> dict[str, "Layer"]:
        if not layers:
            raise wrong(MissingKey("`layers` is empty: a network has at least one layer"))
        return layers


class Layer(Document):
    """One layer in any of its forms, with its control keys.

    Of `word` (the short form `relu`), `op`, `block` and `body` one is there. `arguments` are the
    other keys, as they stand in the YAML.
    """

    word: str | None = None
    op: str | None = None
    block: str | None = None
    body: Body | None = None
    arguments: dict[str, Scalar] = {}
    reads: str | int | list[str | int] | None = Field(default=None, alias="from")
    when: str | bool | None = None
    repeat: int | str | None = None
    first: dict[str, Scalar] | None = None
    splice: Literal[True, False, "all"] = False
    init: Any = None
    expect: list[int | str] | None = None

    @model_validator(mode="before")
    @classmethod
    def _normalise(cls, data: Any) -> Any:
        """Bring the short forms and the arguments into one shape."""
        if isinstance(data, str):
            return {"word": data}
        if isinstance(data, list):
            return {"body": {"layers": data}}
        if not isinstance(data, dict):
            raise wrong(
                WrongType(
                    f"a layer is a name or a mapping, not {described(data)}",
                    help="write `relu`, `{op: conv2d, …}`, `{block: …}` or `{layers: …}`",
                )
            )
        return _sorted_keys(data)

    @field_validator("reads", mode="before")
    @classmethod
    def _reference(cls, value: Any) -> Any:
        items = value if isinstance(value, list) else [value]
        for item in items:
            if isinstance(item, float):
                raise wrong(
                    WrongType(
                        f"`{item}` is a number here, not a reference", help=f'quote it: "{item}"'
                    )
                )
            if isinstance(item, bool) or not isinstance(item, str | int):
                raise wrong(WrongType(f"a reference is a name, not {described(item)}"))
        return value

    @field_validator("when", "repeat", "splice", mode="before")
    @classmethod
    def _control(cls, value: Any, info: Any) -> Any:
        words, types = _CONTROLS[info.field_name]
        if isinstance(value, types) and not (info.field_name == "repeat" and value is True):
            return value
        raise wrong(WrongType(f"`{info.field_name}` must be {words}, not {described(value)}"))

    @property
    def form(self) -> str:
        """The key that says what the layer is: `op`, `block`, `layers`, or `word`."""
        if self.body is not None:
            return "layers"
        return "op" if self.op is not None else "block" if self.block is not None else "word"

    @property
    def references(self) -> tuple[str, ...] | None:
        """The references of `from`, as texts; `None` where it is not given."""
        if self.reads is None:
            return None
        items = self.reads if isinstance(self.reads, list) else [self.reads]
        return tuple(str(item) for item in items)


Body.model_rebuild()

_CONTROLS: dict[str, tuple[str, tuple[type, ...]]] = {
    "when": ("a condition", (str, bool)),
    "repeat": ("an integer", (int, str)),
    "splice": ("`true`, `false` or `all`", (bool, str)),
}


def _sorted_keys(data: dict[str, Any]) -> dict[str, Any]:
    for key in _LATER:
        if key in data:
            raise wrong(NotBuilt(f"`{key}` is not read yet"))
    forms = [key for key in FORMS if key in data]
    if not forms:
        raise wrong(
            MissingKey("a layer says what it is: `op`, `block` or `layers`", help=_guess(data))
        )
    if len(forms) > 1:
        raise wrong(MisplacedKey(f"`{forms[0]}` and `{forms[1]}` cannot stand in one layer"))
    if forms[0] == "layers":
        return _group(data)
    body_keys = [key for key in ("let", *_BODY_LATER) if key in data]
    if body_keys:
        raise wrong(MisplacedKey(f"`{body_keys[0]}` belongs to a group or block with `layers`"))
    control = {key: value for key, value in data.items() if key in LAYER_KEYS}
    arguments = {key: value for key, value in data.items() if key not in LAYER_KEYS}
    return control | {"arguments": arguments}


def _group(data: dict[str, Any]) -> dict[str, Any]:
    body = {key: value for key, value in data.items() if key in ("layers", "let", *_BODY_LATER)}
    return {key: value for key, value in data.items() if key not in body} | {"body": body}


def _guess(data: dict[str, Any]) -> str | None:
    words = {"type": "op", "operation": "op", "module": "op", "group": "layers"}
    found = [key for key in data if key in words]
    return f"did you mean `{words[found[0]]}` instead of `{found[0]}`?" if found else None

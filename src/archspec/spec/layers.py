"""The document's layers: every form of a layer, and the bodies that hold them."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from archspec.diagnostics import (
    MisplacedKey,
    MissingKey,
    NotBuilt,
    Problem,
    UnknownReference,
    WrongType,
)
from archspec.spec.initial import read_rule
from archspec.spec.names import LAYER_KEYS, check_layer_name, check_parameter_name
from archspec.spec.wrong import told, unknown_key, wrong

FORMS = ("op", "block", "layers", "share", "spec")
_LATER = ("share", "spec", "taps", "trainable")
_BODY_LATER = ("inputs", "outputs", "order")
_CONTROL = ("from", "when", "repeat", "first", "splice", "expect")


class Document(BaseModel):
    """What all parts of a spec share: strict, frozen, no unknown keys."""

    # Built once, as a whole, when a spec is validated, and not class by class on import.
    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", populate_by_name=True, defer_build=True
    )


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


def _rule(raw: Any) -> Any:
    read_rule(raw)
    return raw


Initial = Annotated[Any, BeforeValidator(_rule)]
"""A rule for initial weights as it stands in the YAML, found to be one."""


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
                raise wrong(NotBuilt(f"`{key}` is not read yet"), key)
        if "numbered" in data:
            raise wrong(unknown_key("numbered", cls.model_fields.keys() - {"numbered"}), "numbered")
        layers = data.get("layers", {})
        if not isinstance(layers, list | dict):
            wanted = "a mapping of names to layers or a list of them"
            text = f"`layers` must be {wanted}, not {told(layers)}"
            raise wrong(WrongType(text), "layers")
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
    init: dict[str, Initial] | None = None
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
                    f"a layer is a name or a mapping, not {told(data)}",
                    help="write `relu`, `{op: conv2d, …}`, `{block: …}` or `{layers: …}`",
                )
            )
        return _sorted_keys(data)

    @field_validator("reads", mode="before")
    @classmethod
    def _reference(cls, value: Any) -> Any:
        if not isinstance(value, list):
            _check_reference(value)
            return value
        if not value:
            help = "leave `from` out, and the layer reads the one above it"
            raise wrong(UnknownReference("`from` names no layer", help=help))
        for index, item in enumerate(value):
            _check_reference(item, index)
        return value

    @field_validator("when", "repeat", "splice", mode="before")
    @classmethod
    def _control(cls, value: Any, info: Any) -> Any:
        words, types = _CONTROLS[info.field_name]
        if isinstance(value, types) and not (info.field_name == "repeat" and value is True):
            return value
        raise wrong(WrongType(f"`{info.field_name}` must be {words}, not {told(value)}"))

    @field_validator("expect", mode="before")
    @classmethod
    def _shape(cls, value: Any) -> Any:
        if isinstance(value, list) and value:
            return value
        text = f"`expect` must be a shape, as `[N, 64, 56, 56]` is, not {told(value)}"
        raise wrong(WrongType(text))

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


def _check_reference(item: Any, *below: int) -> None:
    if isinstance(item, float):
        text = f"`{item}` is a number here, not a reference"
        raise wrong(WrongType(text, help=f'quote it: "{item}"'), *below)
    if isinstance(item, bool) or not isinstance(item, str | int):
        raise wrong(WrongType(f"a reference is a name, not {told(item)}"), *below)


def _sorted_keys(data: dict[str, Any]) -> dict[str, Any]:
    for key in _LATER:
        if key in data:
            raise wrong(NotBuilt(f"`{key}` is not read yet"), key)
    forms = [key for key in FORMS if key in data]
    if not forms:
        raise wrong(
            MissingKey("a layer says what it is: `op`, `block` or `layers`", help=_guess(data))
        )
    if len(forms) > 1:
        text = f"`{forms[0]}` and `{forms[1]}` cannot stand in one layer"
        raise wrong(MisplacedKey(text), forms[1])
    if "first" in data:
        _check_first(data)
    if forms[0] == "layers":
        return _group(data)
    for key in ("let", *_BODY_LATER):
        if key in data:
            raise wrong(MisplacedKey(f"`{key}` belongs to a group or block with `layers`"), key)
    control = {key: value for key, value in data.items() if key in LAYER_KEYS}
    arguments = {key: value for key, value in data.items() if key not in LAYER_KEYS}
    return control | {"arguments": arguments}


def _check_first(data: dict[str, Any]) -> None:
    if "repeat" not in data:
        raise wrong(MisplacedKey("`first` says nothing without `repeat`"), "first")
    if "layers" in data:
        text = "`first` gives arguments or parameters, and a group has none"
        raise wrong(MisplacedKey(text), "first")
    first = data["first"]
    if not isinstance(first, dict):
        text = f"`first` must be a mapping of arguments or parameters, not {told(first)}"
        raise wrong(WrongType(text), "first")
    for key in first:
        if key in LAYER_KEYS:
            raise wrong(
                MisplacedKey(
                    f"`{key}` cannot differ in the first repetition",
                    help="`first` holds arguments or parameters only",
                ),
                *("first", key),
            )


def _group(data: dict[str, Any]) -> dict[str, Any]:
    body = {key: value for key, value in data.items() if key in ("layers", "let", *_BODY_LATER)}
    others = {key: value for key, value in data.items() if key not in body}
    for key in others:
        if key == "init":
            raise wrong(MisplacedKey("`init` belongs to an operation, not to a group"), key)
        if key not in LAYER_KEYS:
            known = [*_CONTROL, "layers", "let"]
            raise wrong(unknown_key(key, known), key)
    return others | {"body": body}


_SYNONYMS = {"type": "op", "operation": "op", "module": "op", "group": "layers"}


def _guess(data: dict[str, Any]) -> str | None:
    for key, value in data.items():
        if key in _SYNONYMS:
            return f"did you mean `{_SYNONYMS[key]}` instead of `{key}`?"
        if len(data) == 1 and isinstance(value, dict | list):
            return f"layers in a list have no names: write `{key}` without the `-`, in a mapping"
    return None


def misplaced_key(raw: object) -> tuple[MisplacedKey, str] | None:
    """Find a control key in the value of a layer parameter: it belongs where that is used."""
    for key in raw if isinstance(raw, dict) else ():
        if key in _CONTROL:
            text = f"the value of a layer parameter may not hold `{key}`"
            return MisplacedKey(text, help="write it at the layer that uses the parameter"), key
    return None

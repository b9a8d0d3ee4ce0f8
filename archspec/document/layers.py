"""The document's layers: every form of a layer, and the bodies that hold them."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from archspec.diagnostics import (
    BadName,
    MissingKey,
    Remedy,
    UnknownReference,
    Without,
    WrongType,
)
from archspec.document.errors import quoted, unknown_key, wrong
from archspec.document.forms import check_reference, check_references, check_sizes, sorted_keys
from archspec.document.initial import read_init
from archspec.document.names import InputName, LayerName, ParameterName

Packing = Literal["one", "list", "names"]
"""How PyTorch gives it: a tensor, a tuple, a dict."""


class Output(NamedTuple):
    """One output: whose value it is, the condition on which it is there, and whether in training.

    A reference to a layer that gives several values stands for all of them.
    """

    reads: str
    when: str | bool | None = None
    training: bool = False


OUTPUT_KEYS = {
    "from": "The layer whose value is given.",
    "when": "A condition; where it is false, the output is left out.",
    "training": "Whether the output is there in training only.",
}
"""The keys of an output in full, and what each says."""


class Outputs(NamedTuple):
    """The outputs of a body under their names, or under their numbers in a list."""

    packing: Packing
    items: Mapping[str, Output]


def read_outputs(raw: Any) -> Outputs:
    """Read `outputs`.

    >>> read_outputs({"logits": "fc"})
    Outputs(packing='names', items={'logits': Output(reads='fc', when=None, training=False)})
    """
    if isinstance(raw, list):
        items = {str(index): _output(item, index) for index, item in enumerate(raw)}
        return Outputs("list", _some(items))
    if isinstance(raw, dict) and "from" not in raw:
        for name in raw:
            _check_name(name)
        return Outputs("names", _some({name: _output(item, name) for name, item in raw.items()}))
    return Outputs("one", {"0": _output(raw)})


def _some(items: dict[str, Output]) -> dict[str, Output]:
    if not items:
        help = Remedy(
            "leave `outputs` out, and the body gives what its last layer gives", Without()
        )
        raise wrong(UnknownReference("`outputs` names nothing", help=help))
    return items


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not name or "." in name:
        text = f"`{name}` is no name of an output"
        below = (name,) if isinstance(name, str | int) else ()
        raise wrong(BadName(text, help="a name is a text without `.`"), *below)


def _output(raw: Any, *below: str | int) -> Output:
    if not isinstance(raw, dict):
        check_reference(raw, *below)
        return Output(str(raw))
    for key in raw:
        if key not in OUTPUT_KEYS:
            raise wrong(unknown_key(str(key), OUTPUT_KEYS), *below, key)
    if "from" not in raw:
        raise wrong(MissingKey("an output says by `from` what it is"), *below)
    check_reference(raw["from"], *below, "from")
    when, training = raw.get("when"), raw.get("training", False)
    if when is not None and not isinstance(when, str | bool):
        text = f"`when` must be a condition, not {quoted(when)}"
        raise wrong(WrongType(text), *below, "when")
    if not isinstance(training, bool):
        text = f"`training` must be `true` or `false`, not {quoted(training)}"
        raise wrong(WrongType(text), *below, "training")
    return Output(str(raw["from"]), when, training)


class Document(BaseModel):
    """What all parts of a spec share: strict, frozen, no unknown keys."""

    # Built once, as a whole, when a spec is validated, and not class by class on import.
    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", populate_by_name=True, defer_build=True
    )


Sizes = Annotated[list[int | str], WithJsonSchema({"definition": "shape"})]
Computed = Annotated[Any, WithJsonSchema({"definition": "computed"})]
"""A number, a truth value, an expression, or a list of these, read when `let` is."""

Given = Annotated[Any, BeforeValidator(read_outputs), WithJsonSchema({"definition": "outputs"})]
Reference = Annotated[str | int, WithJsonSchema({"definition": "reference"})]


class Body(Document):
    """What the model, a block and a group are: layers in order.

    `numbered` says that they were a list and are called by numbers.
    """

    layers: Annotated[dict[LayerName, "Layer"], WithJsonSchema({"definition": "layers"})] = Field(
        description="The layers in the order in which they run, by name or as a list."
    )
    numbered: SkipJsonSchema[bool] = Field(default=False, exclude=True)
    let: dict[ParameterName, Computed] = Field(
        default_factory=dict,
        description="Names for expressions that nobody passes; each sees those before it.",
    )
    inputs: list[InputName] | None = Field(
        None,
        description="Names for several values that are received; a single one is called `input`.",
        json_schema_extra={"minItems": 1, "uniqueItems": True},
    )
    outputs: Given = Field(
        None, description="What is given, where that is not what the last layer gives."
    )
    order: Annotated[list[str] | None, WithJsonSchema({"definition": "order"})] = Field(
        None, description="Layers whose keys stand in another order in the `state_dict`."
    )

    @property
    def received(self) -> tuple[str, ...]:
        """The names of what it receives: `input` unless it names several."""
        return tuple(self.inputs) if self.inputs else ("input",)

    @property
    def given(self) -> Outputs | None:
        """What it gives by `outputs`; `None` where it gives what its last layer gives."""
        outputs: Outputs | None = self.outputs
        return outputs

    @model_validator(mode="before")
    @classmethod
    def _number(cls, data: Any) -> Any:
        """Turn a list of layers into a mapping under the numbers of the list."""
        if not isinstance(data, dict):
            return data
        if "numbered" in data:
            raise wrong(unknown_key("numbered", cls.model_fields.keys() - {"numbered"}), "numbered")
        layers = data.get("layers", {})
        if not isinstance(layers, list | dict):
            wanted = "a mapping of names to layers or a list of them"
            text = f"`layers` must be {wanted}, not {quoted(layers)}"
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

    @field_validator("inputs", mode="before")
    @classmethod
    def _names(cls, inputs: Any) -> Any:
        if not isinstance(inputs, list) or not inputs:
            text = f"`inputs` must be a list of names, not {quoted(inputs)}"
            raise wrong(WrongType(text, help="write `inputs: [x, skip]`"))
        for index, name in enumerate(inputs):
            if not isinstance(name, str):
                raise wrong(WrongType(f"the name of an input is a text, not {quoted(name)}"), index)
            if inputs.index(name) != index:
                raise wrong(BadName(f"two inputs are called `{name}`"), index)
        return inputs

    @field_validator("order", mode="before")
    @classmethod
    def _children(cls, order: Any) -> Any:
        if not isinstance(order, list):
            raise wrong(WrongType(f"`order` must be a list of layers, not {quoted(order)}"))
        check_references(order)
        return [str(item) for item in order]


class Layer(Document):
    """A layer: the name of an operation, block or layer parameter; a mapping; a list.

    Of `word` (the short form `relu`), `op`, `block`, `body`, `share` and `spec` one is there;
    `share` may stand beside `op`. `arguments` are the other keys, as they stand in the YAML.
    """

    word: str | None = None
    op: str | None = Field(
        None, description="The operation, or a layer parameter; the other keys are its arguments."
    )
    block: str | None = Field(
        None, description="The block, or a layer parameter; the other keys are its parameters."
    )
    body: Body | None = Field(None, description="The layers of a group, by name or as a list.")
    share: Reference | None = Field(
        None, description="An earlier layer, called again with the same weights."
    )
    spec: str | None = Field(
        None,
        description="Another spec as a block, by its file or name; "
        "the other keys are its parameters.",
        json_schema_extra={"minLength": 1},
    )
    taps: list[Reference] | None = Field(
        None,
        description="Layers of the other spec whose values are given in place of its outputs.",
        json_schema_extra={"minItems": 1},
    )
    arguments: dict[str, Any] = Field(default_factory=dict)
    reads: Annotated[
        str | int | list[str | int] | None, WithJsonSchema({"definition": "references"})
    ] = Field(
        None,
        alias="from",
        description="What the layer reads, if not the layer above: "
        "`conv1`, `input`, `split.1`, `m.*`, or a list of these.",
    )
    when: Annotated[str | bool | None, WithJsonSchema({"definition": "condition"})] = Field(
        None, description="A condition; where it is false, the layer is absent."
    )
    repeat: Annotated[int | str | None, WithJsonSchema({"definition": "count"})] = Field(
        None,
        description="How many of it stand in a chain, named `0`, `1`, …; "
        "`index` counts them from 0.",
    )
    first: Annotated[dict[str, Any] | None, WithJsonSchema({"definition": "values"})] = Field(
        None, description="Arguments or parameters that differ in the first repetition."
    )
    splice: Literal[True, False, "all"] = Field(
        False,
        description="Leave its name out: what it holds stands in the body around it. "
        "`all` leaves out the names of repetitions as well.",
    )
    init: Annotated[Any, BeforeValidator(read_init), WithJsonSchema({"definition": "rules"})] = (
        Field(None, description="The weights at the beginning, a rule for each.")
    )
    trainable: bool = Field(
        True,
        description="Whether training changes its weights; without them they are counted apart.",
    )
    expect: Sizes | None = Field(None, description="The shape of its output, which is checked.")
    label: str | None = Field(
        None,
        min_length=1,
        max_length=63,
        description="What a drawing shows for the layer in place of its name.",
    )

    @model_validator(mode="before")
    @classmethod
    def _normalise(cls, data: Any) -> Any:
        """Bring the short forms and the arguments into one shape."""
        if isinstance(data, str) and data:
            return {"word": data}
        if isinstance(data, list):
            return {"body": {"layers": data}}
        if not isinstance(data, dict):
            raise wrong(
                WrongType(
                    f"a layer is a name or a mapping, not {quoted(data)}",
                    help="write `relu`, `{op: conv2d, …}`, `{block: …}` or `{layers: …}`",
                )
            )
        return sorted_keys(data)

    @field_validator("reads", mode="before")
    @classmethod
    def _reference(cls, value: Any) -> Any:
        if not isinstance(value, list):
            check_reference(value)
            return value
        if not value:
            help = Remedy("leave `from` out, and the layer reads the one above it", Without("from"))
            raise wrong(UnknownReference("`from` names no layer", help=help))
        check_references(value)
        return value

    @field_validator("op", "block", "spec", mode="before")
    @classmethod
    def _named(cls, value: Any, info: Any) -> Any:
        if value is None or value == "":
            raise wrong(WrongType(f"`{info.field_name}` must be a name, not {quoted(value)}"))
        return value

    @field_validator("share", mode="before")
    @classmethod
    def _shared(cls, value: Any) -> Any:
        check_reference(value)
        return value

    @field_validator("taps", mode="before")
    @classmethod
    def _tapped(cls, value: Any) -> Any:
        if not isinstance(value, list) or not value:
            text = f"`taps` must be a list of layers, not {quoted(value)}"
            raise wrong(WrongType(text))
        check_references(value)
        return value

    @field_validator("when", "repeat", "splice", mode="before")
    @classmethod
    def _control(cls, value: Any, info: Any) -> Any:
        words, types = _CONTROLS[info.field_name]
        if isinstance(value, types) and not (info.field_name == "repeat" and value is True):
            return value
        raise wrong(WrongType(f"`{info.field_name}` must be {words}, not {quoted(value)}"))

    @field_validator("label", mode="before")
    @classmethod
    def _text(cls, value: Any) -> Any:
        if value is None:
            raise wrong(WrongType(f"`label` must be a text, not {quoted(value)}"))
        return value

    @field_validator("expect", mode="before")
    @classmethod
    def _shape(cls, value: Any) -> Any:
        if not isinstance(value, list):
            text = f"`expect` must be a shape, as `[N, 64, 56, 56]` is, not {quoted(value)}"
            raise wrong(WrongType(text))
        check_sizes(value)
        return value

    @property
    def form(self) -> str:
        """The key that says what the layer is: `op`, `block`, `layers`, `spec`, or `word`."""
        if self.body is not None:
            return "layers"
        forms = ("op", "block", "spec", "share")
        return next((form for form in forms if getattr(self, form) is not None), "word")

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

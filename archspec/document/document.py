"""The document of a spec: what may stand at its top, and the claims about its network."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator
from pydantic.json_schema import SkipJsonSchema

from archspec.diagnostics import (
    BadName,
    MisplacedKey,
    MissingKey,
    OutOfRange,
    Path,
    Remedy,
    UnknownOperation,
    UnknownParameter,
    Value,
    WrongType,
    close_match,
)
from archspec.document.errors import listed, operation_match, quoted, validated, wrong
from archspec.document.fixed_kernels import Kernel
from archspec.document.forms import check_sizes
from archspec.document.initial import read_rule
from archspec.document.layers import Body, Document
from archspec.document.names import BlockName, InputName, KernelName, ParameterName
from archspec.document.parameters import Parameter
from archspec.operations import ADDING, is_operation, names


def _operation_name(name: str) -> str:
    if not is_operation(name):
        match = operation_match(name, names())
        notes = () if match else ("`init` gives rules by operation",)
        text = f"there is no operation `{name}`"
        raise UnknownOperation(text, notes=notes, help=match or ADDING)
    return name


def _rule(raw: Any) -> Any:
    read_rule(raw)
    return raw


Initial = Annotated[Any, BeforeValidator(_rule)]
"""A rule for initial weights as it stands in the YAML, found to be one."""

Text = Annotated[str | None, WithJsonSchema({"type": ["string", "null"]})]
"""A text for people, which may be left empty."""

OperationName = Annotated[str, validated(_operation_name)]

_EXPECT = "Claims about the network, which are checked."
_PARAMS = "What a user may change, by a variant or by `--set name=value`."


_UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_FIGURE = re.compile(r"(<=\s*)?([0-9][0-9_]*)(?:\.([0-9]+))?\s*([kMGT]?)")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it was claimed: exact, at the precision written, or an upper bound.

    >>> figure("7.801G").agrees(7_801_405_440)
    True
    >>> figure("<= 26M").agrees(25_557_032)
    True
    """

    text: str
    value: int
    step: int
    budget: bool = False

    def agrees(self, actual: int) -> bool:
        """Say whether an exact count is what was claimed."""
        if self.budget:
            return actual <= self.value
        return (2 * actual + self.step) // (2 * self.step) * self.step == self.value


def figure(value: Any) -> Figure:
    """Read a figure: an integer, `7.801G`, `<= 26M`."""
    match = _FIGURE.fullmatch(str(value)) if not isinstance(value, bool | float) else None
    if match is None:
        raise WrongType(f"`{value}` is no figure", help="write `25_557_032`, `7.801G` or `<= 26M`")
    bound, whole, fraction, unit = match.groups()
    digits = fraction or ""
    scale = _UNITS[unit]
    if len(digits) > len(str(scale)) - 1:
        raise WrongType(f"`{value}` is no whole number")
    step = scale // 10 ** len(digits)
    number = int(whole.replace("_", "") + digits) * step
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return Figure(text, number, step, bound is not None)


def _figure(value: Any) -> Figure:
    try:
        return figure(value)
    except WrongType as problem:
        raise wrong(problem) from None


Claimed = Annotated[Figure, BeforeValidator(_figure), WithJsonSchema({"definition": "figure"})]


class Claims(Document):
    """Claims about the network, which are checked: counts, depth and shape of evaluation."""

    params: Claimed | None = Field(
        None,
        description="The number of parameters, a shared one counted once: "
        "`224`, `25.6M` or `<= 26M`.",
    )
    trainable: Claimed | None = Field(
        None, description="The number of parameters that training changes."
    )
    buffers: Claimed | None = Field(
        None, description="The numbers in the buffers that the `state_dict` holds."
    )
    macs: Claimed | None = Field(
        None, description="The multiply-accumulates of one sample, in evaluation."
    )
    depth: Claimed | None = Field(
        None, description="The number of weighted layers on the longest path."
    )
    output: Annotated[Any, WithJsonSchema({"definition": "shapes"})] = Field(
        None,
        description="The shape of the first output; a list of shapes, or shapes by name, for all.",
    )
    source: str | None = Field(None, description="Where the figures come from; it is not checked.")

    @model_validator(mode="before")
    @classmethod
    def _not_empty(cls, data: Any) -> Any:
        for key, value in data.items() if isinstance(data, dict) else ():
            if value is None:
                text = f"`{key}` claims nothing: its value is empty"
                raise wrong(WrongType(text, help="write the figure, or leave the key out"), key)
        return data

    @field_validator("output", mode="before")
    @classmethod
    def _shapes(cls, value: Any) -> Any:
        if isinstance(value, dict) and value:
            for name, shape in value.items():
                _check_shape(f"the claim of `{name}`", shape, name)
        elif isinstance(value, list) and any(isinstance(item, list) for item in value):
            for index, shape in enumerate(value):
                _check_shape("the claim of each output", shape, index)
        else:
            _check_shape("`output`", value)
        return value

    @property
    def outputs(self) -> dict[tuple[str | int, ...], list[int | str]]:
        """The claimed shapes by where they stand below `output`: a name, a number, or nothing.

        >>> Claims(output={"logits": ["N", 10]}).outputs
        {('logits',): ['N', 10]}
        """
        if isinstance(self.output, dict):
            return {(name,): shape for name, shape in self.output.items()}
        if self.lists_outputs:
            return {(index,): shape for index, shape in enumerate(self.output)}
        return {(): self.output} if self.output is not None else {}

    @property
    def lists_outputs(self) -> bool:
        """Whether `output` is a list of shapes, one for each output."""
        several = isinstance(self.output, list) and len(self.output) > 0
        return several and isinstance(self.output[0], list)


def _check_shape(what: str, value: Any, *below: str | int) -> None:
    if not isinstance(value, list):
        text = f"{what} must be a shape, as `[N, 1000]` is, not {quoted(value)}"
        raise wrong(WrongType(text), *below)
    check_sizes(value, *below)


class Block(Body):
    """A body of layers, with parameters of its own, that is used by name."""

    params: dict[ParameterName, Parameter] = Field(default_factory=dict, description=_PARAMS)

    @model_validator(mode="before")
    @classmethod
    def _is_mapping(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return data
        raise wrong(
            WrongType(
                f"a block is a mapping with `layers`, not {quoted(data)}",
                help="write its layers under the key `layers`",
            )
        )


class Input(Document):
    """The shape, batch first, and the dtype of what the network receives."""

    shape: Annotated[list[int | str], WithJsonSchema({"definition": "input-shape"})] = Field(
        description="The sizes, the batch first: integers, symbols such as `H`, or expressions."
    )
    dtype: Literal["float32", "float64", "float16", "bfloat16", "int64", "int32", "bool"] = Field(
        "float32", description="The kind of its numbers."
    )

    @model_validator(mode="before")
    @classmethod
    def _normalise(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return data
        if not isinstance(data, list):
            text = f"`input` must be a shape, not {quoted(data)}"
            raise wrong(WrongType(text, help="write `[N, 3, 224, 224]`, the batch first"))
        return {"shape": data}

    @field_validator("shape", mode="before")
    @classmethod
    def _sizes(cls, shape: Any) -> Any:
        if not isinstance(shape, list):
            raise wrong(WrongType(f"a shape is a list, not {quoted(shape)}"))
        if not shape:
            raise wrong(OutOfRange("a shape has at least the batch: `[N, 3, 224, 224]`"))
        check_sizes(shape)
        for index, size in enumerate(shape):
            if isinstance(size, int) and size < 1:
                text = f"every size of a shape is at least 1, not {size}"
                batch = Remedy("write `N`: `[N, 3, 224, 224]`", Value("N"))
                raise wrong(OutOfRange(text, help=batch if index == 0 else None), index)
        return shape


class Variant(Document):
    """Values of parameters, and `expect` with claims of its own."""

    parameters: SkipJsonSchema[dict[str, Any]] = Field(default_factory=dict)
    expect: Claims | None = Field(None, description=_EXPECT)

    @model_validator(mode="before")
    @classmethod
    def _split(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        parameters = {key: value for key, value in data.items() if key != "expect"}
        return {"parameters": parameters, "expect": data.get("expect")}


class Spec(Body):
    """A neural network, written in the language of archspec.

    Its structure is checked here; values are read when parameters are known.
    """

    archspec: Literal[1] = Field(description="The version of the language.")
    name: Annotated[str, WithJsonSchema({"definition": "name"})] = Field(
        min_length=1,
        max_length=200,
        description="What the network is called; "
        "the emitted class is this name made an identifier.",
    )
    description: Text = Field(None, description="One or more sentences about the network.")
    reference: Text = Field(None, description="Where the network was published.")
    params: dict[ParameterName, Parameter] = Field(default_factory=dict, description=_PARAMS)
    input: Input | None = Field(
        None,
        description="The shape of what the network receives, the batch first: `[N, 3, 224, 224]`.",
    )
    inputs: dict[InputName, Input] | None = Field(  # type: ignore[assignment]  # names with shapes
        None,
        description="The shapes of what the network receives, by name, all with the same batch.",
        json_schema_extra={"minProperties": 1},
    )
    blocks: dict[BlockName, Block] = Field(
        default_factory=dict, description="Bodies of layers that are used by name."
    )
    kernels: dict[KernelName, Kernel] = Field(
        default_factory=dict,
        description="Fixed kernels by name: rows of numbers, or rows for each channel.",
    )
    init: dict[OperationName, dict[str, Initial]] | None = Field(
        None,
        description="The weights at the beginning: rules by operation and weight, "
        "for the whole spec.",
    )
    expect: Claims | None = Field(None, description=_EXPECT)
    variants: dict[str, Variant] = Field(
        default_factory=dict,
        description="Named sets of parameters, each with claims of its own.",
    )

    @model_validator(mode="before")
    @classmethod
    def _built(cls, data: Any) -> Any:
        if not data and (data is None or isinstance(data, dict)):
            text = "a spec has at least `archspec: 1`, `name`, `input` and `layers`"
            raise wrong(MissingKey("the spec is empty", help=text))
        if not isinstance(data, dict):
            raise wrong(
                WrongType(f"a spec is a mapping of keys such as `layers`, not {quoted(data)}")
            )
        return data

    @field_validator("archspec", mode="before")
    @classmethod
    def _version(cls, version: Any) -> Any:
        if isinstance(version, bool | float):  # which may be equal to 1
            raise wrong(WrongType(f"`archspec` must be 1, not {quoted(version)}"))
        return version

    @field_validator("inputs", mode="before")
    @classmethod
    def _names(cls, inputs: Any) -> Any:
        if isinstance(inputs, dict) and inputs:
            return inputs
        text = f"`inputs` must be a mapping of names to shapes, not {quoted(inputs)}"
        raise wrong(WrongType(text, help="write `inputs: {image: [N, 3, 224, 224]}`"))

    @model_validator(mode="after")
    def _one_of_both(self) -> "Spec":
        if self.input is None and self.inputs is None:
            raise wrong(MissingKey("`input` is required"))
        if self.input is not None and self.inputs is not None:
            raise wrong(MisplacedKey("`input` and `inputs` cannot stand in one spec"), "inputs")
        return self

    @property
    def tensors(self) -> dict[str, tuple["Input", Path]]:
        """What the network receives by name, and where in the document that stands."""
        if self.inputs is None:
            assert self.input is not None
            return {"input": (self.input, ("input",))}
        return {name: (item, ("inputs", name)) for name, item in self.inputs.items()}

    @field_validator("name")
    @classmethod
    def _has_letter(cls, name: str) -> str:
        if not any(character.isascii() and character.isalpha() for character in name):
            raise wrong(BadName("`name` needs a letter: the emitted class is called after it"))
        return name

    def unknown_parameter(self, name: str) -> UnknownParameter:
        """Say that the spec has no parameter of this name."""
        names = f"its parameters are {listed(self.params)}" if self.params else None
        help = close_match(name, self.params) or names
        return UnknownParameter(f"the spec has no parameter `{name}`", help=help)

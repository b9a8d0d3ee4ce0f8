"""The document of a spec: what may stand at its top."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from archspec.diagnostics import BadName, NotBuilt, OutOfRange, Problem, UnknownParameter, WrongType
from archspec.expressions import described
from archspec.spec.claims import Claims
from archspec.spec.layers import Body, Document, ParameterName, Scalar
from archspec.spec.names import check_block_name
from archspec.spec.parameters import Parameter
from archspec.spec.wrong import close_match, wrong

_LATER = ("extends", "inputs", "kernels")


def _block_name(name: str) -> str:
    try:
        return check_block_name(name)
    except Problem as problem:
        raise wrong(problem) from None


BlockName = Annotated[str, AfterValidator(_block_name)]


class Block(Body):
    """A body with parameters of its own, used by name."""

    params: dict[ParameterName, Parameter] = {}


class Input(Document):
    """The shape, batch first, and the dtype of what the network receives."""

    shape: list[int | str]
    dtype: Literal["float32", "float64", "float16", "bfloat16", "int64", "int32", "bool"] = (
        "float32"
    )

    @model_validator(mode="before")
    @classmethod
    def _normalise(cls, data: Any) -> Any:
        return {"shape": data} if isinstance(data, list) else data

    @field_validator("shape", mode="before")
    @classmethod
    def _sizes(cls, shape: Any) -> Any:
        if not isinstance(shape, list):
            raise wrong(WrongType(f"a shape is a list, not {described(shape)}"))
        if not shape:
            raise wrong(OutOfRange("a shape has at least the batch: `[N, 3, 224, 224]`"))
        for size in shape:
            if isinstance(size, bool) or not isinstance(size, int | str):
                raise wrong(
                    WrongType(f"a size is an integer, a symbol or an expression, not {described(size)}")
                )
            if isinstance(size, int) and size < 1:
                raise wrong(OutOfRange(f"every size of a shape is at least 1, not {size}"))
        return shape


class Variant(Document):
    """A named set of parameters with claims of its own."""

    parameters: dict[str, Any] = {}
    expect: Claims | None = None

    @model_validator(mode="before")
    @classmethod
    def _split(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        parameters = {key: value for key, value in data.items() if key != "expect"}
        return {"parameters": parameters, "expect": data.get("expect")}


class Spec(Body):
    """A whole spec, its structure checked; values are read when parameters are known."""

    archspec: Literal[1]
    name: str = Field(min_length=1, max_length=200)
    description: str | None = None
    reference: str | None = None
    params: dict[ParameterName, Parameter] = {}
    input: Input
    blocks: dict[BlockName, Block] = {}
    init: dict[str, Any] | None = None
    expect: Claims | None = None
    variants: dict[str, Variant] = {}

    @model_validator(mode="before")
    @classmethod
    def _built(cls, data: Any) -> Any:
        if data is None:
            return {}
        if not isinstance(data, dict):
            raise wrong(
                WrongType(f"a spec is a mapping of keys such as `layers`, not {described(data)}")
            )
        for key in _LATER:
            if key in data:
                raise wrong(NotBuilt(f"`{key}` is not read yet"))
        return data

    @field_validator("name")
    @classmethod
    def _has_letter(cls, name: str) -> str:
        if not any(character.isascii() and character.isalpha() for character in name):
            raise wrong(BadName("`name` needs a letter: the emitted class is called after it"))
        return name

    @model_validator(mode="after")
    def _apart(self) -> "Spec":
        both = set(self.params) & set(self.blocks)
        if both:
            name = min(both)
            raise wrong(BadName(f"`{name}` is both a parameter and a block"))
        return self

    def unknown_parameter(self, name: str) -> UnknownParameter:
        """Say that the spec has no parameter of this name."""
        match = close_match(name, self.params)
        listed = ", ".join(f"`{item}`" for item in self.params) or "none"
        return UnknownParameter(
            f"the spec has no parameter `{name}`", help=match or f"its parameters are {listed}"
        )

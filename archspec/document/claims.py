"""Claims about a network, `expect`, and the figures in them."""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from archspec.diagnostics import WrongType
from archspec.document.errors import quoted, wrong
from archspec.document.layers import Document

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
    for index, size in enumerate(value):
        if isinstance(size, bool) or not isinstance(size, int | str):
            text = f"a size is an integer, a symbol or an expression, not {quoted(size)}"
            raise wrong(WrongType(text), *below, index)

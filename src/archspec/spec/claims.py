"""Claims about a network, `expect`, and the figures in them."""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, field_validator

from archspec.diagnostics import WrongType
from archspec.spec.layers import Document
from archspec.spec.wrong import told, wrong

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
    return Figure(str(value), number, step, bound is not None)


def _figure(value: Any) -> Figure:
    try:
        return figure(value)
    except WrongType as problem:
        raise wrong(problem) from None


Claimed = Annotated[Figure, BeforeValidator(_figure)]


class Claims(Document):
    """What a spec says of its network, to be checked: counts, depth and shape of evaluation."""

    params: Claimed | None = None
    macs: Claimed | None = None
    depth: Claimed | None = None
    output: list[int | str] | None = None
    source: str | None = None

    @field_validator("output", mode="before")
    @classmethod
    def _shape(cls, value: Any) -> Any:
        if not isinstance(value, list) or not value:
            text = f"`output` must be a shape, as `[N, 1000]` is, not {told(value)}"
            raise wrong(WrongType(text))
        return value

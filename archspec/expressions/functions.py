"""The functions that an expression may call."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


def make_divisible(value: float, divisor: int = 8, min_value: int | None = None) -> int:
    """Round to the nearest multiple of the divisor that is not below 90 % of the value.

    The rule by which MobileNet chooses widths (Sandler et al. 2018, in the authors' code, and
    `_make_divisible` in torchvision); what comes out is at least `min_value`, else the divisor.

    >>> make_divisible(0.35 * 32), make_divisible(18, 4), make_divisible(3, 8, 16)
    (16, 20, 16)
    """
    least = divisor if min_value is None else min_value
    rounded = max(least, int(value + divisor / 2) // divisor * divisor)
    return rounded if rounded >= 0.9 * value else rounded + divisor


@dataclass(frozen=True, slots=True)
class Whole:
    """An argument that is an integer between two bounds."""

    name: str
    least: int = -(2**63)
    most: int = 2**63

    @property
    def bounds(self) -> str:
        """Say the bounds in words."""
        unbounded = self.most == 2**63
        return f"at least {self.least}" if unbounded else f"from {self.least} to {self.most}"


@dataclass(frozen=True, slots=True)
class Function:
    """A function of expressions: what computes it, what it takes, and its name in Python.

    `numbers` says that it takes numbers one by one and no list; those after the first, which
    `integers` describes, are whole.
    """

    compute: Callable[..., Any]
    takes: str
    most: int | None = 1
    python: str = ""
    numbers: bool = True
    integers: tuple[Whole, ...] = ()
    floating: bool = False


def _real(name: str) -> Function:
    """Give a function of Python's `math` from real numbers to real numbers."""
    return Function(getattr(math, name), "a number", python=f"math.{name}", floating=True)


_DIGITS = Whole("number of digits", -324, 324)
"""No number has more digits, and Python computes the power of ten of what is asked of it."""

CALLS: Mapping[str, Function] = {
    "min": Function(min, "a list, or several numbers", most=None, numbers=False),
    "max": Function(max, "a list, or several numbers", most=None, numbers=False),
    "sum": Function(sum, "a list, and a number to begin with", most=2, numbers=False),
    "len": Function(len, "a list", numbers=False),
    "abs": Function(abs, "a number"),
    "ceil": Function(math.ceil, "a number", python="math.ceil"),
    "floor": Function(math.floor, "a number", python="math.floor"),
    "round": Function(round, "a number, and its digits", 2, integers=(_DIGITS,)),
    "make_divisible": Function(
        make_divisible,
        "a number, its divisor and the least result",
        most=3,
        integers=(Whole("divisor", least=1), Whole("least result")),
    ),
    **{name: _real(name) for name in ("sqrt", "exp", "log", "sin", "cos")},
}
"""What is known of each function, by its name."""

FUNCTIONS: Mapping[str, Callable[..., Any]] = {name: call.compute for name, call in CALLS.items()}
"""The functions by name."""

IN_PYTHON: Mapping[str, str] = {name: call.python for name, call in CALLS.items() if call.python}
"""What those are called in a file that imports `math`, which are not Python's own words."""

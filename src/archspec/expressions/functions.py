"""The functions that an expression may call."""

import math
from collections.abc import Callable, Mapping
from typing import Any


def make_divisible(value: float) -> int:
    """Round to the nearest multiple of 8 that is not below 90 % of the value.

    The rule by which MobileNet chooses widths (Sandler et al. 2018, in the authors' code).

    >>> make_divisible(0.35 * 32)
    16
    """
    rounded = max(8, int(value + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * value else rounded + 8


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "sum": sum,
    "len": len,
    "abs": abs,
    "ceil": math.ceil,
    "floor": math.floor,
    "round": round,
    "log": math.log,
    "make_divisible": make_divisible,
}

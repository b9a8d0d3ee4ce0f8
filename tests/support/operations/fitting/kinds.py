"""How the cases of an operation are drawn, and what several families draw alike."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, NamedTuple

from archspec.sizes import Shape, Tensor

SIZES = (1, 2, 3, 4, 6)
Arguments = Mapping[str, Any]
Inputs = tuple[Tensor, ...]


class Fitting(NamedTuple):
    """What draws inputs that fit each other, and arguments that fit them; `None`: any will do.

    Most cases are drawn so, and some without, so that both what fits and what does not is seen.
    """

    inputs: Callable[[Random], Inputs] | None = None
    arguments: Callable[[Random, Inputs], Arguments] | None = None


def shape(random: Random, rank: int) -> Shape:
    """Draw a shape of small sizes."""
    return tuple(random.choices(SIZES, k=rank))


def ranked(*ranks: int, dtype: str = "float32") -> Callable[[Random], Inputs]:
    """Draw one tensor of one of these numbers of dimensions, now and then of integers."""
    return lambda random: (
        Tensor(shape(random, random.choice(ranks)), random.choice((*(dtype,) * 9, "int64"))),
    )


def made_twice(case: Any) -> bool:
    """Say whether a weight would be made in two ways: PyTorch puts one upon the other."""
    given = (case.given.get(name) for name in ("weight_norm", "spectral_norm"))
    return all(value not in (None, False) for value in given)


def dim(random: Random, x: Tensor) -> int:
    """Draw a dimension that is there."""
    return random.randrange(-x.rank, x.rank)

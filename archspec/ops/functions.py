"""What operations that are functions share: dimensions by number, and results that are not empty.

The classes of the vocabulary that are methods of a tensor in PyTorch, `x.permute(0, 2, 1)`, begin
here.
"""

from archspec.diagnostics import (
    DimensionOutOfRange,
    EmptyTensor,
    Entry,
    LimitExceeded,
    RankMismatch,
    Remedy,
    ShapeMismatch,
    WrongDtype,
)
from archspec.dimensions import Size, at_least
from archspec.ops.operation import FunctionOperation, Operation
from archspec.shapes import Require
from archspec.tensors import Tensor

MOST_PIECES = 10_000
"""How many values one operation gives at most."""


class FreeFunction(FunctionOperation):
    """A function that multiplies and accumulates nothing."""

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Count 0: it is no convolution or matrix product."""
        return 0


def axis(operation: Operation, dim: int, rank: int) -> int:
    """Count a dimension from 0, or raise `DimensionOutOfRange`.

    >>> from archspec.ops import load
    >>> axis(load("unsqueeze")(dim=-1), -1, 4)
    3
    """
    if -rank <= dim < rank:
        return dim % rank
    known = f"there are {rank} dimensions" if rank else "its input has no dimensions"
    raise DimensionOutOfRange(
        f"`{operation.op()}` names dimension {dim}, and {known}",
        help=counted(operation, rank, "or back from -1") if rank else None,
    )


def counted(operation: Operation, rank: int, also: str = "") -> Remedy:
    """Say which dimensions there are, each of which may be named instead in `dim`."""
    text = f"they are counted from 0 to {rank - 1}" + (f", {also}" if also else "")
    is_one = isinstance(getattr(operation, "dim", None), int)
    return Remedy(text, *(Entry("dim", str(dim)) for dim in range(rank if is_one else 0)))


def axes(operation: Operation, dims: tuple[int, ...], rank: int) -> tuple[int, ...]:
    """Count dimensions from 0, or raise `DimensionOutOfRange` where one is named twice."""
    found = tuple(axis(operation, dim, rank) for dim in dims)
    if len(set(found)) < len(found):
        raise DimensionOutOfRange(
            f"`{operation.op()}` names a dimension twice: {', '.join(map(str, dims))}"
        )
    return found


def replaced(x: Tensor, index: int, *sizes: Size) -> Tensor:
    """Put sizes, or none, in the place of one.

    >>> print(replaced(Tensor((2, 8, 9)), 1, 4, 2))
    2×4×2×9
    """
    return x.reshaped(*x.shape[:index], *sizes, *x.shape[index + 1 :])


def cut(operation: Operation, size: int, piece: int) -> tuple[int, ...]:
    """Cut a size into pieces, of which the last may be smaller.

    >>> from archspec.ops import load
    >>> cut(load("split")(split_size_or_sections=3, dim=1), 8, 3)
    (3, 3, 2)
    """
    count = -(-size // piece)
    check_number(operation, count)
    return (*(piece,) * (count - 1), size - piece * (count - 1))


def check_number(operation: Operation, count: int) -> None:
    """Raise `LimitExceeded` where more values would come out than anybody reads."""
    if count > MOST_PIECES:
        raise LimitExceeded(
            f"`{operation.op()}` would give {count} pieces, and at most {MOST_PIECES} are allowed"
        )


def check_not_empty(require: Require, operation: Operation, size: Size, what: str) -> None:
    """Raise `EmptyTensor` unless a size is at least 1."""
    if not require(at_least(size, 1)):
        raise EmptyTensor(f"`{operation.op()}` would give nothing: {what}")


def check_one_dtype(operation: Operation, inputs: tuple[Tensor, ...]) -> None:
    """Raise `WrongDtype` unless all inputs hold numbers of one kind."""
    first, *others = (tensor.dtype for tensor in inputs)
    for other in others:
        if other != first:
            raise WrongDtype(
                f"`{operation.op()}` takes numbers of one dtype, not {first} and {other}"
            )


def check_numbers(operation: Operation, inputs: tuple[Tensor, ...]) -> None:
    """Raise `WrongDtype` where an input holds truth values."""
    if any(tensor.dtype == "bool" for tensor in inputs):
        raise WrongDtype(f"`{operation.op()}` takes numbers, not truth values")


def check_indices_fit(
    require: Require, operation: Operation, which: str, x: Tensor, index: Tensor, but: int | None
) -> None:
    """Refuse indices of another rank than a tensor's, or of more places than it has.

    Along the dimension `but` they may be any number. Raises `RankMismatch` or `ShapeMismatch`.
    """
    if index.rank != x.rank:
        raise RankMismatch(
            f"`{operation.op()}` takes indices of as many dimensions as its {which} input: "
            f"{index.rank} are not {x.rank}"
        )
    for number, (size, wanted) in enumerate(zip(x.shape, index.shape, strict=True)):
        if number != but and not require(at_least(size, wanted)):
            raise ShapeMismatch(
                f"`{operation.op()}` takes indices of no more places in dimension {number} than "
                f"its {which} input has: {wanted} are more than {size}"
            )

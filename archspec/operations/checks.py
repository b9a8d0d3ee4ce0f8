"""What rules ask of tensors, each with its message: dimensions by number, dtypes, and sizes."""

from archspec.diagnostics import (
    DimensionOutOfRange,
    EmptyTensor,
    Entry,
    LimitExceeded,
    OutOfRange,
    RankMismatch,
    Remedy,
    ShapeMismatch,
    WrongDtype,
)
from archspec.operations.fields import LARGEST
from archspec.operations.operation import Operation
from archspec.sizes import Require, Size, Tensor, at_least, is_floating

MOST_PIECES = 10_000
"""How many values one operation gives at most."""


def axis(operation: Operation, dim: int, rank: int) -> int:
    """Count a dimension from 0, or raise `DimensionOutOfRange`.

    >>> from archspec.operations import load
    >>> axis(load("unsqueeze")(dim=-1), -1, 4)
    3
    """
    if -rank <= dim < rank:
        return dim % rank
    dimensions = f"there are {rank} dimensions" if rank else "its input has no dimensions"
    raise DimensionOutOfRange(
        f"`{operation.op()}` names dimension {dim}, and {dimensions}",
        help=counted(operation, rank, "or back from -1") if rank else None,
    )


def counted(operation: Operation, rank: int, also: str = "") -> Remedy:
    """Say which dimensions there are, each of which may be named instead in `dim`."""
    text = f"they are counted from 0 to {rank - 1}" + (f", {also}" if also else "")
    is_one = isinstance(getattr(operation, "dim", None), int)
    return Remedy(text, *(Entry("dim", str(dim)) for dim in range(rank if is_one else 0)))


def axes(operation: Operation, dims: tuple[int, ...], rank: int) -> tuple[int, ...]:
    """Count dimensions from 0, or raise `DimensionOutOfRange` where one is named twice."""
    indices = tuple(axis(operation, dim, rank) for dim in dims)
    if len(set(indices)) < len(indices):
        raise DimensionOutOfRange(
            f"`{operation.op()}` names a dimension twice: {', '.join(map(str, dims))}"
        )
    return indices


def replaced(x: Tensor, index: int, *sizes: Size) -> Tensor:
    """Put sizes, or none, in the place of one.

    >>> print(replaced(Tensor((2, 8, 9)), 1, 4, 2))
    2×4×2×9
    """
    return x.reshaped(*x.shape[:index], *sizes, *x.shape[index + 1 :])


def cut(operation: Operation, size: int, piece: int) -> tuple[int, ...]:
    """Cut a size into pieces, of which the last may be smaller.

    >>> from archspec.operations import load
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


def with_number(dtype: str, number: object) -> str:
    """Give the dtype of what is computed from a tensor and a number: only the kind can change.

    >>> with_number("float16", 0.5), with_number("int64", 0.5), with_number("bool", 2)
    ('float16', 'float32', 'int64')
    """
    if isinstance(number, float) and not is_floating(dtype):
        return "float32"
    return "int64" if dtype == "bool" else dtype


_LARGEST = {
    **{"int8": 2**7 - 1, "int16": 2**15 - 1, "int32": 2**31 - 1, "int64": LARGEST, "uint8": 255},
    **{"float16": 65504.0, "bfloat16": 3.38e38, "float32": 3.4028234663852886e38},
}


def check_holds(operation: Operation, dtype: str, number: object) -> None:
    """Raise `OutOfRange` where a dtype has no such number."""
    if not isinstance(number, int | float) or abs(number) <= _LARGEST.get(dtype, abs(number)):
        return
    if abs(number) == float("inf") and is_floating(dtype):
        return
    raise OutOfRange(f"`{operation.op()}` needs {number} as {dtype}, which has no such number")

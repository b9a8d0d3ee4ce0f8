"""What `upsample` and `interpolate` share: modes and ranks, and the sizes that come out."""

from typing import TypeVar

from pydantic_core import PydanticCustomError

from archspec.diagnostics import Entry, MissingKey, RankMismatch, Remedy
from archspec.dimensions import Size
from archspec.ops.operation import Operation, Sizes, check_floating, check_rank
from archspec.shapes import Require, scaled
from archspec.tensors import Shape, Tensor

Item = TypeVar("Item")

_RANKS = {"linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5}
"""For how many dimensions a mode is; the others are for all of them."""


def check_arguments(
    mode: str,
    size: object,
    scale_factor: object,
    align_corners: bool | None,
    recompute_scale_factor: bool | None,
) -> None:
    """Refuse arguments that mean nothing beside each other, as PyTorch does."""
    if size is not None and scale_factor is not None:
        raise PydanticCustomError("out_of_range", "`size` means nothing beside `scale_factor`")
    if size is not None and recompute_scale_factor:
        raise PydanticCustomError(
            "out_of_range", "`recompute_scale_factor` means nothing beside `size`"
        )
    if align_corners is not None and mode not in _RANKS:
        raise PydanticCustomError(
            "out_of_range",
            "`align_corners` is of the linear modes and `bicubic`, not of `mode: {mode}`",
            {"mode": mode},
        )


def taken(operation: type[Operation], x: Tensor) -> Sizes:
    """Hold that the input is N×C and one to three dimensions more, of floating-point numbers."""
    check_rank(operation, x, 3, 4, 5)
    check_floating(operation, x)
    return {}


def resampled(
    require: Require,
    operation: Operation,
    x: Tensor,
    mode: str,
    size: Size | tuple[Size, ...] | None,
    scale_factor: float | tuple[float, ...] | None,
) -> Tensor:
    """Give what comes out: `size`, or `floor(n * scale_factor)`, behind the channels."""
    _check_mode(operation, x, mode)
    return x.reshaped(*x.shape[:2], *_sizes(require, operation, x.shape[2:], size, scale_factor))


def _sizes(
    require: Require,
    operation: Operation,
    sizes: Shape,
    size: Size | tuple[Size, ...] | None,
    scale_factor: float | tuple[float, ...] | None,
) -> Shape:
    if size is not None:
        return _for_each("size", size, len(sizes))
    if scale_factor is None:
        raise MissingKey(
            f"`{operation.op()}` requires `size` or `scale_factor`",
            help=Remedy(
                "`scale_factor: 2` makes it twice as large, `size` as large as is said",
                Entry("scale_factor", "2"),
            ),
        )
    pairs = zip(sizes, _for_each("scale_factor", scale_factor, len(sizes)), strict=True)
    return tuple(scaled(require, operation.op(), *pair) for pair in pairs)


def _check_mode(operation: Operation, x: Tensor, mode: str) -> None:
    rank = _RANKS.get(mode)
    if rank in (None, x.rank):
        return
    fitting = {3: "linear", 4: "bilinear", 5: "trilinear"}[x.rank]
    raise RankMismatch(
        f"`{operation.op()}` with `mode: {mode}` takes a tensor of {rank} dimensions, not of "
        f"{x.rank}",
        help=Remedy(f"for {x.rank} dimensions there is `mode: {fitting}`", Entry("mode", fitting)),
    )


def _for_each(name: str, value: Item | tuple[Item, ...], count: int) -> tuple[Item, ...]:
    """Give one value for each dimension behind the channels."""
    if not isinstance(value, tuple):
        return (value,) * count
    if len(value) == count:
        return value
    raise RankMismatch(
        f"`{name}` has {len(value)} numbers, and its input has {count} dimensions behind the "
        "channels"
    )

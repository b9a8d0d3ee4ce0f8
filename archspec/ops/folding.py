"""What `fold` and `unfold` share: how many windows there are in an image."""

from archspec.dimensions import Size
from archspec.ops.operation import Operation, check_floating
from archspec.shapes import Require, convolved
from archspec.tensors import Shape, Tensor

Pair = tuple[int, int]


def blocks(
    require: Require, sizes: Shape, kernel_size: Pair, stride: Pair, padding: Pair, dilation: Pair
) -> Size:
    """Count the places at which a window stands: `floor((n + 2p - d(k-1) - 1) / s) + 1` each way.

    >>> blocks(bool, (6, 8), (2, 2), (2, 2), (0, 0), (1, 1))
    12
    """
    windows = zip(sizes, kernel_size, stride, padding, dilation, strict=True)
    rows, columns = (convolved(require, *window) for window in windows)
    return rows * columns


def check_dtype(operation: type[Operation], x: Tensor) -> None:
    """Raise `WrongDtype` where the input holds integers, which PyTorch does not copy so."""
    if x.dtype != "bool":
        check_floating(operation, x)

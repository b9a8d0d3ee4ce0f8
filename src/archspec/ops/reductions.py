"""What `mean` and `sum` share."""

from collections.abc import Mapping

from archspec.dimensions import Size
from archspec.ops.functions import axes, check_has_dimensions
from archspec.ops.operation import Operation
from archspec.ops.python_text import keywords
from archspec.tensors import Tensor


def reduced(
    operation: Operation, x: Tensor, dim: int | tuple[int, ...] | None, keepdim: bool
) -> Tensor:
    """Leave dimensions out, or keep each with a size of 1; none named means all.

    >>> from archspec.ops import load
    >>> print(reduced(load("mean")(dim=1), Tensor((2, 8, 9)), 1, keepdim=True))
    2×1×9
    """
    named = (dim,) if isinstance(dim, int) else dim or range(x.rank)
    gone = axes(operation, tuple(named), x.rank)
    ones: tuple[Size, ...] = (1,) if keepdim else ()
    sizes = ((size,) if index not in gone else ones for index, size in enumerate(x.shape))
    shape = tuple(size for kept in sizes for size in kept)
    check_has_dimensions(operation, shape, "name the dimensions in `dim`, or add `keepdim: true`")
    return x.reshaped(*shape)


def reduction(x: str, method: str, arguments: Mapping[str, str]) -> str:
    """Write `x.mean((2, 3), keepdim=True)`.

    >>> reduction("x", "mean", {"dim": "1"}), reduction("x", "sum", {"keepdim": "True"})
    ('x.mean(1)', 'x.sum(dim=None, keepdim=True)')
    """
    dim = arguments.get("dim", "None")
    named = "dim=None" if dim == "None" else dim
    return f"{x}.{method}({named}{keywords(arguments, 'dim')})"

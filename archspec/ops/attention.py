"""What attention asks of masks, and where a mask is part of what a layer reads."""

from archspec.diagnostics import ShapeMismatch, WrongDtype
from archspec.dimensions import equal
from archspec.ops.operation import Operation
from archspec.shapes import Require
from archspec.tensors import Tensor


def check_mask_dtype(operation: Operation, mask: Tensor, dtype: str, name: str = "mask") -> None:
    """Raise `WrongDtype` unless a mask holds truth values, or numbers that are added."""
    if mask.dtype not in ("bool", dtype):
        raise WrongDtype(
            f"the {name} of `{operation.op()}` holds truth values or {dtype}, not {mask.dtype}"
        )


def check_mask(
    require: Require, operation: Operation, name: str, mask: Tensor, *shapes: Tensor
) -> None:
    """Raise `ShapeMismatch` unless a mask has the one of these shapes that has its rank."""
    for shape in shapes:
        same = shape.rank == mask.rank
        if same and all(map(require, map(equal, mask.shape, shape.shape))):
            return
    wanted = " or ".join(map(str, shapes))
    raise ShapeMismatch(
        f"`{name}` of `{operation.op()}` must be {wanted}, and is {mask}",
        label=f"reads {mask}",
    )

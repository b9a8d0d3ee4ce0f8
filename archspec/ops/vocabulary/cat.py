"""`cat`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import DimensionOutOfRange, RankMismatch
from archspec.dimensions import Size, equal
from archspec.ops.functions import counted
from archspec.ops.operation import FunctionOperation
from archspec.shapes import Require, dimension_name, mismatch, promoted
from archspec.tensors import Tensor


class Cat(FunctionOperation):
    """Puts its inputs one behind the other along `dim`; all other sizes must agree."""

    torch: ClassVar = "torch.cat"
    memory: ClassVar = "own"
    arity: ClassVar = (1, None)
    gathers: ClassVar = True

    dim: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the first input's shape with the sum of the sizes along `dim`."""
        first = inputs[0]
        if not -first.rank <= self.dim < first.rank:
            known = f"{first.rank or 'no'} dimensions"
            raise DimensionOutOfRange(
                f"`cat` names dimension {self.dim}, and its inputs have {known}",
                help=counted(self, first.rank) if first.rank else None,
            )
        axis = self.dim % first.rank
        total: Size = 0
        for tensor in inputs:
            self._check(require, axis, first, tensor)
            total = total + tensor.shape[axis]
        shape = (*first.shape[:axis], total, *first.shape[axis + 1 :])
        return (Tensor(shape, promoted(inputs)),)

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Count 0: nothing is computed."""
        return 0

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `torch.cat((a, b), dim=1)`."""
        values = ", ".join(inputs) + ("," if len(inputs) == 1 else "")
        return f"torch.cat(({values}), dim={arguments['dim']})"

    def _check(self, require: Require, axis: int, first: Tensor, other: Tensor) -> None:
        if first.rank != other.rank:
            raise RankMismatch(
                "`cat` takes tensors of the same number of dimensions, "
                f"not of {first.rank} and {other.rank}"
            )
        for index, (a, b) in enumerate(zip(first.shape, other.shape, strict=True)):
            if index != axis and not require(equal(a, b)):
                name = dimension_name(index, first.rank)
                raise mismatch(f"`cat` along dimension {self.dim}", name, a, b)

"""The same numbers in another shape or order."""

from collections.abc import Mapping
from math import prod
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import (
    DimensionOutOfRange,
    Entry,
    RankMismatch,
    Remedy,
    ShapeMismatch,
    SymbolicValue,
)
from archspec.operations.checks import axes, axis
from archspec.operations.fields import (
    DimOrDims,
    Dims,
    ExpandedShape,
    FreeShape,
    OptionalDims,
    bounded,
    refused,
)
from archspec.operations.operation import FreeOperation, MethodFunction
from archspec.sizes import Polynomial, Require, Shape, Size, Tensor, divided, divisible, equal


class Flatten(FreeOperation):
    """Makes one dimension of those from `start_dim` to `end_dim`, both included."""

    torch: ClassVar = "nn.Flatten"
    memory: ClassVar = "input"

    start_dim: int = 1
    end_dim: int = -1

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the dimensions before, their product, the dimensions after."""
        (x,) = inputs
        start, end = (self._index(x, dim) for dim in (self.start_dim, self.end_dim))
        if start > end:
            raise DimensionOutOfRange(
                f"`flatten` from dimension {self.start_dim} to {self.end_dim} is an empty range",
            )
        merged = prod(x.shape[start : end + 1], start=1)
        return (x.reshaped(*x.shape[:start], merged, *x.shape[end + 1 :]),)

    def _counted(self, rank: int, dim: int) -> Remedy:
        """Say which dimensions there are behind the batch, each of which may be named instead."""
        name = "start_dim" if dim == self.start_dim else "end_dim"
        fitting = range(1, rank) if name == "end_dim" else range(1, max(2, self.end_dim % rank + 1))
        ways = (Entry(name, str(place)) for place in fitting)
        return Remedy(f"they are counted from 0 to {rank - 1}, the batch first", *ways)

    def with_batch(self, *inputs: Tensor) -> Mapping[str, object]:
        """Begin behind the batch."""
        return {"start_dim": 1} if self._index(inputs[0], self.start_dim) == 0 else {}

    def _index(self, x: Tensor, dim: int) -> int:
        if -x.rank <= dim < x.rank:
            return dim % x.rank
        raise DimensionOutOfRange(
            f"`flatten` names dimension {dim}, and its input has {x.rank or 'no'} dimensions",
            help=self._counted(x.rank, dim) if x.rank else None,
        )


def _lengths(value: Any) -> Any:
    if not isinstance(value, list | tuple) or not value:
        raise PydanticCustomError("list_type", "a list of integers")
    if list(value).count(-1) > 1:
        raise refused("a list with at most one -1")
    return tuple([item if _is_rest(item) else bounded(item, 1) for item in value])


def _is_rest(item: Any) -> bool:
    return type(item) is int and item == -1


Lengths = Annotated[tuple[int, ...], BeforeValidator(_lengths)]
"""Sizes of at least 1; one of them may be -1 for what is left."""


class Unflatten(FreeOperation):
    """Makes several dimensions of the one at `dim`; -1 stands for what is left of it."""

    torch: ClassVar = "nn.Unflatten"
    memory: ClassVar = "input"

    dim: int
    unflattened_size: Lengths

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the dimensions before, the new ones, the dimensions after."""
        (x,) = inputs
        index = axis(self, self.dim, x.rank)
        made = self._made(require, x.shape[index])
        return (x.reshaped(*x.shape[:index], *made, *x.shape[index + 1 :]),)

    def _made(self, require: Require, size: Size) -> Shape:
        product = prod(length for length in self.unflattened_size if length != -1)
        if -1 not in self.unflattened_size:
            fits = require(equal(size, product))
        else:
            fits = require(divisible(size, product))
        if not fits:
            wanted = ", ".join(map(str, self.unflattened_size))
            raise ShapeMismatch(f"`unflatten` cannot make [{wanted}] of a size of {size}")
        return tuple(
            size // product if length == -1 else length for length in self.unflattened_size
        )


class Reshape(MethodFunction):
    """Gives the same numbers, in order, another shape; one size may be -1, for what is left."""

    torch: ClassVar = "torch.reshape"
    unpacks: ClassVar = True
    memory: ClassVar = "input"

    shape: FreeShape

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give `shape`, which must have as many elements as the input."""
        (x,) = inputs
        if -1 in self.shape:
            rest = self._rest(require, x)
            return (x.reshaped(*(rest if size == -1 else size for size in self.shape)),)
        elements = x.reshaped(*self.shape).elements
        if not require(equal(elements, x.elements)):
            raise self._mismatch(x, f"{elements} elements")
        return (x.reshaped(*self.shape),)

    def _rest(self, require: Require, x: Tensor) -> Size:
        """Divide the elements by all other sizes, first by those that depend on symbols."""
        left = x.elements
        for size in self.shape:
            if isinstance(size, Polynomial):
                left = self._quotient(left, size)
        number = prod(size for size in self.shape if isinstance(size, int) and size != -1)
        if not require(divisible(left, number)):
            raise self._mismatch(x, f"a multiple of {number} elements")
        return left // number

    def _quotient(self, elements: Size, size: Polynomial) -> Size:
        quotient = divided(elements, size)
        if quotient is None:
            raise SymbolicValue(
                f"`reshape` cannot say for every size what is left for -1: {elements} by {size}"
            )
        return quotient

    def _mismatch(self, x: Tensor, wanted: str) -> ShapeMismatch:
        shape = ", ".join(map(str, self.shape))
        return ShapeMismatch(
            f"`reshape` to [{shape}] takes {wanted}, and its input has {x.elements}",
            label=f"reads {x}",
        )


class Permute(MethodFunction):
    """Puts the dimensions in another order: `dims: [0, 2, 3, 1]` moves the channels last."""

    torch: ClassVar = "torch.permute"
    unpacks: ClassVar = True
    memory: ClassVar = "input"

    dims: Dims

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the sizes in the order of `dims`."""
        (x,) = inputs
        order = axes(self, self.dims, x.rank)
        if len(order) != x.rank:
            raise RankMismatch(
                f"`permute` names {len(order)} dimensions, and its input has {x.rank}",
                label=f"reads {x}",
            )
        return (x.reshaped(*(x.shape[index] for index in order)),)


class Transpose(MethodFunction):
    """Exchanges two dimensions."""

    torch: ClassVar = "torch.transpose"
    memory: ClassVar = "input"

    dim0: int
    dim1: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape with the two sizes exchanged."""
        (x,) = inputs
        first, second = (axis(self, dim, x.rank) for dim in (self.dim0, self.dim1))
        shape = list(x.shape)
        shape[first], shape[second] = shape[second], shape[first]
        return (x.reshaped(*shape),)


class Squeeze(MethodFunction):
    """Leaves out dimensions of size 1.

    Unlike PyTorch it needs to be told which, and refuses those of another size.
    """

    torch: ClassVar = "torch.squeeze"
    memory: ClassVar = "input"
    example_inputs: ClassVar = (((1, 8), "float32"),)

    dim: DimOrDims

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape without those dimensions."""
        (x,) = inputs
        gone = axes(self, self.dim if isinstance(self.dim, tuple) else (self.dim,), x.rank)
        for index in gone:
            if not require(equal(x.shape[index], 1)):
                raise ShapeMismatch(
                    f"`squeeze` leaves out dimensions of size 1, and dimension {index} has size "
                    f"{x.shape[index]}",
                    label=f"reads {x}",
                )
        shape = tuple(size for index, size in enumerate(x.shape) if index not in gone)
        return (x.reshaped(*shape),)


class Unsqueeze(MethodFunction):
    """Puts a dimension of size 1 where `dim` says; -1 is after the last."""

    torch: ClassVar = "torch.unsqueeze"
    memory: ClassVar = "input"

    dim: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape with a 1 at `dim`."""
        (x,) = inputs
        index = axis(self, self.dim, x.rank + 1)
        return (x.reshaped(*x.shape[:index], 1, *x.shape[index:]),)


class Expand(MethodFunction):
    """Repeats its input along dimensions of size 1, and along new ones before the first."""

    torch: ClassVar = "torch.Tensor.expand"
    unpacks: ClassVar = True
    example: ClassVar = {"size": [-1, 4, -1]}
    example_inputs: ClassVar = (((1, 8), "float32"),)

    size: ExpandedShape

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give `size`, in which -1 keeps what the input has."""
        (x,) = inputs
        added = len(self.size) - x.rank
        if added < 0 or -1 in self.size[:added]:
            raise RankMismatch(
                f"`expand` needs a size for each dimension: {len(self.size)} sizes, of which new "
                f"ones are no -1, for {x.rank} dimensions",
                label=f"reads {x}",
            )
        pairs = zip(x.shape, self.size[added:], strict=True)
        kept = (self._expanded(require, size, wanted) for size, wanted in pairs)
        return (x.reshaped(*self.size[:added], *kept),)

    def _expanded(self, require: Require, size: Size, wanted: Size) -> Size:
        if wanted == -1:
            return size
        if size != 1 and not require(equal(size, wanted)):
            raise ShapeMismatch(
                f"`expand` repeats only along dimensions of size 1, not {size} to {wanted}"
            )
        return wanted


class Flip(MethodFunction):
    """Turns the order round along each of `dims`: the last comes first."""

    torch: ClassVar = "torch.flip"
    unpacks: ClassVar = True
    arguments: ClassVar = {"dims": "The dimensions along which the order is turned round."}

    dims: Dims

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        axes(self, self.dims, inputs[0].rank)
        return inputs


class Roll(MethodFunction):
    """Moves everything along `dims` by `shifts` places; what leaves at the end comes in in front.

    Without `dims` all numbers are one row, as they lie in memory.
    """

    torch: ClassVar = "torch.roll"
    arguments: ClassVar = {
        "dims": "The dimensions along which it moves; null for all numbers in one row.",
        "shifts": "By how many places, one number for each of `dims`.",
    }

    shifts: DimOrDims
    dims: OptionalDims = None

    @model_validator(mode="after")
    def _one_shift_for_each(self) -> "Roll":
        shifts, dims = (_several(value) for value in (self.shifts, self.dims))
        if len(shifts) != (1 if self.dims is None else len(dims)) or not shifts:
            raise refused(
                f"`shifts` holds a number for each of `dims`: {len(shifts)} for "
                f"{len(dims) or 'all together'}"
            )
        return self

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        for dim in _several(self.dims):
            axis(self, dim, inputs[0].rank)
        return inputs


def _several(value: int | tuple[int, ...] | None) -> tuple[int, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, int) else value

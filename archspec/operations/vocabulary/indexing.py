"""Parts of a tensor, by place or by index."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from archspec.diagnostics import OutOfRange, RankMismatch, ShapeMismatch, SymbolicValue, WrongArity
from archspec.operations.call_text import given, integer, interval, keywords, subscript
from archspec.operations.checks import (
    axis,
    check_holds,
    check_indices_fit,
    check_not_empty,
    check_number,
    check_one_dtype,
    cut,
    replaced,
)
from archspec.operations.fields import Count, FreeSize, FreeSizeOrSizes, Keywords, OptionalNumber
from archspec.operations.operation import FreeFunction, MethodFunction, Sizes
from archspec.operations.vocabulary.embedding import check_indices
from archspec.sizes import Polynomial, Require, Size, Tensor, Truth, at_least, divided, equal


class Select(FreeFunction):
    """Takes what stands at `index` of a dimension, which is then gone; -1 is the last."""

    torch: ClassVar = "torch.select"
    memory: ClassVar = "input"

    dim: int
    index: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape without that dimension."""
        (x,) = inputs
        place = axis(self, self.dim, x.rank)
        size = x.shape[place]
        if not require(at_least(size, self.index + 1 if self.index >= 0 else -self.index)):
            raise OutOfRange(
                f"`select` takes index {self.index} of dimension {self.dim}, whose size is {size}",
                label=f"reads {x}",
            )
        return (replaced(x, place),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x[:, 0]`."""
        dim, index = arguments["dim"], arguments["index"]
        if integer(dim) is None:
            return f"{inputs[0]}.select({dim}, {index})"
        return subscript(inputs[0], dim, index)


class Slice(FreeFunction):
    """Takes a dimension from `start` to before `end`, every `step`-th; negative ones from the end.

    Unlike Python's slices it never reaches beyond the dimension.
    """

    torch: ClassVar = "torch.ops.aten.slice"
    memory: ClassVar = "input"

    dim: int
    start: int | None = None
    end: int | None = None
    step: Count = 1

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape with `ceil((end - start) / step)` in that dimension."""
        (x,) = inputs
        index = axis(self, self.dim, x.rank)
        size = x.shape[index]
        start = self._place(require, size, self.start or 0)
        length = self._place(require, size, size if self.end is None else self.end) - start
        end = "the end" if self.end is None else self.end
        check_not_empty(require, self, length, f"from {self.start or 0} to {end} of {size}")
        return (replaced(x, index, (length + self.step - 1) // self.step),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x[:, :, ::2]`."""
        texts = (arguments.get(name, "None") for name in ("start", "end", "step"))
        start, end, step = ("" if text == "None" else text for text in texts)
        return subscript(
            inputs[0], arguments["dim"], interval(start, end, "" if step == "1" else step)
        )

    def _place(self, require: Require, size: Size, place: Size) -> Size:
        """Count a place from 0; those between the elements go from 0 to the size."""
        negative = isinstance(place, int) and place < 0
        if not require(at_least(size, -place if negative else place)):
            raise OutOfRange(f"`slice` names place {place} of a dimension whose size is {size}")
        return size + place if negative else place


class Narrow(MethodFunction):
    """Takes `length` of a dimension from `start` on; a negative `start` counts from the end."""

    torch: ClassVar = "torch.narrow"
    memory: ClassVar = "input"

    dim: int
    start: int
    length: FreeSize

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape with `length` in that dimension."""
        (x,) = inputs
        index = axis(self, self.dim, x.rank)
        if not all(require(truth) for truth in self._fits(x, index)):
            raise OutOfRange(
                f"`narrow` takes {self.length} from {self.start} on of a dimension whose size is "
                f"{x.shape[index]}",
                label=f"reads {x}",
            )
        return (replaced(x, index, self.length),)

    def _fits(self, x: Tensor, index: int) -> tuple[Truth, ...]:
        size = x.shape[index]
        if self.start >= 0:
            return (at_least(size, self.start + self.length),)
        return (at_least(size, -self.start), at_least(-self.start, self.length))


class Split(FreeFunction):
    """Cuts a dimension into pieces of one size, of which the last may be smaller, or of several."""

    torch: ClassVar = "torch.split"

    split_size_or_sections: FreeSizeOrSizes
    dim: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the pieces, in order; given sizes must add up to that of the dimension."""
        (x,) = inputs
        index = axis(self, self.dim, x.rank)
        pieces = self._pieces(require, x.shape[index])
        return tuple(replaced(x, index, piece) for piece in pieces)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.split(64, dim=1)`."""
        sizes = arguments["split_size_or_sections"]
        return f"{inputs[0]}.split({sizes}{keywords(arguments, 'split_size_or_sections')})"

    def _pieces(self, require: Require, size: Size) -> tuple[Size, ...]:
        piece = self.split_size_or_sections
        if isinstance(piece, tuple):
            return self._sections(require, size, piece)
        if isinstance(piece, int) and isinstance(size, int):
            return cut(self, size, piece)
        count = divided(size, piece)
        if not isinstance(count, int):
            raise SymbolicValue(
                f"how many pieces `split` gives must be a number: {size} in pieces of {piece}"
            )
        check_number(self, count)
        return (piece,) * count

    def _sections(
        self, require: Require, size: Size, sections: tuple[Size, ...]
    ) -> tuple[Size, ...]:
        total = sum(sections)
        if not require(equal(total, size)):
            raise ShapeMismatch(
                f"the sections of `split` must add up to the size of dimension {self.dim}: "
                f"{total} are not {size}"
            )
        return sections


class Chunk(FreeFunction):
    """Cuts a dimension into `chunks` pieces of one size, of which the last may be smaller.

    As in PyTorch there may be fewer pieces: 6 cut into 5 gives 3 of 2.
    """

    torch: ClassVar = "torch.chunk"

    chunks: Count
    dim: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the pieces, in order."""
        (x,) = inputs
        index = axis(self, self.dim, x.rank)
        pieces = self._pieces(require, x.shape[index])
        return tuple(replaced(x, index, piece) for piece in pieces)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.chunk(2, dim=1)`."""
        return f"{inputs[0]}.chunk({arguments['chunks']}{keywords(arguments, 'chunks')})"

    def _pieces(self, require: Require, size: Size) -> tuple[Size, ...]:
        if isinstance(size, Polynomial):
            return self._all_pieces(require, size)
        return cut(self, size, -(-size // self.chunks))

    def _all_pieces(self, require: Require, size: Polynomial) -> tuple[Size, ...]:
        """Cut a size that is not known, which must be large enough for `chunks` pieces."""
        check_number(self, self.chunks)
        if self.chunks == 2:  # the same, and simpler where the second piece is used alone
            require(at_least(size, 2))
            return (size - size // 2, size // 2)
        piece = (size + self.chunks - 1) // self.chunks
        last = size - piece * (self.chunks - 1)
        require(at_least(last, 1))
        return (*[piece] * (self.chunks - 1), last)


class Unbind(FreeFunction):
    """Gives what stands at each place of a dimension, which is then gone.

    PyTorch's default is the batch, whose size nobody knows: here `dim` is said.
    """

    torch: ClassVar = "torch.unbind"

    dim: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give as many values as that dimension has, in order."""
        (x,) = inputs
        index = axis(self, self.dim, x.rank)
        count = x.shape[index]
        if not isinstance(count, int):
            raise SymbolicValue(
                f"how many values `unbind` gives must be a number: dimension {self.dim} has {count}"
            )
        check_number(self, count)
        return (replaced(x, index),) * count

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.unbind(1)`."""
        return f"{inputs[0]}.unbind({arguments['dim']})"


class Indexed(MethodFunction):
    """Its second input names places of its first."""

    arity: ClassVar[tuple[int, int | None]] = (2, 2)

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; the second input is of int64 or int32."""
        check_indices(cls, inputs[1])
        return {}


class Gather(Indexed):
    """Takes, for each number of the second input, what stands at that place of a dimension.

    `out[i][j] = x[index[i][j]][j]` for `dim: 0`, and `x[i][index[i][j]]` for `dim: 1`.
    """

    torch: ClassVar = "torch.gather"
    example_inputs: ClassVar = (((8,), "float32"), ((3,), "int64"))

    dim: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the second input's shape; it is no larger than the first but along `dim`."""
        x, index = inputs
        place = axis(self, self.dim, x.rank)
        check_indices_fit(require, self, "first", x, index, place)
        return (x.reshaped(*index.shape),)


class IndexSelect(Indexed):
    """Takes the places of a dimension that the second input names, in its order."""

    torch: ClassVar = "torch.index_select"
    example_inputs: ClassVar = (((8,), "float32"), ((), "int64"))

    dim: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape with as many places as are named."""
        x, index = inputs
        if index.rank != 1:
            raise RankMismatch(
                f"`index_select` takes indices of one dimension, not of {index.rank}",
                help="`gather` takes indices for each place",
            )
        return (replaced(x, axis(self, self.dim, x.rank), index.shape[0]),)


Reduce = Annotated[Literal["add", "multiply"] | None, Keywords(frozenset(["add", "multiply"]))]
"""What becomes of a number that is written to: the sum, the product, or forgotten."""


class Scatter(Indexed):
    """Writes the third input, or `value`, to the places of `dim` that the second input names.

    `out[index[i][j]][j] = src[i][j]` for `dim: 0`, and `out[i][index[i][j]] = src[i][j]` for
    `dim: 1`; where nothing is written it gives the first input.
    """

    torch: ClassVar = "torch.scatter"
    arity: ClassVar = (2, 3)
    example: ClassVar = {"dim": 1}
    example_inputs: ClassVar = (((8,), "float32"), ((3,), "int64"), ((3,), "float32"))
    arguments: ClassVar = {
        "reduce": "Whether to `add` to what is there or to `multiply` it; null replaces it.",
        "value": "The number that takes the place of the third input; `inf` and `-inf` are words.",
    }

    dim: int
    value: OptionalNumber = None
    reduce: Reduce = None

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the first input's shape; the second is no larger but along `dim`."""
        x, index, *src = inputs
        if (self.value is None) != (len(src) == 1):
            raise WrongArity(
                "`scatter` takes either a third value or the number `value`, and receives "
                f"{'neither' if self.value is None else 'both'}",
                help="read a third value by `from`, or give a number by `value`",
            )
        check_one_dtype(self, (x, *src))
        check_holds(self, x.dtype, self.value)
        check_indices_fit(require, self, "first", x, index, axis(self, self.dim, x.rank))
        for tensor in src:
            check_indices_fit(require, self, "third", tensor, index, None)
        return (x,)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.scatter(1, index, src)`; with `reduce` what PyTorch has in its place."""
        x, index, *tensors = inputs
        reduce, number, dim = (
            given(arguments, "reduce"),
            given(arguments, "value"),
            arguments["dim"],
        )
        src = tensors[0] if number is None else number
        if reduce is None:
            return f"{x}.scatter({dim}, {index}, {src})"
        every = src if number is None else f"{x}.new_full({index}.shape, {src})"
        method, word = _reduction(reduce)
        return f"{x}.{method}({dim}, {index}, {every}{word})"


def _reduction(text: str) -> tuple[str, str]:
    """Give the method that PyTorch has in the place of `reduce`, which it cannot train.

    >>> _reduction('"multiply"')
    ('scatter_reduce', ', reduce="prod"')
    """
    if text in ('"add"', "'add'"):
        return "scatter_add", ""
    sums = "" if text in ('"multiply"', "'multiply'") else f'"sum" if {text} == "add" else '
    return "scatter_reduce", f', reduce={sums}"prod"'


class RepeatInterleave(MethodFunction):
    """Repeats what stands at each place of `dim`, one beside the other: `a, a, b, b`.

    Without `dim` all numbers are one row, as they lie in memory.
    """

    torch: ClassVar = "torch.repeat_interleave"
    example: ClassVar = {"repeats": 4, "dim": 1}
    arguments: ClassVar = {
        "dim": "The dimension; null for all numbers in one row.",
        "repeats": "How often each is there.",
    }

    repeats: FreeSize
    dim: int | None = None

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape with `repeats` times as much in that dimension."""
        (x,) = inputs
        if self.dim is None:
            return (x.reshaped(x.elements * self.repeats),)
        index = axis(self, self.dim, x.rank)
        return (replaced(x, index, x.shape[index] * self.repeats),)

"""`split`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import ShapeMismatch, SymbolicValue
from archspec.dimensions import Size, divided, equal
from archspec.ops.functions import FreeFunction, axis, check_number, cut, replaced
from archspec.ops.python_text import keywords
from archspec.ops.sizes import FreeSizeOrSizes
from archspec.shapes import Require
from archspec.tensors import Tensor


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

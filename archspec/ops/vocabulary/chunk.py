"""`chunk`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.dimensions import Polynomial, Size, at_least
from archspec.ops.fields import Count
from archspec.ops.functions import FreeFunction, axis, check_number, cut, replaced
from archspec.ops.python_text import keywords
from archspec.shapes import Require
from archspec.tensors import Tensor


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

"""The type of a value that flows between layers: its shape and dtype."""

from dataclasses import dataclass
from math import prod

from archspec.sizes import Size, substitute, symbols_of

Shape = tuple[Size, ...]


@dataclass(frozen=True, slots=True)
class Tensor:
    """A shape, batch first, and a dtype by PyTorch's name.

    >>> print(Tensor((2, 64, 56, 56)))
    2×64×56×56
    >>> print(Tensor(()))
    scalar
    """

    shape: Shape
    dtype: str = "float32"

    def __str__(self) -> str:
        return "×".join(dimension_text(size) for size in self.shape) or "scalar"

    @property
    def rank(self) -> int:
        """The number of dimensions, batch included."""
        return len(self.shape)

    @property
    def batch(self) -> Size:
        """The first dimension."""
        return self.shape[0]

    @property
    def channels(self) -> Size:
        """The second dimension."""
        return self.shape[1]

    @property
    def features(self) -> Size:
        """The last dimension."""
        return self.shape[-1]

    @property
    def elements(self) -> Size:
        """The product of all dimensions."""
        numbers = [size for size in self.shape if isinstance(size, int)]
        if len(numbers) == len(self.shape):
            return prod(numbers)
        symbolic = (size for size in self.shape if not isinstance(size, int))
        return prod(symbolic, start=1) * prod(numbers)

    @property
    def symbols(self) -> frozenset[str]:
        """The names of the symbols in its shape."""
        return frozenset().union(*(symbols_of(size) for size in self.shape))

    def reshaped(self, *shape: Size) -> "Tensor":
        """Give a tensor of the same dtype with another shape."""
        return Tensor(tuple(shape), self.dtype)

    def substitute(self, values: dict[str, Size]) -> "Tensor":
        """Put sizes in the place of symbols."""
        return self.reshaped(*(substitute(size, values) for size in self.shape))


def dimension_text(size: Size) -> str:
    """Write a size so that it can stand between `×` signs.

    >>> dimension_text(64)
    '64'
    """
    return str(size) if isinstance(size, int) else size.grouped()

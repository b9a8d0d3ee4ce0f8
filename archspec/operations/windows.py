"""Windows: how an operation slides over a dimension, and what keeps the size as it was."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple


class Window(NamedTuple):
    """A window over one dimension; with `same` the border is added that keeps the size.

    >>> Window(kernel=2, stride=3).unread, Window(kernel=3, stride=2).unread
    (1, 0)
    """

    kernel: int
    stride: int = 1
    dilation: int = 1
    same: bool = False

    @property
    def unread(self) -> int:
        """Of as many places as the stride has, those that no window reads.

        >>> Window(kernel=3, stride=2, dilation=2).unread
        1
        """
        if self.kernel >= self.stride and self.dilation == 1:
            return 0
        read = {tap * self.dilation % self.stride for tap in range(min(self.kernel, self.stride))}
        return self.stride - len(read)

    @property
    def is_lopsided(self) -> bool:
        """Whether `same` adds one place more at the end than at the start.

        >>> Window(kernel=4, same=True).is_lopsided
        True
        """
        return self.same and self.dilation * (self.kernel - 1) % 2 == 1


def each(value: object, length: int) -> tuple[int, ...]:
    """Give the sizes of each dimension that one number or a list says; `()` where it says none.

    >>> each(3, 2), each([3, 5], 2), each("same", 2)
    ((3, 3), (3, 5), ())
    """
    items = tuple(value) if isinstance(value, list | tuple) else (value,) * length
    sizes = tuple(size for size in items if type(size) is int and size > 0)
    return sizes if len(sizes) == len(items) == length else ()


def alike(sizes: Sequence[int]) -> object:
    """Write the sizes of each dimension as a spec would: as one number where they are alike.

    >>> alike((3, 3)), alike((3, 5))
    (3, [3, 5])
    """
    return sizes[0] if len(set(sizes)) == 1 else list(sizes)


Lengths = tuple[int, ...]
Arguments = Mapping[str, object]


def same_size(
    kernels: Lengths,
    strides: Lengths,
    dilations: Lengths,
    paddings: Callable[[Lengths, Lengths, Lengths], Arguments | None],
) -> Arguments:
    """Give the arguments that keep a size but for the stride, by a larger kernel if need be.

    Around an even kernel one side gets more than the other, which no padding says.
    """
    written = paddings(kernels, strides, dilations)
    if written is not None:
        return written
    odd = tuple(kernel | 1 for kernel in kernels)
    return {"kernel_size": alike(odd), **(paddings(odd, strides, dilations) or {})}

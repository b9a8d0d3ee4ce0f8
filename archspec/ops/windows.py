"""How an operation slides over one dimension, and what it leaves out on its way."""

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

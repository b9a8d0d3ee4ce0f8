"""Where a wider network holds copies: of which place of the narrow one each place is one."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import prod
from typing import TYPE_CHECKING

from archspec.graph import Leaf
from archspec.sizes import Size, Tensor

if TYPE_CHECKING:
    import torch

_DEEP = "the deep network"


class CannotGrow(Exception):
    """One network does not become another by layers and widths that change nothing at first.

    `subject` is the layer of the deep network at which it shows, `reason` what is wrong with it.
    """

    def __init__(self, reason: str, subject: str = _DEEP, help: str | None = None) -> None:
        self.reason = reason
        self.subject = subject
        self.help = help
        super().__init__(f"{subject} {reason}")

    def at(self, path: str) -> "CannotGrow":
        """Name the layer, where nothing nearer was named.

        >>> print(CannotGrow("has no shortcut around it").at("layer1.0"))
        `layer1.0` has no shortcut around it
        """
        return CannotGrow(self.reason, f"`{path}`") if self.subject == _DEEP else self


Copies = tuple[int, ...]
"""For each place of a dimension the place of the narrow network's whose copy it is."""

Axes = tuple[Copies | None, ...]
"""The copies along each dimension of a tensor; `None` where it is as large as it was."""

Sizes = tuple[Size, Size]
"""The size of a dimension in the narrow network, and in the wide one."""


def neighbours(narrow: int, wide: int) -> Copies:
    """Put the copies of a place beside each other, so that groups and halves stay what they are.

    >>> neighbours(2, 5)
    (0, 0, 0, 1, 1)
    """
    return tuple(place * narrow // wide for place in range(wide))


def same(tensor: Tensor) -> Axes:
    """Give the axes of a tensor that is as it was."""
    return (None,) * tensor.rank


def repeated(tensor: "torch.Tensor", axes: Axes) -> "torch.Tensor":
    """Copy the slices of a tensor along each of its dimensions that grows."""
    import torch

    for dim, copies in enumerate(axes):
        if copies is not None:
            tensor = tensor.index_select(dim, torch.tensor(copies))
    return tensor


def factor(sizes: Sizes) -> Fraction | None:
    """Give how many times as large a size has become; `None` where it depends on symbols.

    >>> factor((48, 72))
    Fraction(3, 2)
    """
    old, new = sizes
    return Fraction(new, old) if isinstance(old, int) and isinstance(new, int) else None


@dataclass(frozen=True, slots=True)
class Flow:
    """How copies go through an operation; `read` are the axes of what the wide one reads.

    It follows from the sizes. Where several answers would fit, running both networks decides
    whether this one was right.
    """

    narrow: Leaf
    wide: Leaf
    read: tuple[Axes, ...]

    def gives(self, sums: bool) -> tuple[Axes, ...]:
        """Give the axes of what comes out; `sums` says that it is made of all channels together."""
        pairs = zip(self.narrow.outputs, self.wide.outputs, strict=True)
        return tuple(self._axes(*pair, sums) for pair in pairs)

    def _axes(self, before: Tensor, after: Tensor, sums: bool) -> Axes:
        if before.rank != after.rank:
            raise CannotGrow(f"gives {after}, and {before} in the shallow network")
        pairs = enumerate(zip(before.shape, after.shape, strict=True))
        return tuple(self._copies(pair, dim, sums) for dim, pair in pairs)

    def _copies(self, sizes: Sizes, dim: int, sums: bool) -> Copies | None:
        old, new = sizes
        if old == new:
            return None
        if not isinstance(old, int) or not isinstance(new, int):
            raise CannotGrow(f"gives {new} places for {old}, which depends on the input")
        if new < old:
            raise CannotGrow(f"gives {new} places for {old}: a network can only become wider")
        return neighbours(old, new) if sums else self._followed(sizes, dim)

    def _followed(self, sizes: Sizes, dim: int) -> Copies:
        """Find where what is read holds these copies."""
        passed = {copies for pair, copies in self.grown() if pair == sizes}
        if len(passed) > 1:
            raise CannotGrow("joins values whose channels have grown in different ways")
        copies = next(iter(passed), None) or self._joined(sizes, dim) or self._merged(sizes)
        return copies or self._scaled(sizes)

    def grown(self) -> Iterator[tuple[Sizes, Copies]]:
        """Give the dimensions of what is read that have grown."""
        for before, after, axes in zip(
            self.narrow.inputs, self.wide.inputs, self.read, strict=True
        ):
            for old, new, copies in zip(before.shape, after.shape, axes, strict=True):
                if copies is not None:
                    yield (old, new), copies

    def _joined(self, sizes: Sizes, dim: int) -> Copies | None:
        """Put the copies one after another, where the sizes add up."""
        before = [tensor.shape[dim] for tensor in self.narrow.inputs if tensor.rank > dim]
        after = [tensor.shape[dim] for tensor in self.wide.inputs if tensor.rank > dim]
        counts = [size for size in before if isinstance(size, int)]
        if len(counts) != len(self.read) or (sum(counts), sum(after)) != sizes:
            return None
        starts = accumulate(counts, initial=0)
        parts = zip(starts, counts, self.read, strict=False)
        return tuple(
            start + place for start, count, axes in parts for place in axes[dim] or range(count)
        )

    def _merged(self, sizes: Sizes) -> Copies | None:
        """Count the places behind each channel as its own, where dimensions were made one."""
        for tensor, axes in zip(self.wide.inputs, self.read, strict=True):
            for dim, copies in enumerate(axes):
                behind = prod(tensor.shape[dim + 1 :], start=1)
                if copies is None or tensor.rank == self.wide.outputs[0].rank:
                    continue
                if isinstance(behind, int) and len(copies) * behind == sizes[1]:
                    return tuple(
                        copy * behind + place for copy in copies for place in range(behind)
                    )
        return None

    def _scaled(self, sizes: Sizes) -> Copies:
        """Take copies for neighbours, where the size has grown as that of an input has."""
        old, new = sizes
        assert isinstance(old, int) and isinstance(new, int)
        if factor(sizes) not in {factor(pair) for pair, _ in self.grown()}:
            raise CannotGrow(f"makes {new} places of {old}, and which are copies cannot be told")
        return neighbours(old, new)

"""What a drawing shows, before any language draws it: boxes, frames around them, arrows."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum


class Role(Enum):
    """What a box is by its structure, which decides its shape and colour."""

    VALUE = "value"
    WEIGHTED = "weighted"
    WEIGHTLESS = "weightless"
    JOIN = "join"
    BLOCK = "block"


class Shortcut(Enum):
    """The way around what a closed box holds: none, the input itself, or layers of its own."""

    NONE = "none"
    IDENTITY = "identity"
    PROJECTION = "projection"


class _Counted:
    """What has a title, and stands for `count` equal ones that follow each other."""

    __slots__ = ()
    title: str
    count: int

    @property
    def heading(self) -> str:
        """The title with the number of repetitions."""
        return self.title if self.count == 1 else f"{self.title} ×{self.count}"


@dataclass(frozen=True, slots=True)
class Box(_Counted):
    """One layer, several in a row, or a closed block.

    `shares` says that its weights are those of another layer; only training needs it where it is
    for `training`.

    >>> Box("n0", Role.BLOCK, "bottleneck", count=3).heading
    'bottleneck ×3'
    """

    key: str
    role: Role
    title: str
    facts: str = ""
    count: int = 1
    shortcut: Shortcut = Shortcut.NONE
    shares: bool = False
    training: bool = False


@dataclass(frozen=True, slots=True)
class Frame(_Counted):
    """What stands around the layers of a group, a chain or an opened block."""

    key: str
    title: str
    items: tuple["Item", ...]
    count: int = 1
    training: bool = False


Item = Box | Frame


@dataclass(frozen=True, slots=True)
class Arrow:
    """A value on its way from box to box; `skips` says that others take longer.

    Only training needs it where it is for `training`.
    """

    tail: str
    head: str
    label: str = ""
    skips: bool = False
    training: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A whole drawing; of the boxes in `stacked` the second stands below the first."""

    title: str
    items: tuple[Item, ...]
    arrows: tuple[Arrow, ...]
    stacked: tuple[tuple[str, str], ...] = ()


def boxes(items: tuple[Item, ...]) -> Iterator[Box]:
    """Give all boxes, those in frames too, in order."""
    for item in items:
        if isinstance(item, Frame):
            yield from boxes(item.items)
        else:
            yield item

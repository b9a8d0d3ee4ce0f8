"""What is known of a value while a spec is drawn."""

import re
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

Kind = Literal["map", "sequence", "vector", "tokens", "other"]
Place = tuple[object, ...]

_fresh = count()


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a layer may read.

    `reference` is what `from` says, `None` where only the next layer can read it. `width` is an
    expression for its channels or features, `None` where nothing can say it. Values of one
    `place` have the same sizes but for batch and width. `name` is what expressions call it. It is
    `certain` where no condition may take it away, and `grown` by so many joins since something
    last said its width.
    """

    kind: Kind
    width: str | None
    place: Place
    reference: str | None = None
    name: str | None = None
    certain: bool = True
    grown: int = 0

    @property
    def own_width(self) -> str | None:
        """Its width as an expression that asks for it."""
        word = "channels" if self.kind == "map" else "features"
        return None if self.name is None else f"{self.name}.{word}"

    @property
    def known_width(self) -> str | None:
        """An expression for its width, if there is one."""
        return self.width or self.own_width

    def as_read(self, reference: str | None, name: str | None) -> "Value":
        """Give it a name."""
        return replace(self, reference=reference, name=name)

    def blurred(self, *, width: bool = True, place: bool = True) -> "Value":
        """Forget what depends on a condition."""
        made = replace(self, width=None) if width else self
        return replace(made, place=new_place()) if place else made

    def joins(self, other: "Value") -> bool:
        """Say whether the two have one shape, whatever the parameters are."""
        same = (self.kind, self.place) == (other.kind, other.place)
        return same and self.width is not None and self.width == other.width


def new_place() -> Place:
    """Give a place that is no other's."""
    return ("new", next(_fresh))


def after(place: Place, *step: object) -> Place:
    """Give the place that a step makes of another: the same step makes the same."""
    return (place, *step)


def words(text: str) -> set[str]:
    """Give the names in an expression.

    >>> sorted(words("max(2 * width, input.channels)"))
    ['input.channels', 'max', 'width']
    """
    return set(re.findall(r"[A-Za-z_][\w.]*", text))

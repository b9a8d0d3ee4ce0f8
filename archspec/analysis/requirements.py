"""For which sizes a network with free sizes is valid, and which of its layers say so.

`where` tells where a layer was written, `line 21`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archspec.diagnostics import Path, Place, Problem, ShapeMismatch
from archspec.dimensions import Condition
from archspec.dimensions.conditions import Requirement, requirements, simplified
from archspec.graph import Needed, Network

Where = Callable[[Path], str]

_MOST_CAUSES = 3


@dataclass(frozen=True)
class Required:
    """What the conditions of a network ask together."""

    network: Network
    where: Where
    found: tuple[Requirement, ...]

    @classmethod
    def of(cls, network: Network, where: Where) -> "Required":
        """Put the conditions of a network together."""
        found = requirements([needed.condition for needed in network.conditions])
        return cls(network, where, found)

    def texts(self) -> tuple[str, ...]:
        """Say each in a text: ``H % 16 == 0, because of `join` at line 21``.

        >>> from archspec.dimensions import divisible, symbol
        >>> needed = Needed(divisible(symbol("H"), 4), ("layers", "join"))
        >>> Required.of(Network(None, {}, (needed,)), lambda path: "line 21").texts()
        ('H % 4 == 0, because of `join` at line 21',)
        """
        return tuple(map(self._text, self.found))

    def problems(self) -> Iterator[tuple[Problem, Place]]:
        """Find what no size can meet, at the last of the layers that ask for it."""
        for found in self.found:
            if not found.possible:
                yield self._impossible(found), Place(self._causes(found)[-1].path, key=True)

    def _causes(self, found: Requirement) -> list[Needed]:
        return [self.network.conditions[place] for place in found.conditions]

    def _text(self, found: Requirement) -> str:
        paths = dict.fromkeys(path for _, path in self._causes(found))
        causes = [f"{_name(path)} at {self.where(path)}" for path in paths]
        return f"{' and '.join(found.texts)}, because of {_listed(causes)}"

    def _impossible(self, found: Requirement) -> Problem:
        names = " and ".join(f"`{name}`" for name in found.symbols)
        noun = "size" if len(found.symbols) == 1 else "sizes"
        notes = tuple(
            f"{_name(path)} at {self.where(path)} needs {_words(condition)}"
            for condition, path in self._causes(found)
        )
        return ShapeMismatch(f"no {noun} of {names} can be right for all layers", notes=notes)


def _listed(causes: list[str]) -> str:
    """Join texts, the first few where there are many.

    >>> _listed(["a", "b"]), _listed(["a", "b", "c", "d", "e"])
    ('a and b', 'a, b and 3 others')
    """
    if len(causes) > _MOST_CAUSES:
        more = len(causes) - _MOST_CAUSES + 1
        causes = [*causes[: _MOST_CAUSES - 1], f"{more} others"]
    return " and ".join(filter(None, (", ".join(causes[:-1]), causes[-1])))


def _words(condition: Condition) -> str:
    return " and ".join(f"`{text}`" for text in simplified([condition]))


def _name(path: Path) -> str:
    """Name a layer by its path, or the claim of one.

    >>> _name(("layers", "conv1")), _name(("layers", "conv1", "expect"))
    ('`conv1`', '`expect` of `conv1`')
    """
    if path[-1] == "expect" and path[-2] != "layers":
        return f"`expect` of `{path[-2]}`"
    return f"`{path[-1]}`"

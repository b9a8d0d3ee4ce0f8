"""For which sizes a network with free sizes is valid, and which of its layers say so.

`where` tells where a layer was written, `line 21`. Solving conditions takes more modules than all
other analysis: this one is imported only for a network that has some.
"""

from collections.abc import Callable, Iterator

from archspec.diagnostics import Path, Place, Problem, ShapeMismatch
from archspec.dimensions import Condition
from archspec.dimensions.conditions import Requirement, requirements, simplified
from archspec.graph import Needed, Network

Where = Callable[[Path], str]

_MOST_CAUSES = 3


def required(network: Network, where: Where) -> tuple[str, ...]:
    """Say in a text each what is asked of the sizes: ``H % 16 == 0, because of `join` at line 21``.

    >>> from archspec.dimensions import divisible, symbol
    >>> needed = Needed(divisible(symbol("H"), 4), ("layers", "join"))
    >>> required(Network(None, {}, (needed,)), lambda path: "line 21")
    ('H % 4 == 0, because of `join` at line 21',)
    """
    found = requirements([needed.condition for needed in network.conditions])
    return tuple(_told(requirement, network, where) for requirement in found)


def impossible(network: Network, where: Where) -> Iterator[tuple[Problem, Place]]:
    """Find what no size can meet, at the last of the layers that ask for it."""
    for found in requirements([needed.condition for needed in network.conditions]):
        if not found.possible:
            causes = [network.conditions[place] for place in found.conditions]
            yield _impossible(found, causes, where), Place(causes[-1].path, key=True)


def _told(found: Requirement, network: Network, where: Where) -> str:
    paths = dict.fromkeys(network.conditions[place].path for place in found.conditions)
    causes = [f"{_name(path)} at {where(path)}" for path in paths]
    return f"{' and '.join(found.texts)}, because of {_listed(causes)}"


def _listed(causes: list[str]) -> str:
    """Join texts, the first few where there are many.

    >>> _listed(["a", "b"]), _listed(["a", "b", "c", "d", "e"])
    ('a and b', 'a, b and 3 others')
    """
    if len(causes) > _MOST_CAUSES:
        more = len(causes) - _MOST_CAUSES + 1
        causes = [*causes[: _MOST_CAUSES - 1], f"{more} others"]
    return " and ".join(filter(None, (", ".join(causes[:-1]), causes[-1])))


def _impossible(found: Requirement, causes: list[Needed], where: Where) -> Problem:
    names = " and ".join(f"`{name}`" for name in found.symbols)
    noun = "size" if len(found.symbols) == 1 else "sizes"
    notes = tuple(f"{_name(path)} at {where(path)} needs {_words(it)}" for it, path in causes)
    return ShapeMismatch(f"no {noun} of {names} can be right for all layers", notes=notes)


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

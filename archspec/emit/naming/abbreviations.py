"""Short names for long sizes that a class says more than once: `denseblock1_channels`."""

from collections import Counter
from collections.abc import Iterable, Iterator

from archspec.emit.naming.names import Names
from archspec.emit.naming.short import parts
from archspec.emit.naming.sizes import bare
from archspec.emit.render import size_text
from archspec.sizes import Polynomial, symbols_of

LONG = 50
"""The length of a text that is not written twice."""


def abbreviations(names: Names) -> dict[Polynomial, str]:
    """Name the sizes that a class says more than once, if one of them is long.

    A size is called after the first layer that gives it. `names` are those of the class, written
    once without abbreviations.
    """
    compound = [size for size in names.written if _is_compound(size)]
    if not any(len(size_text(size, names.symbol)) > LONG for size in compound):
        return {}
    often = Counter(part for size in compound for part in parts(size))
    found: dict[Polynomial, str] = {}
    for size, name in _given(names):
        if often[size] > 1 and _is_compound(size) and size not in found:
            found[size] = names.fresh(name, found.values())
    return dict(sorted(found.items(), key=lambda item: len(str(item[0]))))


def _given(names: Names) -> Iterator[tuple[Polynomial, str]]:
    """Call the channels that layers give after the layers."""
    trace = names.traces[0]
    for path, traced in trace.nodes.items():
        plain = all(step.isidentifier() for step in path)
        for tensor in traced.outputs[:1] if plain else ():
            word = "channels" if tensor.rank > 3 else "features"
            for axis in _axes(tensor.rank):
                size = names.sizes.unfixed(tensor.shape[axis])
                if isinstance(size, Polynomial) and not bare(size):
                    yield size, f"{path[-1]}_{word}"


def _axes(rank: int) -> Iterable[int]:
    """Say which axis of a tensor holds its channels."""
    return () if rank < 2 else (1,) if rank > 3 else (rank - 1,)


def _is_compound(size: Polynomial) -> bool:
    """Say whether a size is more than a name, and one for all repetitions."""
    names = symbols_of(size)
    return str(size) not in names and not any(name[0] == "#" or "@" in name for name in names)

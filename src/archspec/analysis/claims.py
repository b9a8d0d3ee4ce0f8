"""Check what a spec claims of its network, `expect`, against what was counted."""

from collections.abc import Iterator

from archspec.analysis.counts import Count, count
from archspec.diagnostics import ClaimFails, Path, Place, Problem
from archspec.dimensions import Size, symbol
from archspec.graph import Network
from archspec.spec import Claims, Figure

_WORDS = {"params": "parameters", "macs": "MACs", "depth": "weighted layers on the longest path"}


def check_claims(network: Network, claims: Claims, path: Path) -> Iterator[tuple[Problem, Place]]:
    """Give a problem for each claim that does not hold; `path` is where the claims stand."""
    counted = count(network)
    for name in ("params", "macs", "depth"):
        claimed = getattr(claims, name)
        if claimed is not None:
            yield from _check_figure(name, claimed, _actual(counted, name), (*path, name))
    if claims.output is not None:
        yield from _check_output(network, claims.output, (*path, "output"))


def _actual(counted: Count, name: str) -> int | None:
    if name == "params":
        return counted.totals.parameters
    return counted.totals.macs.value if name == "macs" else counted.depth


def _check_figure(
    name: str, claimed: Figure, actual: int | None, path: Path
) -> Iterator[tuple[Problem, Place]]:
    if actual is None:
        yield ClaimFails(f"`{name}` cannot be checked: an operation has no rule"), Place(path)
    elif not claimed.agrees(actual):
        yield (
            ClaimFails(
                f"the network has {actual:,} {_WORDS[name]}, not {claimed.text}",
                label=f"{actual:,}",
            ),
            Place(path),
        )


def _check_output(
    network: Network, claimed: list[int | str], path: Path
) -> Iterator[tuple[Problem, Place]]:
    sizes = tuple(_size(item) for item in claimed)
    shape = network.model.outputs[0].shape
    if sizes != shape:
        said = "×".join(str(item) for item in claimed)
        yield (
            ClaimFails(f"the network gives {network.model.outputs[0]}, not {said}"),
            Place(path),
        )


def _size(item: int | str) -> Size:
    return item if isinstance(item, int) else symbol(item)

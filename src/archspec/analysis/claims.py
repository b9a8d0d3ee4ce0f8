"""Check what a spec claims of its network, `expect`, against what was counted."""

from collections.abc import Iterator

from archspec.analysis.counts import Count, count
from archspec.diagnostics import ClaimFails, Path, Place, Problem
from archspec.dimensions import Size
from archspec.elaborate import size
from archspec.expressions import Scope
from archspec.graph import Network
from archspec.spec import Claims, Figure
from archspec.tensors import Tensor

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


def _actual(counted: Count, name: str) -> Size | None:
    if name == "params":
        return counted.totals.parameters
    return counted.totals.macs.value if name == "macs" else counted.depth


def _check_figure(
    name: str, claimed: Figure, actual: Size | None, path: Path
) -> Iterator[tuple[Problem, Place]]:
    if actual is None:
        yield ClaimFails(f"`{name}` cannot be checked: an operation has no rule"), Place(path)
    elif not isinstance(actual, int):
        text = f"`{name}` depends on the size of the input, and no number is right for all"
        yield ClaimFails(text, help="write it for a spec with a fixed `input`"), Place(path)
    elif not claimed.agrees(actual):
        yield ClaimFails(_differs(name, claimed, actual), label=f"{actual:,}"), Place(path)


def _differs(name: str, claimed: Figure, actual: int) -> str:
    if claimed.budget:
        return f"the network has {actual:,} {_WORDS[name]}, and the budget is `{claimed.text}`"
    if name == "depth":
        return f"the longest path of the network has a depth of {actual:,}, not `{claimed.text}`"
    return f"the network has {actual:,} {_WORDS[name]}, not `{claimed.text}`"


def _check_output(
    network: Network, claimed: list[int | str], path: Path
) -> Iterator[tuple[Problem, Place]]:
    given = next(
        tensor
        for index, tensor in enumerate(network.model.outputs)
        if index not in network.model.training
    )
    scope = Scope({**network.parameters, **network.symbols})
    try:
        sizes = tuple(size(item, scope) for item in claimed)
    except Problem as problem:
        yield problem, Place(path)
        return
    if sizes != given.shape:
        yield ClaimFails(f"the network gives {given}, not {Tensor(sizes)}"), Place(path)

"""Check what a spec claims of its network, `expect`, against what was counted."""

from collections.abc import Iterator, Mapping

from archspec.analysis.counts import count
from archspec.diagnostics import ClaimFails, Path, Place, Problem
from archspec.document import Claims, Figure, listed
from archspec.elaborate import size
from archspec.expressions import Scope
from archspec.graph import Module, Network
from archspec.sizes import Size, Tensor

_WORDS = {
    "params": "parameters",
    "trainable": "parameters that are trained",
    "buffers": "numbers in buffers",
    "macs": "MACs",
    "depth": "weighted layers on the longest path",
}


def check_claims(network: Network, claims: Claims, path: Path) -> Iterator[tuple[Problem, Place]]:
    """Give a problem for each claim that does not hold; `path` is where the claims stand."""
    counted = count(network)
    totals = counted.totals
    figures: dict[str, Size | None] = {
        "params": totals.parameters,
        "trainable": totals.trainable,
        "buffers": totals.buffers,
        "macs": totals.macs.value,
        "depth": counted.depth,
    }
    for name, actual in figures.items():
        claimed = getattr(claims, name)
        if claimed is not None:
            yield from _check_figure(name, claimed, actual, (*path, name))
    yield from _check_outputs(network, claims, (*path, "output"))


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


def _check_outputs(network: Network, claims: Claims, path: Path) -> Iterator[tuple[Problem, Place]]:
    """Check the first output, each of a list of them, or those that are named."""
    given = _given(network.model)
    claimed = claims.outputs
    number = len(network.model.outputs) - len(network.model.training)
    if claims.lists_outputs and len(claimed) != number:
        outputs = "1 output" if number == 1 else f"{number} outputs"
        text = f"the network gives {outputs}, not {len(claimed)}"
        yield ClaimFails(text), Place(path)
        return
    for below, shape in claimed.items():
        yield from _check_output(network, given, below, shape, Place((*path, *below)))


def _given(model: Module) -> dict[str | int, Tensor]:
    """Give what comes out by number, in evaluation, and by name where it has one."""
    kept = [tensor for place, tensor in enumerate(model.outputs) if place not in model.training]
    return {**dict(enumerate(kept)), **dict(zip(model.labels, model.outputs, strict=False))}


def _check_output(
    network: Network,
    outputs: Mapping[str | int, Tensor],
    below: tuple[str | int, ...],
    claimed: list[int | str],
    place: Place,
) -> Iterator[tuple[Problem, Place]]:
    name = below[0] if below else 0
    if name not in outputs:
        names = listed(network.model.labels)
        help = f"its outputs are {names}" if network.model.labels else "its outputs have no names"
        problem = ClaimFails(f"the network has no output `{name}`", help=help)
        yield problem, Place(place.path, key=True)
        return
    scope = Scope({**network.parameters, **network.symbols})
    try:
        sizes = tuple(size(item, scope) for item in claimed)
    except Problem as problem:
        yield problem, place
        return
    if sizes != outputs[name].shape:
        what = f" as `{name}`" if below else ""
        yield ClaimFails(f"the network gives {outputs[name]}{what}, not {Tensor(sizes)}"), place

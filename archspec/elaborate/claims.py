"""Check what a layer claims of its output, `expect`."""

from collections.abc import Mapping

from archspec.diagnostics import ClaimFails, Path, Place, Problem, UnknownName
from archspec.dimensions import Condition, Polynomial, Size, equal, substitute, symbols_of
from archspec.elaborate.absent import absences
from archspec.elaborate.frames import Frame, origins
from archspec.elaborate.report import Report
from archspec.elaborate.rules import Conditions
from archspec.elaborate.values import size
from archspec.expressions import Poisoned, Scope
from archspec.graph import Node
from archspec.spec import Layer, close_match, listed
from archspec.tensors import Tensor


def check_claim(
    report: Report,
    conditions: Conditions,
    frame: Frame,
    layer: Layer,
    path: Path,
    node: Node,
    symbols: Scope,
) -> None:
    """Report a layer whose output is not what its `expect` says.

    `symbols` holds the sizes that `--input` gives to the symbols of the spec. A claim that holds
    for some sizes only is a condition.
    """
    claimed = _claimed(report, frame, layer, path, symbols.values)
    if claimed is None:
        return
    shape, place = node.outputs[0].shape, (*path, "expect")
    truths = [equal(a, b) for a, b in zip(claimed, shape, strict=False)]
    conditions.need((truth for truth in truths if isinstance(truth, Condition)), place)
    if len(claimed) == len(shape) and all(truth is not False for truth in truths):
        return
    said = Tensor(tuple(claimed))
    text = f"the layer gives {node.outputs[0]}, not {said}"
    notes = absences(frame, node.origin.asks)
    failing = ClaimFails(text, label=f"claims {said}", notes=notes)
    report.add(failing, Place(place), origins(report, frame, node.reads))


def _symbols(frame: Frame) -> frozenset[str]:
    """Name the symbols in what the body, and those around it, receive."""
    tensors = [tensor for tensor in frame.values.inputs.values() if tensor is not None]
    found = frozenset().union(*(symbols_of(size) for item in tensors for size in item.shape))
    return found if frame.outer is None else found | _symbols(frame.outer)


def _known(value: Size, known: frozenset[str]) -> Size:
    """Give the size back, or raise where it holds a symbol that no input has."""
    for name in sorted(symbols_of(value) - known):
        help = close_match(name, known) or f"the symbols here are {listed(sorted(known))}"
        raise UnknownName(f"no input has the symbol `{name}`", help=help)
    return value


def _claimed(
    report: Report, frame: Frame, layer: Layer, path: Path, given: Mapping[str, object]
) -> list[Size] | None:
    """Evaluate what is claimed, with the sizes that are given to symbols."""
    sizes = {name: value for name, value in given.items() if isinstance(value, int | Polynomial)}
    claimed, known = [], _symbols(frame)
    for index, raw in enumerate(layer.expect or ()):
        try:
            claimed.append(_known(substitute(size(raw, frame.keys), sizes), known))
        except Problem as problem:
            report.add(problem, Place((*path, "expect", index)))
            return None
        except Poisoned:
            return None
    return claimed

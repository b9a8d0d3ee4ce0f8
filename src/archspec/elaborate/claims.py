"""Check what a layer claims of its output, `expect`."""

from archspec.diagnostics import ClaimFails, Path, Place, Problem
from archspec.dimensions import Condition, Size, equal
from archspec.elaborate.frames import Frame, origins
from archspec.elaborate.operations import Conditions
from archspec.elaborate.report import Report
from archspec.elaborate.values import size
from archspec.expressions import Poisoned, Scope
from archspec.graph import Node
from archspec.spec import Layer
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
    claimed = _claimed(report, layer, path, frame.keys.extended(symbols.values))
    if claimed is None:
        return
    shape, place = node.outputs[0].shape, (*path, "expect")
    truths = [equal(a, b) for a, b in zip(claimed, shape, strict=False)]
    conditions.need((truth for truth in truths if isinstance(truth, Condition)), place)
    if len(claimed) == len(shape) and all(truth is not False for truth in truths):
        return
    said = Tensor(tuple(claimed))
    text = f"the layer gives {node.outputs[0]}, not {said}"
    failing = ClaimFails(text, label=f"claims {said}")
    report.add(failing, Place(place), origins(report, frame, node.reads))


def _claimed(report: Report, layer: Layer, path: Path, scope: Scope) -> list[Size] | None:
    claimed = []
    for index, raw in enumerate(layer.expect or ()):
        try:
            claimed.append(size(raw, scope))
        except Problem as problem:
            report.add(problem, Place((*path, "expect", index)))
            return None
        except Poisoned:
            return None
    return claimed

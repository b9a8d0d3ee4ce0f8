"""Check the layers that are not built: what they are, and what their arguments say."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from archspec.diagnostics import Path, Problem
from archspec.elaborate.building import Building
from archspec.elaborate.frames import Frame, Unit, unknown
from archspec.elaborate.names import Given
from archspec.elaborate.plain import reads_nothing
from archspec.elaborate.targets import name_place
from archspec.elaborate.units import unit_of
from archspec.expressions import POISON, Poisoned
from archspec.graph import Port
from archspec.spec import Layer


class LeftOut(NamedTuple):
    """A layer that is absent, who found that, and where it would stand."""

    builder: Building
    frame: Frame
    layer: Layer
    name: str


def check_left_out(left_out: dict[Path, LeftOut]) -> None:
    """Check the layers that are absent wherever their body is built, whatever they see.

    What they hold may have absent layers of its own, which are checked in their turn.
    """
    checked: set[Path] = set()
    while left_out:
        path, (builder, frame, layer, name) = left_out.popitem()
        if path not in checked and id(layer) not in builder.plans:
            checked.add(path)
            blind(builder, unknown(frame), layer, name, path)


def blind(builder: Building, frame: Frame, layer: Layer, name: str, path: Path) -> None:
    """Check a layer of which it is not known what it reads."""
    if layer.share is not None:
        return
    references = layer.references
    if references is None:
        references = ("",) * (not reads_nothing(builder.spec, layer))
    given = [Given(Port(reference), None) for reference in references]
    if layer.repeat is not None:
        frame = replace(frame, keys=frame.keys.extended({"index": POISON}))
    try:
        unit = unit_of(builder, frame, layer, name, path, (), given)
        if _countable(unit, references):
            builder.unit(frame, unit)
    except Problem as problem:
        builder.report.add(problem, name_place(layer, path))
    except Poisoned:
        pass


def _countable(unit: Unit, references: Sequence[str]) -> bool:
    """Say whether it is known how many values a layer reads, or all the same to it."""
    operation = unit.target.operation
    any_number = operation is not None and operation.arity[1] is None
    return any_number or not any("*" in reference for reference in references)

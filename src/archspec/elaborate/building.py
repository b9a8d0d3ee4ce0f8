"""What the parts of the elaborator need of it, and the specs that a spec uses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from archspec.diagnostics import Path
from archspec.elaborate.frames import Frame, Unit
from archspec.elaborate.operations import Conditions
from archspec.elaborate.report import Report
from archspec.expressions import Scope
from archspec.graph import Kind, Module
from archspec.spec import Body, Spec
from archspec.tensors import Tensor

Inputs = Mapping[str, Tensor | None]
"""What a body receives by name; `None` where it failed."""


@dataclass(frozen=True, slots=True)
class Included:
    """A spec that another one uses: the document, a variant of it, and the specs that it uses.

    `step` is what the places in it begin with, so that they are told in its own file.
    """

    spec: Spec
    step: str
    variant: str | None = None
    included: Mapping[str, "Included"] = field(default_factory=dict)


Library = Mapping[str, Included]
"""The specs that a spec uses, by the names by which it calls them."""


class Building(Protocol):
    """Elaborates bodies of one spec; see `Elaborator`, which is what does so."""

    spec: Spec
    report: Report
    batch: str
    included: Library
    model_scope: Scope
    conditions: Conditions
    modules: dict[object, Module | None]

    def module(
        self,
        kind: Kind,
        name: str,
        body: Body,
        path: Path,
        scope: Scope,
        inputs: Inputs,
        blocks: tuple[str, ...],
        depth: int,
        arguments: Mapping[str, object],
        owned: frozenset[str] = frozenset(),
        outer: Frame | None = None,
        taps: tuple[str, ...] = (),
    ) -> Module | None:
        """Elaborate a body layer by layer."""

    def specialised(
        self, frame: Frame, name: str, arguments: Mapping[str, object], inputs: Inputs
    ) -> Module | None:
        """Elaborate a block for its arguments and inputs, unless that has been done."""

    def received(self, frame: Frame, unit: Unit, body: Body, who: str) -> dict[str, Tensor | None]:
        """Name the values that a block or group receives."""

    def inside(self, found: Included, parameters: Mapping[str, object]) -> "Building":
        """Give what elaborates another spec for its parameters."""

"""What the parts of the elaborator need of it, and the specs that a spec uses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from archspec.diagnostics import Path
from archspec.elaborate.frames import Frame, Specialisation, Unit
from archspec.elaborate.initial import Initial
from archspec.elaborate.kernels import Kernels
from archspec.elaborate.plain import Plan
from archspec.elaborate.report import Report
from archspec.elaborate.rules import Conditions
from archspec.expressions import Scope
from archspec.graph import Module, Node
from archspec.spec import Spec
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
    root: Path
    included: Library
    symbols: Scope
    model_scope: Scope
    initial: Initial
    kernels: Kernels
    conditions: Conditions
    modules: dict[object, Module | None]
    called: set[str]
    plans: dict[int, Plan | None]

    def module(self, wanted: Specialisation, inputs: Inputs) -> Module | None:
        """Elaborate a body layer by layer."""

    def unit(self, frame: Frame, unit: Unit) -> Node | None:
        """Build one repetition of a layer; `None` where that failed and was reported."""

    def quiet(self) -> "Building":
        """Give one of the same spec, whose reports nobody reads."""

    def inside(self, found: Included, parameters: Mapping[str, object]) -> "Building":
        """Give what elaborates another spec for its parameters."""

"""The layers of a body across all its specialisations, side by side."""

from collections.abc import Iterator
from dataclasses import dataclass

from archspec.emit.names import CannotSay
from archspec.emit.trace import Context, Names, Trace, Traced, splice_name
from archspec.graph import Call, Module, Node
from archspec.spec import Layer


@dataclass(frozen=True, slots=True)
class Use:
    """One node in one specialisation: its trace and its path there."""

    trace: Trace
    path: Names
    node: Node

    @property
    def traced(self) -> Traced:
        """What the node reads in symbols."""
        return self.trace.nodes[self.path]

    @property
    def context(self) -> Context:
        """What the keys of its layer may mention."""
        return self.traced.context


@dataclass(frozen=True, slots=True)
class BodyUse:
    """One body in one specialisation of a class: its trace, its path there, and its module."""

    trace: Trace
    path: Names
    module: Module

    @property
    def context(self) -> Context:
        """What keys in it may mention."""
        return self.trace.bodies[self.path]


@dataclass(frozen=True, slots=True)
class Slot:
    """One layer of a body: where it is present, where it is absent, and where it was spliced."""

    key: str
    layer: Layer
    uses: tuple[Use, ...]
    absent: tuple[BodyUse, ...]
    splices: tuple[Use, ...]
    bodies: tuple[BodyUse, ...]

    @property
    def mixed(self) -> bool:
        """Whether some specialisations have the layer and others have not."""
        return bool(self.absent) and bool(self.uses or self.splices)

    @property
    def name(self) -> str:
        """The name that the layer got, the same in every use."""
        names = {use.node.name for use in self.uses}
        if len(names) != 1:
            raise CannotSay(f"layer `{self.key}` has several names")
        return names.pop()


def slots(bodies: tuple[BodyUse, ...]) -> Iterator[Slot]:
    """Lay the layers of the same body in several specialisations side by side."""
    definition = bodies[0].module.definition
    assert definition is not None
    for key, layer in definition.layers.items():
        yield _slot(key, layer, bodies)


def _slot(key: str, layer: Layer, bodies: tuple[BodyUse, ...]) -> Slot:
    uses, absent, splices = [], [], []
    for body in bodies:
        calls = {splice.name: splice.call for splice in body.module.splices}
        if key in calls:
            splices.append(Use(body.trace, (*body.path, splice_name(key)), calls[key]))
        elif key in body.module.absent:
            absent.append(body)
        else:
            node = body.module.by_name[body.module.names[key]]
            uses.append(Use(body.trace, (*body.path, node.name), node))
    return Slot(key, layer, tuple(uses), tuple(absent), tuple(splices), bodies)


def bodies_of(uses: tuple[Use, ...]) -> tuple[BodyUse, ...]:
    """Give the bodies of the groups that are called."""
    found = []
    for use in uses:
        assert isinstance(use.node, Call)
        found.append(BodyUse(use.trace, use.path, use.node.module))
    return tuple(found)


def module_of(use: Use) -> Module:
    """Give the module that a use calls; a layer that is an operation elsewhere cannot be said."""
    if not isinstance(use.node, Call):
        raise CannotSay("a layer is a block in some uses")
    return use.node.module

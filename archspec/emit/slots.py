"""The layers of a body across all its specialisations, side by side."""

from collections.abc import Iterator
from dataclasses import dataclass

from archspec.document import Layer
from archspec.emit.tracing.splices import inner_paths, splice_name
from archspec.emit.tracing.trace import Context, Names, Trace, Traced
from archspec.emit.written import Call, Module
from archspec.graph import Kind, Leaf, Node


class CannotSay(Exception):
    """One class cannot say all uses of a block: each kind of use gets its own."""


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
    def counted(self) -> bool:
        """Whether it is absent only where it is repeated 0 times, as an empty loop says it."""
        repeated = isinstance(self.layer.repeat, str) and self.layer.when is None
        definition = self.bodies[0].module.definition
        numbered = definition is not None and definition.numbered
        return self.mixed and repeated and not self.splices and not numbered

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
        if not all(key in body.module.dropped for body in bodies):
            yield _slot(key, layer, bodies)


def _slot(key: str, layer: Layer, bodies: tuple[BodyUse, ...]) -> Slot:
    uses, absent, splices = [], [], []
    for body in bodies:
        calls = {splice.name: splice.call for splice in body.module.splices}
        if key in body.module.dropped:
            raise CannotSay(f"layer `{key}` is not needed in some uses")
        if key in calls:
            splices.append(Use(body.trace, (*body.path, splice_name(key)), calls[key]))
        elif key in body.module.absent or body.module.names[key] not in body.module.by_name:
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


def leaf_of(use: Use) -> Leaf:
    """Give the operation that a layer is; one that is a block elsewhere cannot be said."""
    if not isinstance(use.node, Leaf):
        raise CannotSay("a layer is an operation in some uses")
    return use.node


@dataclass(frozen=True, slots=True)
class Part:
    """A layer that a splice made, under its name in the body around, and the splice it is of."""

    name: str
    uses: tuple[Use, ...]
    traced: bool

    @property
    def node(self) -> Node:
        """The layer as it stands in the body, in the first use."""
        return self.uses[0].node


def parts(slot: Slot) -> tuple[Part, ...]:
    """Give what a spliced layer holds, one by one: the same in every use."""
    found: list[list[tuple[str, Use, bool]]] = []
    for body, use in zip(slot.bodies, slot.splices, strict=True):
        splice = next(item for item in body.module.splices if item.name == slot.key)
        paths = inner_paths(splice, use.path, use.trace.nodes)
        known = body.module.by_name  # what is given may not need all that was spliced
        found.append(
            [
                (name, Use(use.trace, path, known[name]), path in use.trace.nodes)
                for name, path in zip(splice.nodes, paths, strict=True)
                if name in known
            ]
        )
    if len({tuple(name for name, _, _ in items) for items in found}) != 1:
        raise CannotSay(f"layer `{slot.key}` holds other layers in some uses")
    return tuple(
        Part(column[0][0], tuple(use for _, use, _ in column), all(known for _, _, known in column))
        for column in zip(*found, strict=True)
    )


def spliced_in_place(slot: Slot, bodies: tuple[BodyUse, ...]) -> bool:
    """Say whether a group's layers stand in the body around as they are written."""
    definition = bodies[0].module.definition
    node = slot.splices[0].node
    plain = isinstance(node, Call) and node.module.kind is Kind.GROUP and node.trainable
    numbered = definition is not None and definition.numbered
    known = bodies[0].module.by_name
    whole = all(
        name in known
        for splice in bodies[0].module.splices
        if splice.name == slot.key
        for name in splice.nodes
    )
    return (
        plain
        and whole
        and not numbered
        and isinstance(node, Call)
        and node.module.packing != "names"
    )

"""The way from a class to its layers: attributes, numbers, and `*` for each repetition."""

from dataclasses import dataclass

from archspec.emit.constructing.pinning import pin_raw, pin_spliced
from archspec.emit.naming.names import Names
from archspec.emit.slots import Use
from archspec.emit.tracing.splices import inner_paths, splice_name
from archspec.emit.tracing.trace import Trace
from archspec.emit.written import Call
from archspec.graph import Kind, Node, repetitions


@dataclass(frozen=True, slots=True)
class LayerPaths:
    """Finds the ways to the layers of one class, and pins what they depend on."""

    names: Names

    def ways(
        self, trace: Trace, path: tuple[str, ...], *, counted: bool = False
    ) -> list[tuple[str, ...]]:
        """Lead to a layer by every name that it has: equal repetitions are traced once."""
        found: list[tuple[str, ...]] = []
        while True:
            steps = self.attribute_path(trace, path, counted=counted, copy=len(found))
            if steps is None or steps in found:
                return found
            found.append(steps)

    def attribute_path(
        self, trace: Trace, path: tuple[str, ...], *, counted: bool = False, copy: int = 0
    ) -> tuple[str, ...] | None:
        """Lead from the class to a layer: `*` stands for each repetition of a layer.

        There is none to a repetition that is traced only to see what others would be. With
        `counted` repetitions are named by their numbers. `copy` says which of the names it is that
        equal repetitions have.
        """
        found: list[str] = []
        index = 0
        while index < len(path):
            if path[:index] in trace.bodies:
                self.pin_numbers(trace, path[:index])
            if path[index].startswith("*"):
                place = self.final(trace, path, index, copy)
            else:
                place = self.step(trace, path, index, counted=counted)
            if place is None:
                return None
            index = place[0] + 1
            found.append(place[1])
        return tuple(found)

    def step(
        self, trace: Trace, path: tuple[str, ...], index: int, *, counted: bool
    ) -> tuple[int, str] | None:
        """Say what one step of a path is called, and where it ends."""
        around, name = trace.nodes.get(path[:index]), path[index]
        if around is None or not is_chain(around.node):
            return index, name
        if not counted:
            return index, "*"
        layer = around.node.origin.layer
        use = Use(trace, path[:index], around.node)
        pin_raw(self.names, use, layer.repeat if layer else None)
        return (index, name) if within(around.node, name) else None

    def pin_numbers(self, trace: Trace, path: tuple[str, ...]) -> None:
        """Pin on what the numbers of layers in a list depend: how much is spliced into it."""
        body = trace.bodies[path].module
        for splice in body.splices if body.definition and body.definition.numbered else ():
            use = Use(trace, (*path, splice_name(splice.name)), splice.call)
            pin_spliced(self.names, use)

    def final(
        self, trace: Trace, path: tuple[str, ...], index: int, copy: int
    ) -> tuple[int, str] | None:
        """Find the name that a layer has in the body into which it was spliced."""
        body = trace.bodies[path[:index]].module
        whole = path[: index + 1]
        splice = next(item for item in body.splices if splice_name(item.name) == path[index])
        inner = inner_paths(splice, whole, trace.nodes)
        found = [
            (len(way) - 1, name)
            for name, way in zip(splice.nodes, inner, strict=True)
            if way == path[: len(way)] and len(way) > len(whole)
        ]
        if not found:
            return None
        pin_spliced(self.names, Use(trace, whole, splice.call))
        return found[min(copy, len(found) - 1)]


def everywhere(trace: Trace, path: tuple[str, ...]) -> bool:
    """Say whether a layer within repetitions is there, at the same place, in each of them."""
    own = trace.nodes[path].node.origin.layer
    for index in range(1, len(path)):
        around = trace.nodes.get(path[:index])
        if around is not None and isinstance(around.node, Call) and is_chain(around.node):
            for node in around.node.module.nodes:
                other = trace.nodes.get((*path[:index], node.name, *path[index + 1 :]))
                if other is None or other.node.origin.layer is not own:
                    return False
    return True


def within(node: Node, name: str) -> bool:
    """Say whether a row of repetitions holds one of this number."""
    return isinstance(node, Call) and any(name in repetitions(item) for item in node.module.nodes)


def is_chain(node: Node) -> bool:
    """Say whether a node is a row of repetitions."""
    return isinstance(node, Call) and node.module.kind is Kind.CHAIN

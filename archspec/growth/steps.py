"""A body as single steps, each repetition by itself, and which of them correspond in two bodies."""

from collections.abc import Iterator
from dataclasses import dataclass

from archspec.graph import Module, Node, Port, carried, repetitions

Key = tuple[str, str, int]
"""The stage in which a layer stands, its name as it was written, and how many such came before."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One call of a layer: its name in the `state_dict`, and the values that it reads.

    `owner` is the name under which its weights stand: another one where a layer is called again.
    """

    name: str
    owner: str
    node: Node
    reads: tuple[Port, ...]

    @property
    def gives(self) -> tuple[Port, ...]:
        """The values that it gives."""
        return tuple(Port(self.name, index) for index in range(len(self.node.outputs)))


def steps_of(module: Module) -> Iterator[Step]:
    """Give the calls of a body in order; a repetition reads what the one before it gives."""
    last: dict[str, str] = {}
    for node in module.nodes:
        reads = tuple(Port(last.get(port.name, port.name), port.index) for port in node.reads)
        for name in repetitions(node):
            step = Step(name, node.again or name, node, reads)
            yield step
            reads = step.gives[: carried(node)] + reads[carried(node) :]
        last[node.name] = name


def results_of(module: Module) -> tuple[Port, ...]:
    """Give the values that a body gives, of a repeated layer those of its last repetition."""
    last = {node.name: name for node in module.nodes for name in repetitions(node)}
    return tuple(Port(last.get(port.name, port.name), port.index) for port in module.results)


def keyed(module: Module) -> dict[Key, Step]:
    """Give the steps of a body under what they are called in the spec, whatever numbers lists got.

    The second repetition of `layer2` is so called in a shallow network and in a deep one.
    """
    stages = {name: splice.name for splice in module.splices for name in splice.nodes}
    counts: dict[tuple[str, str], int] = {}
    found: dict[Key, Step] = {}
    for step in steps_of(module):
        written = (stages.get(step.node.name, ""), str(step.node.path[-1]))
        counts[written] = counts.get(written, -1) + 1
        found[*written, counts[written]] = step
    return found

"""Which weights of a new layer must be 0, so that it gives what it receives.

A residual block gives what it receives where the branch beside its shortcut gives 0, as that of He
et al. does whose last norm has the weight 0 (Goyal et al., 2017, section 5.1). A `relu` behind the
sum changes nothing, because what a block receives went through one already.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from archspec.graph import Call, Leaf, Module, Node, Port, carried, key_of, repetitions
from archspec.weights.copies import CannotGrow

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


def steps_by_key(module: Module) -> dict[Key, Step]:
    """Give the steps of a body under what they are called in the spec, whatever numbers lists got.

    The second repetition of `layer2` is so called in a shallow network and in a deep one.
    """
    stages = {name: splice.name for splice in module.splices for name in splice.nodes}
    counts = Counter[tuple[str, str]]()
    steps: dict[Key, Step] = {}
    for step in steps_of(module):
        written = (stages.get(step.node.name, ""), str(step.node.path[-1]))
        steps[*written, counts[written]] = step
        counts[written] += 1
    return steps


Zeros = frozenset[str]
"""Keys of the `state_dict` whose numbers are 0."""


def zeros_of(step: Step, prefix: str) -> Zeros:
    """Find the weights that must be 0 for a new layer to be the identity of its first input.

    Raises `CannotGrow` where there is no shortcut around what it does.
    """
    node = step.node
    if len(node.outputs) != 1 or not node.inputs or node.outputs[0] != node.inputs[0]:
        shapes = " and ".join(map(str, node.outputs))
        read = " and ".join(map(str, node.inputs))
        raise CannotGrow(f"is new and gives {shapes} of {read}: it cannot begin as the identity")
    body = _Body({step.reads[0]: None}, {step.name: step}, prefix)
    zeros = body.zeros(Port(step.name), identity=True)
    if zeros is None:
        raise CannotGrow("is new and has no shortcut around it: it cannot begin as the identity")
    return zeros


@dataclass(frozen=True, slots=True)
class _Body:
    """The steps of a body by their names, and how its inputs came: `None` is the one to be given.

    An input maps to a value of the body around; `outer` is that body.
    """

    inputs: Mapping[Port, Port | None]
    steps: Mapping[str, Step]
    prefix: str
    outer: "_Body | None" = None

    def zeros(self, port: Port, *, identity: bool) -> Zeros | None:
        """Find what must be 0 so that a value is the one that was received, or else is 0."""
        step = self.steps.get(port.name)
        if step is None:
            return self._received(port, identity)
        if isinstance(step.node, Call):
            return self._inside(step, step.node.module, port.index, identity)
        assert isinstance(step.node, Leaf)
        return self._identity(step, step.node) if identity else self._nothing(step, step.node)

    def _identity(self, step: Step, leaf: Leaf) -> Zeros | None:
        """Let an operation pass on what was received; of a sum the other operands must be 0."""
        operation = leaf.operation
        if operation.adds:
            alternatives = (self._sum(step, kept) for kept in range(len(step.reads)))
            return next((zeros for zeros in alternatives if zeros is not None), None)
        if operation.passes_on or operation.never_negative:
            return self.zeros(step.reads[0], identity=True)
        return None

    def _sum(self, step: Step, kept: int) -> Zeros | None:
        reads = enumerate(step.reads)
        return _all([self.zeros(port, identity=place == kept) for place, port in reads])

    def _nothing(self, step: Step, leaf: Leaf) -> Zeros | None:
        """Let an operation give 0: by its last weights, or because of what it reads."""
        operation = leaf.operation
        if leaf.weights and not operation.activates and leaf.tie is None:
            return self._last_weights(step, leaf)
        operands = [self.zeros(port, identity=False) for port in step.reads]
        if operation.multiplies:
            return next((zeros for zeros in operands if zeros is not None), None)
        return _all(operands)

    def _last_weights(self, step: Step, leaf: Leaf) -> Zeros | None:
        """Name the weights by which a layer multiplies last, where they can be 0."""
        names = leaf.operation.multipliers(leaf.weights)
        if names is None:
            return None
        return frozenset(key_of(f"{self.prefix}{step.owner}", name) for name in names)

    def _received(self, port: Port, identity: bool) -> Zeros | None:
        """Go on in the body around, or arrive at what was received."""
        given = self.inputs.get(port)
        if given is not None and self.outer is not None:
            return self.outer.zeros(given, identity=identity)
        return frozenset() if identity and port in self.inputs else None

    def _inside(self, step: Step, module: Module, index: int, identity: bool) -> Zeros | None:
        """Go on in the body of a block or group."""
        inner = _Body(
            dict(zip(map(Port, module.inputs), step.reads, strict=True)),
            {inner.name: inner for inner in steps_of(module)},
            f"{self.prefix}{step.owner}.",
            self,
        )
        return inner.zeros(results_of(module)[index], identity=identity)


def _all(parts: list[Zeros | None]) -> Zeros | None:
    """Unite what must be 0, where all of it can be."""
    possible = [zeros for zeros in parts if zeros is not None]
    return frozenset[str]().union(*possible) if parts and len(possible) == len(parts) else None

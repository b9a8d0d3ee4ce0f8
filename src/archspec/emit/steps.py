"""Say how each layer of a body is called in `forward`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from archspec.emit.code import literal, variable
from archspec.emit.construct import Constructor
from archspec.emit.forward import EACH, Caller, Loop, Returns, Step, takes_star
from archspec.emit.names import CannotSay, Names
from archspec.emit.slots import (
    BodyUse,
    Part,
    Slot,
    Use,
    bodies_of,
    module_of,
    parts,
    slots,
    spliced_in_place,
)
from archspec.emit.specialisations import is_row
from archspec.expressions import parse
from archspec.graph import Call, Kind, Leaf, Module, Node, Port
from archspec.ops import FunctionOperation, ModuleOperation, ValueOperation

TensorText = Callable[[str], str]


@dataclass(slots=True)
class StepWriter:
    """Turns the layers of a body, the same in all uses of a class, into steps."""

    names: Names
    construct: Constructor
    bodies: tuple[BodyUse, ...]
    caller: Caller
    known: dict[str, Step] = field(default_factory=dict)
    entries: Mapping[Port, Port] = field(default_factory=dict)

    @property
    def module(self) -> Module:
        """The body in the first use."""
        return self.bodies[0].module

    def steps(self) -> list[Step]:
        """Give the steps in the order of the spec."""
        steps = list(self.of(self.bodies))
        needed = needed_in_evaluation(steps, self.returns())
        return [replace(step, training=step.training and step.name not in needed) for step in steps]

    def of(
        self, bodies: tuple[BodyUse, ...], entries: Mapping[Port, Port] = MappingProxyType({})
    ) -> Iterator[Step]:
        """Give the steps of a body, those of what is spliced in their place.

        `entries` are what the inputs of a spliced body are in the body around.
        """
        every = tuple(slots(bodies))
        gone = {slot.key for slot in every if not slot.uses and not slot.splices}
        for slot in every:
            self.entries = entries
            node = slot.splices[0].node if slot.splices else None
            if isinstance(node, Call) and spliced_in_place(slot, bodies):
                asks = self.entering(slot, gone, entries)
                yield from self.of(bodies_of(slot.splices), asks)
            elif slot.splices:
                yield from (self.kept(self.part(slot, part)) for part in parts(slot))
            elif slot.uses:
                step = self.step(slot, gone)
                reads = tuple(entries.get(port, port) for port in step.reads)
                yield self.kept(replace(step, reads=reads))

    def entering(
        self, slot: Slot, gone: set[str], entries: Mapping[Port, Port]
    ) -> dict[Port, Port]:
        """Say what the inputs of a spliced group are in the body around."""
        found = {self.reads(use, gone) for use in slot.splices}
        if len(found) != 1:
            raise CannotSay(f"layer `{slot.key}` reads different layers")
        reads = (entries.get(port, port) for port in found.pop())
        return dict(zip(map(Port, module_of(slot.splices[0]).inputs), reads, strict=True))

    def kept(self, step: Step) -> Step:
        """Remember a step: a later layer may call it again."""
        self.known[step.name] = step
        return step

    def step(self, slot: Slot, gone: set[str]) -> Step:
        """Say how a layer is called."""
        found = {self.reads(use, gone) for use in slot.uses}
        if len(found) != 1:
            found = {self.together(use, gone) for use in slot.uses}
        if len(found) != 1 or not self.stood_in(slot, next(iter(found)), gone):
            raise CannotSay(f"layer `{slot.key}` reads different layers")
        step = self.called(slot.name, slot.uses, found.pop())
        return self.optional(slot, step) if slot.mixed and not slot.counted else step

    def stood_in(self, slot: Slot, reads: tuple[Port, ...], gone: set[str]) -> bool:
        """Say whether what stands in for a layer where it is absent is what it would read first."""
        stands = {
            through(body.module.absent[slot.key], gone, body.module)
            for body in slot.absent
            if slot.key in body.module.absent
        }
        return stands <= set(reads[:1])

    def part(self, slot: Slot, part: Part) -> Step:
        """Say how a layer is called that was spliced."""
        reads = {use.node.reads for use in part.uses}
        if len(reads) != 1:
            raise CannotSay(f"layer `{part.name}` reads different layers")
        return self.called(part.name, part.uses, reads.pop())

    def reads(self, use: Use, gone: set[str]) -> tuple[Port, ...]:
        """Name what a layer reads, absent layers by what stands in for them."""
        body = use.trace.bodies[use.path[:-1]].module
        return tuple(through(asked, gone, body) for asked in use.node.origin.asks)

    def together(self, use: Use, gone: set[str]) -> tuple[Port, ...]:
        """Name what a layer reads, all repetitions of a layer as one."""
        node, reads = use.node, self.reads(use, gone)
        if not isinstance(node, Leaf) or not isinstance(node.operation, FunctionOperation):
            return reads
        return self.starred(node, reads, use.trace.bodies[use.path[:-1]].module)

    def called(self, name: str, uses: tuple[Use, ...], reads: tuple[Port, ...]) -> Step:
        """Say how a layer is called on what it reads."""
        node = uses[0].node
        if node.again is not None:
            return self.again(name, uses, reads)
        if isinstance(node, Leaf):
            return self.leaf(name, uses, node, reads)
        assert isinstance(node, Call)
        training = name in self.module.only_training
        if node.module.kind is Kind.CHAIN and not is_row(node.module):
            return replace(self.loop(name, uses, node, reads), training=training)
        labels = node.module.labels
        dictionary = labels if node.module.packing == "names" else ()
        values = len(node.outputs) if node.module.packing != "one" else 1
        call = self.caller.call(name, len(reads))
        alone = node.module.packing == "list" and len(node.outputs) == 1
        call = f"{call}[0]" if alone else call
        values = 1 if alone else values
        return Step(name, reads, call, True, values, dictionary, training)

    def leaf(self, name: str, uses: tuple[Use, ...], node: Leaf, reads: tuple[Port, ...]) -> Step:
        """Say how an operation is applied."""
        operation = node.operation
        training = name in self.module.only_training
        if isinstance(operation, ValueOperation):
            place = f"self.get_parameter({literal(name)})"
            return Step(name, (), f"self.{name}" if name.isidentifier() else place, inline=True)
        if isinstance(operation, ModuleOperation):
            places = tuple(f"{{{index}}}" for index in range(len(reads)))
            call = operation.call(self.caller.attribute(name), places)
            return Step(name, reads, call, operation.weighted, len(node.outputs), training=training)
        assert isinstance(operation, FunctionOperation)
        call, every = self.function(uses, reads, len(reads))
        return Step(name, every, call, False, len(node.outputs), training=training)

    def function(
        self, uses: tuple[Use, ...], reads: tuple[Port, ...], count: int
    ) -> tuple[str, tuple[Port, ...]]:
        """Write the call of a function, and what it reads, sizes of other tensors included."""
        node = uses[0].node
        assert isinstance(node, Leaf) and isinstance(node.operation, FunctionOperation)
        reads = self.starred(node, reads, self.module)
        every = list(reads)

        def tensor(name: str) -> str:
            port = self.port_of(uses, name)
            if port not in every:
                every.append(port)
            return f"{{{every.index(port)}}}"

        arguments = {key: self.argument(uses, key, tensor) for key in node.given}
        places = tuple(f"{{{index}}}" for index in range(len(reads)))
        return node.operation.call(places, arguments), tuple(every)

    def port_of(self, uses: tuple[Use, ...], name: str) -> Port:
        """Find the value of which a size is asked by name."""
        modules = [use.trace.bodies[use.path[:-1]].module for use in uses]
        gone = set.intersection(*(set(module.skipped) for module in modules))
        found = {through(Port(name), gone, module) for module in modules}
        port = found.pop() if len(found) == 1 else Port(name)
        return self.entries.get(port, port)

    def argument(self, uses: tuple[Use, ...], name: str, tensor: TensorText) -> str:
        """Write an argument of a function: a name of the constructor is kept as an attribute."""
        node = uses[0].node
        assert isinstance(node, Leaf)
        raws = [use.node.origin.arguments.get(name) for use in uses]
        if any(raw != raws[0] or type(raw) is not type(raws[0]) for raw in raws):
            raise CannotSay(f"`{name}` is written in different ways")
        words = node.operation.keywords().get(name, ())
        plain = not isinstance(raws[0], str | list) or raws[0] in words if raws[0] != [] else True
        if name not in node.origin.arguments or plain or name in node.operation.texts():
            text = self.construct.argument(uses, name)
            return self.names.keep(text) if text.isidentifier() and text not in _WORDS else text
        if uses[0].path not in uses[0].trace.nodes:
            return literal(node.given[name])
        return self.names.in_forward(raws[0], uses[0].context, tensor)

    def starred(self, node: Leaf, reads: tuple[Port, ...], module: Module) -> tuple[Port, ...]:
        """Write what all repetitions of a layer give as one, where a call takes any number."""
        for chain in module.nodes:
            if isinstance(chain, Call) and chain.module.taps:
                own = len(chain.outputs) - chain.module.taps
                taps = tuple(Port(chain.name, own + i) for i in range(chain.module.taps))
                first = next((i for i, port in enumerate(reads) if port == taps[0]), None)
                if first is not None and reads[first : first + len(taps)] == taps:
                    shorter = (*reads[:first], Port(chain.name, EACH), *reads[first + len(taps) :])
                    places = tuple(f"{{{index}}}" for index in range(len(shorter)))
                    assert isinstance(node.operation, FunctionOperation)
                    given = {key: literal(value) for key, value in node.given.items()}
                    if takes_star(node.operation.call(places, given), first, len(shorter)):
                        return shorter
        return reads

    # --- repetitions --------------------------------------------------------------------------

    def loop(self, name: str, uses: tuple[Use, ...], node: Call, reads: tuple[Port, ...]) -> Step:
        """Say how repetitions are called one by one."""
        module = node.module
        first = module.nodes[0]
        state = min(len(first.outputs), len(first.reads))
        if any(len(item.outputs) != len(first.outputs) for item in module.nodes):
            raise CannotSay("repetitions give different numbers of values")
        if len(first.outputs) > len(first.reads):
            raise CannotSay("repetitions give more values than they take")
        call, over, target = self.repetition(name, uses, first)
        inputs = list(module.inputs)
        beside = self.beside(module, reads, state)
        same = tuple(
            reads[inputs.index(port.name)] for port in (first.reads[state:] if not beside else ())
        )
        loop = Loop(over, target, state, beside, bool(module.taps))
        values = len(node.outputs)
        return Step(name, (*reads[:state], *same), call, True, values, loop=loop)

    def repetition(self, name: str, uses: tuple[Use, ...], first: Node) -> tuple[str, str, str]:
        """Write the call of one repetition, what the loop runs over, and its variable."""
        places = tuple(f"{{{index}}}" for index in range(len(first.reads)))
        layer = uses[0].node.origin.layer
        assert layer is not None
        if isinstance(first, Leaf) and isinstance(first.operation, FunctionOperation):
            if uses[0].node.origin.layer is None or self.differs(uses):
                raise CannotSay("a function is repeated with other arguments")
            inner = tuple(Use(use.trace, (*use.path, "0"), self.inner(use)) for use in uses)
            call, every = self.function(inner, tuple(Port("") for _ in first.reads), 0)
            if len(every) != 1 and len(every) != len(first.reads):
                raise CannotSay("a repeated function asks for sizes")
            count = self.names.raw(layer.repeat, [(use.trace, use.context) for use in uses])
            count = self.names.keep(count) if count.isidentifier() else count
            return call, f"range({self.outside(count)})", "_"
        if isinstance(first, Leaf):
            assert isinstance(first.operation, ModuleOperation)
            return first.operation.call("layer", places), self.caller.attribute(name), "layer"
        return f"layer({', '.join(places)})", self.caller.attribute(name), "layer"

    def outside(self, count: str) -> str:
        """Keep what a number of repetitions is made of, to be at hand in `forward`."""
        if count.isdigit() or count.startswith("self."):
            return count
        return self.names.keep(count, "repeat")

    def inner(self, use: Use) -> Node:
        """Give the first repetition."""
        assert isinstance(use.node, Call)
        return use.node.module.nodes[0]

    def differs(self, uses: tuple[Use, ...]) -> bool:
        """Say whether the repetitions of a function are applied with different arguments."""
        return any(
            isinstance(use.node, Call)
            and len({repr(n.given) for n in use.node.module.nodes if isinstance(n, Leaf)}) > 1
            for use in uses
        )

    def beside(
        self, module: Module, reads: tuple[Port, ...], state: int
    ) -> tuple[tuple[Port, ...], ...]:
        """Give, for each value beside the state that differs, what each repetition reads."""
        inputs = list(module.inputs)
        columns = [
            tuple(node.reads[slot] for node in module.nodes)
            for slot in range(state, len(module.nodes[0].reads))
        ]
        if all(len(set(column)) == 1 for column in columns):
            return ()
        return tuple(tuple(reads[inputs.index(port.name)] for port in column) for column in columns)

    # --- layers that are called again, or are not always there --------------------------------

    def again(self, name: str, uses: tuple[Use, ...], reads: tuple[Port, ...]) -> Step:
        """Call an earlier layer again."""
        node = uses[0].node
        first = self.known.get(str(node.again))
        if first is None:
            raise CannotSay(f"`{node.again}` is not there to be called again")
        extra = first.reads[len(reads) :]
        training = name in self.module.only_training
        step = replace(first, name=name, reads=(*reads, *extra), training=training)
        if first.loop is not None and (first.loop.beside or first.loop.collects):
            raise CannotSay("repetitions that read values of their own are called again")
        counts = {use.node.count for use in uses}
        layer = node.origin.layer
        if counts == {1} and (layer is None or not isinstance(layer.repeat, str)):
            return step
        if layer is None or layer.repeat is None or first.loop is not None:
            raise CannotSay("a loop is repeated")
        count = self.names.raw(layer.repeat, [(use.trace, use.context) for use in uses])
        count = self.names.keep(count) if count.isidentifier() else count
        return replace(step, loop=Loop(f"range({self.outside(count)})", "_", len(node.outputs)))

    def optional(self, slot: Slot, step: Step) -> Step:
        """Let a function's first input stand in for it where the layer is absent."""
        if is_again(slot):
            raise CannotSay(f"layer `{slot.key}` is called again in some uses only")
        if not is_function(slot):
            if step.loop is not None or step.values > 1 or step.inline:
                raise CannotSay(f"layer `{slot.key}` is called in a way of its own in some uses")
            return step
        if step.loop is not None:
            raise CannotSay(f"layer `{slot.key}` is repeated in some uses only")
        first = "{0}"
        stand_in = f"({', '.join([first] * step.values)})" if step.values > 1 else first
        call = f"({step.call} if self.has_{variable(slot.name)} else {stand_in})"
        return replace(step, call=call)

    # --- what is given ------------------------------------------------------------------------

    def returns(self) -> Returns:
        """Say what the body gives, and pin on what it depends whether an output is there."""
        for body in self.bodies:
            outputs = body.module.definition.given if body.module.definition else None
            for output in outputs.items.values() if outputs else ():
                if isinstance(output.when, str):
                    names = body.trace.mentioned(parse(output.when), body.context)
                    self.names.pin(body.trace, names)
        every = tuple(slots(self.bodies))
        gone = {slot.key for slot in every if not slot.uses and not slot.splices}
        found = {
            (
                tuple(through(asked, gone, body.module) for asked in body.module.asked),
                body.module.packing,
                body.module.labels,
                body.module.training,
            )
            for body in self.bodies
        }
        if len(found) != 1:
            raise CannotSay("what comes out differs between uses")
        return Returns(*found.pop())


def needed_in_evaluation(steps: list[Step], returns: Returns) -> set[str]:
    """Name the layers that what is given in evaluation reads, or of which a size is asked."""
    kept = (port for index, port in enumerate(returns.ports) if index not in returns.training)
    found = {port.name for port in kept}
    for step in reversed(steps):
        if step.name in found or not step.training:
            beside = step.loop.beside if step.loop else ()
            found |= {port.name for port in (*step.reads, *(p for ports in beside for p in ports))}
    return found


def through(port: Port, gone: set[str], module: Module) -> Port:
    """Look through layers that are absent in every use to what stands in for them."""
    while port.name in gone and port.name in module.skipped:
        port = module.skipped[port.name]
    return port


_WORDS = frozenset(["None", "True", "False"])


def is_again(slot: Slot) -> bool:
    """Say whether a layer is an earlier one, called again."""
    return any(use.node.again is not None for use in slot.uses)


def is_value(slot: Slot) -> bool:
    """Say whether a layer is a tensor of the module."""
    return any(is_value_node(use.node) for use in slot.uses)


def is_value_node(node: Node) -> bool:
    """Say whether a layer is a tensor of the module."""
    return isinstance(node, Leaf) and isinstance(node.operation, ValueOperation)


def is_function(slot: Slot) -> bool:
    """Say whether a layer is an operation that PyTorch has as a function only."""
    return any(is_function_node(use.node) for use in slot.uses)


def is_function_node(node: Node) -> bool:
    """Say whether a layer, or each of its repetitions, is no module of PyTorch."""
    if isinstance(node, Call) and node.module.kind is Kind.CHAIN:
        return any(is_function_node(item) for item in node.module.nodes)
    return isinstance(node, Leaf) and isinstance(node.operation, FunctionOperation)

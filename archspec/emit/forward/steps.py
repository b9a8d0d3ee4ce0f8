"""Say how each layer of a body is called in `forward`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from archspec.emit.code import literal, variable
from archspec.emit.forward.functions import Arguments, FunctionWriter, together
from archspec.emit.forward.repetitions import RepetitionWriter, module_call
from archspec.emit.forward.returned import absent, needed_in_evaluation, returned, through
from archspec.emit.forward.step import Caller, Loop, Returns, Step
from archspec.emit.layer_kinds import is_again, is_function
from archspec.emit.naming.names import Names
from archspec.emit.slots import (
    BodyUse,
    CannotSay,
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
from archspec.emit.written import Call, Module
from archspec.graph import Kind, Leaf, Port
from archspec.operations import BufferOperation, FunctionOperation, ModuleOperation, ValueOperation


@dataclass(frozen=True, slots=True)
class StepWriter:
    """Turns the layers of a body, the same in all uses of a class, into steps.

    `known` are the steps so far, by name: a later layer may call one of them again. `entries` are
    what the inputs of a spliced body are in the body around.
    """

    names: Names
    arguments: Arguments
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

    def returns(self) -> Returns:
        """Say what the body gives."""
        return returned(self.names, self.bodies)

    def of(self, bodies: tuple[BodyUse, ...]) -> Iterator[Step]:
        """Give the steps of a body, those of what is spliced in their place."""
        every = tuple(slots(bodies))
        gone = absent(every)
        for slot in every:
            node = slot.splices[0].node if slot.splices else None
            if isinstance(node, Call) and spliced_in_place(slot, bodies):
                inside = replace(self, entries=self.entering(slot, gone))
                yield from inside.of(bodies_of(slot.splices))
            elif slot.splices:
                yield from (self.kept(self.part(slot, part)) for part in parts(slot))
            elif slot.uses:
                step = self.step(slot, gone)
                reads = tuple(self.entries.get(port, port) for port in step.reads)
                yield self.kept(replace(step, reads=reads))

    def entering(self, slot: Slot, gone: set[str]) -> dict[Port, Port]:
        """Say what the inputs of a spliced group are in the body around."""
        found = {self.reads(use, gone) for use in slot.splices}
        if len(found) != 1:
            raise CannotSay(f"layer `{slot.key}` reads different layers")
        reads = (self.entries.get(port, port) for port in found.pop())
        return dict(zip(map(Port, module_of(slot.splices[0]).inputs), reads, strict=True))

    def kept(self, step: Step) -> Step:
        """Remember a step: a later layer may call it again."""
        self.known[step.name] = step
        return step

    def step(self, slot: Slot, gone: set[str]) -> Step:
        """Say how a layer is called."""
        found = {self.reads(use, gone) for use in slot.uses}
        if len(found) != 1:
            found = {together(use, self.reads(use, gone)) for use in slot.uses}
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
        return tuple(through(port, gone, body) for port in use.node.origin.asks)

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
            step = self.repetitions.loop(name, uses, node, reads)
            return replace(step, training=training)
        call, values = self.caller.call(name, len(reads)), len(node.outputs)
        packing = node.module.packing
        if packing == "list" and values == 1:
            call = f"{call}[0]"
        labels = node.module.labels if packing == "names" else ()
        return Step(name, reads, call, True, 1 if packing == "one" else values, labels, training)

    @property
    def functions(self) -> FunctionWriter:
        """What writes the calls of functions."""
        return FunctionWriter(self.names, self.arguments, self.module, self.entries)

    @property
    def repetitions(self) -> RepetitionWriter:
        """What writes repetitions that are called one by one."""
        return RepetitionWriter(self.names, self.functions, self.caller)

    def leaf(self, name: str, uses: tuple[Use, ...], node: Leaf, reads: tuple[Port, ...]) -> Step:
        """Say how an operation is applied."""
        operation = node.operation
        training = name in self.module.only_training
        if isinstance(operation, ValueOperation):
            get = "get_buffer" if isinstance(operation, BufferOperation) else "get_parameter"
            place = f"self.{get}({literal(name)})"
            return Step(name, (), f"self.{name}" if name.isidentifier() else place, inline=True)
        if isinstance(operation, ModuleOperation):
            call = module_call(tuple(use.node for use in uses), self.caller.attribute(name))
            step = Step(name, reads, call, operation.weighted, len(node.outputs), training=training)
            return replace(step, results=operation.results, packed=operation.packed)
        assert isinstance(operation, FunctionOperation)
        call, every = self.functions.call(uses, reads)
        step = Step(name, every, call, False, len(node.outputs), training=training)
        return replace(step, results=operation.results)

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
        loop = Loop(self.repetitions.numbers(uses), "_", len(node.outputs))
        return replace(step, loop=loop)

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

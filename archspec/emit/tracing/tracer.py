"""Trace a class's module: its layers in order, with symbols for what the caller may choose."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from archspec.emit.specialisations import is_class
from archspec.emit.tracing.calls import call_gives
from archspec.emit.tracing.chains import ChainTracer, settled
from archspec.emit.tracing.operations import OperationTracer
from archspec.emit.tracing.splices import inner_paths, splice_name
from archspec.emit.tracing.symbols import Symbols
from archspec.emit.tracing.taps import tapped
from archspec.emit.tracing.trace import Context, Names, Trace, Traced
from archspec.emit.written import Call, Module, Splice
from archspec.graph import Kind, Leaf, Node, Port
from archspec.sizes import Size, Tensor


def trace(module: Module, inputs: Mapping[str, Tensor], known: dict[int, Trace]) -> Trace:
    """Trace a class's module; `inputs` are symbolic where the caller may choose them.

    `known` holds the traces of the modules that are called, by identity.
    """
    tracer = Tracer(Symbols(Trace(module)), known)
    for name, tensor in inputs.items():
        actual = module.inputs[name]
        tracer.symbols.learn(zip(tensor.shape, actual.shape, strict=True))
    context = Context(module, inputs)
    tracer.symbols.define(context)
    if module.kind is Kind.MODEL:
        inputs = tracer.symbols.given(module, context)
    tracer.trace.outputs = tracer.body(module, inputs, ())
    return tracer.trace


@dataclass(frozen=True, slots=True)
class Tracer:
    """Fills a trace, body by body; `around` are the paths of the bodies at hand, the inner last.

    `known` holds the traces of the modules that are called, by identity.
    """

    symbols: Symbols
    known: Mapping[int, Trace]
    around: tuple[Names, ...] = ()

    @property
    def trace(self) -> Trace:
        """The trace that is filled."""
        return self.symbols.trace

    def scratch(self) -> "Tracer":
        """Give a tracer of the same class, whose trace nobody reads."""
        trace = self.trace
        copies = Trace(
            trace.module, dict(trace.values), dict(trace.depends), dict(trace.expressions)
        )
        copies.nodes = dict(trace.nodes)
        return replace(self, symbols=Symbols(copies))

    def body(
        self,
        module: Module,
        inputs: Mapping[str, Tensor],
        path: Names,
        outer: Context | None = None,
    ) -> tuple[Tensor, ...]:
        """Trace the layers of a body in order; `outer` is the context in which it stands."""
        indices = outer.indices if outer is not None else ()
        inside = replace(self, around=(*self.around, path))
        values = {Port(name): tensor for name, tensor in inputs.items()}
        spliced = {name: splice for splice in module.splices for name in splice.nodes}
        for node in module.nodes:
            context = Context(module, _visible(module, values), indices, outer)
            if node.name in spliced and node.again is None:
                gives = inside.spliced(spliced[node.name], node, values, context, path)
            else:
                gives = inside.layer(node, values, context, path)
            values |= {Port(node.name, index): tensor for index, tensor in enumerate(gives)}
            values |= tapped(self.symbols, module, node, values, context)
        context = Context(module, _visible(module, values), indices, outer)
        self.trace.bodies[path] = context
        for splice in module.splices:
            if not splice.nodes:  # all that it holds is absent
                inside.whole(splice, values, context, path)
        return tuple(values[port] for port in module.results)

    def layer(
        self, node: Node, values: Mapping[Port, Tensor], context: Context, path: Names
    ) -> tuple[Tensor, ...]:
        """Trace a layer of a body; one that is called again as it is written where it stands first.

        `values` are those in the body so far, and `path` is the body's.
        """
        reads = tuple(values[port] for port in node.reads)
        if node.again is None:
            return self.node(node, reads, context, (*path, node.name))
        first = context.module.by_name[str(node.again)]
        known = self.trace.nodes.get((*path, first.name))
        shadow = replace(node, origin=first.origin, again=None)
        inner = context if known is None else known.context
        return self.node(shadow, reads, inner, (*path, node.name))

    def spliced(
        self,
        splice: Splice,
        node: Node,
        values: Mapping[Port, Tensor],
        context: Context,
        path: Names,
    ) -> tuple[Tensor, ...]:
        """Trace what was spliced as the call that it was; what is not seen in it gives numbers."""
        whole = (*path, splice_name(splice.name))
        if node.name == next(name for name in splice.nodes if name in context.module.by_name):
            self.whole(splice, values, context, path)
        inner = inner_paths(splice, whole, self.trace.nodes)[splice.nodes.index(node.name)]
        traced, call = self.trace.nodes.get(inner), self.trace.nodes[whole]
        last = node.name == splice.nodes[-1]
        if traced is not None and not (last and splice.call.module.kind is Kind.CHAIN):
            return tuple(settled(self.trace, item, context.level) for item in traced.outputs)
        if last and len(call.outputs) == len(node.outputs):
            return call.outputs
        return self.symbols.rough(node, self.symbols.all_of(call.inputs))

    def whole(
        self, splice: Splice, values: Mapping[Port, Tensor], context: Context, path: Names
    ) -> None:
        """Trace all that was spliced, as the call that it was."""
        reads = tuple(values[port] for port in splice.call.reads)
        self.node(splice.call, reads, context, (*path, splice_name(splice.name)))

    def node(
        self, node: Node, reads: tuple[Tensor, ...], context: Context, path: Names
    ) -> tuple[Tensor, ...]:
        """Trace one node, and keep what it reads and gives."""
        inferred: Mapping[str, Size] = {}
        if isinstance(node, Leaf):
            inferred = node.operation.read_off(*reads)
            gives = OperationTracer(self.symbols, self.around).gives(node, reads, context)
        else:
            assert isinstance(node, Call)
            gives = self.call(node, reads, context, path)
        self.trace.nodes[path] = Traced(node, reads, context, inferred, gives)
        return gives

    def call(
        self, node: Call, reads: tuple[Tensor, ...], context: Context, path: Names
    ) -> tuple[Tensor, ...]:
        """Trace the call of a block, of repetitions, or of a group."""
        entries = dict(zip(node.module.inputs, reads, strict=True))
        if node.module.kind is Kind.CHAIN:
            return ChainTracer(self, self.symbols, node, context, path).gives(entries)
        if node.module.kind is not Kind.BLOCK:
            gives = self.body(node.module, entries, path, context)
            if not is_class(node.module):
                return gives
        return call_gives(self.symbols, node, self.known[id(node.module)], entries, context)


def _visible(module: Module, values: Mapping[Port, Tensor]) -> dict[str, Tensor]:
    """Give the tensors of which sizes may be asked, those of absent layers included."""
    found = {port.name: tensor for port, tensor in values.items() if port.index == 0}
    for name in module.skipped:
        port = Port(name)
        while port.name in module.skipped and port not in values:
            port = module.skipped[port.name]
        if port in values:
            found.setdefault(name, values[port])
    return found

"""Write one class that says every use of a block, a group with joins, or the model."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from archspec.elaborate import LayerValue
from archspec.emit.code import Bracketed, Code, docstring, layout, literal
from archspec.emit.construct import REQUIRED, Argument, Constructor, Emitted, layer_text
from archspec.emit.forward import Step, forward, module_call
from archspec.emit.initial import OwnInit
from archspec.emit.names import CannotSay, Names
from archspec.emit.slots import BodyUse, Slot, bodies_of, slots
from archspec.emit.specialisations import is_sequence, nodes_of
from archspec.emit.trace import Trace
from archspec.graph import Call, Kind, Leaf, Module, Network, Port
from archspec.ops import FunctionOperation
from archspec.spec import Parameter, Spec


@dataclass(frozen=True, slots=True)
class Plan:
    """What a class is to be: its name, its docstring, and lines for the end of `__init__`."""

    name: str
    documentation: tuple[str, ...]
    closing: Callable[[Sequence[OwnInit]], list[str]] = lambda own: []


@dataclass(slots=True)
class ClassWriter:
    """Writes one class from the traces of all its uses."""

    spec: Spec
    network: Network
    traces: list[Trace]
    classes: Mapping[int, Emitted]
    fixed: frozenset[str]
    names: Names = field(init=False)
    construct: Constructor = field(init=False)

    def __post_init__(self) -> None:
        """Begin with no names used."""
        self.names = Names(self.traces, self.fixed)
        self.construct = Constructor(self.names, self.classes)

    @property
    def module(self) -> Module:
        """The first use; all have the same definition."""
        return self.traces[0].module

    @property
    def sequential(self) -> bool:
        """Whether the class is a list of layers that follow each other."""
        definition = self.module.definition
        assert definition is not None
        return definition.numbered and all(is_sequence(t.module) for t in self.traces)

    def write(self, plan: Plan) -> Emitted:
        """Write the class, or raise `CannotSay`."""
        bodies = tuple(BodyUse(trace, (), trace.module) for trace in self.traces)
        if self.sequential:
            items = self.construct.items(bodies)
            call = Bracketed("super().__init__(", items, exploded=True)
            body, run = layout(call, 2), []
        else:
            body = [*layout("super().__init__()", 2), *self.statements(bodies)]
            run = self.forward(bodies)
        lets = [f"        {self.names.used[name]} = {text}" for name, text in self.let_lines()]
        arguments = self.arguments()
        guards = self.guards()
        body = [*body[:1], *lets, *body[1:]] if not self.sequential else [*lets, *body]
        initial = tuple(self.construct.initial.values())
        base = "nn.Sequential" if self.sequential else "nn.Module"
        lines = [
            f"class {plan.name}({base}):",
            *docstring(plan.documentation, 1),
            "",
            *signature("__init__", [argument_text(item) for item in arguments], "None"),
            *guards,
            *body,
            *plan.closing(initial),
            *(["", *run] if run else []),
        ]
        return Emitted(
            plan.name,
            tuple(arguments),
            frozenset(self.names.pinned),
            self.sequential,
            tuple(lines),
            frozenset(self.names.helpers),
            initial,
        )

    def let_lines(self) -> Iterator[tuple[str, str]]:
        """Give the `let` names that are used, in the order of the spec."""
        definition = self.module.definition
        assert definition is not None
        for key in definition.let:
            for name in (key, f"model.{key}"):
                if name in self.names.lets:
                    yield name, self.names.lets[name]

    # --- the constructor ----------------------------------------------------------------------

    def statements(self, bodies: tuple[BodyUse, ...]) -> list[str]:
        """Write an assignment for each layer."""
        return [line for slot in slots(bodies) for line in self.statement(slot)]

    def statement(self, slot: Slot) -> list[str]:
        """Write the assignment of a layer, under its condition where uses differ."""
        if slot.splices:
            return self.spliced(slot)
        if slot.mixed:
            return self.conditional(slot)
        self.construct.decide(slot)
        if not slot.uses or is_function(slot):
            return []
        return assignment(slot.name, self.construct.write(slot.uses), 2)

    def spliced(self, slot: Slot) -> list[str]:
        """Write the layers of a group that left its name out."""
        node = slot.splices[0].node
        assert isinstance(node, Call)
        if slot.mixed or node.module.kind is not Kind.GROUP:
            raise CannotSay(f"layer `{slot.key}` is spliced among named layers")
        self.construct.decide(slot)
        return self.statements(bodies_of(slot.splices))

    def conditional(self, slot: Slot) -> list[str]:
        """Write a layer that only some uses have: an identity stands in for it."""
        condition = self.construct.condition(slot)
        if is_function(slot):
            return [f"        self.has_{slot.name} = {condition}"]
        if any(len(use.node.reads) != 1 for use in slot.uses):
            raise CannotSay(f"layer `{slot.key}` reads several values in some uses")
        code = self.construct.write(slot.uses)
        if not slot.name.isidentifier():
            raise CannotSay(f"layer `{slot.key}` is not always there")
        return [
            f"        self.{slot.name}: nn.Module = nn.Identity()",
            f"        if {condition}:",
            *assignment(slot.name, code, 3),
        ]

    def guards(self) -> list[str]:
        """Refuse numbers of repetitions for which the numbers in the class would not hold."""
        counts = [text for text in dict.fromkeys(self.construct.guards) if not text.isdigit()]
        if not counts:
            return []
        least, said = _least(counts)
        message = Bracketed("raise ValueError(", (literal(f"{said} must be at least 1"),))
        return [f"        if {least} < 1:", *layout(message, 3)]

    # --- the signature ------------------------------------------------------------------------

    def arguments(self) -> list[Argument]:
        """List what the constructor takes: what is required first."""
        found = [
            self.argument(symbol, name)
            for symbol, name in self.names.used.items()
            if not self.names.is_let(symbol)
        ]
        order = {name: index for index, name in enumerate(self.order())}
        found.sort(key=lambda item: (item.default is not REQUIRED, order.get(item.symbol, 999)))
        return found

    def order(self) -> list[str]:
        """Order symbols: sizes that come in, the class's own parameters, the model's."""
        sizes = [
            f"{name}.{index}"
            for name, tensor in self.module.inputs.items()
            for index in range(tensor.rank)
        ]
        outer = [f"model.{name}" for name in (*self.spec.params, *self.spec.let)]
        return [*sizes, *self.module.arguments, *outer]

    def argument(self, symbol: str, name: str) -> Argument:
        """Give an argument its type and default."""
        model = self.module.kind is Kind.MODEL
        if symbol.startswith("model."):
            key = symbol.removeprefix("model.")
            value = self.network.parameters.get(key, self.module.scope.get(key))
            known = model or key in self.network.parameters
            return Argument(symbol, name, annotation(value), value if known else REQUIRED)
        if symbol in self.module.arguments and self.module.kind is Kind.BLOCK:
            return self.parameter(symbol, name)
        value = self.module.scope.get(symbol, 0)
        return Argument(symbol, name, annotation(value))

    def parameter(self, symbol: str, name: str) -> Argument:
        """Give a parameter of the block its type, and its default where that is a constant."""
        parameter = self.spec.blocks[self.module.name].params[symbol]
        value = self.module.arguments[symbol]
        if isinstance(value, LayerValue):
            default = self.layer_default(symbol, parameter)
            return Argument(symbol, name, "Callable[..., nn.Module]", default)
        if parameter.required or parameter.computed:
            return Argument(symbol, name, self.type(symbol))
        return Argument(symbol, name, self.type(symbol), parameter.default)

    def type(self, symbol: str) -> str:
        """Find a type that fits a parameter's values in all uses."""
        types = {annotation(trace.module.arguments[symbol]) for trace in self.traces}
        if types == {"int", "float"}:
            return "float"
        return " | ".join(sorted(types))

    def layer_default(self, symbol: str, parameter: Parameter) -> object:
        """Find what constructs the default of a layer parameter, if a use shows it."""
        for trace in self.traces:
            value = trace.module.arguments[symbol]
            if isinstance(value, LayerValue) and value.layer is parameter.layer:
                for node in nodes_of(trace.module):
                    if node.origin.parameter == symbol and isinstance(node, Leaf):
                        self.names.helpers.add("Callable")
                        return _Raw(layer_text(node))
        self.names.helpers.add("Callable")
        return REQUIRED

    # --- forward ------------------------------------------------------------------------------

    def forward(self, bodies: tuple[BodyUse, ...]) -> list[str]:
        """Write `forward` for the layers in the order of the spec."""
        every = list(self.every(bodies))
        absent = {slot.key: slot for slot in every if not slot.uses and not slot.splices}
        steps = [self.step(slot, absent) for slot in every if slot.uses]
        module = bodies[0].module
        results = self.results(bodies, every)
        arguments, lines = forward(list(module.inputs), steps, results)
        typed = [f"{name}: torch.Tensor" for name in arguments]
        gives = "torch.Tensor" if len(results) == 1 else "tuple[torch.Tensor, ...]"
        return [*signature("forward", typed, gives), *(f"        {line}" for line in lines)]

    def every(self, bodies: tuple[BodyUse, ...]) -> Iterator[Slot]:
        """List the layers, those of spliced groups in their place."""
        for slot in slots(bodies):
            if slot.splices:
                yield from self.every(bodies_of(slot.splices))
            else:
                yield slot

    def results(self, bodies: tuple[BodyUse, ...], every: Sequence[Slot]) -> tuple[Port, ...]:
        """Give what the body gives: its last layer, or what stands in for it."""
        last = every[-1]
        if last.mixed or all(not body.module.absent for body in bodies):
            name = last.name
            count = len(last.uses[0].node.outputs)
            return tuple(Port(name, index) for index in range(count))
        found = {body.module.results for body in bodies}
        if len(found) != 1:
            raise CannotSay("what comes out differs between uses")
        return found.pop()

    def step(self, slot: Slot, absent: Mapping[str, Slot]) -> Step:
        """Say how a layer is called in `forward`."""
        found = {
            tuple(
                seen_through(port, use.node.reads[index], absent)
                for index, port in enumerate(use.node.origin.asks)
            )
            for use in slot.uses
        }
        if len(found) != 1:
            raise CannotSay(f"layer `{slot.key}` reads different layers")
        reads = found.pop()
        node = slot.uses[0].node
        begins = isinstance(node, Call) or (isinstance(node, Leaf) and node.operation.weighted)
        if not is_function(slot):
            return Step(slot.name, reads, module_call(slot.name, len(reads)), begins)
        return Step(slot.name, reads, self.function_call(slot, len(reads)), begins)

    def function_call(self, slot: Slot, count: int) -> str:
        """Write the expression of an operation that is no module."""
        node = slot.uses[0].node
        assert isinstance(node, Leaf) and isinstance(node.operation, FunctionOperation)
        arguments = {name: self.construct.argument(slot.uses, name) for name in node.given}
        places = tuple(f"{{{index}}}" for index in range(count))
        text = node.operation.call(places, arguments)
        return f"({text} if self.has_{slot.name} else {places[0]})" if slot.mixed else text


class _Raw(str):
    """Python text that stands for itself as a default."""

    def __repr__(self) -> str:
        return str(self)


def seen_through(asked: Port, read: Port, absent: Mapping[str, Slot]) -> Port:
    """Look through a layer that is absent in every use to what stands in for it."""
    return read if asked.name in absent else asked


def is_function(slot: Slot) -> bool:
    """Say whether a layer is an operation that PyTorch has as a function only."""
    return any(
        isinstance(use.node, Leaf) and isinstance(use.node.operation, FunctionOperation)
        for use in slot.uses
    )


def assignment(name: str, code: Code, indent: int) -> list[str]:
    """Write the assignment of a layer, whatever its name.

    >>> assignment("relu", "nn.ReLU()", 0), assignment("0", "nn.ReLU()", 0)
    (['self.relu = nn.ReLU()'], ['self.add_module("0", nn.ReLU())'])
    """
    if name.isidentifier():
        return layout(code, indent, f"self.{name} = ")
    return layout(Bracketed("self.add_module(", (literal(name), code)), indent)


def signature(name: str, arguments: Sequence[str], gives: str) -> list[str]:
    """Write the head of a method."""
    return layout(Bracketed(f"def {name}(", ("self", *arguments), f") -> {gives}:"), 1)


def argument_text(argument: Argument) -> str:
    """Write an argument of a constructor.

    >>> argument_text(Argument("stride", "stride", "int", 1))
    'stride: int = 1'
    """
    if argument.default is REQUIRED:
        return f"{argument.name}: {argument.annotation}"
    default = argument.default
    text = str(default) if isinstance(default, _Raw) else literal(default)
    return f"{argument.name}: {argument.annotation} = {text}"


def annotation(value: object) -> str:
    """Give the type of a parameter's value.

    >>> annotation([3, 4, 6, 3])
    'tuple[int, ...]'
    """
    if isinstance(value, list | tuple):
        inner = {annotation(item) for item in value} or {"int"}
        return f"tuple[{'float' if inner == {'int', 'float'} else ' | '.join(sorted(inner))}, ...]"
    return type(value).__name__


def _least(counts: list[str]) -> tuple[str, str]:
    """Write the least of several counts, and how a message calls them.

    >>> _least(["depths[0]", "depths[1]"])
    ('min(depths[:2])', 'each of depths[:2]')
    """
    base = counts[0].removesuffix("[0]")
    if len(counts) > 1 and counts == [f"{base}[{index}]" for index in range(len(counts))]:
        listed = f"{base}[:{len(counts)}]"
        return f"min({listed})", f"each of {listed}"
    if len(counts) == 1:
        return counts[0], counts[0]
    return f"min({', '.join(counts)})", " and ".join(counts)

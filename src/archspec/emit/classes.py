"""Write one class that says every use of a block, a group with joins, or the model."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from archspec.dimensions import Polynomial
from archspec.elaborate import LayerValue
from archspec.emit.argument import REQUIRED, Argument, Emitted, Tied
from archspec.emit.assigned import Assigned, assigned, assignment, container, held, reordered
from archspec.emit.code import docstring, layout, literal, statement, variable
from archspec.emit.construct import Constructor, layer_text
from archspec.emit.forward import Caller, forward
from archspec.emit.initial import Outer, OwnInit, attribute_text, loops, tying
from archspec.emit.names import CannotSay, Names
from archspec.emit.pieces import Bracketed, Code, Unpacked
from archspec.emit.slots import BodyUse, Slot, Use, bodies_of, parts, slots, spliced_in_place
from archspec.emit.specialisations import is_class, is_module, is_sequence, nodes_of
from archspec.emit.steps import (
    StepWriter,
    is_again,
    is_function,
    is_function_node,
    is_value,
    is_value_node,
)
from archspec.emit.trace import Context, Trace, splice_name
from archspec.emit.tracer import inner_paths
from archspec.expressions import parse
from archspec.graph import Call, Kind, Leaf, Module, Network, Node, repetitions
from archspec.spec import MODULE_ATTRIBUTES, Parameter, Spec


@dataclass(frozen=True, slots=True)
class Plan:
    """What a class is to be: its name, its docstring, and lines for the end of `__init__`."""

    name: str
    documentation: tuple[str, ...]
    closing: Callable[[Sequence[OwnInit], Outer], list[str]] = lambda own, outer: []


@dataclass(slots=True)
class ClassWriter:
    """Writes one class from the traces of all its uses."""

    spec: Spec
    network: Network
    traces: list[Trace]
    classes: Mapping[int, Emitted]
    fixed: frozenset[str]
    abbreviations: Mapping[Polynomial, str] = field(default_factory=dict)
    names: Names = field(init=False)
    construct: Constructor = field(init=False)

    def __post_init__(self) -> None:
        """Begin with no names used."""
        definition = self.module.definition
        layers = definition.layers if definition else {}
        reserved = MODULE_ATTRIBUTES.union(layers, self.module.by_name, self.module.inputs)
        self.names = Names(
            self.traces, self.fixed, reserved=reserved, abbreviations=self.abbreviations
        )
        self.construct = Constructor(self.names, self.classes)

    @property
    def module(self) -> Module:
        """The first use; all have the same definition."""
        return self.traces[0].module

    @property
    def sequential(self) -> bool:
        """Whether the class is a row of layers, in a list or under names with placeholders."""
        definition = self.module.definition
        assert definition is not None
        named = any("{" in key for key in definition.layers)
        return (definition.numbered or named) and all(is_sequence(t.module) for t in self.traces)

    def write(self, plan: Plan) -> Emitted:
        """Write the class, or raise `CannotSay`."""
        bodies = tuple(BodyUse(trace, (), trace.module) for trace in self.traces)
        base, head, body, run = self.body(bodies)
        ties, outward = self.ties()
        body += ties
        initial = tuple(self.initial())
        closing = plan.closing(initial, self.outer)
        self.learn_computed()
        short = [line for text in self.names.abbreviation_lines() for line in statement(text, 2)]
        lets = [f"        {self.names.used[name]} = {text}" for name, text in self.let_lines()]
        kept = [f"        {name} = {text}" for text, name in self.names.kept.items()]
        arguments = self.arguments()
        guards = self.guards()
        lines = [
            f"class {plan.name}({base}):",
            *docstring(plan.documentation, 1),
            "",
            *signature("__init__", [argument_text(item) for item in arguments], "None"),
            *self.computed(),
            *lets,
            *guards,
            *short,
            *head,
            *kept,
            *body,
            *closing,
            *(["", *run] if run else []),
        ]
        return Emitted(
            plan.name,
            tuple(arguments),
            self.pinned(),
            self.sequential,
            tuple(lines),
            frozenset(self.names.helpers),
            initial,
            tuple(self.construct.definitions),
            outward,
        )

    def body(self, bodies: tuple[BodyUse, ...]) -> tuple[str, list[str], list[str], list[str]]:
        """Write the base class, how that is made, the further layers, and `forward`.

        Layers that are called by numbers are items of their class: `self[0]`.
        """
        if self.sequential:
            return "nn.Sequential", layout(self.row(bodies), 2), [], []
        made = self.statements(bodies)
        base = container(made)
        run = self.forward(bodies, base)
        if base == "nn.Module":
            return base, layout("super().__init__()", 2), lines_of(made), run
        others = [item for item in made if not item.is_module]
        return base, held(made, base), lines_of(others), run

    def pinned(self) -> frozenset[str]:
        """Name what is pinned, and what `let` names and defaults among that are made of."""
        found, waiting = set[str](), set(self.names.pinned)
        while waiting:
            name = waiting.pop()
            found.add(name)
            waiting |= self.made_of(name) - found
        return frozenset(found)

    def made_of(self, symbol: str) -> frozenset[str]:
        """Name the symbols in the expression behind a `let` name, or behind a default."""
        key = symbol.rpartition(":")[2]
        trace, context = self.at_the_top()
        definition = self.module.definition
        raw = definition.let.get(key) if definition and self.names.is_let(symbol) else None
        parameters = getattr(definition, "params", {})
        if key in parameters and parameters[key].computed and key not in self.names_chosen():
            raw = parameters[key].default
        return trace.mentioned(parse(raw), context) if isinstance(raw, str) else frozenset()

    def names_chosen(self) -> frozenset[str]:
        """Name the model's parameters that have no default's value."""
        return self.network.chosen if self.module.kind is Kind.MODEL else frozenset()

    def outer(self, name: str) -> str:
        """Write a name that a rule of the spec mentions beside an operation's own arguments."""
        return self.names.named(name, self.traces[0].bodies[()])

    def learn_computed(self) -> None:
        """Let the class know what the defaults are made of that are expressions."""
        waiting = True
        while waiting:
            before = len(self.names.used)
            list(self.computed())
            waiting = len(self.names.used) > before

    def computed(self) -> Iterator[str]:
        """Compute the defaults that are expressions, where nothing is passed."""
        space, model = self.module.space, self.module.is_model
        for key, parameter in getattr(self.module.definition, "params", {}).items():
            name = self.names.used.get(f"{space}:{key}" if model else key)
            if name is not None and self.is_computed(key):
                value = self.module.scope[key]
                text = self.names.raw(parameter.default, [self.at_the_top()], value)
                yield f"        {name} = {text} if {name} is None else {name}"

    def is_computed(self, key: str) -> bool:
        """Say whether a parameter has a default that is an expression, and perhaps that value."""
        chosen = self.names_chosen()
        parameter = getattr(self.module.definition, "params", {}).get(key)
        return parameter is not None and parameter.computed and key not in chosen

    def at_the_top(self) -> tuple[Trace, Context]:
        """Give the context of what is computed before any layer."""
        return self.traces[0], self.traces[0].bodies[()]

    def row(self, bodies: tuple[BodyUse, ...]) -> Code:
        """Write the layers of a class that is a row."""
        definition = self.module.definition
        assert definition is not None
        if definition.numbered:
            return Bracketed("super().__init__(", self.construct.items(bodies), exploded=True)
        self.names.helpers.add("OrderedDict")
        pairs = Bracketed("[", tuple(self.construct.pairs(bodies)), "]", exploded=True)
        return Bracketed("super().__init__(", (Bracketed("OrderedDict(", (pairs,)),))

    def initial(self) -> Iterator[OwnInit]:
        """Give the rules that layers have of their own, where they stand in the class."""
        found = [dict(self.rules_in(trace)) for trace in self.traces]
        if any(item.keys() != found[0].keys() for item in found):
            raise CannotSay("layers with rules of their own stand elsewhere in some uses")
        yield from found[0].values()
        yield from self.construct.literal_rules

    def rules_in(self, trace: Trace) -> Iterator[tuple[tuple[str, ...], OwnInit]]:
        """Give the rules of layers in one use by the way that leads to them."""
        known = {
            path: own
            for (identity, path), own in self.construct.initial.items()
            if identity == id(trace) and path in trace.nodes and own.rules
        }
        seen = set[tuple[str, ...]]()
        for path, own in known.items():
            steps = self.attribute_path(trace, path) if everywhere(trace, path) else None
            if steps is not None:
                seen.add(steps)
                yield steps, replace(own, path=steps)
        for path, own in known.items():
            if everywhere(trace, path) or self.attribute_path(trace, path) in seen:
                continue
            steps = self.attribute_path(trace, path, counted=True)
            if steps is not None:
                yield steps, replace(own, path=steps)

    def ties(self) -> tuple[list[str], tuple[Tied, ...]]:
        """Let layers have the weights of others; those of bodies around are left to their class."""
        lines, outward, trace = dict[str, None](), [], self.traces[0]
        for (identity, path), tied in self.construct.ties.items():
            steps = self.attribute_path(trace, path) if identity == id(trace) else None
            if steps is None:
                continue
            bodies = [index for index in range(len(path)) if path[:index] in trace.bodies]
            if tied.up >= len(bodies):
                outward.append(replace(tied, path=steps, up=tied.up - len(bodies)))
                continue
            body = path[: bodies[len(bodies) - 1 - tied.up]]
            around = self.attribute_path(trace, body) or ()
            heads, owner = loops("self", around)
            pad = "    " * len(heads)
            source = self.attribute_path(trace, (*body, *tied.source), counted=True) or ()
            text = f"{attribute_text(owner, source[len(around) :])}.{tied.weight}"
            for depth, head in enumerate(heads):
                lines["    " * depth + head] = None
            for line in tying(owner, steps[len(around) :], tied.weight, text):
                lines[pad + line] = None
        return [f"        {line}" for line in lines], tuple(outward)

    def attribute_path(
        self, trace: Trace, path: tuple[str, ...], *, counted: bool = False
    ) -> tuple[str, ...] | None:
        """Lead from the class to a layer: `*` stands for each repetition of a layer.

        There is none to a repetition that is traced only to see what others would be. With
        `counted` repetitions are named by their numbers.
        """
        found: list[str] = []
        index = 0
        while index < len(path):
            around, step = trace.nodes.get(path[:index]), path[index]
            if path[:index] in trace.bodies:
                self.pin_numbers(trace, path[:index])
            if step.startswith("*"):
                place = self.final(trace, path, index)
                if place is None:
                    return None
                index, step = place
                found.append(step)
            elif around is not None and is_chain(around.node) and not counted:
                found.append("*")
            elif around is not None and is_chain(around.node):
                layer = around.node.origin.layer
                use = Use(trace, path[:index], around.node)
                self.construct.pin_raw(use, layer.repeat if layer else None)
                if not within(around.node, step):
                    return None
                found.append(step)
            else:
                found.append(step)
            index += 1
        return tuple(found)

    def pin_numbers(self, trace: Trace, path: tuple[str, ...]) -> None:
        """Pin on what the numbers of layers in a list depend: how much is spliced into it."""
        body = trace.bodies[path].module
        for splice in body.splices if body.definition and body.definition.numbered else ():
            use = Use(trace, (*path, splice_name(splice.name)), splice.call)
            self.construct.pin_spliced(use)

    def final(self, trace: Trace, path: tuple[str, ...], index: int) -> tuple[int, str] | None:
        """Find the name that a layer has in the body into which it was spliced."""
        body = trace.bodies[path[:index]].module
        whole = path[: index + 1]
        splice = next(item for item in body.splices if splice_name(item.name) == path[index])
        for name, inner in zip(splice.nodes, inner_paths(splice, whole, trace.nodes), strict=True):
            if inner == path[: len(inner)] and len(inner) > len(whole):
                self.construct.pin_spliced(Use(trace, whole, splice.call))
                return len(inner) - 1, name
        return None

    def let_lines(self) -> Iterator[tuple[str, str]]:
        """Give the `let` names that are used, in the order of the spec."""
        definition = self.module.definition
        assert definition is not None
        for key in definition.let:
            for name in (key, f"{self.module.space}:{key}"):
                if name in self.names.lets:
                    yield name, self.names.lets[name]

    # --- the constructor ----------------------------------------------------------------------

    def statements(self, bodies: tuple[BodyUse, ...]) -> list[Assigned]:
        """Write an assignment for each layer, in the order of the `state_dict`."""
        made = [(slot.key, self.construct.checked(slot, self.statement)) for slot in slots(bodies)]
        order = self.module.definition.order if self.module.definition else None
        if order and bodies[0].path == ():
            made = reordered(made, order)
        return [item for _, items in made for item in items]

    def statement(self, slot: Slot) -> list[Assigned]:
        """Write the assignment of a layer, under its condition where uses differ."""
        if slot.splices:
            return self.spliced(slot)
        self.construct.pin_name(slot)
        if slot.mixed and not slot.counted:
            return [Assigned(tuple(self.conditional(slot)), sometimes=not is_function(slot))]
        self.construct.decide(slot)
        definition = slot.bodies[0].module.definition
        if definition is not None and definition.numbered:
            self.construct.guard_number(slot)
        if not slot.uses or is_function(slot) or is_again(slot):
            return []
        guards = len(self.construct.guards)
        write = self.construct
        code = write.in_some(slot) if slot.counted else write.write(slot.uses)
        if slot.counted and not (is_loop(code) and len(self.construct.guards) == guards):
            raise CannotSay(f"layer `{slot.key}` is repeated 0 times in some uses")
        return [assigned(slot.name, code, value=is_value(slot))]

    def spliced(self, slot: Slot) -> list[Assigned]:
        """Write the layers of a group, or of repetitions, that left its name out."""
        node = slot.splices[0].node
        assert isinstance(node, Call)
        if slot.mixed:
            raise CannotSay(f"layer `{slot.key}` is spliced in some uses")
        self.construct.decide(slot)
        if spliced_in_place(slot, slot.bodies):
            return self.statements(bodies_of(slot.splices))
        self.construct.pin_splice(slot)
        made = []
        for part in parts(slot):
            if not is_function_node(part.node):
                code = self.construct.part(part)
                value = is_value_node(part.node)
                made.append(assigned(part.name, code, value=value))
        return made

    def conditional(self, slot: Slot) -> list[str]:
        """Write a layer that only some uses have: an identity stands in for it."""
        condition = self.construct.condition(slot)
        if is_function(slot):
            return [f"        self.has_{variable(slot.name)} = {condition}"]
        if any(not is_module(use.node) for use in slot.uses):
            raise CannotSay(f"layer `{slot.key}` is called in a way of its own in some uses")
        before = len(self.construct.initial) + len(self.construct.ties)
        guards = len(self.construct.guards)
        code = self.construct.in_some(slot)
        self.construct.guard_if(condition, guards)
        if not slot.name.isidentifier():
            raise CannotSay(f"layer `{slot.key}` is not always there")
        if len(self.construct.initial) + len(self.construct.ties) != before:
            raise CannotSay(f"layer `{slot.key}` has rules of its own and is not always there")
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
        spec, space = self.module.spec or self.spec, self.module.space
        outer = [f"{space}:{name}" for name in (*spec.params, *spec.let)]
        return [*sizes, *self.module.arguments, *outer]

    def argument(self, symbol: str, name: str) -> Argument:
        """Give an argument its type and default."""
        if ":" in symbol:
            key = symbol.rpartition(":")[2]
            value, spec = self.module.scope.get(key), self.module.spec or self.spec
            parameter = spec.params.get(key)
            if self.is_computed(key):
                return Argument(symbol, name, f"{annotation(value)} | None", None)
            known = self.module.is_model or parameter is not None
            whole = self.module.is_model and self.takes_whole(self.module, key)
            kind = exact(value) if whole else annotation(value)
            return Argument(symbol, name, kind, value if known else REQUIRED)
        if symbol in self.module.arguments and self.module.kind is Kind.BLOCK:
            return self.parameter(symbol, name)
        value = self.module.scope.get(symbol, 0)
        return Argument(symbol, name, annotation(value))

    def parameter(self, symbol: str, name: str) -> Argument:
        """Give a parameter of the block its type, and its default where that is a constant."""
        spec = self.module.spec or self.spec
        owner = spec if self.module.is_model else spec.blocks[self.module.name]
        parameter = owner.params[symbol]
        value = self.module.arguments[symbol]
        if isinstance(value, LayerValue):
            default = self.layer_default(symbol, parameter)
            return Argument(symbol, name, "Callable[..., nn.Module]", default)
        if parameter.computed:
            return Argument(symbol, name, f"{self.type(symbol)} | None", None)
        if parameter.required:
            return Argument(symbol, name, self.type(symbol))
        return Argument(symbol, name, self.type(symbol), parameter.default)

    def type(self, symbol: str) -> str:
        """Find a type that fits a parameter's values in all uses."""
        values = [trace.module.arguments[symbol] for trace in self.traces]
        whole = any(self.takes_whole(trace.module, symbol) for trace in self.traces)
        types = {exact(value) if whole else annotation(value) for value in values}
        if types == {"int", "float"}:
            return "float"
        return " | ".join(sorted(types))

    def takes_whole(self, module: Module, symbol: str) -> bool:
        """Say whether a layer takes a list as it is, as a convolution takes its `kernel_size`."""
        return any(
            symbol in node.origin.arguments.values()
            or (
                isinstance(node, Call)
                and not is_class(node.module)
                and self.takes_whole(node.module, symbol)
            )
            for node in nodes_of(module)
        )

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

    def forward(self, bodies: tuple[BodyUse, ...], base: str) -> list[str]:
        """Write `forward` for the layers in the order of the spec."""
        writer = StepWriter(self.names, self.construct, bodies, Caller(base))
        steps, returns = writer.steps(), writer.returns()
        arguments, lines = forward(list(self.module.inputs), steps, returns)
        typed = [f"{name}: torch.Tensor" for name in arguments]
        head = signature("forward", typed, returns.annotation)
        return [*head, *lines]


class _Raw(str):
    """Python text that stands for itself as a default."""

    def __repr__(self) -> str:
        return str(self)


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


def is_loop(code: Code) -> bool:
    """Say whether all that is constructed is a loop, which may as well be empty."""
    whole = code.items if isinstance(code, Bracketed) else (code,)
    return len(whole) == 1 and isinstance(whole[0], Unpacked)


def lines_of(made: Iterable[Assigned]) -> list[str]:
    """Give the lines of assignments."""
    return [line for item in made for line in item.lines]


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


def exact(value: object) -> str:
    """Give the type of a value that is taken whole: a list's says how long it is.

    >>> exact([0, 3]), exact(1)
    ('tuple[int, int]', 'int')
    """
    if isinstance(value, list | tuple) and value:
        return f"tuple[{', '.join(map(annotation, value))}]"
    return annotation(value)


def _least(counts: list[str]) -> tuple[str, str]:
    """Write the least of several counts, and how a message calls them.

    >>> _least(["depths[0]", "depths[1]"]), _least(["depths[1]", "depths[2]"])[0]
    (('min(depths[:2])', 'each of depths[:2]'), 'min(depths[1:3])')
    """
    base, _, first = counts[0].removesuffix("]").rpartition("[")
    start = int(first) if first.isdigit() else 0
    end = start + len(counts)
    if len(counts) > 1 and counts == [f"{base}[{index}]" for index in range(start, end)]:
        listed = f"{base}[{start or ''}:{end}]"
        return f"min({listed})", f"each of {listed}"
    if len(counts) == 1:
        return counts[0], counts[0]
    return f"min({', '.join(counts)})", " and ".join(counts)

"""Write one class that says every use of a block, a group with joins, or the model."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from archspec.document import MODULE_ATTRIBUTES, Spec
from archspec.emit.argument import Emitted
from archspec.emit.classes.assigned import container, held
from archspec.emit.classes.defaults import Defaults
from archspec.emit.classes.guards import guard_lines
from archspec.emit.classes.placed_rules import PlacedRules
from archspec.emit.classes.signature import Signature, argument_text, signature
from archspec.emit.classes.statements import StatementWriter, lines_of
from archspec.emit.code import docstring, layout, statement
from archspec.emit.constructing.constructor import Constructor
from archspec.emit.constructing.notes import Notes
from archspec.emit.constructing.rows import RowWriter
from archspec.emit.forward.body import forward
from archspec.emit.forward.step import Caller
from archspec.emit.forward.steps import StepWriter
from archspec.emit.in_place import comments
from archspec.emit.initial import Outer, OwnInit
from archspec.emit.naming.names import Names
from archspec.emit.slots import BodyUse
from archspec.emit.specialisations import is_sequence
from archspec.emit.tracing.trace import Trace
from archspec.emit.written import Module, Network
from archspec.graph import Kind
from archspec.sizes import Polynomial


@dataclass(frozen=True, slots=True)
class Plan:
    """What a class is to be: its name, its docstring, and lines for the end of `__init__`."""

    name: str
    documentation: tuple[str, ...]
    closing: Callable[[Sequence[OwnInit], Outer], list[str]] = lambda own, outer: []


class Body(NamedTuple):
    """The base class of a class, how that is made, the further layers, and `forward`."""

    base: str
    head: list[str]
    layers: Sequence[str] = ()
    run: Sequence[str] = ()


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
        self.construct = Constructor(self.names, self.classes, Notes(self.names))

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
        names, rules = self.names, PlacedRules(self.names, self.construct.notes)
        bodies = tuple(BodyUse(trace, (), trace.module) for trace in self.traces)
        body = self.body(bodies)
        names.constructs = False  # rules may stand in another class
        ties, outward = rules.ties()
        initial = tuple(rules.initial())
        closing = plan.closing(initial, self.outer)
        names.helped("\n".join(closing))
        self.defaults.learn()
        short = [line for text in names.sizes.abbreviation_lines() for line in statement(text, 2)]
        arguments = tuple(Signature(names, self.defaults, self.spec).arguments())
        head = signature("__init__", list(map(argument_text, arguments)), "None")
        first = [f"class {plan.name}({body.base}):", *docstring(plan.documentation, 1), "", *head]
        apart = comments([trace.module for trace in self.traces])
        layers = [*apart, *self.beginning(short), *body.head, *self.kept(), *body.layers]
        run = ["", *body.run] if body.run else []
        return Emitted(
            plan.name,
            arguments,
            self.defaults.pinned(),
            self.sequential,
            (*first, *layers, *ties, *closing, *run),
            frozenset(names.helpers),
            initial,
            tuple(self.construct.notes.definitions),
            outward,
        )

    def beginning(self, short: list[str]) -> Iterator[str]:
        """Write what comes before all layers; `short` are the lines that name long sizes."""
        for text, name in self.names.constants.items():
            yield from statement(f"{name} = {text}", 2)
        yield from self.defaults.lines()
        yield from self.defaults.let_lines()
        yield from guard_lines(self.construct.notes.guards)
        yield from short

    def kept(self) -> Iterator[str]:
        """Write the attributes that keep what `forward` needs."""
        return (f"        {name} = {text}" for text, name in self.names.kept.items())

    @property
    def defaults(self) -> Defaults:
        """What the class computes before its layers."""
        model = self.module.kind is Kind.MODEL
        return Defaults(self.names, self.network.chosen if model else frozenset())

    def outer(self, name: str) -> str:
        """Write a name that a rule of the spec mentions beside an operation's own arguments."""
        return self.names.named(name, self.traces[0].bodies[()])

    def body(self, bodies: tuple[BodyUse, ...]) -> Body:
        """Write the layers, and `forward`.

        Layers that are called by numbers are items of their class: `self[0]`.
        """
        if self.sequential:
            row = RowWriter(self.construct).row("super().__init__(", bodies)
            return Body("nn.Sequential", layout(row, 2))
        made = StatementWriter(self.construct).statements(bodies)
        base = container(made)
        run = self.forward(bodies, base)
        if base == "nn.Module":
            return Body(base, layout("super().__init__()", 2), lines_of(made), run)
        others = [item for item in made if not item.is_module]
        return Body(base, held(made, base), lines_of(others), run)

    def forward(self, bodies: tuple[BodyUse, ...], base: str) -> list[str]:
        """Write `forward` for the layers in the order of the spec."""
        self.names.constructs = False  # what it names is not at hand in `forward`
        writer = StepWriter(self.names, self.construct.operations, bodies, Caller(base))
        steps, returns = writer.steps(), writer.returns()
        arguments, lines = forward(list(self.module.inputs), steps, returns)
        typed = [f"{name}: torch.Tensor" for name in arguments]
        head = signature("forward", typed, returns.annotation)
        return [*head, *lines]

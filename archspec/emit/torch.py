"""Write the PyTorch source of a network: its classes in order, the model last."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from archspec import graph
from archspec.document import Spec
from archspec.elaborate import LayerValue
from archspec.emit.argument import Emitted
from archspec.emit.classes.writer import ClassWriter, Plan
from archspec.emit.code import class_name, docstring, literal
from archspec.emit.in_place import without_overwriting
from archspec.emit.initial import Outer, OwnInit, closing, in_its_class
from archspec.emit.naming.abbreviations import abbreviations
from archspec.emit.slots import CannotSay
from archspec.emit.specialisations import gather
from archspec.emit.tracing.facts import compare_outputs
from archspec.emit.tracing.trace import Trace, symbolic_inputs
from archspec.emit.tracing.tracer import trace
from archspec.emit.written import Call, Module, Network, for_writing
from archspec.graph import Kind, Leaf
from archspec.operations import ModuleOperation
from archspec.version import __version__

_HELPER = '''\
def make_divisible(value: float, divisor: int = 8, min_value: int | None = None) -> int:
    """Round to the nearest multiple of the divisor that is not below 90 % of the value."""
    least = divisor if min_value is None else min_value
    rounded = max(least, int(value + divisor / 2) // divisor * divisor)
    return rounded if rounded >= 0.9 * value else rounded + divisor'''

_MATH = re.compile(r"(?<![\w.])math\.\w")


_CLASS = re.compile(r"^class (\w+)", re.MULTILINE)


class CannotEmit(Exception):
    """The spec says something that this version cannot write as source."""


def to_torch_source(network: graph.Network) -> str:
    """Write a module of Python that needs nothing but torch and defines the network's class.

    A parameter on which a printed number depends is no argument of the class; whether one is,
    comes out while it is written, so that is done until no more of them turn up.
    """
    spec, fixed = network.spec, frozenset[str]()
    if spec is None:
        raise CannotEmit("only a network that was read from a spec can be written as source")
    made = without_overwriting(for_writing(network))
    while True:
        file = _File(made, spec, fixed)
        emitted = file.write()
        found = {name for name in emitted[-1].pinned if name.startswith("model:")} - fixed
        if not found:
            return file.text(emitted)
        fixed |= found


@dataclass(slots=True)
class _File:
    network: Network
    spec: Spec
    fixed: frozenset[str]
    classes: dict[int, Emitted] = field(default_factory=dict)
    traces: dict[int, Trace] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    spaces: dict[str, list[Emitted]] = field(default_factory=dict)

    def write(self) -> list[Emitted]:
        """Write every class, callees before their callers."""
        self.taken = {class_name(self.spec.name), *_brought(self.network)}
        found: list[Emitted] = []
        uses = gather(self.network)
        for modules in uses.traced:
            for module in modules:
                model = module.kind is Kind.MODEL
                inputs = module.inputs if model else symbolic_inputs(module)
                self.traces[id(module)] = trace(module, inputs, self.traces)
            compare_outputs([self.traces[id(module)] for module in modules])
        for (_, _, space), built in uses.built.items():
            emitted = list(self.partition(built))
            self.spaces.setdefault(space, []).extend(emitted)
            found += emitted
        return found

    def partition(self, modules: list[Module]) -> Iterator[Emitted]:
        """Write one class for all uses, or as few as can say them."""
        groups: list[list[Module]] = [modules] if self.says(modules) else []
        for module in modules if not groups else ():
            fitting = (group for group in groups if self.says([*group, module]))
            group = next(fitting, None)
            if group is None:
                groups.append([module])
            else:
                group.append(module)
        for group in groups:
            others = [module for other in groups if other is not group for module in other]
            emitted = self.emitted(group, self.name(group[0]), others)
            self.classes |= {id(module): emitted for module in group}
            yield emitted

    def says(self, modules: list[Module]) -> bool:
        """Say whether one class can say all these uses."""
        try:
            self.emitted(modules, "Trial")
        except CannotSay:
            return False
        return True

    def emitted(self, modules: list[Module], name: str, others: Sequence[Module] = ()) -> Emitted:
        """Write the class of some uses; `others` have classes of their own."""
        traces = [self.traces[id(module)] for module in modules]
        plan = self.plan(modules[0], name, difference(modules, others))
        common = (self.spec, self.network, traces, self.classes, self.fixed)
        try:
            written = (writer := ClassWriter(*common)).write(plan)
            short = abbreviations(writer.names)
            return ClassWriter(*common, short).write(plan) if short else written
        except CannotSay as reason:
            if len(modules) > 1:
                raise
            raise CannotEmit(f"`{modules[0].name}` cannot be written as source: {reason}") from None

    def name(self, module: Module) -> str:
        """Name a class so that no two have the same name."""
        if module.kind is Kind.MODEL:
            return class_name(self.spec.name)
        wanted = class_name("_".join(_steps(module)) or module.name)
        name, number = wanted, 2
        while name in self.taken:
            name, number = f"{wanted}{number}", number + 1
        self.taken.add(name)
        return name

    def plan(self, module: Module, name: str, which: str) -> Plan:
        """Say what stands in a class beside its layers; `which` uses it is for, of several."""
        spec = module.spec or self.spec
        if not module.is_model:
            text = f"{_what(module)} of {spec.name}{which}."
            return Plan(name, (text,), lambda own, outer: in_its_class(spec, own))

        def close(own: Sequence[OwnInit], outer: Outer) -> list[str]:
            modules = [item for item in self.network.modules() if item.space == module.space]
            here = {item.name: item.initial for item in self.spaces.get(module.space, ())}
            others = self.others(module)
            return closing(modules, spec, own, here, others, outer)

        if module.kind is Kind.MODEL:
            return Plan(name, tuple(self.documentation(module)), close)
        shapes = ", ".join(str(tensor) for tensor in module.inputs.values())
        results = ", ".join(map(str, module.outputs))
        text = f"{spec.name}{which}: takes {shapes}, gives {results}."
        return Plan(name, (text, spec.reference or ""), close)

    def others(self, module: Module) -> list[str]:
        """Name the classes of the specs that a spec uses."""
        inner = (
            node.module
            for item in self.network.modules()
            if item.space == module.space
            for node in item.nodes
            if isinstance(node, Call) and node.module.space != module.space and node.module.is_model
        )
        known = (self.classes[id(item)].name for item in inner if id(item) in self.classes)
        return list(dict.fromkeys(known))

    def documentation(self, module: Module) -> Iterator[str]:
        """Tell name, description, reference, shapes, and at which values the class is built."""
        shapes = ", ".join(str(tensor) for tensor in module.inputs.values())
        results = ", ".join(str(tensor) for tensor in module.outputs)
        yield f"{self.spec.name[:40]}: takes {shapes}, gives {results}."
        yield self.spec.description or ""
        yield self.spec.reference or ""
        built = [f"{name} = {self.shown(name)}" for name in self.built()]
        if built:
            yield f"Built for {', '.join(built)}."

    def built(self) -> list[str]:
        """Name the parameters that are no arguments of the class."""
        parameters = self.network.parameters
        return [
            name
            for name in parameters
            if f"model:{name}" in self.fixed or isinstance(parameters[name], LayerValue)
        ]

    def shown(self, name: str) -> str:
        """Write the value of a parameter for the docstring."""
        value = self.network.parameters[name]
        if not isinstance(value, LayerValue):
            return literal(value)
        layer = value.layer
        return layer.word or layer.op or layer.block or "a group"

    def text(self, emitted: list[Emitted]) -> str:
        """Put the file together; a group that stands in its place elsewhere needs no class."""
        emitted = used(emitted)
        helpers = frozenset().union(*(item.helpers for item in emitted))
        title = f"{self.spec.name} in PyTorch, written by archspec {__version__}."
        parts = ["\n".join([*docstring([title], 0), "", *_imports(helpers, emitted)])]
        parts += [_HELPER] if "make_divisible" in helpers else []
        definitions = dict.fromkeys(text for item in emitted for text in item.definitions)
        parts += _defined(definitions)
        parts += ["\n".join(item.lines) for item in emitted]
        return "\n\n\n".join(parts) + "\n"


def difference(modules: Sequence[Module], others: Sequence[Module]) -> str:
    """Say what sets the uses of one class apart from those of the others of a block."""
    if not others:
        return ""
    for name in modules[0].arguments:
        here = {repr(module.arguments[name]) for module in modules}
        there = {repr(module.arguments[name]) for module in others}
        value = modules[0].arguments[name]
        if len(here) == 1 and not here & there and not isinstance(value, LayerValue):
            return f" with {name} = {literal(value)}"
    for key in modules[0].definition.layers if modules[0].definition else ():
        absent = [{key in item.absent for item in group} for group in (modules, others)]
        if absent in ([{True}, {False}], [{False}, {True}]):
            return f" {'without' if absent[0] == {True} else 'with'} `{key}`"
    shapes = ", ".join(str(tensor) for tensor in modules[0].inputs.values())
    return f" for {shapes}"


def used(emitted: list[Emitted]) -> list[Emitted]:
    """Keep the classes that the model, the last of them, needs."""
    kept = emitted[-1:]
    for item in reversed(emitted[:-1]):
        name = re.compile(rf"\b{item.name}\b")
        if any(name.search(line) for other in kept for line in other.lines):
            kept.insert(0, item)
    return kept


def _defined(definitions: Iterable[str]) -> Iterator[str]:
    """Give the classes that layers need, then what is named in one place."""
    constants = [text for text in definitions if text[0].isupper()]
    yield from (text.strip() for text in definitions if text not in constants)
    yield from ["\n".join(constants)] if constants else []


def _imports(helpers: frozenset[str], emitted: list[Emitted]) -> Iterator[str]:
    standard = []
    texts = [line for item in emitted for line in (*item.lines, *item.definitions)]
    if any(map(_MATH.search, texts)):
        standard.append("import math")
    if "OrderedDict" in helpers:
        standard.append("from collections import OrderedDict")
    if "Callable" in helpers:
        standard.append("from collections.abc import Callable")
    yield from [*standard, ""] if standard else []
    if any("torch." in text for text in texts):
        yield "import torch"
    yield "from torch import nn"


def _brought(network: Network) -> Iterator[str]:
    """Name the classes that operations bring along, whose names no block may take."""
    for module in network.modules():
        for node in module.nodes:
            if isinstance(node, Leaf) and isinstance(node.operation, ModuleOperation):
                yield from _CLASS.findall(node.operation.definition())


def _steps(module: Module) -> list[str]:
    """Name the blocks and layers on the way to a body, as it stands in the document."""
    path = [str(step) for step in module.path if step not in ("layers", "body", "blocks")]
    return [step for step in path if not step.startswith("spec:")]


def _what(module: Module) -> str:
    """Say what a class is written for; a group is called by where it stands in the spec."""
    if module.kind is Kind.BLOCK:
        return f"The block `{module.name}`"
    name = ".".join(_steps(module)) or module.name
    return f"Layer {name}, a group," if name.isdigit() else f"The group `{name}`"

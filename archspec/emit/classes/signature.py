"""Write the signature of a class: its arguments with their types and defaults."""

from collections.abc import Sequence
from dataclasses import dataclass

from archspec.document import Parameter, Spec
from archspec.elaborate import LayerValue
from archspec.emit.argument import REQUIRED, Argument
from archspec.emit.classes.defaults import Defaults
from archspec.emit.code import layout, literal
from archspec.emit.constructing.layer_parameters import layer_text
from archspec.emit.naming.names import Names
from archspec.emit.pieces import Bracketed
from archspec.emit.specialisations import is_class, nodes_of
from archspec.emit.written import Call, Module
from archspec.graph import Kind, Leaf


@dataclass(frozen=True, slots=True)
class Signature:
    """Lists the arguments of one class, in the names that its layers use."""

    names: Names
    defaults: Defaults
    spec: Spec

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
            for name, tensor in self.names.module.inputs.items()
            for index in range(tensor.rank)
        ]
        spec, space = self.names.module.spec or self.spec, self.names.module.space
        outer = [f"{space}:{name}" for name in (*spec.params, *spec.let)]
        return [*sizes, *self.names.module.arguments, *outer]

    def argument(self, symbol: str, name: str) -> Argument:
        """Give an argument its type and default."""
        if ":" in symbol:
            key = symbol.rpartition(":")[2]
            value, spec = self.names.module.scope.get(key), self.names.module.spec or self.spec
            parameter = spec.params.get(key)
            if self.defaults.is_computed(key):
                return Argument(symbol, name, f"{annotation(value)} | None", None)
            known = self.names.module.is_model or parameter is not None
            whole = self.names.module.is_model and self.takes_whole(self.names.module, key)
            kind = exact(value) if whole else annotation(value)
            return Argument(symbol, name, kind, value if known else REQUIRED)
        if symbol in self.names.module.arguments and self.names.module.kind is Kind.BLOCK:
            return self.parameter(symbol, name)
        value = self.names.module.scope.get(symbol, 0)
        return Argument(symbol, name, annotation(value))

    def parameter(self, symbol: str, name: str) -> Argument:
        """Give a parameter of the block its type, and its default where that is a constant."""
        spec = self.names.module.spec or self.spec
        owner = spec if self.names.module.is_model else spec.blocks[self.names.module.name]
        parameter = owner.params[symbol]
        value = self.names.module.arguments[symbol]
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
        values = [trace.module.arguments[symbol] for trace in self.names.traces]
        whole = any(self.takes_whole(trace.module, symbol) for trace in self.names.traces)
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
        for trace in self.names.traces:
            value = trace.module.arguments[symbol]
            if isinstance(value, LayerValue) and value.layer is parameter.layer:
                for node in nodes_of(trace.module):
                    if node.origin.parameter == symbol and isinstance(node, Leaf):
                        self.names.helpers.add("Callable")
                        return _Raw(layer_text(node))
        self.names.helpers.add("Callable")
        return REQUIRED


class _Raw(str):
    """Python text that stands for itself as a default."""

    def __repr__(self) -> str:
        return str(self)


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

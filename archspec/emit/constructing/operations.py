"""Write the constructor of an operation: `nn.Conv2d(3, 64, 3)`."""

from collections.abc import Iterator
from dataclasses import dataclass

from archspec.document import read_rule
from archspec.emit.argument import REQUIRED
from archspec.emit.code import literal
from archspec.emit.constructing.kernels import kernels_argument
from archspec.emit.constructing.layer_parameters import brought_by_value, differ
from archspec.emit.constructing.notes import Notes
from archspec.emit.constructing.own_rules import remember_init, remember_tie
from archspec.emit.constructing.pinning import pin_parameter
from archspec.emit.naming.names import Names
from archspec.emit.naming.sizes import Sized
from archspec.emit.pieces import Bracketed, Code
from archspec.emit.slots import CannotSay, Use, leaf_of
from archspec.expressions import parse
from archspec.operations import BufferOperation, ModuleOperation, Operation, ValueOperation
from archspec.operations.call_text import unpacked
from archspec.operations.fields import infinite


@dataclass(frozen=True, slots=True)
class OperationWriter:
    """Writes the constructors of operations in the names of one class."""

    names: Names
    notes: Notes

    def write(self, uses: tuple[Use, ...]) -> Code:
        """Write the constructor of an operation, its arguments by position as far as they go."""
        operations = {type(leaf_of(use).operation) for use in uses}
        if len(operations) != 1 or differ(uses):
            return self.callable(uses)
        operation = leaf_of(uses[0]).operation
        remember_init(self.notes, uses, type(operation))
        remember_tie(self.notes, uses)
        if isinstance(operation, BufferOperation):
            return self.buffer(uses, operation)
        if isinstance(operation, ValueOperation):
            return self.value(uses, operation)
        assert isinstance(operation, ModuleOperation)
        if len({self.made_by(use) for use in uses}) != 1:
            raise CannotSay("a layer is constructed in different ways")
        self.define(operation.definition())
        items = tuple(self.arguments(uses, operation))
        return passed_on(operation, Bracketed(f"{operation.constructor()}(", items))

    def define(self, text: str) -> None:
        """Keep text that the file has to define, where there is any."""
        if text:
            self.notes.definitions[text] = None

    def made_by(self, use: Use) -> object:
        """Say what constructs a layer, and which of its arguments are read off its input."""
        operation = leaf_of(use).operation
        assert isinstance(operation, ModuleOperation)
        return operation.constructor(), repr(operation.around()), tuple(leaf_of(use).inferred)

    def arguments(self, uses: tuple[Use, ...], operation: ModuleOperation) -> Iterator[str]:
        """Write the arguments of a constructor."""
        inferred = leaf_of(uses[0]).inferred
        given = [name for name in leaf_of(uses[0]).given if name not in operation.choosing]
        first = [name for name in operation.by_position() if name in (*inferred, *given)]
        for name in first:
            yield self.inferred(uses, name) if name in inferred else self.argument(uses, name)
        for name in (*inferred, *given):
            if name not in first:
                known = name in inferred
                text = self.inferred(uses, name) if known else self.argument(uses, name)
                yield f"{name}={text}"
        yield from (f"{name}={text}" for name, text in operation.always.items())

    def value(self, uses: tuple[Use, ...], operation: ValueOperation) -> Code:
        """Write a tensor of the module: of zeros, ones or a number, unless a rule fills it."""
        shape = self.argument(uses, "shape")
        sizes = unpacked(shape)
        raw = uses[0].node.origin.init
        rule = read_rule(raw[""]) if isinstance(raw, dict) and "" in raw else None
        number = rule.arguments.get("val") if rule is not None and rule.name == "constant" else 0
        if rule is None or number == 0 or rule.name != "constant" or isinstance(number, str):
            return Bracketed("nn.Parameter(", (f"torch.zeros({sizes})",))
        for use in uses:
            self.notes.initial.pop((id(use.trace), use.path), None)
        if number == 1:
            return Bracketed("nn.Parameter(", (f"torch.ones({sizes})",))
        return Bracketed("nn.Parameter(", (f"torch.full({shape}, {float(str(number))})",))

    def buffer(self, uses: tuple[Use, ...], operation: BufferOperation) -> Code:
        """Write a tensor of the module that no training changes."""
        texts = {name: self.argument(uses, name) for name in leaf_of(uses[0]).given}
        for name in texts.keys() & operation.texts():  # a text is written as code, for all uses
            texts[name] = self.pinned(uses, name)
        return Bracketed(f"{operation.torch}(", operation.held(texts))

    def pinned(self, uses: tuple[Use, ...], name: str) -> str:
        """Write the value of a text, which the parameter that says it cannot change any more."""
        values = {literal(leaf_of(use).given[name]) for use in uses}
        if len(values) != 1:
            raise CannotSay(f"`{name}` has different values")
        for use in uses:
            raw = use.node.origin.arguments.get(name)
            if isinstance(raw, str) and raw in use.context.module.scope:
                self.names.pin(use.trace, [use.context.symbol_of(raw)])
        return values.pop()

    def callable(self, uses: tuple[Use, ...]) -> Code:
        """Write the call of a layer parameter, which is an argument of the class."""
        parameters = {use.node.origin.parameter for use in uses}
        parameter = parameters.pop()
        own = uses[0].trace.module.arguments
        if parameters or parameter is None or parameter not in own:
            raise CannotSay("a layer is of different operations")
        inferred = {tuple(leaf_of(use).inferred) for use in uses}
        if len(inferred) != 1 or any(use.node.origin.arguments for use in uses):
            raise CannotSay("a layer parameter takes different arguments")
        if not all(isinstance(leaf_of(use).operation, ModuleOperation) for use in uses):
            raise CannotSay("a function is passed as a layer")
        arguments = tuple(self.inferred(uses, name) for name in inferred.pop())
        return Bracketed(f"{self.names.symbol(parameter)}(", arguments)

    def inferred(self, uses: tuple[Use, ...], name: str) -> str:
        """Write an inferred argument as the expression that every use has."""
        return self.names.size(
            Sized(use.trace, use.traced.inferred[name], use.context.indices) for use in uses
        )

    def argument(self, uses: tuple[Use, ...], name: str) -> str:
        """Write an argument as the spec writes it, or as its value if it stands elsewhere."""
        leaf = leaf_of(uses[0])
        operation = leaf.operation
        if name in operation.kernels():
            return kernels_argument(self.names, self.notes, uses, name)
        raws = [use.node.origin.arguments.get(name, REQUIRED) for use in uses]
        if any(raw != raws[0] for raw in raws):
            raise CannotSay(f"`{name}` is written in different ways")
        raw = raws[0]
        if raw is REQUIRED and leaf.tie is not None and name not in brought_by_value(uses[0]):
            return self.tied_argument(uses, name)
        if raw is REQUIRED:
            pin_parameter(self.names, uses)
            return literal(leaf.given[name])
        if isinstance(raw, str) and raw in operation.keywords().get(name, ()):
            return literal(infinite(raw))
        if name in operation.texts():
            return text_argument(self.names, uses, raw)
        return self.number(uses, operation, raw, getattr(operation, name, leaf.given[name]))

    def tied_argument(self, uses: tuple[Use, ...], name: str) -> str:
        """Write an argument that a shared weight fixes as the other layer says it."""
        leaf = leaf_of(uses[0])
        assert leaf.tie is not None
        found = []
        for use in uses:
            bodies = [n for n in range(len(use.path)) if use.path[:n] in use.trace.bodies]
            if leaf.tie.up >= len(bodies):
                self.names.pin(use.trace, map(use.context.symbol_of, use.context.module.scope))
                return literal(leaf.given[name])
            path = (*use.path[: bodies[len(bodies) - 1 - leaf.tie.up]], *leaf.tie.path)
            if path not in use.trace.nodes:
                raise CannotSay("the layer whose weight is shared is out of sight")
            found.append(Use(use.trace, path, use.trace.nodes[path].node))
        source = leaf_of(found[0]).operation
        axes = _AXES[: len(leaf.weights[leaf.tie.weight])]
        axis = leaf.operation.of_weight(axes)[name]
        same = (key for key, value in source.of_weight(axes).items() if value == axis)
        other = next(same, None)
        if other is None or other not in leaf_of(found[0]).given:
            raise CannotSay("what the shared weight fixes is not said where it stands")
        return self.argument(tuple(found), other)

    def number(
        self, uses: tuple[Use, ...], operation: Operation, raw: object, value: object
    ) -> str:
        """Write a number's expression; the inferred arguments are names in it."""
        words = parse(raw).names if isinstance(raw, str) else frozenset()
        texts = {name: self.inferred(uses, name) for name in operation.inferred if name in words}
        kept = self.names.locals
        self.names.locals = {**kept, **texts}
        text = self.names.raw(raw, [(use.trace, use.context) for use in uses], value)
        self.names.locals = kept
        return text


def passed_on(operation: ModuleOperation, code: Bracketed) -> Bracketed:
    """Pass a module on to what changes it, `spectral_norm(nn.Conv2d(3, 8, 3))`, if anything."""
    around = operation.around()
    if around is None:
        return code
    name, arguments = around
    others = (f"{name}={literal(value)}" for name, value in arguments.items())
    return Bracketed(f"{name}(", (code, *others))


def text_argument(names: Names, uses: tuple[Use, ...], raw: object) -> str:
    """Write a text: the parameter of that name, else itself."""
    context = uses[0].context
    if isinstance(raw, str) and isinstance(context.module.scope.get(raw), str):
        return names.named(raw, context)
    return literal(raw)


_AXES = (-1, -2, -3, -4)
"""Marks that say which size of a weight an argument is."""

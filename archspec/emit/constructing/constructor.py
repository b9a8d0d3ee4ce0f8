"""Write the constructors of layers: what stands to the right of `self.conv1 =`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from archspec.emit.argument import Emitted
from archspec.emit.constructing.instances import InstanceWriter
from archspec.emit.constructing.literally import LiteralWriter
from archspec.emit.constructing.notes import Notes
from archspec.emit.constructing.operations import OperationWriter
from archspec.emit.constructing.repeats import chain
from archspec.emit.constructing.rows import RowWriter
from archspec.emit.naming.names import Names
from archspec.emit.pieces import Bracketed, Code, Unpacked
from archspec.emit.slots import CannotSay, Part, Use, bodies_of, module_of
from archspec.emit.specialisations import is_class, is_row
from archspec.emit.written import Call
from archspec.graph import Kind, Leaf, Node
from archspec.operations import ValueOperation


@dataclass(frozen=True, slots=True)
class Constructor:
    """Writes constructors in the names of one class; `classes` are those of called modules."""

    names: Names
    classes: Mapping[int, Emitted]
    notes: Notes

    def write(self, uses: tuple[Use, ...]) -> Code:
        """Write the constructor of a layer, the same for all its uses."""
        found = {use.node.trainable for use in uses}
        if len(found) != 1:
            raise CannotSay("a layer is trained in some uses only")
        return self.trained(self.built(uses), uses[0].node) if not found.pop() else self.built(uses)

    def trained(self, code: Code, node: Node) -> Code:
        """Let the weights of a layer stay as they are."""
        assert isinstance(code, Bracketed)
        if isinstance(node, Leaf) and not node.weights:
            return code
        if isinstance(node, Leaf) and isinstance(node.operation, ValueOperation):
            return replace(code, items=(*code.items, "requires_grad=False"))
        return replace(code, tail=f"{code.tail}.requires_grad_(False)")

    def built(self, uses: tuple[Use, ...]) -> Code:
        """Write what constructs a layer."""
        node = uses[0].node
        if isinstance(node, Leaf):
            return self.operations.write(uses)
        assert isinstance(node, Call)
        if len({self.calls(use) for use in uses}) != 1:
            raise CannotSay("a layer is built in different ways")
        if node.module.kind is Kind.CHAIN:
            return self.repetitions(uses)
        if is_class(node.module):
            return InstanceWriter(self.names, self.classes).write(uses)
        return RowWriter(self).row("nn.Sequential(", bodies_of(uses))

    @property
    def operations(self) -> OperationWriter:
        """What writes the constructors of operations."""
        return OperationWriter(self.names, self.notes)

    def repetitions(self, uses: tuple[Use, ...]) -> Code:
        """Write repetitions: in a row where they follow each other, else in a list."""
        rows = {is_row(module_of(use)) for use in uses}
        if len(rows) != 1:
            raise CannotSay("repetitions are called in different ways")
        items = chain(self, uses, deep=False)
        exploded = len(items) > 1
        if rows.pop():
            return Bracketed("nn.Sequential(", items, exploded=exploded)
        if len(items) == 1 and isinstance(items[0], Unpacked):
            return replace(items[0], head="nn.ModuleList(")
        listed = Bracketed("[", items, "]", exploded=exploded)
        return Bracketed("nn.ModuleList(", (listed,))

    def calls(self, use: Use) -> object:
        """Say what kind of thing a use builds."""
        assert isinstance(use.node, Call)
        module = use.node.module
        return (module.kind, is_class(module), module.path if is_class(module) else None)

    def part(self, part: Part) -> Code:
        """Write a layer that a splice made."""
        if part.traced:
            return self.write(part.uses)
        if len(part.uses) != 1:
            raise CannotSay(f"`{part.name}` stands in a block that was spliced")
        literal = LiteralWriter(self.names, self.classes, self.notes)
        return literal.write(part.node, (part.name,))

    def unpacked(self, uses: tuple[Use, ...]) -> Code:
        """Write `*Conv(3, 64)`: the layers of a class that is a sequence."""
        called = self.classes.get(id(module_of(uses[0])))
        if called is not None and (not called.sequential or called.initial or called.ties):
            raise CannotSay("only a sequence can be spliced")
        code = self.write(uses)
        assert isinstance(code, Bracketed)
        return Bracketed(f"*{code.head}", code.items, code.tail)

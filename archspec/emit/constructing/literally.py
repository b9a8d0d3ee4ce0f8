"""Write a layer by the numbers that it has here, where its own expressions are out of reach.

That is so for what a block holds that was spliced into a body of names: the block's parameters mean
nothing there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from archspec.document import read_rule
from archspec.elaborate import LayerValue
from archspec.emit.argument import Emitted
from archspec.emit.code import literal
from archspec.emit.constructing.kernels import value_text
from archspec.emit.constructing.layer_parameters import layer_of
from archspec.emit.constructing.notes import Notes
from archspec.emit.constructing.operations import passed_on
from archspec.emit.initial import OwnInit, ranks_of, zero_rows_of
from archspec.emit.naming.names import Names
from archspec.emit.pieces import Bracketed, Code
from archspec.emit.slots import CannotSay
from archspec.emit.specialisations import is_class, is_row
from archspec.emit.written import Call, Module
from archspec.graph import Kind, Leaf, Node, repetitions
from archspec.operations import BufferOperation, ModuleOperation, ValueOperation
from archspec.operations.call_text import unpacked


@dataclass(frozen=True, slots=True)
class LiteralWriter:
    """Writes layers by their numbers; `classes` are those of called modules."""

    names: Names
    classes: Mapping[int, Emitted]
    notes: Notes

    def write(self, node: Node, path: tuple[str, ...]) -> Code:
        """Write what constructs a layer, under a path of the class; all names are pinned."""
        for trace in self.names.traces:
            self.names.pinned |= {
                name for name in trace.values if name[0] not in "#=~" and "@" not in name
            }
        code = self.leaf(node, path) if isinstance(node, Leaf) else self.call(node, path)
        if node.trainable or not isinstance(code, Bracketed):
            return code
        return replace(code, tail=f"{code.tail}.requires_grad_(False)")

    def leaf(self, leaf: Leaf, path: tuple[str, ...]) -> Code:
        """Write the constructor of an operation."""
        operation = leaf.operation
        if leaf.tie is not None:
            raise CannotSay("a layer that shares a weight stands in a block that was spliced")
        raw = leaf.origin.init
        if isinstance(raw, dict) and raw:
            rules = {weight: read_rule(rule) for weight, rule in raw.items()}
            self.notes.literal_rules.append(
                OwnInit(
                    path,
                    type(operation),
                    rules,
                    made=operation.made_of(),
                    ranks=ranks_of(leaf),
                    zero_rows=zero_rows_of(leaf),
                )
            )
        if isinstance(operation, BufferOperation):
            texts = {name: literal(value) for name, value in leaf.given.items()}
            return Bracketed(f"{operation.torch}(", operation.held(texts))
        if isinstance(operation, ValueOperation):
            sizes = unpacked(literal(leaf.outputs[0].shape))
            return Bracketed("nn.Parameter(", (f"torch.zeros({sizes})",))
        assert isinstance(operation, ModuleOperation)
        if operation.definition():
            self.notes.definitions[operation.definition()] = None
        values = {**leaf.inferred, **leaf.given}
        first = [name for name in operation.by_position() if name in values]
        others = [name for name in values if name not in first and name not in operation.choosing]
        texts = {name: value_text(self.notes, value) for name, value in values.items()}
        keywords = (f"{name}={texts[name]}" for name in others)
        always = (f"{name}={text}" for name, text in operation.always.items())
        items = (*(texts[name] for name in first), *keywords, *always)
        return passed_on(operation, Bracketed(f"{operation.constructor()}(", items))

    def call(self, node: Node, path: tuple[str, ...]) -> Code:
        """Write an instance of a class, or the layers of a group or of repetitions."""
        assert isinstance(node, Call)
        module = node.module
        if is_class(module):
            emitted = self.classes[id(module)]
            return Bracketed(f"{emitted.name}(", tuple(self.arguments(module, emitted)))
        items = tuple(
            (name, self.write(inner, (*path, name)))
            for inner in module.nodes
            for name in repetitions(inner)
        )
        if [name for name, _ in items] == [str(index) for index in range(len(items))]:
            codes = tuple(code for _, code in items)
            if module.kind is Kind.CHAIN and not is_row(module):
                return Bracketed("nn.ModuleList(", (Bracketed("[", codes, "]"),))
            return Bracketed("nn.Sequential(", codes)
        pairs = tuple(Bracketed("(", (literal(name), code)) for name, code in items)
        self.names.helpers.add("OrderedDict")
        inner_code = Bracketed("OrderedDict(", (Bracketed("[", pairs, "]", exploded=True),))
        return Bracketed("nn.Sequential(", (inner_code,))

    def arguments(self, module: Module, emitted: Emitted) -> Iterator[str]:
        """Write what is passed to a class."""
        for argument in emitted.arguments:
            symbol = argument.symbol
            port, dot, index = symbol.partition(".")
            key = symbol.rpartition(":")[2]
            if dot and ":" not in symbol:
                yield f"{argument.name}={literal(module.inputs[port].shape[int(index)])}"
                continue
            value = module.arguments.get(key, module.scope.get(key))
            text = layer_of(module, key) if isinstance(value, LayerValue) else literal(value)
            yield f"{argument.name}={text}"

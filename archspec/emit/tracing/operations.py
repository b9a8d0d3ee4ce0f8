"""Trace an operation: run its own shape rule on symbols."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

from archspec.emit.lift import NotPolynomial, lift
from archspec.emit.tracing.influence import marked, outputs, perturbed
from archspec.emit.tracing.symbols import Symbols
from archspec.emit.tracing.trace import Context, Names
from archspec.expressions import parse
from archspec.graph import Leaf
from archspec.sizes import Polynomial, Size, Tensor, symbols_of


@dataclass(frozen=True, slots=True)
class OperationTracer:
    """Traces operations; `around` are the paths of the bodies around, the inner ones last."""

    symbols: Symbols
    around: Sequence[Names]

    def gives(self, node: Leaf, reads: tuple[Tensor, ...], context: Context) -> tuple[Tensor, ...]:
        """Run the shape rule with symbols for what the inputs and the arguments may be."""
        fields, opaque = self.arguments(node, reads, context)
        fields |= self.tied(node)
        refused = [name for name in fields if outputs(node, {name: fields[name]}, reads) is None]
        for name in refused:
            opaque[name] = self.symbols.all_in(fields.pop(name))
        gives = self.true(node, outputs(node, fields, reads))
        if gives is None:
            gives = self.true(node, outputs(node, fields, self.with_ones(reads)))
        if gives is None:
            depends = self.symbols.all_of(reads).union(
                *opaque.values(), *map(self.symbols.all_in, fields.values())
            )
            return self.symbols.rough(node, depends)
        operation = node.operation.model_copy(update=fields)
        found = gives
        for name, names in opaque.items():
            changed = perturbed(node, name, operation, reads)
            found = marked(self.symbols, node, names, changed, gives, found)
        return found

    def true(self, node: Leaf, gives: tuple[Tensor, ...] | None) -> tuple[Tensor, ...] | None:
        """Give what a rule says if it comes to the sizes that there are, else `None`.

        The rule assumes of sizes that they are equal which were found to fit: one of 1 may expand.
        """
        actual = self.symbols.trace.actual
        found = [tuple(map(actual, tensor.shape)) for tensor in gives or ()]
        return gives if found == [tensor.shape for tensor in node.outputs] else None

    def with_ones(self, reads: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Give what is read with the number 1 for the sizes that are 1 here."""
        actual = self.symbols.trace.actual
        return tuple(
            tensor.reshaped(*(1 if actual(size) == 1 else size for size in tensor.shape))
            for tensor in reads
        )

    def tied(self, node: Leaf) -> dict[str, object]:
        """Give the arguments that a shared weight fixes, as the layer says them that has it."""
        if node.tie is None or node.tie.up >= len(self.around):
            return {}
        source = self.symbols.trace.nodes.get((*self.around[-1 - node.tie.up], *node.tie.path))
        if source is None or not isinstance(source.node, Leaf):
            return {}
        axes = tuple(-1 - axis for axis in range(len(node.weights[node.tie.weight])))
        theirs = source.node.operation.of_weight(axes)
        by_axis = {axis: name for name, axis in theirs.items() if isinstance(axis, int)}
        known, _ = self.arguments(source.node, source.inputs, source.context)
        return {
            name: known[by_axis[axis]]
            for name, axis in node.operation.of_weight(axes).items()
            if axis in by_axis and by_axis[axis] in known and name not in node.origin.arguments
        }

    def arguments(
        self, node: Leaf, reads: tuple[Tensor, ...], context: Context
    ) -> tuple[dict[str, object], dict[str, frozenset[str]]]:
        """Give the integer arguments as sizes, and of the others the names they depend on."""
        fields: dict[str, object] = {}
        opaque: dict[str, frozenset[str]] = {}
        for name, raw in node.origin.arguments.items():
            if _is_word(node, name, raw):
                continue
            value = getattr(node.operation, name)
            if isinstance(raw, list) and _integers(value) and len(raw) == len(value):
                fields[name] = tuple(
                    self.argument(node, reads, item, actual, context)
                    for item, actual in zip(raw, value, strict=True)
                )
            elif type(value) is int and isinstance(raw, str):
                fields[name] = self.argument(node, reads, raw, value, context)
            elif isinstance(raw, str | list):
                depends = self.symbols.depends_on(raw, context)
                opaque |= {name: depends} if depends else {}
        return fields, opaque

    def argument(
        self, node: Leaf, reads: tuple[Tensor, ...], raw: object, value: Size, context: Context
    ) -> Size:
        """Give one integer argument; the inferred ones are names in it."""
        if not isinstance(raw, str) or not isinstance(value, int):
            return value
        if parse(raw).names & node.inferred.keys():
            inferred = node.operation.read_off(*reads)
            try:
                lookup = self.symbols.lookup(context)
                return lift(parse(raw), lambda key: inferred.get(key, lookup(key)), context.tensors)
            except NotPolynomial:
                depends = frozenset[str]().union(*map(symbols_of, inferred.values()))
                return self.symbols.number(value, depends)
        return self.symbols.size(raw, value, context)


def _is_word(node: Leaf, name: str, raw: object) -> bool:
    """Say whether an argument is a word or a text, no number."""
    words = node.operation.keywords().get(name, ())
    return (isinstance(raw, str) and raw in words) or name in node.operation.texts()


def _integers(value: object) -> TypeGuard[tuple[Size, ...]]:
    """Say whether an argument is a list of sizes."""
    return isinstance(value, tuple | list) and all(
        isinstance(item, int | Polynomial) and not isinstance(item, bool) for item in value
    )

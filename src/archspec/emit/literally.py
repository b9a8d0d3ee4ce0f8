"""Write a layer by the numbers that it has here, where its own expressions are out of reach.

That is so for what a block holds that was spliced into a body of names: the block's parameters mean
nothing there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from archspec.elaborate import LayerValue
from archspec.emit.argument import Emitted
from archspec.emit.code import literal
from archspec.emit.initial import OwnInit
from archspec.emit.names import CannotSay, Names
from archspec.emit.pieces import Bracketed, Code
from archspec.emit.specialisations import is_class, is_row
from archspec.graph import Call, Kind, Leaf, Module, Node, repetitions
from archspec.ops import ModuleOperation, ValueOperation
from archspec.spec import read_rule


class Writer(Protocol):
    """What writes the constructors of a class."""

    names: Names
    classes: Mapping[int, Emitted]
    definitions: dict[str, None]
    literal_rules: list[OwnInit]

    def layer_of(self, module: Module, name: str) -> str:
        """Write how a layer parameter's value is constructed."""


def literally(writer: Writer, node: Node, path: tuple[str, ...]) -> Code:
    """Write what constructs a layer, under a path of the class; all names are pinned."""
    for trace in writer.names.traces:
        writer.names.pinned |= {
            name for name in trace.values if name[0] not in "#=~" and "@" not in name
        }
    code = _leaf(writer, node, path) if isinstance(node, Leaf) else _call(writer, node, path)
    if node.trainable or not isinstance(code, Bracketed):
        return code
    return replace(code, tail=f"{code.tail}.requires_grad_(False)")


def _leaf(writer: Writer, leaf: Leaf, path: tuple[str, ...]) -> Code:
    operation = leaf.operation
    if leaf.tie is not None:
        raise CannotSay("a layer that shares a weight stands in a block that was spliced")
    raw = leaf.origin.init
    if isinstance(raw, dict) and raw:
        rules = {weight: read_rule(rule) for weight, rule in raw.items()}
        writer.literal_rules.append(OwnInit(path, type(operation), rules))
    if isinstance(operation, ValueOperation):
        sizes = ", ".join(str(size) for size in leaf.outputs[0].shape)
        return Bracketed("nn.Parameter(", (f"torch.zeros({sizes})",))
    assert isinstance(operation, ModuleOperation)
    if operation.definition():
        writer.definitions[operation.definition()] = None
    values = {**leaf.inferred, **leaf.given}
    first = [name for name in operation.by_position() if name in values]
    others = [name for name in values if name not in first and name not in operation.choosing]
    keywords = (f"{name}={literal(values[name])}" for name in others)
    always = (f"{name}={text}" for name, text in operation.always.items())
    items = (*(literal(values[name]) for name in first), *keywords, *always)
    return Bracketed(f"{operation.constructor()}(", items)


def _call(writer: Writer, node: Node, path: tuple[str, ...]) -> Code:
    assert isinstance(node, Call)
    module = node.module
    if is_class(module):
        emitted = writer.classes[id(module)]
        return Bracketed(f"{emitted.name}(", tuple(_arguments(writer, module, emitted)))
    items = tuple(
        (name, literally(writer, inner, (*path, name)))
        for inner in module.nodes
        for name in repetitions(inner)
    )
    if [name for name, _ in items] == [str(index) for index in range(len(items))]:
        codes = tuple(code for _, code in items)
        if module.kind is Kind.CHAIN and not is_row(module):
            return Bracketed("nn.ModuleList(", (Bracketed("[", codes, "]"),))
        return Bracketed("nn.Sequential(", codes)
    pairs = tuple(Bracketed("(", (literal(name), code)) for name, code in items)
    writer.names.helpers.add("OrderedDict")
    inner_code = Bracketed("OrderedDict(", (Bracketed("[", pairs, "]", exploded=True),))
    return Bracketed("nn.Sequential(", (inner_code,))


def _arguments(writer: Writer, module: Module, emitted: Emitted) -> Iterator[str]:
    for argument in emitted.arguments:
        symbol = argument.symbol
        port, dot, index = symbol.partition(".")
        key = symbol.rpartition(":")[2]
        if dot and ":" not in symbol:
            yield f"{argument.name}={literal(module.inputs[port].shape[int(index)])}"
            continue
        value = module.arguments.get(key, module.scope.get(key))
        text = writer.layer_of(module, key) if isinstance(value, LayerValue) else literal(value)
        yield f"{argument.name}={text}"

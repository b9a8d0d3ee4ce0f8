"""Say how a function is called: on what it reads, and with which arguments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from archspec.emit.code import literal
from archspec.emit.forward.returned import through
from archspec.emit.forward.step import EACH
from archspec.emit.forward.templates import takes_star
from archspec.emit.naming.names import Names
from archspec.emit.render import expression_text
from archspec.emit.slots import CannotSay, Use
from archspec.emit.tracing.trace import Context
from archspec.emit.written import Call, Module
from archspec.expressions import parse
from archspec.graph import Leaf, Node, Port
from archspec.operations import FunctionOperation

TensorText = Callable[[str], str]


class Arguments(Protocol):
    """What writes the arguments of operations in the constructor."""

    def argument(self, uses: tuple[Use, ...], name: str) -> str:
        """Write an argument as the spec writes it, or as its value if it stands elsewhere."""

    def define(self, text: str) -> None:
        """Keep text that the file has to define, where there is any."""


@dataclass(frozen=True, slots=True)
class FunctionWriter:
    """Writes the calls of functions in a body.

    `module` is the body in the first use. `entries` are what the inputs of a spliced body are in
    the body around.
    """

    names: Names
    arguments: Arguments
    module: Module
    entries: Mapping[Port, Port]

    def call(self, uses: tuple[Use, ...], reads: tuple[Port, ...]) -> tuple[str, tuple[Port, ...]]:
        """Write the call of a function, and what it reads, sizes of other tensors included."""
        node = uses[0].node
        assert isinstance(node, Leaf) and isinstance(node.operation, FunctionOperation)
        reads = starred(node, reads, self.module)
        every = list(reads)

        def tensor(name: str) -> str:
            port = self.port_of(uses, name)
            if port not in every:
                every.append(port)
            return f"{{{every.index(port)}}}"

        self.arguments.define(node.operation.source)
        arguments = {key: self.argument(uses, key, tensor) for key in node.given}
        return node.operation.call(places(len(reads)), arguments), tuple(every)

    def port_of(self, uses: tuple[Use, ...], name: str) -> Port:
        """Find the value of which a size is asked by name."""
        modules = [use.trace.bodies[use.path[:-1]].module for use in uses]
        gone = set.intersection(*(set(module.skipped) for module in modules))
        found = {through(Port(name), gone, module) for module in modules}
        port = found.pop() if len(found) == 1 else Port(name)
        return self.entries.get(port, port)

    def argument(self, uses: tuple[Use, ...], name: str, tensor: TensorText) -> str:
        """Write an argument of a function: a name of the constructor is kept as an attribute."""
        node = uses[0].node
        assert isinstance(node, Leaf)
        raws = [use.node.origin.arguments.get(name) for use in uses]
        if any(raw != raws[0] or type(raw) is not type(raws[0]) for raw in raws):
            raise CannotSay(f"`{name}` is written in different ways")
        if _is_plain(node, name, raws[0]):
            text = self.arguments.argument(uses, name)
            return self.names.keep(text) if text.isidentifier() and text not in _WORDS else text
        if uses[0].path not in uses[0].trace.nodes:
            return literal(node.given[name])
        return self.in_forward(raws[0], uses[0].context, tensor)

    def in_forward(self, raw: object, context: Context, tensors: Callable[[str], str]) -> str:
        """Write what stands in the YAML for `forward`; `tensors` writes the tensor of a name."""
        if isinstance(raw, list):
            inside = ", ".join(self.in_forward(item, context, tensors) for item in raw)
            return f"({inside},)" if len(raw) == 1 else f"({inside})"
        if not isinstance(raw, str):
            return literal(raw)
        expression = parse(raw)

        def name(found: str) -> str:
            text = self.names.named(found, context)
            loops = found == "index" and context.index is not None
            return self.names.keep(text) if text.isidentifier() and not loops else text

        def size(name: str, index: int) -> str:
            raise CannotSay(f"`{name}` is no tensor in `forward`")

        text = expression_text(expression, name, size, {}, tensors, context.tensors)
        return self.names.helped(text)


def together(use: Use, reads: tuple[Port, ...]) -> tuple[Port, ...]:
    """Name what a layer reads, all repetitions of a layer as one."""
    node = use.node
    if not isinstance(node, Leaf) or not isinstance(node.operation, FunctionOperation):
        return reads
    return starred(node, reads, use.trace.bodies[use.path[:-1]].module)


def _is_plain(node: Leaf, name: str, raw: object) -> bool:
    """Say whether an argument is no expression: a number, a word, a text, or not given."""
    if name not in node.origin.arguments or name in node.operation.texts():
        return True
    words = node.operation.keywords().get(name, ())
    return not isinstance(raw, str | list) or raw == [] or raw in words


def starred(node: Leaf, reads: tuple[Port, ...], module: Module) -> tuple[Port, ...]:
    """Write what all repetitions of a layer give as one, where a call takes any number."""
    for chain in module.nodes:
        taps = _taps(chain)
        first = reads.index(taps[0]) if taps and taps[0] in reads else len(reads)
        if taps and reads[first : first + len(taps)] == taps:
            shorter = (*reads[:first], Port(chain.name, EACH), *reads[first + len(taps) :])
            if _takes_star(node, first, len(shorter)):
                return shorter
    return reads


def _taps(node: Node) -> tuple[Port, ...]:
    """Give the values of all repetitions that others read, if a node is such a row."""
    if not isinstance(node, Call) or not node.module.taps:
        return ()
    own = len(node.outputs) - node.module.taps
    return tuple(Port(node.name, own + index) for index in range(node.module.taps))


def _takes_star(node: Leaf, index: int, count: int) -> bool:
    """Say whether any number of values may stand in one of the places of a function."""
    assert isinstance(node.operation, FunctionOperation)
    given = {key: literal(value) for key, value in node.given.items()}
    return takes_star(node.operation.call(places(count), given), index, count)


def places(count: int) -> tuple[str, ...]:
    """Write the places of a call.

    >>> places(2)
    ('{0}', '{1}')
    """
    return tuple(f"{{{index}}}" for index in range(count))


_WORDS = frozenset(["None", "True", "False"])

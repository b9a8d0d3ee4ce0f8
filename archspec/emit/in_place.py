"""Leave out the `inplace` of layers that would overwrite what somebody else needs.

`overwriting` decides which; here the network is made again without, so that what writes the
source need not know. Each such layer has a remark, which its class says in a comment.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from textwrap import wrap
from typing import TypeVar

from archspec.emit.overwriting import ARGUMENT, NotInPlace, not_in_place
from archspec.emit.specialisations import is_class
from archspec.emit.written import Call, Module, Network
from archspec.graph import Leaf, Node

AnyNode = TypeVar("AnyNode", bound=Node)
AnyLeaf = TypeVar("AnyLeaf", bound=Leaf)

_WIDTH = 100


def without_overwriting(network: Network) -> Network:
    """Give the same network, in which no layer says `inplace` that must not.

    A network in which all may be in place is given as it is.
    """
    found = not_in_place(network)
    if not found.layers and found.brought is None:
        return network
    return replace(network, model=_Remaking(found).module(network.model))


def remarks(module: Module, prefix: str = "") -> Iterator[str]:
    """Write the comments of a class: which of its layers are not in place, and why.

    Groups and repetitions that have no class of their own are part of it.
    """
    for node in module.nodes:
        if isinstance(node, Leaf) and node.origin.remark and node.again is None:
            yield f"`{prefix}{node.name}` is not in place: {node.origin.remark}."
        elif isinstance(node, Call) and not is_class(node.module):
            yield from remarks(node.module, f"{prefix}{node.name}.")


def comments(modules: list[Module]) -> list[str]:
    """Give the lines of the comments of a class, for all its uses."""
    texts = dict.fromkeys(text for module in modules for text in remarks(module))
    indent = " " * 8 + "# "
    return [
        line
        for text in texts
        for line in wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent)
    ]


@dataclass(frozen=True, slots=True)
class _Remaking:
    """Makes modules again, each once."""

    found: NotInPlace
    made: dict[int, Module] = field(default_factory=dict)

    def module(self, module: Module) -> Module:
        """Make a module again, with all that it calls."""
        if id(module) not in self.made:
            self.made[id(module)] = replace(
                module,
                nodes=tuple(self.node(node, module) for node in module.nodes),
                further=module.further and self.node(module.further, module),
                splices=tuple(
                    replace(splice, call=self.node(splice.call, module))
                    for splice in module.splices
                ),
            )
        return self.made[id(module)]

    def node(self, node: AnyNode, module: Module) -> AnyNode:
        """Make a node again; a layer that must not be in place is not."""
        if isinstance(node, Call):
            return replace(node, module=self.module(node.module))
        reason = self.found.reason(node, module)
        if reason is None or not isinstance(node, Leaf):
            return node
        return self.apart(node, reason)

    def apart(self, leaf: AnyLeaf, reason: str) -> AnyLeaf:
        """Take the argument away, and say why."""
        written = leaf.origin.arguments
        raw = written.get(ARGUMENT)
        remark = f"{reason}, whatever `{raw}` is" if isinstance(raw, str) else reason
        origin = replace(leaf.origin, arguments=_without(written), remark=remark)
        operation = leaf.operation.model_copy(update={ARGUMENT: False})
        return replace(leaf, operation=operation, given=_without(leaf.given), origin=origin)


def _without(arguments: Mapping[str, object]) -> Mapping[str, object]:
    return {name: value for name, value in arguments.items() if name != ARGUMENT}

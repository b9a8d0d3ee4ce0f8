"""Say sizes that add up over all repetitions of a layer, `m.*`, by how many there are."""

from collections.abc import Mapping
from dataclasses import dataclass

from archspec.emit.tracing.influence import outputs
from archspec.emit.tracing.symbols import Symbols
from archspec.emit.tracing.trace import Context
from archspec.emit.written import Call, Module
from archspec.graph import Leaf, Node, Port
from archspec.sizes import Size, Tensor, symbols_of

Tensors = tuple[Tensor, ...]


def tapped(
    symbols: Symbols, module: Module, node: Node, values: Mapping[Port, Tensor], context: Context
) -> dict[Port, Tensor]:
    """Say a size to which all repetitions of a layer add by the number of repetitions.

    It is the rule on none of them, and as often as there are repetitions what one adds to it.
    What can be said so is given for the ports of the node.
    """
    found = tapped_chain(module, node)
    if found is None or not isinstance(node, Leaf):
        return {}
    chain, first, count = found
    layer = chain.origin.layer
    if layer is None or not isinstance(layer.repeat, str):
        return {}
    reads = tuple(values[port] for port in node.reads)
    return Taps(symbols, node, context, reads, chain, first, count).added()


@dataclass(frozen=True, slots=True)
class Taps:
    """A node that reads the `count` values that all repetitions give, from place `first` on."""

    symbols: Symbols
    node: Leaf
    context: Context
    reads: Tensors
    chain: Call
    first: int
    count: int

    def added(self) -> dict[Port, Tensor]:
        """Write sizes that grow with the number of repetitions as what they are for one, and on."""
        taps = self.named()
        if len(set(taps[:: chain_width(self.chain)])) != 1:
            return {}
        one, two = self.on_few(taps)
        if one is None or two is None:
            one, two = self.on_one()
        return {} if one is None or two is None else self.counted(one, two)

    def named(self) -> Tensors:
        """Give what the repetitions give, bare numbers as the first of them says them."""
        first, width = self.first, chain_width(self.chain)
        return tuple(
            self.named_alike(tap, self.reads[first + number % width])
            for number, tap in enumerate(self.reads[first : first + self.count])
        )

    def on_few(self, taps: Tensors) -> tuple[Tensors | None, Tensors | None]:
        """Run the rule on the first repetition and on the first two, where there are several."""
        width = chain_width(self.chain)
        if self.count <= width:
            return None, None
        before, after = self.reads[: self.first], self.reads[self.first + self.count :]
        one = outputs(self.node, {}, (*before, *taps[:width], *after))
        return one, outputs(self.node, {}, (*before, *taps[: 2 * width], *after))

    def on_one(self) -> tuple[Tensors | None, Tensors | None]:
        """Run the rule where there is one repetition: on it, and on it twice."""
        end = self.first + chain_width(self.chain)
        twice = (*self.reads[:end], *self.reads[self.first :])
        return outputs(self.node, {}, self.reads), outputs(self.node, {}, twice)

    def counted(self, one: Tensors, two: Tensors) -> dict[Port, Tensor]:
        """Say what comes out for any number of repetitions, where it is right for this one."""
        found = {}
        layer, trace = self.chain.origin.layer, self.symbols.trace
        count = sum(item.count for item in self.chain.module.nodes)
        times = self.symbols.size(layer.repeat if layer else None, count, self.context)
        for place, (less, more) in enumerate(zip(one, two, strict=True)):
            shape = [a + (times - 1) * (b - a) for a, b in zip(less.shape, more.shape, strict=True)]
            if tuple(map(trace.actual, shape)) == self.node.outputs[place].shape:
                found[Port(self.node.name, place)] = less.reshaped(*shape)
        return found

    def named_alike(self, tensor: Tensor, first: Tensor) -> Tensor:
        """Say bare numbers as the first repetition says them, where they are equal."""
        if tensor.rank != first.rank:
            return tensor
        pairs = zip(tensor.shape, first.shape, strict=True)
        return tensor.reshaped(*(b if self.bare_alike(a, b) else a for a, b in pairs))

    def bare_alike(self, size: Size, other: Size) -> bool:
        """Say whether two sizes are bare numbers, and the same."""
        both = symbols_of(size) | symbols_of(other)
        bare = all(name.startswith("#") for name in both)
        actual = self.symbols.trace.actual
        return bare and actual(size) == actual(other)


def tapped_chain(module: Module, node: Node) -> tuple[Call, int, int] | None:
    """Find the chain of which a node reads what all repetitions give, and where among its reads."""
    for chain in module.nodes:
        if isinstance(chain, Call) and chain.module.taps:
            own = len(chain.outputs) - chain.module.taps
            wanted = [Port(chain.name, own + i) for i in range(chain.module.taps)]
            reads = list(node.reads)
            if wanted and wanted[0] in reads:
                first = reads.index(wanted[0])
                if reads[first : first + len(wanted)] == wanted:
                    return chain, first, len(wanted)
    return None


def chain_width(chain: Call) -> int:
    """Say how many values each repetition of a chain gives."""
    return len(chain.module.nodes[-1].outputs)

"""How a weight of the wide network is made of that of the narrow one.

The outputs of a widened layer are copies of the narrow one's, and so are its weights. Whoever sums
over copies divides its weights among them, so that the sum stays what it was (Chen et al., 2016,
"Net2Net", section 3.1). How they are divided is drawn: equal shares would let all copies learn the
same for ever.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from archspec.graph import Leaf
from archspec.growth.copies import Axes, Copies, Flow, factor, neighbours
from archspec.growth.failure import CannotGrow
from archspec.ops import ElementwiseOperation


@dataclass(frozen=True, slots=True)
class Taken:
    """The weight under `key` of the narrow network, with copies along its dimensions.

    `shared` is the dimension over which the layer sums, along which copies share one number.
    """

    key: str
    axes: Axes
    shared: int | None = None

    @property
    def grows(self) -> bool:
        """Whether any dimension is larger than it was."""
        return any(copies is not None for copies in self.axes)


def sums(wide: Leaf) -> bool:
    """Say whether a layer sums over what it reads, as a convolution does, and a norm does not."""
    return bool(wide.weights) and not isinstance(wide.operation, ElementwiseOperation)


def taken(flow: Flow) -> Iterator[tuple[str, Taken]]:
    """Give for each tensor of a layer how it is made of the narrow layer's."""
    for name, shape in flow.wide.state.items():
        try:
            yield name, _Tensor(name, flow).taken()
        except CannotGrow as failure:
            old, new = ("×".join(map(str, sizes)) for sizes in (flow.narrow.state[name], shape))
            raise CannotGrow(f"has a `{name}` of {new} for {old}: {failure.reason}") from None


@dataclass(frozen=True, slots=True)
class _Tensor:
    """A weight or buffer of a layer."""

    name: str
    flow: Flow

    def taken(self) -> Taken:
        """Tell the copies along each dimension, and over which of them the layer sums."""
        old, new = (leaf.state[self.name] for leaf in (self.flow.narrow, self.flow.wide))
        pairs = list(zip(old, new, strict=True))
        reads = self._dims_that_read()
        grown = [dim for dim in reads if old[dim] != new[dim]]
        if old != new and self.flow.wide.operation.made_of():
            raise CannotGrow("its weight is computed, and copies in it would count otherwise")
        if len(grown) > 1:
            raise CannotGrow("what becomes of copies in it is not known")
        axes = tuple(self._copies(*pair, dim in reads) for dim, pair in enumerate(pairs))
        return Taken(self.name, axes, grown[0] if grown and sums(self.flow.wide) else None)

    def _copies(self, old: int, new: int, reads: bool) -> Copies | None:
        if old == new:
            return None
        if new < old:
            raise CannotGrow("a network can only become wider")
        if reads:
            return self._read(old, new)
        if Fraction(new, old) not in self._factors():
            raise CannotGrow("it is not channels that have grown")
        return neighbours(old, new)

    def _factors(self) -> set[Fraction | None]:
        """Tell how many times as large the sizes of what comes out have become."""
        return {
            factor(sizes)
            for before, after in zip(self.flow.narrow.outputs, self.flow.wide.outputs, strict=True)
            for sizes in zip(before.shape, after.shape, strict=True)
        }

    def _read(self, old: int, new: int) -> Copies:
        """Give the copies among the channels that one kernel sees, which are those of its group."""
        for sizes, copies in self.flow.grown():
            if sizes == (old, new):
                return copies
        for sizes, _ in self.flow.grown():
            if factor(sizes) == Fraction(new, old):
                return neighbours(old, new)
        raise CannotGrow("what it reads has not grown so")

    def _dims_that_read(self) -> frozenset[int]:
        """Name the dimensions whose sizes follow from what the layer reads."""
        leaf = self.flow.wide
        doubled = {name: 2 * size for name, size in leaf.inferred.items()}
        operation = leaf.operation
        other = {**operation.weights(doubled), **operation.buffers(doubled)}[self.name]
        own = leaf.state[self.name]
        return frozenset(dim for dim, size in enumerate(own) if other[dim] != size)

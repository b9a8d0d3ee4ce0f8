"""Numbers to try a network on: sizes at which all its conditions hold, and random inputs."""

from collections.abc import Iterable, Mapping
from math import sqrt
from typing import TYPE_CHECKING

from archspec.graph import Leaf, Network
from archspec.sizes import Condition, Size, Tensor, decided, sizes_of, substitute

if TYPE_CHECKING:
    import torch
    from torch import nn

BATCH = 2
_USUAL = 32
"""A size of an image or sequence that is usual, for symbols on which there is no condition."""


class CannotTry(Exception):
    """No sizes of the input were found at which the network is valid."""


def trial_sizes(network: Network, batch: int = BATCH) -> dict[str, Size]:
    """Choose sizes for the symbols at which all conditions hold, the smallest that suit."""
    conditions = tuple(needed.condition for needed in network.conditions)
    names = sorted({n for t in network.model.inputs.values() for n in t.symbols} - {network.batch})
    sizes: dict[str, Size] = {network.batch: batch}
    for name in names:
        known = tuple(
            truth
            for truth in (decided(condition, sizes) for condition in conditions)
            if isinstance(truth, Condition) and truth.symbols == {name}
        )
        fitting = sizes_of(name, known).first(40) if known else (_USUAL,)
        if not fitting:
            raise CannotTry(f"no size of `{name}` was found at which the network is valid")
        sizes[name] = next((size for size in fitting if size >= _USUAL), fitting[-1])
    return sizes


def random_inputs(
    network: Network, sizes: Mapping[str, Size], most: int = 1
) -> "list[torch.Tensor]":
    """Draw an input: normally distributed numbers, and integers below `most`.

    Numbers that will name a place are between 0 and 1, so that the place is there.
    """
    naming = _naming(network)
    tensors = network.model.inputs.items()
    return [_random(sizes, tensor, most, name in naming) for name, tensor in tensors]


def _naming(network: Network) -> set[str]:
    """Name the inputs from which an operation reads where something stands."""
    leaves = (node for module in network.modules() for node in module.nodes)
    if not any(isinstance(node, Leaf) and node.operation.naming for node in leaves):
        return set()
    import networkx as nx  # slow to import, and few networks have such an operation

    graph, found = network.flatten(), set[str]()
    for source, target, slot in graph.edges(keys=True):
        if slot in graph.nodes[target]["node"].operation.naming:
            found |= {source, *nx.ancestors(graph, source)}
    return found


def randomise(module: "nn.Module", changing: Iterable[str]) -> None:
    """Draw all weights, and the buffers with these keys, so that no two are alike by chance.

    Weights begin as zeros, ones or equal to each other often, and so would hide what is exchanged.
    They are drawn so that layers give numbers of the size that they read: matrices by the number of
    their columns, factors and shifts between 1/2 and 1 with either sign. Buffers are above 0, as
    variances are. A weight that two layers share is drawn once.
    """
    import torch  # heavy, and wanted by nobody else

    with torch.no_grad():
        for weight in module.parameters():
            _draw(weight)
        for key in changing:
            buffer = module.get_buffer(key)
            if buffer.is_floating_point():
                buffer.uniform_(0.5, 1.5)


def _draw(weight: "torch.Tensor") -> None:
    if weight.ndim > 1:
        bound = sqrt(3 * len(weight) / weight.numel())
        weight.uniform_(-bound, bound)
    else:
        weight.uniform_(-0.5, 0.5)
        weight.add_(weight.sign() / 2)


def sized(sizes: Mapping[str, Size], tensors: tuple[Tensor, ...]) -> list[tuple[Size, ...]]:
    """Put sizes in the place of symbols."""
    return [tuple(substitute(size, sizes) for size in tensor.shape) for tensor in tensors]


def _random(sizes: Mapping[str, Size], tensor: Tensor, most: int, names: bool) -> "torch.Tensor":
    import torch  # heavy, and wanted by nobody else

    (shape,) = sized(sizes, (tensor,))
    numbers = [int(str(size)) for size in shape]
    dtype: torch.dtype = getattr(torch, tensor.dtype)
    if tensor.dtype.startswith(("int", "bool")):
        return torch.randint(0, most, numbers).to(dtype)
    return torch.rand(numbers, dtype=dtype) if names else torch.randn(numbers, dtype=dtype)

"""Compare a network with the one that it was written after: keys, outputs, first weights."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from math import ceil, log, sqrt

import torch
from torch import nn

State = dict[str, torch.Tensor]

UNLIKELY = 1e-9
"""How improbable two samples of one distribution may be before they count as two."""

MOST_NUMBERS = 20_000
"""Of a larger weight a part is compared: its rules say nothing about places."""


def values(output: object) -> list[torch.Tensor]:
    """Give the tensors of an output, whatever holds them."""
    if isinstance(output, torch.Tensor):
        return [output]
    assert isinstance(output, dict | tuple)
    return list(output.values()) if isinstance(output, dict) else list(output)


def entries(module: nn.Module) -> list[tuple[str, tuple[int, ...], torch.dtype]]:
    """List what a `state_dict` holds, in its order."""
    return [(key, tuple(value.shape), value.dtype) for key, value in module.state_dict().items()]


def differences(
    first: nn.Module, second: nn.Module, picture: torch.Tensor, seeds: Sequence[int] = (1,)
) -> Iterator[str]:
    """Tell in what two networks with the same weights differ: keys, and bits that come out.

    They are trained with each seed, then evaluated: training gives the running statistics values
    that evaluation depends on.
    """
    if entries(first) != entries(second):
        yield "keys, shapes or order"
        return
    second.load_state_dict(first.state_dict())
    for training, seed in (*((True, seed) for seed in seeds), (False, 0)):
        wanted, given = (run(module, picture, seed, training) for module in (first, second))
        if len(wanted) != len(given) or not all(map(torch.equal, wanted, given)):
            yield f"what comes out {'in training' if training else 'in evaluation'}"
        states = first.state_dict().values(), second.state_dict().values()
        if not all(map(torch.equal, *states)):
            yield "what training leaves behind"
    first.load_state_dict(carried(second, first))


def run(module: nn.Module, picture: torch.Tensor, seed: int, training: bool) -> list[torch.Tensor]:
    """Run a module; the seed decides what dropout and stochastic depth leave out."""
    torch.manual_seed(seed)
    with torch.no_grad():
        return values(module.train(training)(picture))


def carried(source: nn.Module, target: nn.Module) -> State:
    """Give the weights of a module with the versions that the target's own would name.

    MNASNet of torchvision takes weights without its version for those of its first one.
    """
    state = deepcopy(target.state_dict())
    state.update(source.state_dict())
    return state


def unlike(first: nn.Module, second: nn.Module) -> Iterator[str]:
    """Name the tensors that were not drawn from one distribution."""
    other = second.state_dict()
    for key, value in first.state_dict().items():
        if not alike(sample(value), sample(other[key])):
            yield key


def sample(weight: torch.Tensor) -> torch.Tensor:
    """Take numbers from all over a weight."""
    return weight.flatten()[:: ceil(weight.numel() / MOST_NUMBERS)].float()


def alike(first: torch.Tensor, second: torch.Tensor) -> bool:
    """Say whether two samples are equal constants, or pass the test of Kolmogorov and Smirnov.

    >>> alike(torch.zeros(3), torch.zeros(3)), alike(torch.zeros(3), torch.ones(3))
    (True, False)
    >>> alike(torch.linspace(0, 1, 1000), torch.linspace(0, 2, 1000))
    False
    """
    if first.unique().numel() == 1:
        return torch.equal(first, second)
    scale = sqrt(first.numel() * second.numel() / (first.numel() + second.numel()))
    return scale * distance(first, second) < sqrt(-log(UNLIKELY / 2) / 2)


def distance(first: torch.Tensor, second: torch.Tensor) -> float:
    """Give the largest difference of two empirical distribution functions.

    >>> distance(torch.tensor([1.0, 2.0]), torch.tensor([2.0, 3.0]))
    0.5
    """
    places = torch.cat([first, second])
    below = [
        torch.searchsorted(numbers.sort().values, places, right=True).double() / numbers.numel()
        for numbers in (first, second)
    ]
    return float((below[0] - below[1]).abs().max())

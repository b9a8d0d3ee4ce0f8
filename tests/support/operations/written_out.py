"""Layers written with matrix products, whose floating-point operations PyTorch counts.

Each gives what the layer gives, so that its products are those of the layer.
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn

Written = Callable[[Any, list[torch.Tensor]], Any]


def bilinear(module: nn.Bilinear, inputs: list[torch.Tensor]) -> torch.Tensor:
    """Write `aᵀ W` as one product, and that times b as another."""
    first, second = inputs
    rows = first.reshape(-1, module.in1_features)
    cube = module.weight.permute(1, 0, 2).flatten(1)
    left = (rows @ cube).view(len(rows), module.out_features, module.in2_features)
    given = (left @ second.reshape(len(rows), module.in2_features, 1)).squeeze(2)
    given = given if module.bias is None else given + module.bias
    return given.view(*first.shape[:-1], module.out_features)


def affine_grid(operation: Any, inputs: list[torch.Tensor]) -> torch.Tensor:
    """Write each place as `(x, y, 1)` or `(x, y, z, 1)`, and multiply them with their matrix."""
    (theta,) = inputs
    batch, _, *sizes = operation.size
    lines = [_places(theta.new_ones(size), operation.align_corners) for size in sizes]
    places = torch.meshgrid(*lines, indexing="ij")
    whole = torch.stack([*reversed(places), torch.ones_like(places[0])], dim=-1)
    rows = whole.flatten(0, -2).expand(batch, -1, -1)
    return (rows @ theta.transpose(1, 2)).view(batch, *sizes, len(sizes))


def _places(line: torch.Tensor, corners: bool) -> torch.Tensor:
    """Give the middles of as many pixels between -1 and 1 as the line has."""
    size, numbers = len(line), line.cumsum(0)
    if corners:
        return 2 * (numbers - 1) / max(1, size - 1) - int(size > 1)
    return (2 * numbers - 1) / size - 1


Cell = Callable[["Weights", torch.Tensor, torch.Tensor, torch.Tensor], tuple[torch.Tensor, ...]]


class Weights:
    """The weights of one cell of a recurrent layer, by what their names begin with."""

    def __init__(self, module: Any, suffix: str) -> None:
        self.module, self.suffix = module, suffix

    def times(self, part: str, x: torch.Tensor) -> torch.Tensor:
        """Multiply a matrix with rows, and add the bias of the same name."""
        product: torch.Tensor = x @ getattr(self.module, f"weight_{part}_{self.suffix}").T
        bias = getattr(self.module, f"bias_{part}_{self.suffix}", None)
        return product if bias is None else product + bias


def _lstm(
    weights: Weights, x: torch.Tensor, h: torch.Tensor, c: torch.Tensor
) -> tuple[torch.Tensor, ...]:
    i, f, g, o = (weights.times("ih", x) + weights.times("hh", h)).chunk(4, dim=1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    h = o.sigmoid() * c.tanh()
    return (weights.times("hr", h) if weights.module.proj_size else h), c


def _gru(
    weights: Weights, x: torch.Tensor, h: torch.Tensor, _: torch.Tensor
) -> tuple[torch.Tensor, ...]:
    (a, b, c), (d, e, f) = weights.times("ih", x).chunk(3, 1), weights.times("hh", h).chunk(3, 1)
    keeps = (b + e).sigmoid()
    h = (1 - keeps) * (c + (a + d).sigmoid() * f).tanh() + keeps * h
    return h, h


def _rnn(
    weights: Weights, x: torch.Tensor, h: torch.Tensor, _: torch.Tensor
) -> tuple[torch.Tensor, ...]:
    total = weights.times("ih", x) + weights.times("hh", h)
    h = total.relu() if weights.module.nonlinearity == "relu" else total.tanh()
    return h, h


def _recurrent(cell: Cell) -> Written:
    def layers(module: Any, inputs: list[torch.Tensor]) -> tuple[torch.Tensor, ...]:
        x, *states = inputs
        starts = _starts(module, x, states)
        last: list[tuple[torch.Tensor, ...]] = []
        directions = ("", "_reverse") if module.bidirectional else ("",)
        for layer in range(module.num_layers):
            given = []
            for direction in directions:
                weights = Weights(module, f"l{layer}{direction}")
                h, c = (start[len(last)] for start in starts)
                values, state = _gone_over(cell, weights, x, h, c, bool(direction))
                last.append(state)
                given.append(values)
            x = torch.cat(given, dim=2)
        return (x, *map(torch.stack, zip(*last, strict=True)))[: 3 if cell is _lstm else 2]

    return layers


def _gone_over(
    cell: Cell, weights: Weights, x: torch.Tensor, h: torch.Tensor, c: torch.Tensor, back: bool
) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
    values = []
    for place in reversed(range(x.shape[1])) if back else range(x.shape[1]):
        h, c = cell(weights, x[:, place], h, c)
        values.append(h)
    return torch.stack(values[::-1] if back else values, dim=1), (h, c)


def _starts(module: Any, x: torch.Tensor, states: list[torch.Tensor]) -> list[torch.Tensor]:
    """Give the states to begin with, zeros unless they are given; the second one may be unused."""
    count = module.num_layers * (1 + module.bidirectional)
    sizes = (module.proj_size or module.hidden_size, module.hidden_size)
    zeros = [torch.zeros(count, len(x), size, dtype=x.dtype) for size in sizes]
    return [*states, *zeros[len(states) :]]


WRITTEN: Mapping[str, Written] = {
    "affine_grid": affine_grid,
    "bilinear": bilinear,
    "gru": _recurrent(_gru),
    "lstm": _recurrent(_lstm),
    "rnn": _recurrent(_rnn),
}
"""By the name of the operation: what computes the same as its module or function."""

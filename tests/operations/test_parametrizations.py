"""Layers with `weight_norm` or `spectral_norm` are those of PyTorch's parametrizations."""

from typing import Any

import pytest
import torch
from support.emitting import architecture, minimal
from torch import nn
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import spectral_norm, weight_norm

from archspec.weights import CannotGrow

BOUND = 1e-9
"""In double precision; what is compared is made of fewer than a million operations."""

LAYERS = """
  conv: {op: conv2d, out_channels: 8, kernel_size: 3, stride: 2, weight_norm: true}
  wide: {op: conv2d, out_channels: 6, kernel_size: 3, weight_norm: {dim: 2}, bias: false}
  whole: {op: conv2d, out_channels: 4, kernel_size: 1, weight_norm: {dim: null}}
  act: relu
  up: {op: conv_transpose2d, out_channels: 5, kernel_size: 2, spectral_norm: true}
  spec: {op: conv2d, out_channels: 4, kernel_size: 3, spectral_norm: {n_power_iterations: 3}}
  flatten: flatten
  fc: {op: linear, out_features: 7, spectral_norm: {dim: 1, eps: 1e-6}}
"""


class ByHand(nn.Module):
    """The network of `LAYERS` as a user of PyTorch writes it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = weight_norm(nn.Conv2d(3, 8, 3, stride=2))
        self.wide = weight_norm(nn.Conv2d(8, 6, 3, bias=False), dim=2)
        self.whole = weight_norm(nn.Conv2d(6, 4, 1), dim=None)  # type: ignore[arg-type]  # allowed
        self.act = nn.ReLU()
        self.up = spectral_norm(nn.ConvTranspose2d(4, 5, 2))
        self.spec = spectral_norm(nn.Conv2d(5, 4, 3), n_power_iterations=3)
        self.flatten = nn.Flatten()
        self.fc = spectral_norm(nn.Linear(64, 7), dim=1, eps=1e-6)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.children():
            x = layer(x)
        return x


def both() -> tuple[nn.Module, nn.Module]:
    """Give the network as we and as PyTorch build it, with the same numbers in it."""
    ours, theirs = architecture(minimal(LAYERS, shape="[N, 3, 15, 15]")).to_torch(), ByHand()
    ours.double(), theirs.double()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


def test_it_is_counted_as_pytorch_has_it() -> None:
    found, theirs = architecture(minimal(LAYERS, shape="[N, 3, 15, 15]")), ByHand()
    totals = found.count().totals
    assert totals.parameters == sum(weight.numel() for weight in theirs.parameters())
    assert totals.buffers == sum(buffer.numel() for buffer in theirs.buffers())
    assert found.verify().parameters == len(list(theirs.parameters()))


def test_it_gives_and_learns_what_pytorch_does() -> None:
    ours, theirs = both()
    x = torch.randn(4, 3, 15, 15, dtype=torch.float64)
    steps = [torch.optim.SGD(module.parameters(), lr=0.01) for module in (ours, theirs)]
    for _ in range(3):
        for module, step in zip((ours, theirs), steps, strict=True):
            step.zero_grad()
            module.train()(x).square().mean().backward()
            step.step()
    pairs = zip(ours.state_dict().values(), theirs.state_dict().values(), strict=True)
    assert all(torch.allclose(a, b, rtol=1e-9, atol=BOUND) for a, b in pairs)
    assert torch.allclose(ours.eval()(x), theirs.eval()(x), rtol=1e-9, atol=BOUND)


@pytest.mark.filterwarnings("ignore:.*weight_norm.*deprecated:FutureWarning")
def test_weights_of_the_older_function_are_loaded() -> None:
    text = minimal("  conv: {op: conv2d, out_channels: 4, kernel_size: 3, weight_norm: true}\n")
    ours = architecture(text).to_torch().double()
    older = nn.ModuleDict({"conv": nn.utils.weight_norm(nn.Conv2d(3, 4, 3).double())})
    ours.load_state_dict(older.state_dict(), strict=True)
    x = torch.randn(2, 3, 6, 6, dtype=torch.float64)
    assert torch.allclose(ours(x), older["conv"](x), rtol=0, atol=BOUND)


# --- first weights ------------------------------------------------------------------------------

RULES = """
  plain: {op: conv2d, out_channels: 4, kernel_size: 1}
  normed: {op: conv2d, out_channels: 4, kernel_size: 1, weight_norm: true}
  own: {op: conv2d, out_channels: 4, kernel_size: 1, spectral_norm: true, init: {weight: 2}}
  repeated:
    repeat: 2
    layers: [{op: conv2d, out_channels: 4, kernel_size: 1, weight_norm: true, init: {weight: 3}}]
"""


@pytest.mark.parametrize("head", ["", "init: {conv2d: {weight: 0.5, bias: 1}}"])
def test_a_rule_fills_the_weight_that_is_made(head: str) -> None:
    model: Any = architecture(minimal(RULES, head)).to_torch()
    assert bool((model.own.parametrizations.weight.original == 2).all())
    rows = [item[0].weight for item in model.repeated]
    assert all(torch.allclose(weight, torch.tensor(3.0)) for weight in rows)
    if head:
        assert bool((model.plain.weight == 0.5).all())
        assert torch.allclose(model.normed.weight, torch.tensor(0.5))
        assert bool((model.normed.bias == 1).all())


def test_a_rule_names_no_tensor_that_the_weight_is_made_of() -> None:
    key = "parametrizations.weight.original0"
    layer = f"{{op: linear, out_features: 4, weight_norm: true, init: {{{key}: 1}}}}"
    with pytest.raises(AssertionError, match=f"`linear` here has no weight `{key}`"):
        architecture(minimal(f"  fc: {layer}\n", shape="[N, 8]"))


# --- in a network -------------------------------------------------------------------------------

BLOCKS = """
  stem: {op: conv2d, out_channels: width, kernel_size: 1}
  blocks:
    repeat: depth
    layers:
      conv: {op: conv2d, out_channels: width, kernel_size: 3, padding: 1, KIND: normed}
      add: {op: add, from: [conv, input]}
  head: {op: conv2d, out_channels: 2, kernel_size: 1}
"""


def blocks(kind: str, **parameters: object) -> Any:
    head = "params: {width: 4, depth: 1, normed: true}"
    return architecture(minimal(BLOCKS.replace("KIND", kind), head), **parameters)


def test_a_parameter_decides() -> None:
    made = blocks("spectral_norm").to_torch().get_submodule("blocks.0.conv")
    assert parametrize.is_parametrized(made)
    plain = blocks("spectral_norm", normed=False).to_torch().get_submodule("blocks.0.conv")
    assert not parametrize.is_parametrized(plain)


def test_a_network_grows_deeper_where_lengths_are_0_at_first() -> None:
    shallow, deep = blocks("weight_norm"), blocks("weight_norm", depth=3)
    grown = shallow.grow(deep, shallow.to_torch().state_dict())
    assert grown.added == ("blocks.1", "blocks.2")
    assert bool((grown.state["blocks.1.conv.parametrizations.weight.original0"] == 0).all())


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("weight_norm", {"width": 8}),
        ("spectral_norm", {"width": 8}),
        ("spectral_norm", {"depth": 2}),
    ],
)
def test_what_cannot_grow_is_told(kind: str, parameters: dict[str, object]) -> None:
    shallow, deep = blocks(kind), blocks(kind, **parameters)
    with pytest.raises(CannotGrow):
        shallow.grow(deep, shallow.to_torch().state_dict())


def test_a_weight_that_is_made_is_not_shared() -> None:
    layers = """
  first: {op: linear, out_features: 8, weight_norm: true}
  second: {op: linear, share: first}
"""
    with pytest.raises(AssertionError, match="`first` is `linear`, and has no `weight`"):
        architecture(minimal(layers, shape="[N, 8]"))


def test_a_frozen_layer_keeps_all_that_its_weight_is_made_of() -> None:
    layer = "{op: conv2d, out_channels: 4, kernel_size: 3, weight_norm: true, trainable: false}"
    found = architecture(minimal(f"  conv: {layer}\n"))
    assert not any(weight.requires_grad for weight in found.to_torch().parameters())
    assert found.count().totals.trainable == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("weight_norm: {dim: 4}", "names dimension 4, and the weight has 4 dimensions"),
        ("weight_norm: 1", "must be `true`, `false` or a mapping of arguments"),
        ("weight_norm: true, spectral_norm: true", "means nothing beside `spectral_norm`"),
        ("spectral_norm: {epz: 1e-4}", "`spectral_norm` has no argument `epz`"),
        ("spectral_norm: {eps: 0}", "`eps` must be above 0"),
    ],
)
def test_arguments_are_those_of_pytorch(arguments: str, message: str) -> None:
    layer = f"{{op: conv2d, out_channels: 8, kernel_size: 3, {arguments}}}"
    with pytest.raises(AssertionError, match=message):
        architecture(minimal(f"  conv: {layer}\n"))


def test_as_an_operation_it_is_told_what_it_is() -> None:
    with pytest.raises(AssertionError, match="is an argument, which stands beside `op`"):
        architecture(minimal("  conv: {op: weight_norm}\n"))

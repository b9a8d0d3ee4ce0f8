"""Comparisons, masks and places in networks: what is emitted computes what PyTorch's words do."""

import pytest
import torch
import yaml
from jsonschema import Draft7Validator
from support.emitting import architecture, emitted_class, minimal
from torch import nn

from archspec.document.schema import language_schema
from archspec.emit.interpret import interpret
from archspec.pipeline import Settings, compile
from archspec.source import read

MASKED = """
archspec: 1
name: Masked
params: {k: 3, low: -0.5}
inputs:
  x: [N, 8, 6]
  y: [N, 1, 6]
layers:
  sin: {op: sin, from: x}
  cos: {op: cos, from: x}
  positive: {op: gt, from: sin, other: 0}
  small: {op: lt, from: [cos, y]}
  not_small: logical_not
  both: {op: logical_and, from: [positive, not_small]}
  either: {op: logical_or, from: [both, small]}
  equal: {op: eq, from: [either, positive]}
  other: {op: ne, from: [equal, both]}
  flag: {op: lt, from: other, other: 1}
  even: {op: eq, other: 0}
  kept: {op: where, from: [even, sin, cos]}
  hidden: {op: masked_fill, from: [kept, both], value: -inf}
  gone: {op: eq, other: -inf}
  back: {op: where, from: [gone, x, hidden]}
  least: {op: ge, from: [back, y]}
  most: {op: le, from: back, other: low + 1 / k}
  mask: {op: logical_xor, from: [least, most]}
  scaled: {op: mul, from: [mask, back]}
  soft: {op: softmax, dim: 1}
  spread: {op: var, dim: [1, 2], keepdim: true, correction: 0}
  deviation: {op: std, from: scaled, dim: -1}
  product: {op: prod, from: soft, dim: 1}
  wide: {op: repeat_interleave, from: product, repeats: k, dim: 1}
  run: {op: cumprod, from: soft, dim: 2}
  root: rsqrt
  some: {op: any, from: mask, dim: 1, keepdim: true}
  every: {op: all, from: mask, dim: [1, 2], keepdim: true}
  truth: {op: ne, from: [some, every]}
  chosen: {op: where, from: [truth, root], other: 0.0}
  sign: {op: sign, from: scaled}
  place: {op: argmin, from: sin, dim: 2}
  signed: {op: mul, from: [sign, x]}
outputs: [scaled, spread, deviation, wide, chosen, signed, place]
"""


def masked(x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Compute what `MASKED` says with other words of PyTorch."""
    sin, cos = torch.sin(x), torch.cos(x)
    positive, small = torch.gt(sin, 0), torch.lt(cos, y)
    both = positive & ~small
    other = torch.ne(torch.eq(both | small, positive), both)
    hidden = torch.where(other, sin, cos).masked_fill(both, -torch.inf)
    back = torch.where(hidden.isneginf(), x, hidden)
    scaled = (torch.ge(back, y) ^ torch.le(back, -0.5 + 1 / 3)) * back
    soft = scaled.exp() / scaled.exp().sum(1, keepdim=True)
    spread = ((soft - soft.mean((1, 2), keepdim=True)) ** 2).mean((1, 2), keepdim=True)
    squares = ((scaled - scaled.mean(-1, keepdim=True)) ** 2).sum(-1)
    wide = soft.log().sum(1).exp()[:, :, None].expand(-1, -1, 3).flatten(1)
    root = 1 / soft.log().cumsum(2).exp().sqrt()
    mask = torch.ge(back, y) ^ torch.le(back, -0.5 + 1 / 3)
    every = (~mask).sum((1, 2), keepdim=True) == 0
    chosen = torch.where((mask.sum(1, keepdim=True) > 0) ^ every, root, 0.0)
    signed = torch.where(scaled == 0, 0, torch.where(scaled > 0, x, -x))
    place = sin.sort(2).indices[:, :, 0]
    return scaled, spread, (squares / 5).sqrt(), wide, chosen, signed, place


EXPERTS = """
archspec: 1
name: Experts
params: {experts: 5, chosen: 2}
inputs:
  x: [N, 7, 6]
  kind: {shape: [N, 7], dtype: int64}
layers:
  scores: {op: linear, from: x, out_features: experts}
  best: {op: topk, k: chosen}
  nothing: {op: mul, from: scores, other: 0}
  apart: {op: sub, other: 1000}
  gates: {op: scatter, from: [apart, best.1, best.0], dim: -1}
  weights: {op: softmax, dim: -1}
  count: {op: scatter, from: [nothing, best.1], dim: -1, value: 1.0, reduce: add}
  used: {op: sum, from: count, dim: 1}
  total: {op: scatter, from: [nothing, best.1, best.0], dim: -1, reduce: add}
  hot: {op: one_hot, from: kind, num_classes: experts}
  is_kind: {op: eq, from: hot, other: 1}
  hidden: {op: where, from: [is_kind, weights], other: 0}
  least: {op: topk, from: hidden, k: 1, dim: 1, largest: false}
outputs: [weights, used, total, hidden, least.0]
"""


def experts(model: nn.Module, x: torch.Tensor, kind: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Compute what `EXPERTS` says with other words of PyTorch."""
    layer = model.get_submodule("scores")
    scores = nn.functional.linear(x, layer.get_parameter("weight"), layer.get_parameter("bias"))
    order = scores.argsort(-1, descending=True)[..., :2]
    is_best = (order[..., None] == torch.arange(5)).any(2)
    weights = torch.where(is_best, scores, torch.full_like(scores, -1000.0)).softmax(-1)
    total = scores * is_best
    hidden = weights * (kind[..., None] == torch.arange(5))
    return weights, is_best.double().sum(1), total, hidden, hidden.amin(1, keepdim=True)


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Draw the same numbers in every run."""
    torch.manual_seed(3)


def random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize("training", [False, True])
def test_masks_are_what_pytorch_makes_of_them(training: bool) -> None:
    model = architecture(MASKED).to_torch().double().train(training)
    inputs = random(2, 8, 6), random(2, 1, 6)
    check_same(model(*inputs), masked(*inputs), inputs[:1])


@pytest.mark.parametrize("training", [False, True])
def test_places_are_what_pytorch_makes_of_them(training: bool) -> None:
    model = architecture(EXPERTS).to_torch().double().train(training)
    inputs = random(2, 7, 6), torch.randint(0, 5, (2, 7))
    weight = model.get_parameter("scores.weight")
    check_same(model(*inputs), experts(model, *inputs), (inputs[0], weight))


def check_same(
    given: tuple[torch.Tensor, ...],
    exact: tuple[torch.Tensor, ...],
    inputs: tuple[torch.Tensor, ...],
) -> None:
    """Hold numbers and gradients to be the same, but for the rounding of doubles."""
    torch.testing.assert_close(given, exact, rtol=1e-12, atol=1e-12)
    gradients = (
        torch.autograd.grad(torch.stack([value.square().sum() for value in values]).sum(), inputs)
        for values in (given, exact)
    )
    torch.testing.assert_close(next(gradients), next(gradients), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(("text", "macs"), [(MASKED, 0), (EXPERTS, 7 * 6 * 5)])
def test_the_graph_gives_the_same_at_the_same_cost(text: str, macs: int) -> None:
    built = architecture(text)
    model = built.to_torch().eval()
    inputs = [torch.randn(2, 8, 6), torch.randn(2, 1, 6)]
    if text == EXPERTS:
        inputs = [torch.randn(2, 7, 6), torch.randint(0, 5, (2, 7))]
    given = model(*inputs)
    for one, other in zip(given, interpret(built.network, model.state_dict(), inputs), strict=True):
        assert torch.equal(one, other)
    shapes = [tensor.substitute({"N": 2}) for tensor in built.network.model.outputs]
    described = [(tuple(value.shape), str(value.dtype).removeprefix("torch.")) for value in given]
    assert described == [(tensor.shape, tensor.dtype) for tensor in shapes]
    assert built.count().totals.macs.least == macs


@pytest.mark.parametrize("text", [MASKED, EXPERTS])
def test_editors_find_nothing_wrong_with_them(text: str) -> None:
    assert not list(Draft7Validator(language_schema()).iter_errors(yaml.safe_load(text)))


def test_infinity_is_written_and_found() -> None:
    layers = (
        "  best: {op: argmax, dim: 1, keepdim: true}\n"
        "  hidden: {op: scatter, from: [input, best], dim: 1, value: -inf}\n"
        "  gone: {op: eq, other: -inf}"
    )
    source = architecture(minimal(layers, shape="[N, 9]")).to_source()
    assert source.count('"-inf"') == 2
    x = torch.randn(4, 9)
    gone = emitted_class(source, "Net")()(x)
    assert torch.equal(gone.nonzero()[:, 1], x.argmax(1))


def test_values_of_which_one_is_read_have_pytorchs_names() -> None:
    layers = "  best: {op: topk, k: 2}\n  place: {op: one_hot, from: best.1, num_classes: 9}"
    source = architecture(minimal(layers, shape="[N, 9]")).to_source()
    assert "_, best_indices = x.topk(2)" in source


@pytest.mark.parametrize("first", ["{op: one_hot, num_classes: 4}", "{op: gt, other: 0}"])
def test_what_is_of_integers_or_truth_goes_into_a_layer_by_a_factor(first: str) -> None:
    dtype = "int64" if "one_hot" in first else "float32"
    spec = (
        f"archspec: 1\nname: Net\ninput: {{shape: [N, 5], dtype: {dtype}}}\nlayers:\n"
        f"  - {first}\n  - {{op: mul, other: 1.0}}\n  - {{op: linear, out_features: 3}}\n"
    )
    refused = compile(
        read(spec.replace("  - {op: mul, other: 1.0}\n", ""), "spec.yaml"), Settings()
    )
    assert [item.slug for item in refused.diagnostics] == ["wrong-dtype"]
    assert "`{op: mul, other: 1.0}`" in str(refused.diagnostics[0].help)
    assert (
        architecture(spec)
        .to_torch()(torch.ones(2, 5, dtype=getattr(torch, dtype)))
        .isfinite()
        .all()
    )

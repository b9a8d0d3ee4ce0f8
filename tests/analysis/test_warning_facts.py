"""What the warnings say of networks is so in PyTorch."""

from random import Random

import pytest
import torch
from torch import nn

from archspec.api import Architecture
from archspec.pipeline import Settings, check, compile
from archspec.source import read

HEAD = "archspec: 1\nname: Net\n"


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Draw the same numbers in every run."""
    torch.manual_seed(5)


def found(text: str) -> list[str]:
    """List the slugs of the warnings."""
    return [item.slug for item in check(read(HEAD + text, "net.yaml")).diagnostics]


def built(text: str, variant: str | None = None) -> Architecture:
    """Give the architecture of a text."""
    outcome = compile(read(HEAD + text, "net.yaml"), Settings(variant=variant))
    assert outcome.network is not None
    return Architecture(outcome.network)


BIAS = {
    "conv2d": "[N, 3, 16, 16]\nlayers: [{op: conv2d, out_channels: 8, kernel_size: 3}, "
    "batch_norm2d, relu]",
    "linear": "[N, 8]\nlayers: [{op: linear, out_features: 8}, batch_norm1d, relu]",
    "instance": "[N, 3, 16, 16]\nlayers: [{op: conv2d, out_channels: 8, kernel_size: 3}, "
    "{op: group_norm, num_groups: 8}, relu]",
    "groups": "[N, 3, 16, 16]\nlayers: [{op: conv2d, out_channels: 8, kernel_size: 3}, "
    "{op: group_norm, num_groups: 2}, relu]",
    "features": "[N, 4, 8]\nlayers: [{op: linear, out_features: 8}, batch_norm1d, relu]",
    "activated": "[N, 8]\nlayers: [{op: linear, out_features: 8}, relu, batch_norm1d]",
}


@pytest.mark.parametrize("text", BIAS.values(), ids=BIAS)
def test_a_bias_before_a_norm_receives_no_gradient(text: str) -> None:
    text = f"input: {text}\n"
    model = built(text).to_torch().train().double()
    sizes = [8, *(int(size) for size in text.splitlines()[0].strip("]").split(", ")[1:])]
    (model(torch.randn(sizes, dtype=torch.float64)) ** 2 * torch.rand(1)).sum().backward()
    weight, bias = (model.get_parameter(f"0.{name}").grad for name in ("weight", "bias"))
    assert weight is not None and bias is not None
    assert found(text) == (["bias-before-norm"] if bias.abs().max() < 1e-9 else [])


DROPPED = {
    "numbers": "[N, 8]\nlayers: [dropout, batch_norm1d]",
    "a few": "[N, 8]\nlayers: [{op: dropout, p: 0.2}, batch_norm1d]",
    "nothing": "[N, 8]\nlayers: [{op: dropout, p: 0}, batch_norm1d]",
    "channels": "[N, 8, 4, 4]\nlayers: [dropout2d, batch_norm2d]",
    "samples": "[N, 8]\nlayers: [{op: stochastic_depth, p: 0.5, mode: row}, batch_norm1d]",
    "behind the norm": "[N, 8]\nlayers: [batch_norm1d, dropout]",
    "variance kept": "[N, 8]\nlayers: [alpha_dropout, batch_norm1d]",
    "by sample": "[N, 8, 4, 4]\nlayers: [dropout, instance_norm2d]",
    "by sample, with statistics": "[N, 8, 4, 4]\nlayers: [dropout, "
    "{op: instance_norm2d, track_running_stats: true}]",
    "no statistics": "[N, 8]\nlayers: [dropout, {op: batch_norm1d, track_running_stats: false}]",
    "features": "[N, 8]\nlayers: [dropout, layer_norm]",
}


@pytest.mark.parametrize("text", DROPPED.values(), ids=DROPPED)
def test_a_norm_behind_a_dropout_does_not_norm_in_evaluation(text: str) -> None:
    text = f"input: {text}\n"
    model = built(text).to_torch().train()
    sizes = [400, *(int(size) for size in text.splitlines()[0].strip("]").split(", ")[1:])]
    with torch.no_grad():
        for _ in range(50):
            model(torch.randn(sizes))
        variance = float(model.eval()(torch.randn(sizes)).var())
    assert found(text) == ([] if abs(variance - 1) < 0.1 else ["dropout-before-norm"])


ONE_VALUE = {
    "maps": ("batch_norm2d", (3, 4, 1, 1), {}),
    "a sequence of one": ("batch_norm1d", (3, 4, 1), {}),
    "a feature": ("layer_norm", (3, 1), {}),
    "a channel": ("layer_norm", (3, 1, 4, 4), {"dim": 1}),
    "a group": ("group_norm", (3, 4, 1, 1), {"num_groups": 4}),
    "a group of two": ("group_norm", (3, 4, 1, 1), {"num_groups": 2}),
    "a map": ("batch_norm2d", (3, 4, 2, 1), {}),
    "features": ("layer_norm", (3, 2), {}),
}


@pytest.mark.parametrize(("name", "shape", "arguments"), ONE_VALUE.values(), ids=ONE_VALUE)
def test_a_norm_of_one_value_gives_nothing_or_cannot_be_trained(
    name: str, shape: tuple[int, ...], arguments: dict[str, object]
) -> None:
    words = "".join(f", {key}: {value}" for key, value in arguments.items())
    text = f"input: [N, {', '.join(map(str, shape[1:]))}]\nlayers: [{{op: {name}{words}}}]\n"
    layer = built(text).to_torch().train()
    assert found(text) == ([] if is_trained(layer, shape[1:]) else ["single-value-norm"])


def is_trained(layer: nn.Module, shape: tuple[int, ...]) -> bool:
    """Say whether something comes out of a batch of one, and of one of three."""
    try:
        layer(torch.randn(1, *shape))
    except ValueError as error:
        assert "more than 1 value per channel" in str(error)
        return False
    return bool((layer(torch.randn(3, *shape)) != 0).any())


# --- variants -----------------------------------------------------------------------------------

FIRST = "{width: 8, depth: 2, rate: 0.1}"
VARIANTS = [
    FIRST,
    "{width: 8, depth: 2, rate: 0.2}",
    "{width: 8, depth: 3, rate: 0.1}",
    "{width: 16, depth: 2, rate: 0.1}",
    "{width: 2 * 4, depth: 2, rate: 1 / 10}",
    "{depth: 2, width: 8}",
]
FAMILY = """params: {width: 4, depth: 1, rate: 0.1}
input: [N, 3, 16, 16]
layers:
  conv: {op: conv2d, out_channels: width, kernel_size: 3, repeat: depth}
  drop: {op: dropout, p: rate}
"""


@pytest.mark.parametrize("other", VARIANTS)
def test_variants_that_are_told_are_the_same_in_pytorch(other: str) -> None:
    text = f"{FAMILY}variants:\n  first: {FIRST}\n  other: {other}\n"
    made = [built(text, name).to_torch().eval() for name in ("first", "other")]
    assert found(text) == (["same-variant"] if str(made[0]) == str(made[1]) else [])
    if found(text):
        made[1].load_state_dict(made[0].state_dict())
        x = torch.rand(2, 3, 16, 16)
        assert torch.equal(made[0](x), made[1](x))


def test_random_pairs_of_settings_are_the_same_where_their_networks_are() -> None:
    random = Random(3)
    for _ in range(20):
        settings = [
            f"{{width: {random.choice([4, 8])}, depth: {random.choice([1, 2])}, rate: 0.1}}"
            for _ in range(2)
        ]
        text = f"{FAMILY}variants:\n  a: {settings[0]}\n  b: {settings[1]}\n"
        assert (found(text) == ["same-variant"]) == (settings[0] == settings[1])


# --- what a linear layer maps, and the batch ----------------------------------------------------

MAPPED = {
    "maps of one place": "[N, 4, 1, 1]\nlayers: [{op: linear, out_features: 3}]",
    "flattened": "[N, 4, 1, 1]\nlayers: [flatten, {op: linear, out_features: 3}]",
    "a pool": "[N, 4, 5, 5]\nlayers: [{op: avg_pool2d, kernel_size: 5}, "
    "{op: linear, out_features: 3}]",
    "channels last": "[N, 4, 1, 1]\nlayers: [{op: permute, dims: [0, 2, 3, 1]}, "
    "{op: linear, out_features: 3}]",
}


@pytest.mark.parametrize("text", MAPPED.values(), ids=MAPPED)
def test_a_forgotten_flatten_leaves_channels_apart(text: str) -> None:
    text = f"input: {text}\n"
    model = built(text).to_torch().double()
    shape = [int(size) for size in text.splitlines()[0].strip("]").split(", ")[1:]]
    x = torch.randn(1, *shape, dtype=torch.float64, requires_grad=True)
    model(x).flatten()[0].backward()
    assert x.grad is not None
    seen = int((x.grad[0].flatten(1).abs().sum(1) > 0).sum())
    assert seen in (1, 4)
    assert found(text) == (["forgotten-flatten"] if seen == 1 else [])


SAMPLES = {
    "a view of all": "[N, 4, 6]\nlayers: [{op: reshape, shape: [-1, 12]}]",
    "a view of each": "[N, 4, 6]\nlayers: [{op: reshape, shape: [input.batch, 12, 2]}]",
    "flatten": "[N, 4, 6]\nlayers: [flatten, {op: linear, out_features: 3}]",
    "flatten from 0": "[N, 4, 6]\nlayers: [{op: flatten, start_dim: 0, end_dim: 1}]",
    "turned": "[N, 4, 6]\nlayers: [{op: transpose, dim0: 0, dim1: 2}]",
    "turned twice": "[N, 4, 6]\nlayers: [{op: transpose, dim0: 0, dim1: 2}, "
    "{op: transpose, dim0: 0, dim1: 2}]",
    "a mean over all": "[N, 4, 6]\nlayers: [{op: mean, dim: 0}]",
    "a mean of each": "[N, 4, 6]\nlayers: [{op: mean, dim: 1}]",
    "one more in front": "[N, 4, 6]\nlayers: [{op: unsqueeze, dim: 0}]",
    "rows and samples": "[N, 4, 6]\nlayers: {a: relu, cat: {op: cat, from: [a, input], dim: 0}}",
}


@pytest.mark.parametrize("text", SAMPLES.values(), ids=SAMPLES)
def test_an_output_that_is_not_told_has_as_many_rows_as_samples(text: str) -> None:
    text = f"input: {text}\n"
    model = built(text).to_torch()
    rows = [len(model(torch.randn(batch, 4, 6))) for batch in (1, 5, 7)]
    assert found(text) == ([] if rows == [1, 5, 7] else ["batch-mixed"])

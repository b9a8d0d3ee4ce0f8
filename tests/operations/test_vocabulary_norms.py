"""Networks of normalisations, activations and dropouts are the ones that PyTorch builds by hand."""

from typing import Any

import pytest
import torch
from support.emitting import agree, architecture, emitted_class, minimal, same_function
from torch import nn

IMAGES = """
  - {op: conv2d, out_channels: 8, kernel_size: 3, bias: false}
  - {op: batch_norm2d, eps: 1e-3, momentum: ~}
  - {op: prelu, num_parameters: 8}
  - {op: conv2d, out_channels: 8, kernel_size: 3, bias: false}
  - {op: batch_norm2d, bias: false}
  - {op: celu, alpha: 0.5}
  - {op: instance_norm2d, affine: true, track_running_stats: true}
  - selu
  - instance_norm2d
  - {op: group_norm, num_groups: 4, bias: false}
  - {op: local_response_norm, size: 5, k: 2}
  - mish
  - {op: glu, dim: 1}
  - {op: layer_norm, eps: 1e-6, bias: false}
  - {op: rms_norm, eps: 1e-6}
  - rms_norm
  - {op: hardtanh, min_val: -2, max_val: 2.5}
  - {op: dropout2d, p: 0.1}
  - {op: hardshrink, lambd: 0.01}
  - {op: softshrink, lambd: 0.02}
  - tanhshrink
  - softsign
  - {op: alpha_dropout, p: 0.2}
  - {op: feature_alpha_dropout, p: 0.3}
  - {op: softplus, beta: 2}
  - log_sigmoid
  - {op: threshold, threshold: -0.9, value: 0}
  - {op: rrelu, lower: 0.2}
  - prelu
  - [elu, gelu, hardsigmoid, hardswish, leaky_relu, relu, relu6, sigmoid, silu, tanh]
  - {op: softmax, dim: 1}
  - {op: log_softmax, dim: 1}
  - {op: softmin, dim: -1}
  - {op: dropout, p: 0.25}
  - softmax2d
"""


def images() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, bias=False),
        nn.BatchNorm2d(8, eps=1e-3, momentum=None),
        nn.PReLU(8),
        nn.Conv2d(8, 8, 3, bias=False),
        nn.BatchNorm2d(8, bias=False),
        nn.CELU(0.5),
        nn.InstanceNorm2d(8, affine=True, track_running_stats=True),
        nn.SELU(),
        nn.InstanceNorm2d(8),
        nn.GroupNorm(4, 8, bias=False),
        nn.LocalResponseNorm(5, k=2),
        nn.Mish(),
        nn.GLU(dim=1),
        nn.LayerNorm(28, eps=1e-6, bias=False),
        nn.RMSNorm(28, eps=1e-6),
        nn.RMSNorm(28),
        nn.Hardtanh(-2, 2.5),
        nn.Dropout2d(0.1),
        nn.Hardshrink(0.01),
        nn.Softshrink(0.02),
        nn.Tanhshrink(),
        nn.Softsign(),
        nn.AlphaDropout(0.2),
        nn.FeatureAlphaDropout(0.3),
        nn.Softplus(2),
        nn.LogSigmoid(),
        nn.Threshold(-0.9, 0),
        nn.RReLU(0.2),
        nn.PReLU(),
        nn.Sequential(
            *(nn.ELU(), nn.GELU(), nn.Hardsigmoid(), nn.Hardswish(), nn.LeakyReLU()),
            *(nn.ReLU(), nn.ReLU6(), nn.Sigmoid(), nn.SiLU(), nn.Tanh()),
        ),
        nn.Softmax(1),
        nn.LogSoftmax(1),
        nn.Softmin(-1),
        nn.Dropout(0.25),
        nn.Softmax2d(),
    )


SEQUENCES = """
  - {op: conv1d, out_channels: 6, kernel_size: 3}
  - batch_norm1d
  - {op: dropout1d, p: 0.3}
  - {op: instance_norm1d, affine: true}
  - glu
"""


def sequences() -> nn.Module:
    return nn.Sequential(
        nn.Conv1d(4, 6, 3),
        nn.BatchNorm1d(6),
        nn.Dropout1d(0.3),
        nn.InstanceNorm1d(6, affine=True),
        nn.GLU(),
    )


VOLUMES = """
  - {op: batch_norm3d, track_running_stats: false}
  - {op: dropout3d, p: 0.3}
  - {op: instance_norm3d, affine: true, bias: false}
  - {op: local_response_norm, size: 2, alpha: 0.01, beta: 0.5}
"""


def volumes() -> nn.Module:
    return nn.Sequential(
        nn.BatchNorm3d(4, track_running_stats=False),
        nn.Dropout3d(0.3),
        nn.InstanceNorm3d(4, affine=True, bias=False),
        nn.LocalResponseNorm(2, alpha=0.01, beta=0.5),
    )


CASES = [
    pytest.param(IMAGES, "[N, 3, 32, 32]", images(), id="images"),
    pytest.param(SEQUENCES, "[N, 4, 34]", sequences(), id="sequences"),
    pytest.param(VOLUMES, "[N, 4, 4, 5, 6]", volumes(), id="volumes"),
]


def sizes(shape: str, batch: int = 2) -> tuple[int, ...]:
    return (batch, *map(int, shape.strip("[]").split(", ")[1:]))


@pytest.mark.parametrize(("layers", "shape", "by_hand"), CASES)
def test_the_network_is_the_one_written_by_hand(
    layers: str, shape: str, by_hand: nn.Module
) -> None:
    built = architecture(minimal(layers, shape=shape))
    assert same_function(built.to_torch(), by_hand, sizes(shape))
    assert built.verify().values > 0
    (output,) = built.network.model.outputs
    result = by_hand(torch.rand(sizes(shape)))
    assert output.substitute({"N": 2}).shape == tuple(result.shape)


@pytest.mark.parametrize(("layers", "shape", "by_hand"), CASES)
def test_in_training_the_same_numbers_are_drawn(
    layers: str, shape: str, by_hand: nn.Module
) -> None:
    ours = architecture(minimal(layers, shape=shape)).to_torch()
    ours.load_state_dict(by_hand.state_dict())
    x, results = torch.rand(sizes(shape, batch=4)), []
    for module in (ours, by_hand):
        torch.manual_seed(3)
        results.append(module.train()(x))
    assert torch.equal(*results)
    states = zip(ours.state_dict().values(), by_hand.state_dict().values(), strict=True)
    assert all(torch.equal(mine, theirs) for mine, theirs in states)


def test_the_source_reads_as_written_by_hand() -> None:
    source = architecture(minimal(IMAGES)).to_source()
    for line in (
        "nn.BatchNorm2d(8, eps=0.001, momentum=None),",
        "nn.BatchNorm2d(8, bias=False),",
        "nn.PReLU(8),",
        "nn.InstanceNorm2d(8, affine=True, track_running_stats=True),",
        "nn.GroupNorm(4, 8, bias=False),",
        "nn.LocalResponseNorm(5, k=2),",
        "nn.RMSNorm(28, eps=1e-06),",
        "nn.Threshold(-0.9, 0),",
    ):
        assert line in source


ADJUSTABLE = minimal(
    "  conv: {op: conv2d, out_channels: width, kernel_size: 1, bias: false}\n"
    "  norm: norm\n"
    "  slopes: {op: prelu, num_parameters: conv.channels}\n"
    "  around: {op: local_response_norm, size: size, alpha: rate}\n"
    "  drop: {op: dropout2d, p: rate}\n"
    "  gate: {op: glu, dim: 1}\n"
    "  act: {op: threshold, threshold: rate, value: 2 * rate}\n",
    "params: {width: 8, size: 3, rate: 0.25, norm: {op: instance_norm2d}}",
)


@pytest.mark.parametrize(
    "parameters", [{}, {"width": 12}, {"size": 5, "rate": 0.5}, {"width": 2, "rate": 1.0}], ids=str
)
def test_arguments_may_be_parameters(parameters: dict[str, Any]) -> None:
    agree(ADJUSTABLE, **parameters)


@pytest.mark.parametrize(("init", "start"), [("", 0.25), (", init: {weight: 0.1}", 0.1)])
def test_the_slope_of_prelu_starts_as_pytorch_starts_it_unless_init_says_otherwise(
    init: str, start: float
) -> None:
    built = architecture(minimal(f"  act: {{op: prelu, num_parameters: 3{init}}}\n"))
    weight = built.to_torch().state_dict()["act.weight"]
    assert torch.equal(weight, torch.full((3,), start))


def test_a_shared_slope_needs_no_number() -> None:
    text = minimal(
        "  a: {op: prelu, num_parameters: 3}\n"
        "  b: {op: conv2d, out_channels: 3, kernel_size: 1}\n"
        "  c: {op: prelu, share: a}\n"
    )
    module = emitted_class(architecture(text).to_source(), "Net")()
    assert module.c.weight is module.a.weight
    assert architecture(text).count().totals.parameters == 3 + 3 * 3 + 3


def test_a_symbolic_size_that_is_halved_must_be_even() -> None:
    built = architecture(minimal("  gate: glu\n", shape="[N, 3, W]"))
    assert "W % 2 == 0" in [str(needed.condition) for needed in built.network.conditions]
    (output,) = built.network.model.outputs
    assert output.substitute({"N": 2, "W": 10}).shape == (2, 3, 5)

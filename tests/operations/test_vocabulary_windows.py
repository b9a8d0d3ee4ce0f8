"""Networks of convolutions and pools are the ones that PyTorch builds by hand."""

import pytest
import torch
from support.emitting import agree, architecture, minimal, same_function
from torch import nn

LINES = """
  - {op: conv1d, out_channels: 8, kernel_size: 3, padding: same, dilation: 2}
  - {op: lp_pool1d, norm_type: 2, kernel_size: 2}
  - {op: conv_transpose1d, out_channels: 4, kernel_size: 4, stride: 2, padding: 1}
  - {op: avg_pool1d, kernel_size: 3, ceil_mode: true, count_include_pad: false, padding: 1}
  - {op: max_pool1d, kernel_size: 2, dilation: 2}
  - {op: adaptive_max_pool1d, output_size: 5}
  - {op: adaptive_avg_pool1d, output_size: 3}
"""
VOLUMES = """
  - {op: conv3d, out_channels: 8, kernel_size: [1, 3, 3], padding: 1, padding_mode: circular}
  - {op: max_pool3d, kernel_size: 2}
  - {op: conv_transpose3d, out_channels: 4, kernel_size: 2, stride: 2, output_padding: 1, groups: 4}
  - {op: lp_pool3d, norm_type: 1, kernel_size: 2, stride: 1}
  - {op: avg_pool3d, kernel_size: 2, divisor_override: 3}
  - {op: adaptive_max_pool3d, output_size: [2, ~, 3]}
  - {op: adaptive_avg_pool3d, output_size: 1}
"""


def lines() -> nn.Module:
    return nn.Sequential(
        nn.Conv1d(3, 8, 3, padding="same", dilation=2),
        nn.LPPool1d(2, 2),
        nn.ConvTranspose1d(8, 4, 4, stride=2, padding=1),
        nn.AvgPool1d(3, padding=1, ceil_mode=True, count_include_pad=False),
        nn.MaxPool1d(2, dilation=2),
        nn.AdaptiveMaxPool1d(5),
        nn.AdaptiveAvgPool1d(3),
    )


def volumes() -> nn.Module:
    return nn.Sequential(
        nn.Conv3d(3, 8, (1, 3, 3), padding=1, padding_mode="circular"),
        nn.MaxPool3d(2),
        nn.ConvTranspose3d(8, 4, 2, stride=2, output_padding=1, groups=4),
        nn.LPPool3d(1, 2, stride=1),
        nn.AvgPool3d(2, divisor_override=3),
        nn.AdaptiveMaxPool3d((2, None, 3)),
        nn.AdaptiveAvgPool3d(1),
    )


def test_lines_are_pytorchs() -> None:
    ours = architecture(minimal(LINES, shape="[N, 3, 40]")).to_torch()
    assert same_function(ours, lines(), (2, 3, 40))


def test_volumes_are_pytorchs() -> None:
    ours = architecture(minimal(VOLUMES, shape="[N, 3, 8, 12, 10]")).to_torch()
    assert same_function(ours, volumes(), (2, 3, 8, 12, 10))


UNPOOLED = """
  pool: {op: max_pool2d, kernel_size: 2, return_indices: true}
  norm: {op: batch_norm2d, from: pool.0}
  unpool: {op: max_unpool2d, from: [norm, pool.1], kernel_size: 2}
"""


class Unpooled(nn.Module):
    """What SegNet does: the indices of a pool say where its values go back to."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        values, indices = nn.functional.max_pool2d(x, 2, return_indices=True)
        return nn.functional.max_unpool2d(self.norm(values), indices, (2, 2))


def test_indices_lead_back() -> None:
    made = architecture(minimal(UNPOOLED))
    assert same_function(made.to_torch(), Unpooled(), (2, 3, 32, 32))
    assert "pool_output, pool_indices = self.pool(x)" in made.to_source()
    assert "nn.functional.max_unpool2d(norm, pool_indices, 2)" in made.to_source()


ROUNDED_DOWN = """
  pool: {op: max_pool2d, kernel_size: 2, return_indices: true}
  unpool: {op: max_unpool2d, from: [pool.0, pool.1], kernel_size: 2, output_size: "input.shape[2:]"}
"""


@pytest.mark.parametrize("size", [(7, 9), (8, 9), (2, 2), (23, 45)])
def test_the_size_of_what_was_pooled_comes_back(size: tuple[int, int]) -> None:
    """A map of 45 rows is pooled to 22, which make 44; the indices are those of 45."""
    made = architecture(minimal(ROUNDED_DOWN, shape="[N, 3, H, W]"))
    (said,) = made.network.model.outputs
    numbers = {"N": 2, "H": size[0], "W": size[1]}
    x = torch.randn(2, 3, *size)
    found = made.to_torch()(x)
    assert said.substitute(dict(numbers)).shape == tuple(found.shape) == (2, 3, *size)
    assert all(needed.condition.holds(numbers) for needed in made.network.conditions)
    stays = found != 0
    assert torch.equal(found[stays], x[stays])
    assert int(stays.sum()) == 2 * 3 * (size[0] // 2) * (size[1] // 2)


@pytest.mark.parametrize(
    ("layer", "theirs"),
    [
        (
            "max_channel_pool, kernel_size: 2",
            lambda x: nn.functional.max_pool3d(x[:, None], (2, 1, 1))[:, 0],
        ),
        (
            "max_channel_pool, kernel_size: 3, stride: 1, padding: 1, dilation: 2",
            lambda x: nn.functional.max_pool3d(
                x[:, None], (3, 1, 1), stride=(1, 1, 1), padding=(1, 0, 0), dilation=(2, 1, 1)
            )[:, 0],
        ),
        ("max_channel_pool, kernel_size: all", lambda x: x.amax(1, keepdim=True)),
        ("avg_channel_pool, kernel_size: all", lambda x: x.mean(1, keepdim=True)),
        (
            "avg_channel_pool, kernel_size: 3, padding: 1, count_include_pad: false",
            lambda x: nn.functional.avg_pool3d(
                x[:, None], (3, 1, 1), padding=(1, 0, 0), count_include_pad=False
            )[:, 0],
        ),
    ],
)
def test_a_window_over_channels_is_one_of_1_by_1_in_space(layer: str, theirs: object) -> None:
    """PyTorch has it as a window of k×1×1 over C×H×W as a volume."""
    made = architecture(minimal(f"  pool: {{op: {layer}}}", shape="[N, 8, 5, 5]")).to_torch()
    x = torch.randn(2, 8, 5, 5).double()
    assert callable(theirs)
    torch.testing.assert_close(made(x), theirs(x))


def test_parameters_reach_the_windows() -> None:
    spec = minimal(
        "  conv: {op: conv3d, out_channels: width, kernel_size: k, padding: k // 2}\n"
        "  pool: {op: max_channel_pool, kernel_size: 2}\n"
        "  spread: {op: conv_transpose3d, out_channels: 2, kernel_size: k, stride: k}\n",
        head="params: {width: 4, k: 3}",
        shape="[N, 3, 6, 6, 6]",
    )
    agree(spec, (1, 3, 6, 6, 6), width=6, k=1)
    agree(spec, (1, 3, 6, 6, 6), k=5)

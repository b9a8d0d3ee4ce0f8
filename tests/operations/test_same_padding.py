"""The numbers that stand for `padding: same` give its size, as PyTorch computes it."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest
import torch
from support.helps import checked
from torch import nn

from archspec.operations.vocabulary.convolution import same_transposed
from archspec.operations.vocabulary.pooling import same_pooling
from archspec.pipeline import Settings
from archspec.source import applied

SIZES = range(6, 19)


@pytest.mark.parametrize(("kernel", "stride"), list(product(range(1, 6), range(1, 5))))
def test_pooling_divides_by_its_stride_and_rounds_up(kernel: int, stride: int) -> None:
    found: dict[str, Any] | None = same_pooling((kernel,), (stride,), (1,))
    if found is None:
        assert kernel % 2 == 0
        return
    pool = nn.MaxPool1d(kernel, stride, **found)
    assert [pool(torch.zeros(1, 1, size)).shape[2] for size in SIZES] == [
        -(-size // stride) for size in SIZES
    ]


@pytest.mark.parametrize(
    ("kernel", "stride", "dilation"), list(product(range(1, 6), range(1, 5), range(1, 4)))
)
def test_a_transposed_convolution_multiplies(kernel: int, stride: int, dilation: int) -> None:
    found: dict[str, Any] | None = same_transposed((kernel,), (stride,), (dilation,))
    if found is None:
        assert (dilation * (kernel - 1) + 1 - stride) % 2 == 1 or kernel < stride
        return
    layer = nn.ConvTranspose1d(1, 1, kernel, stride, dilation=dilation, **found)
    assert [layer(torch.zeros(1, 1, size)).shape[2] for size in SIZES] == [
        size * stride for size in SIZES
    ]


HEAD = "archspec: 1\nname: Net\ninput: [N, 3, 33, 33]\nlayers:\n  a: "
GAPS = [
    (kernel, stride, dilation)
    for kernel, stride, dilation in product((2, 3, 4), (2, 3, 4, 5), (1, 2, 3))
]


@pytest.mark.parametrize(("kernel", "stride", "dilation"), GAPS)
def test_what_is_written_against_gaps_leaves_nothing_out(
    kernel: int, stride: int, dilation: int
) -> None:
    """All pixels but those of the border have a gradient; that of a sum is exact in any dtype."""
    text = f"{HEAD}{{op: conv2d, out_channels: 1, kernel_size: {kernel}, "
    text += f"stride: {stride}, dilation: {dilation}}}\n"
    found = checked(text, Path("net.yaml"), Settings())
    assert bool(found) is not _reads_all(kernel, stride, dilation)
    for item in found:
        assert item.alternatives
        for way in item.alternatives:
            written = applied(text, way).split("kernel_size: ")[1].strip("}\n").split(", ")
            assert _reads_all(*(int(part.split()[-1]) for part in written))


def _reads_all(kernel: int, stride: int, dilation: int) -> bool:
    layer = nn.Conv1d(1, 1, kernel, stride, dilation=dilation, bias=False).double()
    nn.init.ones_(layer.weight)
    image = torch.zeros(1, 1, 99, dtype=torch.float64, requires_grad=True)
    layer(image).sum().backward()
    assert image.grad is not None
    return bool((image.grad[0, 0, 20:60] > 0).all())

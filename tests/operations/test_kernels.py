"""Fixed kernels are those of SciPy and Pillow, on a photograph and on examples worked by hand."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from pytest import approx
from scipy.ndimage import correlate  # type: ignore[import-untyped]  # SciPy has no types
from sklearn.datasets import load_sample_image  # type: ignore[import-untyped]  # likewise
from support.emitting import agree, architecture, emitted_class, minimal
from support.operations.named import operation
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import archspec
from archspec.draw import to_dot
from archspec.pipeline import check, compile
from archspec.sizes import Tensor, symbol
from archspec.source import read

Pixels = NDArray[Any]

KNOWN: dict[str, tuple[list[list[int]], int]] = {
    "edge_detection": ([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], 1),
    "sharpen": ([[-1, -1, -1], [-1, 9, -1], [-1, -1, -1]], 1),
    "gaussian_blur": ([[1, 2, 1], [2, 4, 2], [1, 2, 1]], 16),
}
"""The matrices as every textbook prints them, and what the sums are divided by."""


@cache
def photograph() -> Pixels:
    """Read the picture of a Chinese temple, 427×640×3 of bytes."""
    picture: Pixels = load_sample_image("china.jpg").copy()  # that of the file cannot be written
    return picture


def filtered(spec: str, picture: Pixels) -> Pixels:
    """Run a spec, as the text that it is written to, on a picture; the channels come last."""
    model = emitted_class(architecture(spec).to_source(), "Net")()
    with torch.no_grad():
        maps = model(torch.from_numpy(picture).permute(2, 0, 1)[None].float())
    found: Pixels = maps[0].permute(1, 2, 0).numpy()
    return found


# --- a photograph -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_kernel_on_a_photograph_is_that_of_scipy(name: str) -> None:
    matrix, divisor = KNOWN[name]
    channels = [
        correlate(photograph()[..., channel].astype(float), np.array(matrix), mode="constant")
        for channel in range(3)
    ]
    spec = minimal(f"  - {{op: filter2d, kernel: {name}, padding: same}}", shape="[N, 3, H, W]")
    assert np.array_equal(filtered(spec, photograph()), np.stack(channels, axis=-1) / divisor)


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_kernel_off_the_border_is_that_of_pillow(name: str) -> None:
    matrix, divisor = KNOWN[name]
    numbers = [float(number) for row in matrix for number in row]
    kernel = ImageFilter.Kernel((3, 3), numbers, scale=divisor)
    theirs = np.asarray(Image.fromarray(photograph()).filter(kernel))[1:-1, 1:-1]
    spec = minimal(f"  - {{op: filter2d, kernel: {name}}}", shape="[N, 3, H, W]")
    ours = np.clip(np.floor(filtered(spec, photograph()) + 0.5), 0, 255)
    assert np.array_equal(ours, theirs)


# --- worked by hand ---------------------------------------------------------------------------

SMALL = np.array([[[1, 10], [2, 20]], [[3, 30], [4, 40]]])
"""A picture of 2×2 with two channels, of which the second is ten times the first."""


def small(kernels: str, layer: str) -> list[list[list[float]]]:
    """Give the maps of the small picture, each by its rows."""
    spec = minimal(f"  - {{op: filter2d, {layer}}}", f"kernels:\n{kernels}", "[N, 2, 2, 2]")
    found: list[list[list[float]]] = filtered(spec, SMALL).transpose(2, 0, 1).tolist()
    return found


def test_a_kernel_goes_over_each_channel_by_itself() -> None:
    # 1·1 + 2·2 + 3·3 + 4·4 = 30, and ten times that in the second channel
    assert small("  k: [[1, 2], [3, 4]]", "kernel: k") == [[[30]], [[300]]]


def test_a_kernel_of_channels_gives_one_map() -> None:
    # ten times the first channel less the second is 0 everywhere; with 11, it is the first
    kernel = "  zero: [[[10]], [[-1]]]\n  first: {scale: 1, values: [[[11]], [[-1]]]}"
    assert small(kernel, "kernel: zero") == [[[0, 0], [0, 0]]]
    assert small(kernel, "kernel: first") == [[[1, 2], [3, 4]]]


def test_a_list_gives_the_maps_of_its_kernels_in_turn() -> None:
    kernels = "  half: {scale: 1/2, values: [[1]]}\n  sum: [[[1]], [[1]]]\n  right: [[0, 0, 1]]"
    assert small(kernels, "kernel: [half, sum, right], padding: same") == [
        *([[0.5, 1], [1.5, 2]], [[5, 10], [15, 20]]),
        [[11, 22], [33, 44]],
        *([[2, 0], [4, 0]], [[20, 0], [40, 0]]),
    ]


def test_padding_stride_and_dilation_are_those_of_a_convolution() -> None:
    spec = "  k: [[1, 2], [3, 4]]"
    weight = torch.tensor([[1.0, 2], [3, 4]]).expand(2, 1, 2, 2)
    picture = torch.from_numpy(SMALL).permute(2, 0, 1)[None].float()
    for stride, padding, dilation in ((1, 1, 1), (2, 1, 2), (1, 2, 3)):
        said = f"stride: {stride}, padding: {padding}, dilation: {dilation}"
        wanted = torch.conv2d(picture, weight, None, stride, padding, dilation, 2)[0]
        assert small(spec, f"kernel: k, {said}") == wanted.tolist()


def test_a_kernel_must_have_the_channels_of_its_input() -> None:
    kernel = "kernels: {grey: {scale: 1/3, values: [[[1]], [[1]], [[1]]]}}"
    spec = minimal("  - {op: filter2d, kernel: grey}", kernel, "[N, 1, 8, 8]")
    (found,) = compile(read(spec, "net.yaml")).diagnostics
    assert found.message == (
        "the number of channels in the input and in the kernel must match: the input has 1, and "
        "the kernel 3×1×1 has 3"
    )


# --- names and numbers ------------------------------------------------------------------------

PARAMETERS = """
archspec: 1
name: Net
params: {which: {type: str, default: sharpen}, sigma: 2}
let: {twice: 2 * sigma}
input: [N, 3, 8, 8]
kernels:
  bell: {scale: 1 / (2 + twice), values: [[1, twice, 1]]}
  sharpen: [[sigma]]
layers:
  - {op: filter2d, kernel: which}
  - {op: filter2d, kernel: [bell, edge_detection], padding: same}
"""


def buffers(spec: str, **parameters: object) -> list[object]:
    model = architecture(spec, **parameters).to_torch()
    return [value.tolist() for value in model.state_dict().values()]


def test_numbers_are_expressions_and_a_text_may_name_the_kernel() -> None:
    edges = KNOWN["edge_detection"][0]
    assert buffers(PARAMETERS) == [[[2]], [[approx(1 / 6), approx(4 / 6), approx(1 / 6)]], edges]
    more = buffers(PARAMETERS, which="edge_detection", sigma=3)
    assert more == [edges, [[1 / 8, 6 / 8, 1 / 8]], edges]


def test_a_kernel_of_the_spec_goes_before_a_known_one() -> None:
    kernel = "kernels: {sharpen: [[3]]}"
    assert buffers(minimal("  - {op: filter2d, kernel: sharpen}", kernel)) == [[[3]]]


def test_a_parameter_on_which_no_kernel_depends_stays_one() -> None:
    layers = "  - {op: filter2d, kernel: k}\n  - {op: conv2d, out_channels: width, kernel_size: 1}"
    head = "params: {width: 8, k: 4}\nkernels: {k: [[k]]}"
    agree(minimal(layers, head), width=5)


def test_a_kernel_that_a_default_or_variant_names_is_used() -> None:
    head = """
params: {which: {type: str, default: one}, two: 2}
kernels: {one: [[1]], two: [[two]], three: [[3]], four: [[4]]}
variants: {other: {which: three}}
"""
    layers = "  - {op: filter2d, kernel: which}\n  - {op: filter2d, kernel: [two, three]}"
    found = check(read(minimal(layers, head), "net.yaml")).diagnostics
    assert [item.message for item in found] == ["nothing uses the kernel `four`"]


def test_keys_are_kernel_or_numbered() -> None:
    model = architecture(PARAMETERS).to_torch()
    assert list(model.state_dict()) == ["0.kernel", "1.kernel0", "1.kernel1"]
    assert list(model.parameters()) == []


def test_networks_that_share_a_known_kernel_do_not_share_its_numbers() -> None:
    layers = "  - {op: filter2d, kernel: sharpen}\n  - {op: filter2d, kernel: sharpen}"
    model = architecture(minimal(layers)).to_torch()
    first, second = model.buffers()
    first.zero_()
    assert second.sum() == 1


def test_kernels_are_merged_by_name(tmp_path: Path) -> None:
    base = "kernels: {a: [[1]], b: [[2]]}"
    (tmp_path / "base.yaml").write_text(minimal("  - {op: filter2d, kernel: [a, b]}", base))
    (tmp_path / "own.yaml").write_text("extends: base.yaml\nkernels: {b: [[3]]}\n")
    model = archspec.load(tmp_path / "own.yaml").to_torch()
    assert [value.item() for value in model.buffers()] == [1, 3]


def test_a_spec_in_another_one_keeps_its_own_kernels(tmp_path: Path) -> None:
    inner = minimal("  - {op: filter2d, kernel: k}", "params: {x: 1}\nkernels: {k: [[x]]}")
    (tmp_path / "inner.yaml").write_text(inner)
    layers = "  - {spec: inner.yaml}\n  - {spec: inner.yaml, x: 5}\n  - {op: filter2d, kernel: k}"
    (tmp_path / "outer.yaml").write_text(minimal(layers, "kernels: {k: [[7]]}"))
    model = archspec.load(tmp_path / "outer.yaml").to_torch()
    assert [value.item() for value in model.buffers()] == [1, 5, 7]


# --- what is said of them ---------------------------------------------------------------------


def test_macs_and_buffers_are_those_of_convolutions() -> None:
    layers = "  - {op: filter2d, kernel: [gaussian_blur, grey], padding: same}"
    kernel = "kernels: {grey: [[[1]], [[1]], [[1]]]}"
    found = architecture(minimal(layers, kernel)).count().totals
    blur = nn.Conv2d(3, 3, 3, padding=1, groups=3, bias=False)
    grey = nn.Conv2d(3, 1, 1, bias=False)
    assert found.macs.least == flops(blur) // 2 + flops(grey) // 2
    assert (found.macs.exact, found.parameters, found.buffers) == (True, 0, 9 + 3)


def flops(layer: nn.Module) -> int:
    with FlopCounterMode(display=False) as counter:
        layer(torch.zeros(1, 3, 32, 32))
    total: int = counter.get_total_flops()
    return total


def test_a_box_shows_the_names_of_its_kernels() -> None:
    layers = "  a: {op: filter2d, kernel: [sharpen, gaussian_blur]}"
    drawn = to_dot(architecture(minimal(layers)).network)
    assert "filter2d sharpen, gaussian_blur" in drawn


@pytest.mark.parametrize("padding", ["same", "valid", 1, [0, 1]])
def test_a_symbol_is_a_size_like_any_other(padding: object) -> None:
    height = symbol("H")
    kernels = [[[1, 2, 1]], [[0, 1, 0]]]
    convolution = operation("filter2d", kernel=kernels, padding=padding)
    (free,) = convolution.outputs(bool, Tensor((1, 3, height, 9)))
    for size in (3, 4, 7):
        (given,) = convolution.outputs(bool, Tensor((1, 3, size, 9)))
        assert free.substitute({"H": size}) == given

"""A network of what moves, cuts and resamples images is the one that PyTorch builds by hand."""

import pytest
import torch
from support.emitting import architecture, emitted_class, minimal, same_function
from torch import nn
from torch.nn import functional

IMAGES = """
  shuffled: {op: pixel_shuffle, upscale_factor: 2}
  back: {op: pixel_unshuffle, downscale_factor: 2}
  channels: {op: channel_shuffle, groups: 4}
  columns: {op: unfold, kernel_size: [2, 3], padding: 1, stride: [2, 1]}
  mixed: {op: linear, out_features: 81}
  image: {op: fold, output_size: [16, 9], kernel_size: [2, 3], padding: 1, stride: [2, 1]}
  larger: {op: upsample, scale_factor: 2, mode: bilinear, align_corners: true}
  to_size: {op: upsample, size: [20, 19]}
  as_input: {op: interpolate, size: "input.shape[2:]", mode: bicubic, antialias: true}
  factors: {op: interpolate, scale_factor: [1.5, 2], mode: nearest-exact}
  area: {op: interpolate, size: 7, mode: area}
  reflect: {op: pad, pad: [1, 2, 0, 1], mode: reflect}
  circular: {op: pad, pad: [1, 1, 0, 2], mode: circular}
  replicate: {op: pad, pad: [0, 0, 2, 0], mode: replicate}
  border: {op: pad, pad: [1, -1], value: 0.5}
"""

FREE = """
  shuffled: {op: pixel_shuffle, upscale_factor: 2}
  smaller: {op: pixel_unshuffle, downscale_factor: 4}
  larger: {op: interpolate, size: "input.shape[2:]"}
  columns: {op: unfold, kernel_size: 2, stride: 2}
  image: {op: fold, output_size: "input.shape[2:]", kernel_size: 2, stride: 2}
  back: {op: upsample, scale_factor: 0.5}
  border: {op: pad, pad: [1, 2, 3, 4]}
"""


class ByHand(nn.Module):
    """The network of `IMAGES` as a user of PyTorch would write it."""

    def __init__(self) -> None:
        super().__init__()
        self.shuffled = nn.PixelShuffle(2)
        self.back = nn.PixelUnshuffle(2)
        self.channels = nn.ChannelShuffle(4)
        self.columns = nn.Unfold((2, 3), padding=1, stride=(2, 1))
        self.mixed = nn.Linear(81, 81)
        self.image = nn.Fold((16, 9), (2, 3), padding=1, stride=(2, 1))
        self.larger = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
        self.to_size = nn.Upsample((20, 19))

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        x = self.channels(self.back(self.shuffled(picture)))
        x = self.image(self.mixed(self.columns(x)))
        x = self.to_size(self.larger(x))
        size = picture.shape[2:]
        x = functional.interpolate(x, size, mode="bicubic", antialias=True)
        x = functional.interpolate(x, scale_factor=(1.5, 2.0), mode="nearest-exact")
        x = functional.interpolate(x, 7, mode="area")
        x = functional.pad(x, (1, 2, 0, 1), mode="reflect")
        x = functional.pad(x, (1, 1, 0, 2), mode="circular")
        x = functional.pad(x, (0, 0, 2, 0), mode="replicate")
        return functional.pad(x, (1, -1), value=0.5)


def test_images_are_cut_moved_and_resampled_as_by_hand() -> None:
    text = minimal(IMAGES, shape="[N, 8, 16, 9]")
    ours = emitted_class(architecture(text).to_source(), "Net")()
    assert same_function(ours, ByHand(), (2, 8, 16, 9))


@pytest.mark.parametrize("size", [(4, 4), (8, 20), (12, 4)])
def test_free_sizes_are_those_that_pytorch_gives(size: tuple[int, int]) -> None:
    built = architecture(minimal(FREE, shape="[N, 8, H, W]"))
    numbers = {"N": 2, "H": size[0], "W": size[1]}
    (said,) = built.network.model.outputs
    found = built.to_torch()(torch.zeros(2, 8, *size))
    assert said.substitute(dict(numbers)).shape == tuple(found.shape)
    assert all(needed.condition.holds(numbers) for needed in built.network.conditions)


def test_a_size_that_cannot_be_cut_fails_a_condition() -> None:
    built = architecture(minimal(FREE, shape="[N, 8, H, W]"))
    numbers = {"N": 2, "H": 5, "W": 8}
    assert not all(needed.condition.holds(numbers) for needed in built.network.conditions)
    with pytest.raises(RuntimeError, match="divisible by downscale_factor"):
        built.to_torch()(torch.zeros(2, 8, 5, 8))


def test_what_unfold_takes_apart_fold_puts_together() -> None:
    """Without overlap, `fold` of `unfold` is the picture itself."""
    layers = """
  columns: {op: unfold, kernel_size: [2, 3], stride: [2, 3]}
  image: {op: fold, output_size: "input.shape[2:]", kernel_size: [2, 3], stride: [2, 3]}
"""
    picture = torch.randn(2, 3, 8, 9)
    model = architecture(minimal(layers, shape="[N, 3, 8, 9]")).to_torch()
    assert torch.equal(model(picture), picture)

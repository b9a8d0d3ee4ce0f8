"""Permute the pixels of a photograph, and see which convolution of mixing.yaml minds."""

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from sklearn.datasets import load_sample_image
from torch import Tensor

import archspec

GREY = torch.tensor([0.299, 0.587, 0.114])
SWAP_AND_GREY = torch.stack([*torch.eye(3).flip(0), GREY])
SOBEL = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
TITLES = ("1×1: red and blue swapped", "1×1: grey", "3×3: vertical edges")


def photograph() -> Tensor:
    """Read the photograph as a batch of one, 1×3×427×640, with numbers from 0 to 1."""
    pixels = torch.from_numpy(load_sample_image("china.jpg").copy())
    return pixels.permute(2, 0, 1)[None] / 255


def by_hand() -> torch.nn.Module:
    """Build the network, and set the weights of both convolutions."""
    model = archspec.load("mixing.yaml").to_torch()
    pointwise = SWAP_AND_GREY[:, :, None, None]  # 4×3×1×1
    spatial = (GREY[:, None, None] * SOBEL)[None]  # 1×3×3×3
    model.load_state_dict({"pointwise.weight": pointwise, "spatial.weight": spatial})
    return model


def rearranged(maps: Tensor, order: Tensor) -> Tensor:
    """Put pixel `order[i]` in the place of pixel `i`."""
    return maps.flatten(2)[:, :, order].reshape(maps.shape)


def report(before: dict[str, Tensor], after: dict[str, Tensor]) -> None:
    """Print how many pixels of each layer's maps are what they were."""
    print("layer      kernel  pixels that stay the same")
    for name, kernel in (("pointwise", "1×1"), ("spatial", "3×3")):
        same = torch.isclose(before[name], after[name], atol=1e-5).float().mean()
        print(f"{name:9}  {kernel}     {same:4.0%}")


def show(axes: Axes, channels: Tensor, title: str) -> None:
    """Draw three channels in colour or one in grey; below 0 is black, above 1 is full."""
    pixels = channels.clamp(0, 1).permute(1, 2, 0).numpy()
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=1)
    axes.set_title(title, fontsize=13)
    axes.set_axis_off()


def pictures(maps: dict[str, Tensor]) -> list[Tensor]:
    """Give what is drawn: three channels in colour, one in grey, and edges, of which 0 is grey."""
    pointwise, spatial = maps["pointwise"][0], maps["spatial"][0]
    return [pointwise[:3], pointwise[3:], 0.5 + spatial / 4]


def draw(picture: Tensor, shuffled: Tensor, before: list[Tensor], back: list[Tensor]) -> None:
    """Draw the maps of the photograph above those of the permuted one."""
    figure, (above, below) = plt.subplots(2, 4, figsize=(14, 5.2), layout="constrained")
    show(above[0], picture[0], "the photograph")
    show(below[0], shuffled[0], "its pixels permuted")
    for index, title in enumerate(TITLES):
        show(above[index + 1], before[index], title)
        show(below[index + 1], back[index], "of the permuted pixels, put back")
    figure.savefig("mixing.png", dpi=100)


@torch.no_grad()
def main() -> None:
    """Permute, convolve, put the pixels back, and compare."""
    picture, model = photograph(), by_hand()
    order = torch.randperm(427 * 640, generator=torch.Generator().manual_seed(0))
    shuffled = rearranged(picture, order)
    before, after = model(picture), model(shuffled)
    back = {name: rearranged(maps, order.argsort()) for name, maps in after.items()}
    report(before, back)
    draw(picture, shuffled, pictures(before), pictures(back))


if __name__ == "__main__":
    main()

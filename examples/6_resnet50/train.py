"""Train ResNet-50 a few steps, to tell pieces of two photographs from each other."""

import sys

import torch
from rich.console import Console
from rich.progress import track
from sklearn.datasets import load_sample_image
from torch import Tensor, nn

from resnet50 import ResNet50

BATCH, SIDE = 16, 64


def main(steps: int = 30) -> None:
    """Train, and print how many pieces are told right at the beginning and at the end."""
    torch.manual_seed(0)
    model = ResNet50(num_classes=2)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.003, momentum=0.9)
    photographs = [photograph("china.jpg"), photograph("flower.jpg")]
    right = []
    console = Console(stderr=True)
    for _ in track(
        range(steps), "training", console=console, disable=not console.is_terminal, transient=True
    ):
        pieces, names = batch(photographs)
        scores = model(pieces)
        optimiser.zero_grad()
        nn.functional.cross_entropy(scores, names).backward()
        optimiser.step()
        right.append(int((scores.argmax(1) == names).sum()))
    for when, told in (("first", right[:5]), ("last", right[-5:])):
        print(f"{when:5} five steps: {sum(told)} of {5 * BATCH} pieces are told right")


def photograph(name: str) -> Tensor:
    """Read a photograph, 3×427×640, with numbers from -1 to 1."""
    pixels = torch.from_numpy(load_sample_image(name).copy())
    return pixels.permute(2, 0, 1) / 127.5 - 1


def batch(photographs: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Cut pieces from anywhere in the photographs; tell of which each is."""
    names = torch.randint(len(photographs), (BATCH,))
    return torch.stack([piece(photographs[name]) for name in names]), names


def piece(pixels: Tensor) -> Tensor:
    """Cut a square from anywhere."""
    top, left = (int(torch.randint(size - SIDE + 1, ())) for size in pixels.shape[1:])
    return pixels[:, top : top + SIDE, left : left + SIDE]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

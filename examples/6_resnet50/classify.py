"""Classify a photograph with published weights: `python classify.py resnet50-11ad3fa6.pth`."""

import sys

import torch
from sklearn.datasets import load_sample_image
from torch import Tensor

from resnet50 import ResNet50

MEAN = torch.tensor([0.485, 0.456, 0.406])  # of the channels of ImageNet, by which it was trained
DEVIATION = torch.tensor([0.229, 0.224, 0.225])


def main(file: str) -> None:
    """Load the weights, all of them and no others, and print the five likeliest classes."""
    model = ResNet50()
    model.load_state_dict(torch.load(file, weights_only=True), strict=True)
    with torch.no_grad():
        scores = model.eval()(photograph())[0].softmax(0)
    print("class  probability")
    for probability, number in zip(*scores.topk(5), strict=True):
        print(f"{number:5}  {probability:.3f}")


def photograph() -> Tensor:
    """Read the flower as the network wants it: the middle, 1×3×224×224."""
    pixels = torch.from_numpy(load_sample_image("flower.jpg").copy()) / 255
    maps = ((pixels - MEAN) / DEVIATION).permute(2, 0, 1)[None]
    small = torch.nn.functional.interpolate(maps, scale_factor=256 / 427, mode="area")
    top, left = ((size - 224) // 2 for size in small.shape[2:])
    return small[:, :, top : top + 224, left : left + 224]


if __name__ == "__main__":
    main(*sys.argv[1:])

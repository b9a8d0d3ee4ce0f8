"""Which images torchvision's models take, and which of them we do."""

from collections.abc import Callable, Iterable

import torch
from torch import nn

from archspec import SpecError
from support.zoo.published import ours

Takes = Callable[[int], bool]
"""Whether images of a side are taken."""


def disagreeing(name: str, model: nn.Module, published: int, sides: Iterable[int]) -> list[int]:
    """Name the sides of images of which we say something else than torchvision's model.

    The model is one without memory for its weights, whose convolutions check sizes all the same.
    One that has weights for the places in an image is for images of the `published` side.
    """
    takes = _built(name, published) if name.startswith("vit") else _checked(name)
    return [side for side in sides if runs(model, side) != takes(side)]


def _checked(name: str) -> Takes:
    """Let the checker say it: a network for images of the side is valid.

    Inception's auxiliary head wants more, and PyTorch runs it in training only.
    """
    parameters = {"aux_logits": False} if name == "inception_v3" else {}

    def takes(side: int) -> bool:
        try:
            ours(name, side, **parameters)
        except SpecError:
            return False
        return True

    return lambda side: side > 0 and takes(side)


def _built(name: str, side: int) -> Takes:
    """Let the network say it that is built for images of one side."""
    with torch.device("meta"):
        built = ours(name, side).to_torch()
    return lambda other: runs(built, other)


def runs(model: nn.Module, side: int) -> bool:
    """Say whether PyTorch evaluates a model for an image of this side."""
    try:
        model.eval()(torch.empty(1, 3, side, side, device="meta"))
    except (RuntimeError, ValueError, AssertionError):
        return False
    return True

"""Which images torchvision's models take, and which of them we do."""

from collections.abc import Iterable

import torch
from torch import nn

from archspec import SpecError
from zoo.published import ours


def disagreeing(name: str, model: nn.Module, sides: Iterable[int]) -> tuple[bool, list[int]]:
    """Say whether a model takes images of the last side, and of which sides we say otherwise.

    The model is one without memory for its weights, whose convolutions check sizes all the same.
    """
    taken, wrong = False, []
    for side in sides:
        taken = runs(model, side)
        if taken != loads(name, side):
            wrong.append(side)
    return taken, wrong


def runs(model: nn.Module, side: int) -> bool:
    """Say whether PyTorch evaluates a model for an image of this side."""
    try:
        model.eval()(torch.empty(1, 3, side, side, device="meta"))
    except (RuntimeError, ValueError, AssertionError):
        return False
    return True


def loads(name: str, side: int) -> bool:
    """Say whether we accept an image of this side.

    Inception's auxiliary head wants more, and PyTorch runs it in training only.
    """
    if side < 1:
        return False
    parameters = {"aux_logits": False} if name == "inception_v3" else {}
    try:
        ours(name, side, **parameters)
    except SpecError:
        return False
    return True

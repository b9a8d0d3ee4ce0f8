"""How one network is trained: as He et al. did, with a rate that rises and falls."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from data import Pictures
from torch import Tensor, nn

import archspec

MOMENTUM = 0.9
WEIGHT_DECAY = 1e-4
PORTION = 1000  # pictures that are judged at once


class Settings(NamedTuple):
    """What is the same for all networks that are compared."""

    pictures: str
    epochs: int
    rate: float
    batch: int
    width: int


class Errors(NamedTuple):
    """The shares of pictures told wrong, in %."""

    training: float
    test: float


def learn(variant: str, seed: int, settings: Settings, pictures: Pictures) -> Iterator[Errors]:
    """Build a variant of the spec, train it, and give its errors after each epoch.

    The rate rises during the first fifth of the epochs, and falls to nothing after that.
    """
    torch.manual_seed(seed)
    model = network(variant, settings, pictures).to(pictures.learn.device)
    optimiser = torch.optim.SGD(
        model.parameters(), settings.rate, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, settings.rate, settings.epochs, pct_start=0.2, cycle_momentum=False
    )
    for _ in range(settings.epochs):
        training = go_through(model, optimiser, pictures, settings.batch)
        schedule.step()
        yield Errors(training, wrong(model, pictures.test, pictures.test_classes))


def network(variant: str, settings: Settings, pictures: Pictures) -> nn.Module:
    """Build the variant for these pictures."""
    return archspec.load(
        "network.yaml",
        variant=variant,
        width=settings.width,
        channels=pictures.channels,
        side=pictures.side,
    ).to_torch()


def go_through(
    model: nn.Module, optimiser: torch.optim.Optimizer, pictures: Pictures, size: int
) -> float:
    """Train on all pictures once, in batches of this size; give the share told wrong, in %.

    That is the training error of He et al.: of each batch as it was when it came.
    """
    model.train()
    missed = 0
    for chosen in torch.randperm(len(pictures.learn)).split(size):
        given = varied(pictures.learn[chosen]) if pictures.channels == 3 else pictures.learn[chosen]
        scores, classes = model(given), pictures.learn_classes[chosen]
        optimiser.zero_grad()
        nn.functional.cross_entropy(scores, classes).backward()
        optimiser.step()
        missed += int((scores.argmax(1) != classes).sum())
    return 100 * missed / len(pictures.learn)


def varied(pictures: Tensor) -> Tensor:
    """Shift each picture by up to an eighth of its side, and mirror it or not, as He et al. did.

    That is for CIFAR-10: a mirrored digit would not be a digit.
    """
    number, _, side, _ = pictures.shape
    reach = side // 8
    padded = nn.functional.pad(pictures, [reach] * 4)
    rows, columns = (torch.randint(2 * reach + 1, (number, 1)) + torch.arange(side) for _ in "yx")
    columns = torch.where(torch.rand(number, 1) < 0.5, columns.flip(1), columns)
    each = torch.arange(number)[:, None, None]
    return padded[each, :, rows[:, :, None], columns[:, None, :]].movedim(-1, 1)


@torch.no_grad()
def wrong(model: nn.Module, pictures: Tensor, classes: Tensor) -> float:
    """Give the share of pictures told wrong in evaluation, in %."""
    model.eval()
    told = torch.cat([model(portion).argmax(1) for portion in pictures.split(PORTION)])
    return 100 * (told != classes).sum().item() / len(classes)

"""The digits of scikit-learn, 8×8 pixels each, and how a network is trained on them."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

import torch
from rich.console import Console
from rich.progress import track
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor, nn

Item = TypeVar("Item")

BATCH = 64
PICTURES = 1347  # to learn from


def load() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Give pictures to learn from and pictures to test with, N×1×8×8, and their digits."""
    pictures, digits = load_digits(return_X_y=True)
    split = train_test_split(
        torch.tensor(pictures, dtype=torch.float32).reshape(-1, 1, 8, 8) / 16,
        torch.tensor(digits),
        train_size=PICTURES,
        random_state=0,
        stratify=digits,
    )
    learn, test, learn_digits, test_digits = split
    return learn, learn_digits, test, test_digits


def train(model: nn.Module, epochs: int, seed: int, rate: float) -> Iterator[float]:
    """Train, and give after each epoch the share of test pictures that are told wrong, in %."""
    pictures, digits, _, _ = load()
    torch.manual_seed(seed)
    optimiser = torch.optim.SGD(model.parameters(), rate, momentum=0.9, weight_decay=1e-4)
    batches = -(-len(pictures) // BATCH)
    decay = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs * batches)
    for _ in range(epochs):
        model.train()
        for chosen in torch.randperm(len(pictures)).split(BATCH):
            loss = nn.functional.cross_entropy(model(pictures[chosen]), digits[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            decay.step()
        yield error(model)


def error(model: nn.Module) -> float:
    """Give the share of test pictures that are told wrong, in %."""
    _, _, pictures, digits = load()
    model.eval()
    with torch.no_grad():
        return 100 * (model(pictures).argmax(1) != digits).float().mean().item()


def watched(items: Iterable[Item], what: str, number: int) -> Iterator[Item]:
    """Pass items on, with a progress bar where there is a terminal."""
    console = Console(stderr=True)
    unseen = not console.is_terminal
    yield from track(items, what, number, console=console, disable=unseen, transient=True)

"""Pictures to learn from and pictures to test with: scikit-learn's digits, or CIFAR-10."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor

TEST_DIGITS = 500  # one of them is 0.2 %
RECORD = 1 + 3 * 32 * 32  # of CIFAR-10's binary version: a class, then red, green and blue


class Pictures(NamedTuple):
    """Pictures N×C×H×W of mean 0 and standard deviation 1, with their classes."""

    learn: Tensor
    learn_classes: Tensor
    test: Tensor
    test_classes: Tensor

    @property
    def channels(self) -> int:
        """The number of channels of a picture."""
        return self.learn.shape[1]

    @property
    def side(self) -> int:
        """The height and width of a picture."""
        return self.learn.shape[2]


def load(folder: Path | None, device: str) -> Pictures:
    """Give CIFAR-10 from its folder, and without one the digits."""
    pictures = digits() if folder is None else cifar(folder)
    mean = pictures.learn.mean((0, 2, 3), keepdim=True)
    deviation = pictures.learn.std((0, 2, 3), keepdim=True)
    learn, test = (pictures.learn - mean) / deviation, (pictures.test - mean) / deviation
    moved = pictures._replace(learn=learn, test=test)
    return Pictures(*(tensor.to(device) for tensor in moved))


def digits() -> Pictures:
    """Give 1,297 digits to learn from and 500 to test with, always the same, 8×8 pixels each."""
    found, classes = load_digits(return_X_y=True)
    learn, test, learn_classes, test_classes = train_test_split(
        torch.tensor(found, dtype=torch.float32).reshape(-1, 1, 8, 8),
        torch.tensor(classes),
        test_size=TEST_DIGITS,
        random_state=0,
        stratify=classes,
    )
    return Pictures(learn, learn_classes, test, test_classes)


def cifar(folder: Path) -> Pictures:
    """Read the binary version, cifar-10-batches-bin: plain bytes, where pickles could run code."""
    parts = [batch(folder / f"data_batch_{number}.bin") for number in range(1, 6)]
    learn, classes = (torch.cat(part) for part in zip(*parts, strict=True))
    return Pictures(learn, classes, *batch(folder / "test_batch.bin"))


def batch(path: Path) -> tuple[Tensor, Tensor]:
    """Read the pictures and the classes of one file."""
    if not path.is_file():
        raise SystemExit(
            f"{path} is missing: --cifar wants the folder of CIFAR-10's binary version"
        )
    content = np.fromfile(path, dtype=np.uint8)
    if not content.size or content.size % RECORD or content[::RECORD].max() > 9:
        raise SystemExit(f"{path} is not a file of CIFAR-10's binary version")
    records = torch.from_numpy(content).reshape(-1, RECORD)
    return records[:, 1:].reshape(-1, 3, 32, 32).float(), records[:, 0].long()

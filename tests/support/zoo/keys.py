"""The keys of a `state_dict`, in their order and with shapes: what is promised, and a digest."""

import csv
import hashlib
from typing import Any

from support.state_keys import Shapes, keys
from support.zoo.published import FOLDER, ours

FILE = FOLDER / "keys.csv"


def promised(name: str, **parameters: Any) -> Shapes:
    """List what our graph promises of what it will be in PyTorch."""
    return keys(ours(name, **parameters).network)


def digest(found: Shapes) -> str:
    """Give what stands for a list of keys and shapes, in its order.

    >>> digest([("a", (1,))]) == digest([("a", (1, 1))])
    False
    """
    text = "".join(f"{key} {' '.join(map(str, shape))}\n" for key, shape in found)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def frozen() -> dict[str, str]:
    """Read the digests of torchvision's models; `tools/compare.py --freeze` writes them."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["model"]: row["digest"] for row in csv.DictReader(file)}

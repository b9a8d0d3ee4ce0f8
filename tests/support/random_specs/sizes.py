"""What a module is run on: the same each time, and of sizes that fit where they are free."""

from collections.abc import Mapping

import torch

from archspec.api import Architecture
from archspec.sizes import failing, substitute

Sizes = dict[str, int]

BATCH = 2
CANDIDATES: tuple[Sizes, ...] = (
    {"H": 12, "W": 9},
    {"H": 7, "W": 11},
    {"H": 8, "W": 16},
    {"H": 16, "W": 12},
    {"H": 32, "W": 24},
    {"H": 48, "W": 32},
)


def sizes(architecture: Architecture) -> Sizes | None:
    """Choose sizes at which all conditions hold; `None` where none of a few do."""
    conditions = [needed.condition for needed in architecture.network.conditions]
    fitting = (size for size in CANDIDATES if not failing(conditions, {"N": BATCH, **size}))
    return next(fitting, None)


def inputs(architecture: Architecture, chosen: Mapping[str, int]) -> list[torch.Tensor]:
    """Make one input after another, the same each time."""
    generator = torch.Generator().manual_seed(1)
    made = []
    for tensor in architecture.network.model.inputs.values():
        known = [substitute(size, {"N": BATCH, **chosen}) for size in tensor.shape]
        shape = [size for size in known if isinstance(size, int)]
        if tensor.dtype == "int64":
            made.append(torch.randint(0, 10, shape, generator=generator))
        else:
            made.append(torch.randn(shape, generator=generator))
    return made

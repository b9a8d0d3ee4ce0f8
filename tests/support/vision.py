"""Import torchvision beside a CPU build of torch.

Its wheels are built for CUDA: beside a CPU build the library of its custom operators does not
load, and the import fails where it registers what their results look like. Declared first, though
never callable, they let it pass.
"""

from functools import cache
from importlib import import_module
from types import ModuleType

import torch

_FORWARD = ("nms", "qnms", "roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool", "deform_conv2d")

OPERATORS = (*_FORWARD, *(f"_{name}_backward" for name in _FORWARD))
"""What torchvision's Python code expects its library to have registered."""

_LIBRARIES: list[torch.library.Library] = []


@cache
def import_torchvision() -> ModuleType:
    """Import torchvision, and declare its operators if its own library cannot.

    >>> import_torchvision().models.resnet18().fc.out_features
    1000
    """
    if torch.version.cuda is None:
        _declare()
    return import_module("torchvision")


def _declare() -> None:
    """Declare the operators; a library's declarations last as long as the object is held."""
    library = torch.library.Library("torchvision", "DEF")
    for name in OPERATORS:
        library.define(f"{name}(Tensor input) -> Tensor")
    _LIBRARIES.append(library)

"""Find the class of an operation by its name in a spec."""

from functools import cache
from importlib import import_module
from pathlib import Path

from archspec.ops.operation import Operation

_FOLDER = Path(__file__).parent / "vocabulary"


@cache
def names() -> frozenset[str]:
    """Name every operation; none of them is loaded.

    >>> "conv2d" in names()
    True
    """
    files = _FOLDER.glob("*.py")
    return frozenset(file.stem for file in files if not file.stem.startswith("_"))


@cache
def load(name: str) -> type[Operation]:
    """Load the class of an operation; `name` must be one of `names()`.

    >>> load("conv2d").torch
    'nn.Conv2d'
    """
    if name not in names():
        raise KeyError(name)
    module = import_module(f"archspec.ops.vocabulary.{name}")
    classes = (item for item in vars(module).values() if isinstance(item, type))
    return next(cls for cls in classes if issubclass(cls, Operation) and cls.op() == name)

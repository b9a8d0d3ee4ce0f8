"""Inputs and arguments that fit each other, by the family: by chance alone too few would.

Each module has `FITTING`, by the operation how its cases are drawn, and `STRICTER`, what we refuse
and PyTorch runs; `CRASHING`, if it has it, says which cases end the process of PyTorch.
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from support.operations.fitting.kinds import Fitting
from support.operations.stricter import Stricter


def _modules() -> list[ModuleType]:
    found = sorted(item.name for item in iter_modules(__path__) if item.name != "kinds")
    return [import_module(f"{__name__}.{name}") for name in found]


FITTING: dict[str, Fitting] = {}
STRICTER: dict[tuple[str, str], Stricter] = {}
CRASHING: dict[str, Callable[[Any], bool]] = {}
for module in _modules():
    FITTING |= module.FITTING
    STRICTER |= module.STRICTER
    CRASHING |= getattr(module, "CRASHING", {})

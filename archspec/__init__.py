"""A compiler for neural-network architectures: YAML in, checked graphs, counts and source out."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archspec.api import Architecture as Architecture
    from archspec.api import ClaimWarning as ClaimWarning
    from archspec.api import load as load
    from archspec.diagnostics import SpecError as SpecError

__all__ = ["Architecture", "ClaimWarning", "SpecError", "load"]

_WHERE = {
    "Architecture": "archspec.api",
    "ClaimWarning": "archspec.api",
    "SpecError": "archspec.diagnostics",
    "load": "archspec.api",
}


def __getattr__(name: str) -> object:
    """Load the public names when they are asked for: the command line does with fewer."""
    if name not in _WHERE:
        raise AttributeError(f"module `archspec` has no attribute `{name}`")
    return getattr(import_module(_WHERE[name]), name)

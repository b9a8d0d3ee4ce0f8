"""Find the class of an operation by its name in a spec.

It is one of ours, of an installed package, or of a file that the caller names.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from archspec.operations.operation import Operation
from archspec.operations.own import BrokenOperation, Own, own, read_operations
from archspec.operations.vocabulary import FAMILIES

GROUP = "archspec.operations"
"""The entry points by which an installed package adds operations, each under its name."""

ADDING = "one of your own is a class in a file of Python: `--ops FILE` adds it (docs/operations.md)"
"""How what is no operation can become one."""

_FILES: Mapping[str, str] = {
    name: file for file, names in FAMILIES.items() for name in names.split()
}


@cache
def builtin() -> frozenset[str]:
    """Name the operations of archspec itself; none of them is loaded.

    >>> "conv2d" in builtin()
    True
    """
    return frozenset(_FILES)


@cache
def added() -> Mapping[str, EntryPoint]:
    """Find what installed packages registered; a name of archspec itself stays what it is."""
    return {item.name: item for item in entry_points(group=GROUP) if item.name not in builtin()}


def names() -> frozenset[str]:
    """Name every operation; none of them is loaded."""
    return builtin().union(added(), own())


def from_files(paths: Iterable[str | Path]) -> Own:
    """Read operations of one's own from files of Python, to be used by `using`."""
    return read_operations(paths, builtin().union(added()))


def is_operation(name: str) -> bool:
    """Say whether an operation has a name; packages are asked for the names of no other.

    >>> is_operation("conv2d"), is_operation("conv2dd")
    (True, False)
    """
    return name in builtin() or name in own() or name in added()


@cache
def having(argument: str) -> tuple[str, ...]:
    """Name the operations of archspec itself that have an argument; all of them are loaded.

    >>> having("negative_slope")
    ('leaky_relu',)
    """
    return tuple(name for name in sorted(builtin()) if argument in load(name).model_fields)


def load(name: str) -> type[Operation]:
    """Load the class of an operation; `name` must be one of `names()`.

    Raises `BrokenOperation` where a package registered something else under the name.

    >>> load("conv2d").torch
    'nn.Conv2d'
    """
    return own().get(name) or _load(name)


@cache
def _load(name: str) -> type[Operation]:
    """Load what is always there: ours, and what packages add."""
    if name not in builtin():
        return _loaded(added()[name])
    module = import_module(f"archspec.operations.vocabulary.{_FILES[name]}")
    classes = (item for item in vars(module).values() if isinstance(item, type))
    return next(cls for cls in classes if issubclass(cls, Operation) and cls.op() == name)


def _loaded(entry: EntryPoint) -> type[Operation]:
    where = f"the operation `{entry.name}` of `{entry.value}`"
    try:
        found = entry.load()
    except Exception as error:  # whatever a package raises when it is imported
        raise BrokenOperation(f"{where} cannot be imported: {error}") from error
    if not isinstance(found, type) or not issubclass(found, Operation):
        raise BrokenOperation(f"{where} is no class derived from `archspec.operations.Operation`")
    if found.op() != entry.name:
        raise BrokenOperation(
            f"{where} is registered under another name than its own `{found.op()}`"
        )
    return found

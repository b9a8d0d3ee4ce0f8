"""Compute the fixed kernels of a spec, and find those that an argument names."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from archspec.diagnostics import (
    OutOfRange,
    Path,
    Place,
    SymbolicValue,
    UnknownName,
    WrongType,
)
from archspec.document import Spec, close_match, listed, quoted, texts
from archspec.elaborate.report import Report
from archspec.elaborate.targets import Written
from archspec.elaborate.values import expression, number, text
from archspec.expressions import POISON, Poisoned, Scope
from archspec.operations.kernels import KNOWN, Kernel
from archspec.sizes import Polynomial

Kernels = Mapping[str, Kernel | None]
"""The kernels that may be used, by name; `None` where one failed and is reported."""


def kernels_of(report: Report, spec: Spec, scope: Scope, root: Path = ()) -> Kernels:
    """Compute the kernels of a spec, which hide those that have a name already.

    Their expressions see the parameters and `let` names of the model.
    """
    kernels: dict[str, Kernel | None] = dict(KNOWN)
    for name, written in spec.kernels.items():
        path = (*root, "kernels", name)
        values = _computed(report, written.values, scope, (*path, "values"))
        scale = _computed(report, written.scale, scope, (*path, "scale"))
        failed = values is None or scale is None
        depends = _depends(spec, texts([written.values, written.scale]))
        kernels[name] = None if failed else Kernel(name, values, scale, depends)
    return {name: _nameless(kernel) for name, kernel in kernels.items()} if root else kernels


def _nameless(kernel: Kernel | None) -> Kernel | None:
    """Leave out the name of a kernel of an included spec: another one may have it in this file."""
    return None if kernel is None else replace(kernel, name="")


def named_kernels(kernels: Kernels, written: Written) -> tuple[Kernel, ...]:
    """Find the kernels that an argument names, one or a list of them; raise what fails."""
    return tuple(_named(kernels, name, written.scope) for name in _names(written).values())


def report_kernels(report: Report, kernels: Kernels, written: Written) -> object:
    """Find the kernels that an argument names; what fails is reported, each at its place."""
    names, sound = _names(written), []
    for place, name in names.items():
        with suppress(Poisoned), report.at(Place(place)):
            sound.append(_named(kernels, name, written.scope))
    return tuple(sound) if len(sound) == len(names) else POISON


def _names(written: Written) -> Mapping[Path, object]:
    """Give the names of kernels that stand in an argument, by their places."""
    raw, _, path = written
    if isinstance(raw, list) and raw and not any(isinstance(item, list) for item in raw):
        return {(*path, index): name for index, name in enumerate(raw)}
    return {path: raw}


def _named(kernels: Kernels, raw: object, scope: Scope) -> Kernel:
    """Find a kernel by its name, or by a text parameter that names it."""
    name = raw if isinstance(raw, str) and raw in kernels else text(raw, scope)
    if not isinstance(name, str):
        help = "name it under `kernels`, and use it by its name"
        raise WrongType(f"a kernel is used by its name, not {quoted(raw)}", help=help)
    if name not in kernels:
        help = close_match(name, kernels) or f"known are {listed(kernels)}"
        raise UnknownName(f"there is no kernel `{name}`", help=help)
    kernel = kernels[name]
    if kernel is None:
        raise Poisoned
    return kernel


def _computed(report: Report, raw: object, scope: Scope, path: Path) -> Any:
    """Compute a number or a list of them; `None` where one failed."""
    if isinstance(raw, list):
        items = [_computed(report, item, scope, (*path, index)) for index, item in enumerate(raw)]
        return None if None in items else tuple(items)
    with suppress(Poisoned), report.at(Place(path)):
        return _checked(number(raw, scope))
    return None


def _checked(value: object) -> int | float:
    if isinstance(value, Polynomial):
        raise SymbolicValue(f"a kernel is of fixed numbers, and one depends on a symbol: {value}")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongType(f"a number of a kernel is a number, not {quoted(value)}")
    if not abs(value) <= _LARGEST:
        raise OutOfRange(f"a kernel holds numbers of float32, and {value} is too large for them")
    return value


_LARGEST = 3.4028234663852886e38
"""The largest number of float32."""


def _depends(spec: Spec, expressions: Iterable[str]) -> frozenset[str]:
    """Name the parameters that expressions mention, also through `let` names and defaults."""
    names = frozenset[str]().union(*(expression(raw).names for raw in expressions))
    lets = [spec.let[name] for name in names & spec.let.keys()]
    own = names & spec.params.keys()
    defaults = [spec.params[name].default for name in own if spec.params[name].computed]
    inner = texts([lets, defaults])
    return own | (_depends(spec, inner) if inner else frozenset())

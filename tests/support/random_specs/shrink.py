"""Make a failing spec smaller, as long as it fails in the same way."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from support.random_specs.drawn import RandomSpec

Path = tuple[str | int, ...]
_KEPT = frozenset(["archspec", "name", "layers"])


def shrunk(spec: RandomSpec, fails: Callable[[RandomSpec], bool]) -> RandomSpec:
    """Leave out all that can be left out, one thing after another, until nothing can.

    >>> from support.random_specs import random_spec
    >>> print(shrunk(random_spec(4), lambda spec: "op: conv2d" in spec.text).text.count("op:"))
    1
    """
    spec = _fewer_overrides(spec, fails)
    found: RandomSpec | None = spec
    while found is not None:
        spec, found = found, next(filter(fails, _smaller(found)), None)
    return spec


def _fewer_overrides(spec: RandomSpec, fails: Callable[[RandomSpec], bool]) -> RandomSpec:
    for overrides in ((), *((one,) for one in spec.overrides)):
        less = replace(spec, overrides=overrides)
        if fails(less):
            return less
    return spec


def _smaller(spec: RandomSpec) -> Iterator[RandomSpec]:
    """Give the specs that lack one thing, the largest things first."""
    paths = sorted(_paths(spec.data), key=lambda path: -len(str(_at(spec.data, path))))
    for path in paths:
        yield replace(spec, data=_without(spec.data, path))
    for name, data in spec.files.items():
        for path in sorted(_paths(data), key=lambda path: -len(str(_at(data, path)))):
            yield replace(spec, files={**spec.files, name: _without(data, path)})
    for index, values in enumerate(spec.overrides):
        for name in values if len(values) > 1 else ():
            less = {key: value for key, value in values.items() if key != name}
            overrides = (*spec.overrides[:index], less, *spec.overrides[index + 1 :])
            yield replace(spec, overrides=overrides)


def _paths(data: Any, path: Path = ()) -> Iterator[Path]:
    keys = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    for key in keys:
        if len(path) > 0 or key not in _KEPT:
            yield (*path, key)
        yield from _paths(data[key], (*path, key))


def _at(data: Any, path: Path) -> Any:
    for key in path:
        data = data[key]
    return data


def _without(data: Any, path: Path) -> Any:
    made = copy.deepcopy(data)
    del _at(made, path[:-1])[path[-1]]
    return made

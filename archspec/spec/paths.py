"""Lead from places in the document to places in the YAML, and mend what is broken there."""

from collections.abc import Iterable
from copy import deepcopy

from archspec.diagnostics import Path

BROKEN = "\0"
"""The word of a layer whose structure is wrong; no text of a spec holds this character."""

_TRANSPARENT = frozenset(
    ["layers", "body", "arguments", "parameters", "layer", "shape", "default", "values"]
)
"""Steps of the document that the YAML may leave out: short forms, arguments among the keys."""

_ALONE = frozenset(["expect", "variants", "init", "description", "reference"])
"""Keys at the top on which no layer depends."""


def yaml_path(data: object, path: Path) -> Path:
    """Find a node of the document in the YAML's own structure, as far as it goes.

    >>> yaml_path({"layers": ["relu", ["relu"]]}, ("layers", "1", "body", "layers", "0"))
    ('layers', 1, 0)
    """
    found: list[str | int] = []
    for step in path:
        if isinstance(data, dict) and step in data:
            found.append(step)
            data = data[step]
        elif isinstance(data, list) and str(step).isdigit() and int(step) < len(data):
            found.append(int(step))
            data = data[int(step)]
        elif step not in _TRANSPARENT:
            break
    return tuple(found)


def mended(data: object, broken: Iterable[Path]) -> object | None:
    r"""Leave out what is broken, so that the rest can be checked; `None` where that is no layer.

    A layer becomes the word `BROKEN`, whose value fails in silence, and a key at the top on which
    no layer depends is dropped.

    >>> mended({"layers": {"a": {"op": 3}, "b": "relu"}}, [("layers", "a", "op")])
    {'layers': {'a': '\x00', 'b': 'relu'}}
    """
    copy = deepcopy(data)
    for path in broken:
        found = yaml_path(data, path)
        if "layers" in found[:-1]:
            _break_layer(copy, found)
        elif isinstance(copy, dict) and found and found[0] in _ALONE:
            copy.pop(found[0], None)
        else:
            return None
    return copy


def _break_layer(data: object, path: Path) -> None:
    """Put the word in the place of the innermost layer on a path, unless that is done."""
    last = max(index for index, step in enumerate(path[:-1]) if step == "layers")
    for step in path[: last + 1]:
        if not isinstance(data, dict | list):
            return
        data = data[step]  # type: ignore[index]  # the path was found in the data
    if isinstance(data, dict | list):
        data[path[last + 1]] = BROKEN  # type: ignore[index]  # as above

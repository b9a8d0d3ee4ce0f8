"""Turn what the YAML holds into a document, or into problems at their places."""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy

from pydantic import ValidationError

from archspec.diagnostics import BadName, Path, Place, Problem
from archspec.document.document import Block, Claims, Input, Spec
from archspec.document.errors import problems
from archspec.document.fixed_kernels import Kernel
from archspec.document.layers import Document
from archspec.document.names import LAYER_KEYS
from archspec.document.parameters import Parameter

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
    steps: list[str | int] = []
    for step in path:
        if isinstance(data, dict) and step in data:
            steps.append(step)
            data = data[step]
        elif isinstance(data, list) and str(step).isdigit() and int(step) < len(data):
            steps.append(int(step))
            data = data[int(step)]
        elif step not in _TRANSPARENT:
            break
    return tuple(steps)


def mended(data: object, broken: Iterable[Path]) -> object | None:
    r"""Leave out what is broken, so that the rest can be checked; `None` where that is no layer.

    A layer becomes the word `BROKEN`, whose value fails in silence, and a key at the top on which
    no layer depends is dropped.

    >>> mended({"layers": {"a": {"op": 3}, "b": "relu"}}, [("layers", "a", "op")])
    {'layers': {'a': '\x00', 'b': 'relu'}}
    """
    copy = deepcopy(data)
    for path in broken:
        place = yaml_path(data, path)
        if "layers" in place[:-1]:
            _break_layer(copy, place)
        elif isinstance(copy, dict) and place and place[0] in _ALONE:
            copy.pop(place[0], None)
        else:
            return None
    return copy


def _break_layer(data: object, path: Path) -> None:
    """Put the word in the place of the innermost layer on a path, unless that is done."""
    last = max(index for index, step in enumerate(path[:-1]) if step == "layers")
    for step in path[: last + 1]:
        if not isinstance(data, dict | list):
            return
        data = data[step]  # type: ignore[index]  # the path is one of the data
    if isinstance(data, dict | list):
        data[path[last + 1]] = BROKEN  # type: ignore[index]  # as above


Found = tuple[Problem, Place]


def read_spec(data: object) -> tuple[Spec | None, tuple[Found, ...]]:
    """Validate the structure of a spec; without a document there are problems.

    Where only layers, or keys on which no layer depends, are broken, there are both: a document
    without them, in which the other mistakes can be found.

    >>> read_spec({"archspec": 1, "name": "Net", "input": ["N", 3, 8, 8], "layers": ["relu"]})[1]
    ()
    """
    try:
        spec = Spec.model_validate(data)
    except ValidationError as error:
        located = tuple(problems(error, (), _keys_at))
        return _without(data, [place.path for _, place in located]), located
    located = tuple(_ambiguous(spec))
    return (None if located else spec), located


def _without(data: object, broken: list[Path]) -> Spec | None:
    try:
        return Spec.model_validate(mended(data, broken) or {})
    except ValidationError:
        return None


def _ambiguous(spec: Spec) -> Iterator[Found]:
    """Find parameters that have the name of a block: a layer of that name could be either."""
    owners: list[tuple[Mapping[str, Parameter], Path]] = [(spec.params, ("params",))]
    owners += [(block.params, ("blocks", name, "params")) for name, block in spec.blocks.items()]
    for parameters, path in owners:
        for name in parameters:
            if name in spec.blocks:
                text = f"`{name}` is both a parameter and a block"
                yield BadName(text, help="rename one of them"), Place((*path, name), key=True)


_SECTIONS: dict[str, type[Document]] = {"expect": Claims, "input": Input}


def _keys_at(path: Path) -> Iterable[str]:
    """Name the keys that may stand at a path."""
    if not path:
        return Spec.model_fields.keys() - {"numbered"}
    if len(path) == 2 and path[0] == "blocks":
        return Block.model_fields.keys() - {"numbered"}
    if path[0] == "kernels":
        return Kernel.model_fields
    if "params" in path:
        return Parameter.model_fields.keys() - {"required", "computed", "layer"}
    if path[-1] in _SECTIONS:
        return _SECTIONS[str(path[-1])].model_fields.keys()
    return LAYER_KEYS

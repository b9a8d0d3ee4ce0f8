"""Turn what the YAML holds into a document, or into problems at their places."""

from collections.abc import Iterable, Iterator, Mapping

from pydantic import ValidationError

from archspec.diagnostics import BadName, Path, Place, Problem
from archspec.spec.claims import Claims
from archspec.spec.document import Block, Input, Spec
from archspec.spec.kernels import WrittenKernel
from archspec.spec.layers import Document
from archspec.spec.names import LAYER_KEYS
from archspec.spec.parameters import Parameter
from archspec.spec.paths import mended
from archspec.spec.wrong import problems

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
        told = tuple(problems(error, (), _known))
        return _without(data, [place.path for _, place in told]), told
    found = tuple(_ambiguous(spec))
    return (None if found else spec), found


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


def _known(path: Path) -> Iterable[str]:
    """Name the keys that may stand at a path."""
    if not path:
        return Spec.model_fields.keys() - {"numbered"}
    if len(path) == 2 and path[0] == "blocks":
        return Block.model_fields.keys() - {"numbered"}
    if path[0] == "kernels":
        return WrittenKernel.model_fields
    if "params" in path:
        return Parameter.model_fields.keys() - {"required", "computed", "layer"}
    if path[-1] in _SECTIONS:
        return _SECTIONS[str(path[-1])].model_fields.keys()
    return LAYER_KEYS

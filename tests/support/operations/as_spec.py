"""A case as a spec of one layer, compiled, emitted and run as its text."""

import json
import warnings
from typing import Any

import torch

from archspec.api import Architecture
from archspec.diagnostics import Problem
from archspec.graph import Network
from archspec.pipeline import Settings, compile
from archspec.sizes import Tensor
from archspec.source import read
from support.operations.in_torch import described, filled
from support.operations.operation_cases import Accepted, Case


class Unsaid(Exception):
    """No spec says it: the batch is always a symbol there, and some sizes are none."""


def run_as_spec(case: Case, said: Accepted) -> tuple[Tensor, ...]:
    """Emit the case, and run it; raise what PyTorch raises."""
    taken, network = _compiled(case, said)
    names: dict[str, Any] = {"__name__": "emitted"}
    exec(Architecture(network).to_source("torch"), names)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # PyTorch's advice on speed
        given = described(names["Net"]().eval()(*filled(case.cls, taken)))
    return given if taken is case.inputs else given[:-1]


def _compiled(case: Case, said: Accepted) -> tuple[tuple[Tensor, ...], Network]:
    """Compile the case, its tensors inputs or weights, whichever a spec can say first."""
    without_batch = any(tensor.rank == 0 for tensor in case.inputs)
    attempts = ((case.inputs, _reading(case, said)), (_BATCHES, _of_weights(case, said)))
    for taken, bare in attempts[without_batch:]:  # what has no dimension is no input of a spec
        spec = bare | _kernels(case)
        outcome = compile(read(_text(spec), "spec.yaml"), Settings())
        if outcome.network is not None and _holds(outcome.network, taken):
            return taken, outcome.network
        batches = {tensor.batch for tensor in case.inputs if tensor.rank}
        if not without_batch and len(batches) == 1 and 1 not in batches:
            _check_reasons(outcome.diagnostics)
    raise Unsaid


def _check_reasons(diagnostics: tuple[Problem, ...]) -> None:
    """Hold that a spec is refused for what its batch decides: the operation itself is fine."""
    for found in diagnostics:
        if found.slug not in _NOT_SAID:
            raise AssertionError(f"a spec cannot say it: {found.message}")


_NOT_SAID = ("symbolic-value", "unknown-reference")
"""What the symbol of the batch would have to decide, and weights that are no floats."""


def _holds(network: Network, taken: tuple[Tensor, ...]) -> bool:
    """Say whether the network is one for these sizes of batches."""
    sizes = {f"N{tensor.batch}": int(str(tensor.batch)) for tensor in taken}
    return all(needed.condition.holds(sizes) for needed in network.conditions)


_BATCHES = (Tensor((1, 1)),)


def _reading(case: Case, said: Accepted) -> dict[str, object]:
    """Write a spec that reads each tensor as an input, and gives all that the layer gives."""
    names = [f"x{index}" for index in range(len(case.inputs))]
    inputs = dict(zip(names, map(_declared, case.inputs), strict=True))
    spec = {"archspec": 1, "name": "Net", "inputs": inputs, "layers": {"layer": _layer(case)}}
    return spec | ({"outputs": _values(said)} if len(said.outputs) > 1 else {})


def _of_weights(case: Case, said: Accepted) -> dict[str, object]:
    """Write a spec whose tensors are weights: those need no batch, and are of floats."""
    weights = {
        f"x{index}": {"op": "parameter", "shape": list(tensor.shape)}
        for index, tensor in enumerate(case.inputs)
        if tensor.dtype == "float32"
    }
    layers = {**weights, "layer": _layer(case)}
    spec = {"archspec": 1, "name": "Net", "inputs": {"x": _declared(_BATCHES[0])}, "layers": layers}
    return spec | {"outputs": [*_values(said), "x"]}


def _layer(case: Case) -> dict[str, object]:
    reads = [f"x{index}" for index in range(len(case.inputs))]
    given = {name: _by_name(case, name, value) for name, value in case.given.items()}
    return {"op": case.cls.op(), **given} | ({"from": reads} if reads else {})


def _by_name(case: Case, argument: str, value: Any) -> Any:
    """Name fixed kernels that are numbers: a spec has them under `kernels`."""
    if argument not in case.cls.kernels() or isinstance(value, str):
        return value
    return [item if isinstance(item, str) else f"k{n}" for n, item in enumerate(value)]


def _kernels(case: Case) -> dict[str, object]:
    given = [case.given[name] for name in case.cls.kernels() & case.given.keys()]
    listed = [pair for value in given if isinstance(value, list) for pair in enumerate(value)]
    found = {f"k{n}": item for n, item in listed if not isinstance(item, str)}
    return {"kernels": found} if found else {}


def _values(said: Accepted) -> list[str]:
    several = [f"layer.{index}" for index in range(len(said.outputs))]
    return several if len(several) > 1 else ["layer"]


def _text(spec: object) -> str:
    """Write a spec in JSON, which is YAML but for infinity."""
    return json.dumps(spec).replace("-Infinity", '"-.inf"').replace("Infinity", '".inf"')


def _declared(tensor: Tensor) -> dict[str, object]:
    """Declare an input; sizes of batches that are the same have the same symbol."""
    batch, *others = tensor.shape or (1,)
    return {"shape": [f"N{batch}", *others], "dtype": tensor.dtype}

"""Run a network by its graph, operation by operation: what an emitted class must compute."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from archspec.dimensions import Size, substitute
from archspec.emit.code import literal
from archspec.graph import Call, Leaf, Module, Network, Node, Port, carried, repetitions
from archspec.ops import FunctionOperation, ModuleOperation, ValueOperation

Tensors = tuple[torch.Tensor, ...]
State = Mapping[str, torch.Tensor]


def interpret(network: Network, state: State, given: Sequence[torch.Tensor]) -> Tensors:
    """Compute what a network gives in evaluation with these weights."""
    sizes = {
        str(size): actual
        for tensor, value in zip(network.model.inputs.values(), given, strict=True)
        for size, actual in zip(tensor.shape, value.shape, strict=True)
        if not isinstance(size, int)
    }
    results = _body(network.model, tuple(given), "", state, sizes)
    return tuple(
        value for index, value in enumerate(results) if index not in network.model.training
    )


def _body(
    module: Module, given: Tensors, prefix: str, state: State, sizes: Mapping[str, int]
) -> Tensors:
    known = dict(zip(map(Port, module.inputs), given, strict=True))
    for node in module.nodes:
        reads = tuple(known[port] for port in node.reads)
        taken = carried(node)
        for name in repetitions(node):
            gives = _node(node, reads, f"{prefix}{node.again or name}", state, sizes)
            reads = gives[:taken] + reads[taken:]
        known |= {Port(node.name, index): value for index, value in enumerate(gives)}
    return tuple(known[port] for port in module.results)


def _node(node: Node, reads: Tensors, path: str, state: State, sizes: Mapping[str, int]) -> Tensors:
    if isinstance(node, Call):
        return _body(node.module, reads, f"{path}.", state, sizes)
    assert isinstance(node, Leaf)
    operation = node.operation
    if isinstance(operation, ValueOperation):
        return (state[path],)
    names: dict[str, Any] = {"torch": torch, "nn": nn}
    names |= {f"x{index}": value for index, value in enumerate(reads)}
    places = tuple(f"x{index}" for index in range(len(reads)))
    if isinstance(operation, ModuleOperation):
        names["module"] = _module(node, operation, path, state)
        result = eval(operation.call("module", places), names)
    else:
        assert isinstance(operation, FunctionOperation)
        texts = {name: literal(_actual(value, sizes)) for name, value in node.given.items()}
        result = eval(operation.call(places, texts), names)
    return tuple(result) if isinstance(result, list | tuple) else (result,)


def _module(node: Leaf, operation: ModuleOperation, path: str, state: State) -> nn.Module:
    given = {name: value for name, value in node.given.items() if name not in operation.choosing}
    texts = {name: literal(value) for name, value in {**given, **node.inferred}.items()}
    texts |= operation.always
    names: dict[str, Any] = {"torch": torch, "nn": nn}
    exec(operation.definition() or "", names)
    arguments = ", ".join(f"{name}={text}" for name, text in texts.items())
    module: nn.Module = eval(f"{operation.constructor()}({arguments})", names)
    if (around := operation.around()) is not None:
        module = eval(around[0], names)(module, **around[1])
    keys = [*node.weights, *node.buffers]
    module.load_state_dict({key: state[f"{path}.{key}"] for key in keys})
    return module.eval()


def _actual(value: object, sizes: Mapping[str, Size]) -> object:
    """Put the sizes of this run in the place of symbols."""
    if isinstance(value, list | tuple):
        return type(value)(_actual(item, sizes) for item in value)
    return substitute(value, sizes) if hasattr(value, "substitute") else value  # type: ignore[arg-type]

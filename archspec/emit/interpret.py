"""Run a network by its graph, operation by operation: what an emitted class must compute.

This is what a spec means. Nothing is read from the source that is written: each operation is
constructed and called by itself, in the order of the spec, and never writes over what it reads.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from archspec.emit.code import literal
from archspec.emit.overwriting import ARGUMENT
from archspec.graph import (
    Call,
    Leaf,
    Module,
    Network,
    Node,
    Port,
    carried,
    instances,
    key_of,
    repetitions,
)
from archspec.operations import BufferOperation, FunctionOperation, ModuleOperation, ValueOperation
from archspec.sizes import Size, substitute

if TYPE_CHECKING:
    import torch
    from torch import nn

Tensors = tuple["torch.Tensor", ...]
State = Mapping[str, "torch.Tensor"]

_NOTHING: Any = None
"""Stands for a result that is given in training only."""


class Event(NamedTuple):
    """What one layer read and gave, under its full path; of one called again, the first one's."""

    path: str
    node: Node
    reads: Tensors
    gives: Tensors


def interpret(
    network: Network, state: State, given: Sequence["torch.Tensor"], *, training: bool = False
) -> Tensors:
    """Compute what a network gives with these weights."""
    return Interpreter(network, state, training).run(given)


@dataclass(slots=True)
class Interpreter:
    """A network that runs by its graph, with the weights of a `state_dict`.

    Weights are taken as they are, buffers are copied: training changes them, in `modules`.
    `observe` is told of every layer when it has run.
    """

    network: Network
    state: State
    training: bool = False
    observe: Callable[[Event], None] = lambda event: None
    modules: dict[str, "nn.Module"] = field(default_factory=dict)
    constants: dict[str, "torch.Tensor"] = field(default_factory=dict)
    _sizes: dict[str, Size] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Construct all modules first: what they draw must not come between what layers draw."""
        for path, leaf in instances(self.network.model):
            if isinstance(leaf.operation, ModuleOperation):
                self.modules[path] = built(leaf, path, self.state).train(self.training)
            elif isinstance(leaf.operation, ValueOperation):
                self.constants[path] = tensor_of(leaf, path, self.state)

    def run(self, given: Sequence["torch.Tensor"]) -> Tensors:
        """Compute what the network gives for these inputs."""
        model = self.network.model
        self._sizes = {
            str(size): actual
            for tensor, value in zip(model.inputs.values(), given, strict=True)
            for size, actual in zip(tensor.shape, value.shape, strict=True)
            if not isinstance(size, int)
        }
        results = self._body(model, tuple(given), "")
        left_out = frozenset[int]() if self.training else model.training
        return tuple(value for index, value in enumerate(results) if index not in left_out)

    def _body(self, module: Module, given: Tensors, prefix: str) -> Tensors:
        values = dict(zip(map(Port, module.inputs), given, strict=True))
        idle = frozenset[str]() if self.training else module.only_training
        for node in module.nodes:
            if node.name in idle:
                continue
            reads = tuple(values[port] for port in node.reads)
            taken = carried(node)
            for name in repetitions(node):
                gives = self._node(node, reads, f"{prefix}{node.again or name}")
                reads = gives[:taken] + reads[taken:]
            values |= {Port(node.name, index): value for index, value in enumerate(gives)}
        return tuple(values.get(port, _NOTHING) for port in module.results)

    def _node(self, node: Node, reads: Tensors, path: str) -> Tensors:
        if isinstance(node, Call):
            gives = self._body(node.module, reads, f"{path}.")
        else:
            assert isinstance(node, Leaf)
            gives = self._operation(node, reads, path)
        self.observe(Event(path, node, reads, gives))
        return gives

    def _operation(self, leaf: Leaf, reads: Tensors, path: str) -> Tensors:
        operation = leaf.operation
        if isinstance(operation, ValueOperation):
            return (self.constants[path],)
        places = tuple(f"x{index}" for index in range(len(reads)))
        names = _namespace() | dict(zip(places, reads, strict=True))
        if isinstance(operation, ModuleOperation):
            return flat(
                eval(operation.call("module", places), names | {"module": self.modules[path]})
            )
        assert isinstance(operation, FunctionOperation)
        texts = {name: literal(actual(value, self._sizes)) for name, value in leaf.given.items()}
        return flat(eval(operation.call(places, texts), names))


def built(leaf: Leaf, path: str, state: State | None = None) -> "nn.Module":
    """Construct the module of a layer, with weights of a `state_dict`, or those it begins with.

    One without buffers is constructed without memory where its weights are there already.
    """
    import torch  # heavy, and wanted by nobody else

    if state is None or leaf.buffers:
        module = _constructed(leaf)
    else:
        with torch.device("meta"):
            module = _constructed(leaf)
    if state is None:
        return module
    own = {name: state[key_of(path, name)] for name in leaf.weights}
    own |= {name: state[key_of(path, name)].detach().clone() for name in leaf.buffers}
    module.load_state_dict(own, assign=True)
    return module.requires_grad_(requires_grad=False)


def tensor_of(leaf: Leaf, path: str, state: State) -> "torch.Tensor":
    """Give a tensor of the model: one that the `state_dict` does not hold is as it was written."""
    if path in state:
        return state[path].detach()
    return written(leaf)


def written(leaf: Leaf) -> "torch.Tensor":
    """Compute the numbers of a constant."""
    operation = leaf.operation
    assert isinstance(operation, BufferOperation)
    texts = {name: literal(value) for name, value in leaf.given.items()}
    held = eval(f"nn.Buffer({', '.join(operation.held(texts))})", _namespace())
    value: torch.Tensor = held.detach()
    return value.double() if value.is_floating_point() else value


def flat(result: object) -> Tensors:
    """Give the tensors of a result, of tuples in tuples one after another."""
    if isinstance(result, dict):
        return flat(tuple(result.values()))
    if isinstance(result, list | tuple):
        return tuple(tensor for item in result for tensor in flat(item))
    return () if result is None else (result,)  # type: ignore[return-value]  # a tensor is left


def actual(value: object, sizes: Mapping[str, Size]) -> object:
    """Put the sizes of a run in the place of symbols."""
    if isinstance(value, list | tuple):
        return type(value)([actual(item, sizes) for item in value])
    return substitute(value, sizes) if hasattr(value, "substitute") else value  # type: ignore[arg-type]


def _constructed(leaf: Leaf) -> "nn.Module":
    operation = leaf.operation
    assert isinstance(operation, ModuleOperation)
    names = _namespace()
    exec(operation.definition() or "", names)  # our own text
    texts = {name: literal(value) for name, value in _arguments(leaf, operation).items()}
    arguments = ", ".join(f"{name}={text}" for name, text in {**texts, **operation.always}.items())
    module: nn.Module = eval(f"{operation.constructor()}({arguments})", names)
    around = operation.around()
    return module if around is None else eval(around[0], names)(module, **around[1])


def _arguments(leaf: Leaf, operation: ModuleOperation) -> Mapping[str, object]:
    """Give what the module is constructed with: kernels as numbers, and nothing in place."""
    without = {*operation.choosing, ARGUMENT}
    given = {name: value for name, value in leaf.given.items() if name not in without}
    kernels = {name: list(getattr(operation, name)) for name in operation.kernels() & given.keys()}
    return {**given, **kernels, **leaf.inferred}


def _namespace() -> dict[str, Any]:
    import torch  # heavy, and wanted by nobody else
    from torch import nn

    return {"math": math, "torch": torch, "nn": nn}

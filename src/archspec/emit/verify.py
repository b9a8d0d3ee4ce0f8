"""Execute the emitted source, and compare the module with what was inferred."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from archspec.dimensions import substitute
from archspec.emit.code import class_name
from archspec.emit.torch import to_torch_source
from archspec.graph import Call, Leaf, Module, Network, Node, instances, repetitions
from archspec.ops import ModuleOperation
from archspec.tensors import Tensor

if TYPE_CHECKING:
    from torch import nn

BATCH = 2


class VerificationError(Exception):
    """The module that was built is not the network that was inferred; a bug of archspec."""


@dataclass(slots=True)
class Verification:
    """How much of a built module was compared, and found equal."""

    parameters: int = 0
    buffers: int = 0
    values: int = 0
    names: set[str] = field(default_factory=set)

    def report(self) -> str:
        """Say in one line what was compared."""
        return (
            f"verified: {self.parameters} parameters, {self.buffers} buffers and the shapes of "
            f"{self.values} values are as inferred"
        )


def to_module(network: Network, **arguments: object) -> "nn.Module":
    """Build the network's module: its source, executed, and the class called.

    There is no second implementation: what is built is what `to_torch_source` writes.
    """
    source = to_torch_source(network)
    names: dict[str, Any] = {"__name__": "archspec_emitted"}
    exec(compile(source, f"<{network.model.name}>", "exec"), names)  # our own text
    module: nn.Module = names[class_name(network.model.name)](**arguments)
    return module


def verify(network: Network) -> Verification:
    """Build the module, run it in evaluation on random numbers, and compare all that is known.

    Names, order and shapes of parameters and buffers are those of the `state_dict`. Shapes are
    compared of everything that a module reads and gives, and of the results. Raises
    `VerificationError` at the first difference.
    """
    import torch  # heavy, and wanted by nobody else

    module = to_module(network)
    found = Verification()
    _compare_state(network, module, found)
    for path, node in _calls(network.model, ""):
        _watch(network, module.get_submodule(path), path, node, found)
    inputs = [_random(torch, network, tensor) for tensor in network.model.inputs.values()]
    with torch.no_grad():
        result = module.eval()(*inputs)
    results = result if isinstance(result, tuple) else (result,)
    _compare(network, "the result", results, network.model.outputs, found)
    return found


def _compare_state(network: Network, module: "nn.Module", found: Verification) -> None:
    expected: dict[str, tuple[int, ...]] = {}
    for path, leaf in instances(network.model):
        expected |= {f"{path}.{name}": shape for name, shape in leaf.weights.items()}
        expected |= {f"{path}.{name}": shape for name, shape in leaf.buffers.items()}
        found.parameters += len(leaf.weights)
        found.buffers += len(leaf.buffers)
    actual = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    if list(expected.items()) != list(actual.items()):
        wrong = next(
            (name for name in (*expected, *actual) if expected.get(name) != actual.get(name)),
            "the order of the keys",
        )
        raise VerificationError(
            f"`{wrong}` was inferred as {expected.get(wrong)} and built as {actual.get(wrong)}"
        )


def _calls(module: Module, prefix: str) -> Iterator[tuple[str, Node]]:
    """Give every node that is a module in PyTorch, under its path."""
    for node in module.nodes:
        for name in repetitions(node):
            if isinstance(node, Leaf) and not isinstance(node.operation, ModuleOperation):
                continue
            yield f"{prefix}{name}", node
            if isinstance(node, Call):
                yield from _calls(node.module, f"{prefix}{name}.")


def _watch(
    network: Network, module: "nn.Module", path: str, node: Node, found: Verification
) -> None:
    def compare(_: object, inputs: tuple[Any, ...], output: Any) -> None:
        outputs = output if isinstance(output, tuple) else (output,)
        _compare(network, f"what `{path}` reads", inputs, node.inputs, found)
        _compare(network, f"what `{path}` gives", outputs, node.outputs, found)

    hook: Callable[..., None] = compare
    module.register_forward_hook(hook)


def _compare(
    network: Network,
    what: str,
    actual: tuple[Any, ...],
    expected: tuple[Tensor, ...],
    found: Verification,
) -> None:
    shapes = [tuple(value.shape) for value in actual]
    wanted = [_sizes(network, tensor) for tensor in expected]
    if shapes != wanted:
        raise VerificationError(f"{what} was inferred as {wanted} and is {shapes}")
    found.values += len(shapes)


def _sizes(network: Network, tensor: Tensor) -> tuple[object, ...]:
    return tuple(substitute(size, {network.batch: BATCH}) for size in tensor.shape)


def _random(torch: Any, network: Network, tensor: Tensor) -> Any:
    shape = _sizes(network, tensor)
    if tensor.dtype.startswith(("int", "bool")):
        return torch.zeros(shape, dtype=getattr(torch, tensor.dtype))
    return torch.randn(shape, dtype=getattr(torch, tensor.dtype))

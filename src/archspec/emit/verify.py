"""Execute the emitted source, and compare the module with what was inferred."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from archspec.dimensions import Size
from archspec.emit.code import class_name
from archspec.emit.torch import to_torch_source
from archspec.emit.trial import CannotTry, random_inputs, sized, trial_sizes
from archspec.graph import Call, Kind, Leaf, Module, Network, Node, instances, key_of, repetitions
from archspec.ops import ModuleOperation
from archspec.tensors import Tensor

if TYPE_CHECKING:
    from torch import nn


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
    try:
        sizes = trial_sizes(network)
    except CannotTry as error:
        raise VerificationError(str(error)) from error
    for path, nodes in _calls(network.model).items():
        _watch(sizes, module.get_submodule(path), path, nodes, found)
    inputs = random_inputs(network, sizes)
    with torch.no_grad():
        _compare_results(network.model, sizes, module.eval()(*inputs), found)
    return found


def _compare_results(
    model: Module, sizes: Mapping[str, Size], result: Any, found: Verification
) -> None:
    wanted = [t for index, t in enumerate(model.outputs) if index not in model.training]
    if isinstance(result, dict):
        labels = [n for index, n in enumerate(model.labels) if index not in model.training]
        if list(result) != labels:
            raise VerificationError(f"the results are called {list(result)}, not {labels}")
        result = tuple(result.values())
    results = result if isinstance(result, tuple) else (result,)
    _compare(sizes, "the result", results, tuple(wanted), found)


def _compare_state(network: Network, module: "nn.Module", found: Verification) -> None:
    expected: dict[str, tuple[int, ...]] = {}
    for path, leaf in instances(network.model):
        expected |= {key_of(path, name): shape for name, shape in leaf.state.items()}
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


def _calls(model: Module) -> dict[str, list[Node]]:
    """Give every layer that is a module in PyTorch under its path, with all calls of it."""
    found: dict[str, list[Node]] = {}
    _collect_calls(model, "", found)
    return found


def _collect_calls(module: Module, prefix: str, found: dict[str, list[Node]]) -> None:
    for node in module.nodes:
        if not _is_module(node):
            continue
        for name in [node.again] if node.again else repetitions(node):
            found.setdefault(f"{prefix}{name}", []).append(node)
            if isinstance(node, Call):
                _collect_calls(node.module, f"{prefix}{name}.", found)


def _is_module(node: Node) -> bool:
    if isinstance(node, Call):
        return any(map(_is_module, node.module.nodes)) or node.module.kind is not Kind.CHAIN
    return isinstance(node, Leaf) and isinstance(node.operation, ModuleOperation)


def _watch(
    sizes: Mapping[str, Size],
    module: "nn.Module",
    path: str,
    nodes: list[Node],
    found: Verification,
) -> None:
    """Compare what a module reads and gives with what one of its calls was inferred to be."""

    def compare(_: object, inputs: tuple[Any, ...], output: Any) -> None:
        values = tuple(output.values()) if isinstance(output, dict) else output
        outputs = values if isinstance(values, tuple) else (values,)
        if not all(hasattr(value, "shape") for value in outputs):
            return  # a module such as `nn.MultiheadAttention` gives more than the layer does
        read = [tuple(value.shape) for value in inputs]
        fitting = [node for node in nodes if sized(sizes, node.inputs) == read]
        node = fitting[0] if fitting else nodes[0]
        _compare(sizes, f"what `{path}` reads", inputs, node.inputs, found)
        own = node.outputs
        if isinstance(node, Call):
            own = own[: len(own) - node.module.taps]
        _compare(sizes, f"what `{path}` gives", outputs, own, found)

    oddly = isinstance(nodes[0], Leaf) and getattr(nodes[0].operation, "called_oddly", bool)()
    if not oddly:
        hook: Callable[..., None] = compare
        module.register_forward_hook(hook)


def _compare(
    sizes: Mapping[str, Size],
    what: str,
    actual: tuple[Any, ...],
    expected: tuple[Tensor, ...],
    found: Verification,
) -> None:
    shapes = [tuple(value.shape) for value in actual]
    wanted = sized(sizes, expected)
    if shapes != wanted:
        raise VerificationError(f"{what} was inferred as {wanted} and is {shapes}")
    found.values += len(shapes)

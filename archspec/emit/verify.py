"""Execute the emitted source, and hold the module against the graph: its state, and its values."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archspec.emit.code import class_name
from archspec.emit.interpret import Interpreter, built, written
from archspec.emit.state import check_state
from archspec.emit.torch import to_torch_source
from archspec.emit.trial import BATCH, CannotTry, random_inputs, randomise, trial_sizes
from archspec.emit.values import SEED, Unfit, VerificationError, close, compared
from archspec.graph import Leaf, Network, instances, key_of
from archspec.operations import BufferOperation, ModuleOperation
from archspec.sizes import Size

if TYPE_CHECKING:
    import torch
    from torch import nn

_MOST = (8, 2, 1)
"""Below what integers of an input are drawn, whichever is the first that the network takes."""


@dataclass(slots=True)
class Verification:
    """How much of a built module was compared, and found equal.

    `untrained` is why its values in training were not compared, if they were not.
    """

    parameters: int = 0
    buffers: int = 0
    values: int = 0
    untrained: str | None = None

    def report(self) -> str:
        """Say in one line what was compared."""
        known = f"{self.parameters} parameters, {self.buffers} buffers and {self.values} values"
        runs = "in evaluation and in training"
        if self.untrained is not None:
            runs = f"in evaluation; it cannot be trained on {BATCH} samples: {self.untrained}"
        return f"verified: {known} are as the graph says, {runs}"


def to_module(network: Network, **arguments: object) -> "nn.Module":
    """Build the network's module: its source, executed, and the class called.

    There is no second implementation: what is built is what `to_torch_source` writes.
    """
    return _executed(network, to_torch_source(network), **arguments)


def verify(network: Network, source: str | None = None) -> Verification:
    """Build the module, run it on random numbers, and compare all that is known.

    Names, order and shapes of parameters and buffers are those of the `state_dict`; what is shared
    is one weight, and what is frozen is. Then all weights are random, and the graph is interpreted
    operation by operation, in double precision, in evaluation and in training. Raises
    `VerificationError` that names the first layer that differs. `source` is compared in the place
    of what is emitted.
    """
    with _double_precision():
        text = to_torch_source(network) if source is None else source
        try:
            module = _executed(network, text)
        except Exception as error:  # whatever a source may raise that is wrong
            raise VerificationError(f"the module cannot be built: {error}") from error
        return verify_module(network, module)


def verify_module(network: Network, module: "nn.Module") -> Verification:
    """Compare a module with what a network says; its weights are then other ones."""
    import torch  # heavy, and wanted by nobody else

    found = Verification()
    found.parameters, found.buffers = check_state(network, module)
    try:
        sizes = trial_sizes(network)
    except CannotTry as error:
        raise VerificationError(str(error)) from error
    with _double_precision(), torch.no_grad():
        torch.manual_seed(SEED)
        module.double()
        randomise(module, _check_buffers(network, module))
        given = _compare_evaluation(network, module, sizes, found)
        _compare_training(network, module, given, sizes, found)
    return found


def _executed(network: Network, source: str, **arguments: object) -> "nn.Module":
    names: dict[str, Any] = {"__name__": "archspec_emitted"}
    exec(compile(source, f"<{network.model.name}>", "exec"), names)  # our own text
    module: nn.Module = names[class_name(network.model.name)](**arguments)
    return module


@contextmanager
def _double_precision() -> Iterator[None]:
    """Make new tensors in double precision, also what integers become."""
    import torch  # heavy, and wanted by nobody else

    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def _state(module: "nn.Module") -> "dict[str, torch.Tensor]":
    return {key: value.detach() for key, value in module.state_dict(keep_vars=True).items()}


def _check_buffers(network: Network, module: "nn.Module") -> Iterator[str]:
    """Hold that buffers begin with the numbers of the graph; give the keys of those that change."""
    for path, leaf in instances(network.model):
        for key, value in _first_buffers(leaf, path):
            if value is not None and not close(module.get_buffer(key), value):
                raise VerificationError(f"the buffer `{key}` has other numbers than the graph says")
            if isinstance(leaf.operation, ModuleOperation):
                yield key


def _first_buffers(leaf: Leaf, path: str) -> "Iterator[tuple[str, torch.Tensor | None]]":
    """Give what buffers begin with; `None` for one that is drawn, as of spectral norm."""
    if isinstance(leaf.operation, BufferOperation):
        yield path, written(leaf)
    elif isinstance(leaf.operation, ModuleOperation) and leaf.buffers:
        first, again = (dict(built(leaf, path).double().named_buffers()) for _ in range(2))
        for name, value in first.items():
            yield key_of(path, name), value if close(value, again[name]) else None


def _compare_evaluation(
    network: Network, module: "nn.Module", sizes: Mapping[str, Size], found: Verification
) -> "list[torch.Tensor]":
    """Compare a run in evaluation; give the inputs.

    Where integers or truth values are read, they are drawn again if the network cannot take them:
    they may stand for more rows than a table has, or leave nothing to attend to.
    """
    whole = any(t.dtype.startswith(("int", "bool")) for t in network.model.inputs.values())
    for most in _MOST if whole else _MOST[-1:]:
        given = [_doubled(value) for value in random_inputs(network, sizes, most)]
        last = most == _MOST[-1]
        try:
            interpreter = Interpreter(network, _state(module))
            found.values += compared(module, interpreter, given, sizes, finite=not last)
        except (IndexError, RuntimeError, Unfit) as error:  # of the graph, not of the module
            if last:
                raise VerificationError(f"the graph does not run: {error}") from error
            continue
        break
    return given


def _doubled(value: "torch.Tensor") -> "torch.Tensor":
    return value.double() if value.is_floating_point() else value


def _compare_training(
    network: Network,
    module: "nn.Module",
    given: "list[torch.Tensor]",
    sizes: Mapping[str, Size],
    found: Verification,
) -> None:
    """Compare a run in training, and what it makes of the buffers."""
    interpreter = Interpreter(network, _state(module), training=True)
    try:
        found.values += compared(module, interpreter, given, sizes)
    except ValueError as error:  # of the graph: a normalisation of one value a channel
        found.untrained = str(error)
        return
    for path, layer in interpreter.modules.items():
        for name, value in layer.named_buffers():
            if not close(module.get_buffer(key_of(path, name)), value):
                raise VerificationError(
                    f"`{path}` makes other numbers of `{name}` in training than the graph says"
                )

"""Hold a run of a module against its graph, value by value: the first layer that differs is named.

Both run on the same random numbers, in double precision, and draw the same ones in training. They
run the same operations in the same order, so that what they compute differs at most by the order in
which a kernel adds up: a sum of n numbers by n * 1e-16 of what is added, which layers pass on. What
a mistake changes is far more: another `eps` of a normalisation is seen at 1e-6.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from archspec.emit.interpret import Event, Interpreter, Tensors, flat
from archspec.emit.suspects import culprit
from archspec.emit.trial import sized
from archspec.graph import Call, Kind, Leaf, Node, instances, key_of
from archspec.operations import ModuleOperation
from archspec.sizes import Size

if TYPE_CHECKING:
    import torch
    from torch import nn

TOLERANCE = 1e-9
"""How far two numbers may be apart, as a part of the largest one of their tensor."""

SEED = 20_001
"""With it both draw the same random numbers."""


class VerificationError(Exception):
    """The module that was built is not the network that was inferred; a bug of archspec."""


class Unfit(Exception):
    """An input on which a network shows nothing."""


@dataclass(slots=True)
class Record:
    """What every layer read and gave when the graph ran, in order, and where each module stands."""

    sizes: Mapping[str, Size]
    events: list[Event] = field(default_factory=list)
    places: dict[str, list[int]] = field(default_factory=dict)

    def add(self, event: Event) -> None:
        """Keep what a layer read and gave; the shapes must be those that were inferred."""
        shapes = [tuple(value.shape) for value in event.gives]
        wanted = sized(self.sizes, event.node.outputs)
        if shapes != wanted and len(shapes) == len(wanted):
            raise VerificationError(
                f"what `{event.path}` gives was inferred as {wanted} and is {shapes}"
            )
        if is_module(event.node):
            self.places.setdefault(event.path, []).append(len(self.events))
        self.events.append(event)


def compared(
    module: "nn.Module",
    interpreter: Interpreter,
    given: Sequence["torch.Tensor"],
    sizes: Mapping[str, Size],
    *,
    finite: bool = False,
) -> int:
    """Run the graph, then the module; count the values that were compared, all of them equal.

    With `finite` raise `Unfit` where the graph gives other numbers for this input.
    """
    import torch  # heavy, and wanted by nobody else

    record = Record(sizes)
    interpreter.observe = record.add
    torch.manual_seed(SEED)
    results = interpreter.run(given)
    if finite and not all(bool(value.isfinite().all()) for value in results):
        raise Unfit("its results are not finite")
    return _Run(module, interpreter, record).compared(given, results)


@dataclass(slots=True)
class _Run:
    """One run of the module, watched layer by layer."""

    module: "nn.Module"
    interpreter: Interpreter
    record: Record
    equal: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    versions: dict[str, list[int]] = field(default_factory=dict)
    overwrote: list[Event] = field(default_factory=list)
    hooks: list[Any] = field(default_factory=list)

    def compared(self, given: Sequence["torch.Tensor"], results: Tensors) -> int:
        taken = tuple(value.clone() for value in given)
        weights = self._constant_weights()
        before = _versions(weights)
        actual = self._watched(taken)
        self._check_all_ran()
        self._check_results(actual, results, given)
        names = self.interpreter.network.model.inputs
        for name, value, was in zip(names, taken, given, strict=True):
            if value._version and not close(value, was):
                raise self._overwritten(f"the caller's `{name}`")
        if _versions(weights) != before:
            raise self._overwritten("a weight")
        return self.equal

    def _constant_weights(self) -> "list[nn.Parameter]":
        """Give the weights that no layer has reason to write to."""
        written = {
            key_of(path, name)
            for path, leaf in instances(self.interpreter.network.model)
            for name in leaf.operation.rewritten()
        }
        named = self.module.named_parameters()
        return [weight for name, weight in named if name not in written]

    def _watched(self, given: Tensors) -> Any:
        """Run the module with an eye on each layer."""
        import torch  # heavy, and wanted by nobody else

        for path in self.record.places:
            self.hooks += self._hooks(path, given)
        torch.manual_seed(SEED)
        try:
            return self.module.train(self.interpreter.training)(*given)
        except VerificationError:
            raise
        except Exception as error:  # whatever PyTorch raises
            raise VerificationError(f"the module does not run: {error}") from error
        finally:
            self._unwatch()

    def _unwatch(self) -> None:
        for hook in self.hooks:
            hook.remove()

    def _hooks(self, path: str, given: Tensors) -> Iterator[Any]:
        layer = self.module.get_submodule(path)
        yield layer.register_forward_pre_hook(lambda _, inputs: self._reads(path, inputs, given))
        yield layer.register_forward_hook(
            lambda _, inputs, out: self._gives(path, inputs, out, given)
        )

    def _event(self, path: str) -> Event:
        places = self.record.places[path]
        if self.calls[path] >= len(places):
            raise VerificationError(f"`{path}` runs more often than the graph says{self._where}")
        return self.record.events[places[self.calls[path]]]

    def _reads(self, path: str, inputs: tuple[Any, ...], given: Tensors) -> None:
        event = self._event(path)
        self.versions[path] = _versions(inputs)
        if _is_odd(event.node):
            return
        for value, wanted in zip_longest(inputs, event.reads):
            if value is None or wanted is None:
                raise VerificationError(f"`{path}` reads {len(inputs)} values{self._where}")
            if not close(value, wanted):
                raise self._difference(f"what `{path}` reads", value, wanted, given)

    def _gives(self, path: str, inputs: tuple[Any, ...], output: Any, given: Tensors) -> None:
        event = self._event(path)
        if _versions(inputs) != self.versions[path]:
            self.overwrote.append(event)
        self.calls[path] += 1
        taps = event.node.module.taps if isinstance(event.node, Call) else 0
        wanted = event.gives[: len(event.gives) - taps]
        for value, expected in zip(flat(output), wanted, strict=False):
            self.equal += 1
            if not close(value, expected):
                raise self._difference(f"what `{path}` gives", value, expected, given)

    def _check_all_ran(self) -> None:
        """Hold that every layer with a module ran: lists of modules are none."""
        for path, places in self.record.places.items():
            leaf = isinstance(self.record.events[places[0]].node, Leaf)
            if leaf and self.calls[path] < len(places):
                raise VerificationError(
                    f"`{path}` runs less often than the graph says{self._where}"
                )

    def _check_results(self, actual: Any, wanted: Tensors, given: Sequence["torch.Tensor"]) -> None:
        model, training = self.interpreter.network.model, self.interpreter.training
        names = enumerate(model.labels)
        labels = [name for index, name in names if training or index not in model.training]
        if isinstance(actual, dict) and list(actual) != labels:
            raise VerificationError(f"the results are called {list(actual)}, not {labels}")
        values = flat(actual)
        if len(values) != len(wanted):
            number = f"{len(values)} results, and the graph {len(wanted)}"
            raise VerificationError(f"the module gives {number}{self._where}")
        for value, expected in zip(values, wanted, strict=True):
            self.equal += 1
            if not close(value, expected):
                raise self._difference("the result", value, expected, tuple(given))

    # --- what is said ---------------------------------------------------------------------------

    @property
    def _where(self) -> str:
        return " in training" if self.interpreter.training else " in evaluation"

    def _difference(
        self, what: str, value: "torch.Tensor", wanted: "torch.Tensor", given: Tensors
    ) -> VerificationError:
        """Say what differs, and name the layer in which it begins."""
        if value.shape != wanted.shape:
            shapes = f"{tuple(value.shape)} and not {tuple(wanted.shape)}"
            return VerificationError(f"{what} is {shapes}{self._where}")
        self._unwatch()
        first = culprit(self.module, self.record.events, wanted, given, close, SEED)
        if first is not None:
            what = f"what `{first.path}` gives"
        apart = f"{what} is not what the graph says{self._where}: {_apart(value, wanted)}"
        return VerificationError(f"{apart}{self._overwriting(first, wanted)}")

    def _overwriting(self, first: Event | None, wanted: "torch.Tensor") -> str:
        """Name the layer that wrote over the memory that the first different layer reads."""
        reads = {_memory(value) for value in (first.reads if first else (wanted,))}
        for event in self.overwrote:
            if event is not first and _memory(event.reads[0]) in reads:
                return f"; `{event.path}` writes over what it reads"
        return ""

    def _overwritten(self, what: str) -> VerificationError:
        by = f" by `{self.overwrote[0].path}`" if self.overwrote else ""
        return VerificationError(f"{what} is overwritten{by}{self._where}")


def is_module(node: Node) -> bool:
    """Say whether a layer is a module in PyTorch, which can be watched."""
    if isinstance(node, Call):
        return any(map(is_module, node.module.nodes)) or node.module.kind is not Kind.CHAIN
    return isinstance(node, Leaf) and isinstance(node.operation, ModuleOperation)


def _is_odd(node: Node) -> bool:
    """Say whether a module is called with something else than what the layer reads."""
    operation = node.operation if isinstance(node, Leaf) else None
    return isinstance(operation, ModuleOperation) and operation.called_oddly()


def close(one: "torch.Tensor", other: "torch.Tensor") -> bool:
    """Say whether two tensors are equal but for rounding."""
    import torch  # heavy, and wanted by nobody else

    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if torch.equal(one, other):
        return True
    if not one.is_floating_point():
        return False
    size = float(other.nan_to_num(0, 0, 0).abs().max())
    return torch.allclose(one, other, rtol=0, atol=TOLERANCE * size, equal_nan=True)


def _apart(one: "torch.Tensor", other: "torch.Tensor") -> str:
    """Say how far two tensors of one shape are apart."""
    if one.dtype != other.dtype:
        return f"{one.dtype} and not {other.dtype}"
    apart = (one.double() - other.double()).abs().nan_to_num(float("inf")).max()
    return f"they are up to {float(apart):.2g} apart, of {float(other.double().abs().max()):.2g}"


def _versions(values: Any) -> list[int]:
    """Count how often each tensor was written to."""
    return [getattr(value, "_version", 0) for value in values]


def _memory(value: "torch.Tensor") -> int:
    return value.untyped_storage().data_ptr()

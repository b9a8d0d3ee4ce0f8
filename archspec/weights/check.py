"""Whether a grown network gives what the shallow one gave, in evaluation and in training."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isnan
from typing import TYPE_CHECKING

from archspec.emit import CannotTry, random_inputs, trial_sizes
from archspec.emit.interpret import flat
from archspec.graph import Network, instances
from archspec.weights.copies import Axes, CannotGrow, repeated
from archspec.weights.plan import Plan

if TYPE_CHECKING:
    import torch
    from torch import nn


TOLERANCE = 1e-5
"""The largest difference that is none, relative to the largest number that comes out."""

_BATCH = 4

Inputs = Sequence["torch.Tensor"]
Values = Mapping[str, "tuple[torch.Tensor, ...]"]


@dataclass(frozen=True, slots=True)
class Differences:
    """How far the results are from the shallow network's, relative to the largest of those."""

    evaluation: float
    training: float


@dataclass(frozen=True, slots=True)
class Pair:
    """The shallow and the deep network, each with its module."""

    networks: tuple[Network, Network]
    modules: "tuple[nn.Module, nn.Module]"
    plan: Plan

    def compare(self) -> Differences:
        """Compare both on one random batch.

        Raises `CannotGrow` that names the first layer which gives other values. In training all
        norms take the statistics of the batch; what drops at random is left out. The numbers are
        of double precision: on few values norms make rounding to single precision visible.
        """
        shallow = self.networks[0]
        try:
            drawn = random_inputs(shallow, trial_sizes(shallow, _BATCH))
        except CannotTry as error:
            raise CannotGrow(f"cannot be tried: {error}") from error
        inputs = [value.double() if value.is_floating_point() else value for value in drawn]
        return Differences(*(self._difference(inputs, training) for training in (False, True)))

    def _difference(self, inputs: "Inputs", training: bool) -> float:
        results = []
        for network, module in zip(self.networks, self.modules, strict=True):
            _set_mode(network, module.double(), training)
            results.append(_values(module, {""}, inputs)[""])
        largest = _largest(*results)
        if largest > TOLERANCE:
            raise self._explained(inputs, largest, training)
        return largest

    def _explained(self, inputs: "Inputs", largest: float, training: bool) -> CannotGrow:
        """Find the first layer that gives other values than it should."""
        mode, compared = "training" if training else "evaluation", self.plan.compared
        shallow = _values(self.modules[0], {item.shallow for item in compared}, inputs)
        deep = _values(self.modules[1], {item.deep for item in compared}, inputs)
        for item in compared:
            if item.deep in deep and item.shallow in shallow:
                expected = tuple(map(repeated, shallow[item.shallow], item.axes))
                if _largest(expected, deep[item.deep]) > TOLERANCE:
                    return CannotGrow(_wrong(mode, item.axes), f"`{item.deep}`")
        return CannotGrow(f"gives other results in {mode}: they differ by {largest:.1e}")


def _wrong(mode: str, axes: tuple[Axes, ...]) -> str:
    """Say what is wrong with a layer, and what may be the reason."""
    counts = (Counter(copies) for along in axes for copies in along if copies is not None)
    uneven = [count for count in counts if len(set(count.values())) > 1]
    reason = f"gives other values in {mode} than in the shallow network"
    if not uneven:
        return reason
    old, new = len(uneven[0]), uneven[0].total()
    return f"{reason}: of {old} channels, now {new}, not all have as many copies"


def _set_mode(network: Network, module: "nn.Module", training: bool) -> None:
    """Let the bodies train and the layers that keep statistics, but not what drops at random."""
    module.train(training)
    still = {path for path, leaf in instances(network.model) if not leaf.buffers}
    for path, part in module.named_modules():
        if path in still:
            part.eval()


def _values(module: "nn.Module", paths: set[str], inputs: "Inputs") -> "Values":
    """Run a module, and give what its parts gave when they were called last."""
    import torch

    values: dict[str, tuple[torch.Tensor, ...]] = {}
    hooks = [
        part.register_forward_hook(
            lambda _, read, gives, path=path: values.update({path: flat(gives)})
        )
        for path, part in module.named_modules()
        if path in paths
    ]
    with torch.no_grad():
        module(*inputs)
    for hook in hooks:
        hook.remove()
    return values


def _largest(expected: "Sequence[torch.Tensor]", actual: "Sequence[torch.Tensor]") -> float:
    """Give the largest relative difference; infinity where shapes differ or numbers are none."""
    return max(map(_relative, expected, actual), default=0.0)


def _relative(expected: "torch.Tensor", actual: "torch.Tensor") -> float:
    if expected.shape != actual.shape:
        return inf
    scale = float(expected.abs().max()) or 1.0
    difference = float((actual - expected).abs().max()) / scale
    return inf if isnan(difference) else difference

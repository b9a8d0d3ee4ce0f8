"""Make the weights of a deeper or wider network that computes what a smaller one has learned."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archspec.emit import to_module
from archspec.graph import Network
from archspec.weights.check import Differences, Pair
from archspec.weights.copies import CannotGrow, Copies, repeated
from archspec.weights.plan import Plan, Taken, plan_growth

if TYPE_CHECKING:
    import torch


State = Mapping[str, "torch.Tensor"]

_LEAST_SHARE = 0.5
"""Shares are drawn between this and 1, before they are divided by their sum."""


@dataclass(frozen=True, slots=True)
class Grown:
    """The weights of the deep network, and what became of the shallow one's.

    `added` are the layers that begin as the identity, `copied` and `widened` how many tensors were
    taken over as they were and with copies; `differences` is what the check found.
    """

    state: "dict[str, torch.Tensor]"
    added: tuple[str, ...]
    copied: int
    widened: int
    differences: Differences


def grow(shallow: Network, deep: Network, weights: State, seed: int = 0) -> Grown:
    """Grow `weights` of a shallow network into those of a deep one that gives the same results.

    Layers are found by name and by stage; new ones begin as the identity, and widths grow by copies
    whose weights share what they had (Chen et al., 2016, "Net2Net"). Both networks are then run,
    and their results compared: raises `CannotGrow` where they differ by more than 1e-5 of the
    largest, or where the plan for it cannot be made, with the layer and the reason. New layers and
    shares are drawn with `seed`, and PyTorch's generator is left as it was.
    """
    import torch

    plan = plan_growth(shallow, deep)
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(seed)
        before, after = to_module(shallow), to_module(deep)
        check_state(weights, before.state_dict())
        state = grown_state(plan, weights, after.state_dict())
        before.load_state_dict(weights)
        after.load_state_dict(state)
        differences = Pair((shallow, deep), (before, after), plan).compare()
    widened = len(plan.widened)
    return Grown(state, tuple(plan.added), len(plan.taken) - widened, widened, differences)


def check_state(given: State, wanted: State) -> None:
    """Raise `CannotGrow` unless weights are numbers of the names and shapes of a module's."""
    for key in (*wanted, *given):
        old, new = (_text(state.get(key)) for state in (given, wanted))
        if old != new:
            raise CannotGrow(
                f"are not the shallow network's: `{key}` is {old}, and there {new}", "the weights"
            )
        if _kind(given[key]) != _kind(wanted[key]):
            raise CannotGrow(f"hold `{key}` as {_typed(given[key])}", "the weights")
        if not bool(given[key].isfinite().all()):
            raise CannotGrow(f"hold infinity, or what is no number, in `{key}`", "the weights")


def grown_state(plan: Plan, given: State, initial: State) -> dict[str, "torch.Tensor"]:
    """Make the tensors: `given` are the shallow network's, `initial` those of the deep one.

    They are of the types of `initial`: shares of numbers of half precision need more. Shares are
    drawn from PyTorch's generator.
    """
    return {key: _tensor(plan, key, given, new) for key, new in initial.items()}


def _tensor(plan: Plan, key: str, given: State, new: "torch.Tensor") -> "torch.Tensor":
    if key in plan.taken:
        source = plan.taken[key]
        return _widened(given[source.key].to(new.dtype), source)
    return new.new_zeros(new.shape) if key in plan.zeros else new.clone()


def _widened(tensor: "torch.Tensor", source: Taken) -> "torch.Tensor":
    """Copy slices along each dimension that grows, and divide them where they are summed."""
    wide = repeated(tensor.clone(), source.axes)
    if source.shared is None:
        return wide
    copies = source.axes[source.shared]
    assert copies is not None
    shares = _shares(wide, source.shared, copies, tensor.shape[source.shared])
    return (wide.double() * shares).to(tensor.dtype)


def _shares(wide: "torch.Tensor", dim: int, copies: Copies, narrow: int) -> "torch.Tensor":
    """Draw for each copy of a place which share it has: those of one place add up to 1."""
    import torch

    sizes = [size if axis < 2 else 1 for axis, size in enumerate(wide.shape)]
    drawn = torch.rand(sizes, dtype=torch.float64) * (1 - _LEAST_SHARE) + _LEAST_SHARE
    index = torch.tensor(copies)
    totals = [narrow if axis == dim else size for axis, size in enumerate(sizes)]
    total = torch.zeros(totals, dtype=torch.float64).index_add(dim, index, drawn)
    return drawn / total.index_select(dim, index)


def _kind(tensor: "torch.Tensor") -> tuple[object, ...]:
    """Give what must be as in the module; half precision and single are of one kind."""
    return tensor.layout, tensor.is_floating_point(), tensor.is_complex()


def _typed(tensor: "torch.Tensor") -> str:
    names = [str(item).removeprefix("torch.") for item in (tensor.layout, tensor.dtype)]
    return f"{' '.join(names).removeprefix('strided ')}, which the network does not compute with"


def _text(tensor: "torch.Tensor | None") -> str:
    if tensor is None:
        return "not there"
    return "×".join(map(str, tensor.shape)) or "one number"

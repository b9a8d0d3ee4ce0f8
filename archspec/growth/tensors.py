"""The tensors of a grown network, made by its plan."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from archspec.growth.copies import Copies
from archspec.growth.failure import CannotGrow
from archspec.growth.plan import Plan
from archspec.growth.taking import Taken

if TYPE_CHECKING:
    import torch

State = Mapping[str, "torch.Tensor"]

_LEAST_SHARE = 0.5
"""Shares are drawn between this and 1, before they are divided by their sum."""


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
    import torch

    found = tensor.clone()
    for dim, copies in enumerate(source.axes):
        if copies is not None:
            found = found.index_select(dim, torch.tensor(copies))
    if source.shared is None:
        return found
    copies = source.axes[source.shared]
    assert copies is not None
    shares = _shares(found, source.shared, copies, tensor.shape[source.shared])
    return (found.double() * shares).to(tensor.dtype)


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
    """Tell what must be as in the module; half precision and single are of one kind."""
    return tensor.layout, tensor.is_floating_point(), tensor.is_complex()


def _typed(tensor: "torch.Tensor") -> str:
    names = [str(item).removeprefix("torch.") for item in (tensor.layout, tensor.dtype)]
    return f"{' '.join(names).removeprefix('strided ')}, which the network does not compute with"


def _text(tensor: "torch.Tensor | None") -> str:
    if tensor is None:
        return "not there"
    return "×".join(map(str, tensor.shape)) or "one number"

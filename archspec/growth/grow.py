"""Make the weights of a deeper or wider network that computes what a smaller one has learned."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archspec.emit import to_module
from archspec.graph import Network
from archspec.growth.check import Differences, Pair
from archspec.growth.plan import plan_growth
from archspec.growth.tensors import State, check_state, grown_state

if TYPE_CHECKING:
    import torch


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
        found = Pair((shallow, deep), (before, after), plan).compare()
    widened = len(plan.widened)
    return Grown(state, tuple(plan.added), len(plan.taken) - widened, widened, found)

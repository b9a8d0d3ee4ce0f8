"""Find the layer in which a difference begins, where that is a function: no hook sees those.

Between modules whose values are right there may be several functions, one after another. The module
runs once more, and all tensors that it makes are looked at: the first function of the graph whose
result is not among them is the one.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from archspec.emit.interpret import Event, Tensors, flat
from archspec.graph import Leaf
from archspec.operations import FunctionOperation

if TYPE_CHECKING:
    import torch
    from torch import nn

Equal = Callable[["torch.Tensor", "torch.Tensor"], bool]


def culprit(
    module: "nn.Module",
    events: Sequence[Event],
    wanted: "torch.Tensor",
    given: Tensors,
    equal: Equal,
    seed: int,
) -> Event | None:
    """Give the first function on the way to a value whose result the module never makes.

    `None` where no function is on the way, or all that they give is there.
    """
    waiting = suspects(events, wanted)
    if not waiting:
        return None
    made = _Made(waiting, equal)
    _run_again(module, given, seed, made.look)
    return next((event for event in waiting if not made.all_of(event)), None)


def suspects(events: Sequence[Event], wanted: "torch.Tensor") -> list[Event]:
    """Give the functions between the modules that ran before and a value, in order."""
    makers: dict[int, int] = {}
    for index, event in enumerate(events):
        for value in event.gives if isinstance(event.node, Leaf) else ():
            makers.setdefault(id(value), index)
    found: set[int] = set()
    waiting = [wanted]
    while waiting:
        maker = makers.get(id(waiting.pop()))
        if maker is not None and maker not in found and _is_function(events[maker]):
            found.add(maker)
            waiting += events[maker].reads
    return [events[index] for index in sorted(found)]


def _is_function(event: Event) -> bool:
    return isinstance(event.node, Leaf) and isinstance(event.node.operation, FunctionOperation)


class _Made:
    """Which of the results of functions the module makes, too."""

    def __init__(self, events: Sequence[Event], equal: Equal) -> None:
        """Begin with those that are what was read: nobody makes them."""
        self.equal = equal
        self.missing = {
            id(value): value
            for event in events
            for value in event.gives
            if not any(value is read for read in event.reads)
        }

    def look(self, result: Any) -> None:
        """Look at what some operation of the module gave."""
        for tensor in flat(result) if isinstance(result, list | tuple) else (result,):
            if not hasattr(tensor, "untyped_storage"):
                continue
            for name, value in list(self.missing.items()):
                if self.equal(tensor, value):
                    del self.missing[name]

    def all_of(self, event: Event) -> bool:
        """Say whether all that a function gives was made."""
        return not any(id(value) in self.missing for value in event.gives)


def _run_again(module: "nn.Module", given: Tensors, seed: int, look: Callable[[Any], None]) -> None:
    import torch  # heavy, and wanted by nobody else
    from torch.overrides import TorchFunctionMode

    class Looking(TorchFunctionMode):
        def __torch_function__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            result = func(*args, **(kwargs or {}))
            look(result)
            return result

    torch.manual_seed(seed)
    with Looking(), suppress(Exception):  # it may fail; what it made until then was looked at
        module(*(value.clone() for value in given))

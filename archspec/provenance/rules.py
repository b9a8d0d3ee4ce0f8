"""Ask the rule of an operation on what a size depends: on which input, on which arguments."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from archspec.diagnostics import Problem
from archspec.dimensions import Condition, Size, Truth, symbol, symbols_of
from archspec.graph import Leaf
from archspec.tensors import Tensor

Axis = tuple[int, int]
"""The number of an input, and of its dimension."""


def formula(leaf: Leaf, index: int, axis: int) -> Size | None:
    """Give a size as a polynomial over the sizes that are read, `0.2` the height of the first."""
    reads = tuple(_symbolic(number, tensor) for number, tensor in enumerate(leaf.inputs))
    outputs = _outputs(leaf, {}, reads)
    if outputs is None or index >= len(outputs) or axis >= outputs[index].rank:
        return None
    return outputs[index].shape[axis]


def axes_in(size: Size) -> tuple[Axis, ...]:
    """Name the dimensions of inputs that a formula mentions."""
    found = (name.split(".") for name in sorted(symbols_of(size)) if name[:1].isdigit())
    return tuple((int(slot), int(axis)) for slot, axis in found)


def arguments(leaf: Leaf, index: int, axis: int) -> tuple[str, ...]:
    """Name the arguments on which a size depends: with others it is another one."""
    found = []
    for name in leaf.given:
        value = getattr(leaf.operation, name, None)
        tried = (_outputs(leaf, {name: other}, leaf.inputs) for other in _others(value))
        known = (out[index] for out in tried if out is not None and index < len(out))
        sizes = [tensor.shape[axis] for tensor in known if axis < tensor.rank]
        if any(size != leaf.outputs[index].shape[axis] for size in sizes):
            found.append(name)
    return tuple(found)


def _symbolic(number: int, tensor: Tensor) -> Tensor:
    first, *others = tensor.shape or (1,)
    named = [symbol(f"{number}.{axis}") for axis in range(1, len(others) + 1)]
    batch = symbol(f"{number}.0") if isinstance(first, int) else first
    return tensor.reshaped(*[batch, *named][: tensor.rank])


def _outputs(
    leaf: Leaf, fields: Mapping[str, object], reads: tuple[Tensor, ...]
) -> tuple[Tensor, ...] | None:
    """Run the rule with some arguments replaced; `None` where it refuses them."""
    with suppress(Problem, TypeError, ValueError, ArithmeticError, AttributeError, AssertionError):
        operation = leaf.operation.model_copy(update=dict(fields))
        return operation.outputs(_assume, *reads)
    return None


def _assume(truth: Truth | Condition) -> bool:
    return truth is not False


def _others(value: Any) -> list[object]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value + 2, 2 * value, 1]
    if isinstance(value, list | tuple) and all(type(item) is int for item in value):
        more: list[object] = [tuple(item + step for item in value) for step in (1, 2)]
        return [*more, (1,) * len(value)]
    return []

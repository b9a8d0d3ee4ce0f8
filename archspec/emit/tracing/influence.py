"""Run the rule of an operation with other values, to see what depends on them."""

from collections.abc import Mapping

from archspec.diagnostics import Problem
from archspec.emit.tracing.symbols import Symbols
from archspec.graph import Leaf
from archspec.sizes import Size, Tensor, Truth


def outputs(
    node: Leaf, fields: Mapping[str, object], reads: tuple[Tensor, ...]
) -> tuple[Tensor, ...] | None:
    """Run the rule with some arguments replaced; `None` where it cannot say."""
    try:
        return node.operation.model_copy(update=dict(fields)).outputs(_assume, *reads)
    except (Problem, TypeError, AttributeError):
        return None


def _assume(truth: Truth) -> bool:
    return truth is not False


def perturbed(
    node: Leaf, name: str, operation: object, reads: tuple[Tensor, ...]
) -> list[tuple[Tensor, ...]]:
    """Run the rule with other values of one argument, to see what it has an influence on."""
    others = _others(getattr(operation, name))
    tried = (outputs(node, {**vars(operation), name: other}, reads) for other in others)
    return [gives for gives in tried if gives is not None]


def _others(value: object) -> list[object]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, tuple):
        return [
            tuple(item + 1 if isinstance(item, int) else 1 for item in value),
            (1,) * len(value),
        ]
    if isinstance(value, int | float):
        return [value + 1, 2 * value, 1 if value != 1 else 2]
    return []


def marked(
    symbols: Symbols,
    node: Leaf,
    depends: frozenset[str],
    changed: list[tuple[Tensor, ...]],
    gives: tuple[Tensor, ...],
    found: tuple[Tensor, ...],
) -> tuple[Tensor, ...]:
    """Make numbers of the sizes on which an argument that is no size has an influence.

    `gives` is what comes out, `changed` the same for other values of the argument, and `found` what
    was found of other arguments.
    """

    def size(place: int, axis: int) -> Size:
        known = found[place].shape[axis]
        if _is_free(place, axis, gives, changed):
            return known
        names = depends | symbols.trace.dependence(known)
        return symbols.number(node.outputs[place].shape[axis], names)

    return tuple(
        tensor.reshaped(*(size(place, axis) for axis in range(tensor.rank)))
        for place, tensor in enumerate(found)
    )


def _is_free(
    place: int, axis: int, gives: tuple[Tensor, ...], changed: list[tuple[Tensor, ...]]
) -> bool:
    """Say whether a size comes out the same for other values of an argument."""
    return bool(changed) and all(
        place < len(other) and alike(other[place], gives[place], axis) for other in changed
    )


def alike(one: Tensor, other: Tensor, axis: int) -> bool:
    """Say whether two tensors have the same size on an axis, and the same number of axes."""
    return one.rank == other.rank and one.shape[axis] == other.shape[axis]

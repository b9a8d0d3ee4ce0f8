"""Whether an operation is the same as in the narrow network, but for what its width decides."""

from archspec.emit.tracing.influence import outputs
from archspec.graph import Leaf
from archspec.growth.failure import CannotGrow


def check_alike(narrow: Leaf, wide: Leaf) -> None:
    """Raise `CannotGrow` unless one operation is the other, only wider.

    What passes on its input in evaluation may drop more or less of it in training.
    """
    ours, theirs = wide.operation, narrow.operation
    if type(ours) is not type(theirs):
        raise CannotGrow(f"is `{ours.op()}`, and `{theirs.op()}` in the shallow network")
    if list(wide.state) != list(narrow.state) or len(wide.outputs) != len(narrow.outputs):
        raise CannotGrow(
            f"has {_listed(wide)}, and in the shallow network {_listed(narrow)}",
        )
    for name in () if ours.passes_on else type(ours).model_fields:
        new, old = getattr(ours, name), getattr(theirs, name)
        if new != old and not _is_a_width(wide, name, old):
            raise CannotGrow(f"has `{name}: {_text(new)}`, and {_text(old)} in the shallow network")


def _is_a_width(wide: Leaf, name: str, old: object) -> bool:
    """Say whether the old value of an argument gives other channels, or cannot be any more.

    The channels of a weight are its first two dimensions; a kernel's size stands behind them.
    """
    gives = outputs(wide, {name: old}, wide.inputs)
    if not wide.weights or gives is None:
        return gives != wide.outputs
    before = wide.operation.model_copy(update={name: old}).weights(wide.inferred)
    return any(before[key][:2] != shape[:2] for key, shape in wide.weights.items())


def _listed(leaf: Leaf) -> str:
    return ", ".join(f"`{name}`" for name in leaf.state) or "no weights"


def _text(value: object) -> str:
    """Write a value as a spec does.

    >>> _text((3, 3)), _text(True)
    ('3', 'true')
    """
    if isinstance(value, tuple | list):
        texts = [_text(item) for item in value]
        return texts[0] if len(set(texts)) == 1 else f"[{', '.join(texts)}]"
    return str(value).lower() if isinstance(value, bool) or value is None else str(value)

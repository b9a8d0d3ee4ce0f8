"""Names that nothing has, in references and in layers, and which ones may be wanted."""

from collections.abc import Collection, Sequence

from archspec.diagnostics import (
    Problem,
    Remedy,
    Renamed,
    UnknownBlock,
    UnknownOperation,
    UnknownReference,
    Word,
)
from archspec.document import Layer, Spec, close_match, listed, operation_match, quoted
from archspec.expressions import Scope
from archspec.operations import ADDING, having, is_operation, names

_MOST_WAYS = 8
"""So many names are offered one by one in the place of a wrong one."""


def choice(text: str, written: str, names: Collection[str]) -> Remedy:
    """Offer names in the place of the one that is written."""
    return Remedy(text, *(Word(written, name) for name in [*names][:_MOST_WAYS]))


# --- references -------------------------------------------------------------------------------


def unknown_reference(
    name: str,
    above: Collection[str],
    later: Collection[str],
    current: str,
    inputs: Collection[str] = (),
) -> UnknownReference:
    """Say that a name is none of those above, and which one of them may be wanted."""
    rule = "a layer reads only what stands above it"
    if not name:
        return UnknownReference("a reference begins with a name", help=rule)
    if name == current:
        return UnknownReference(f"`{name}` would read itself", help=rule)
    if name in later:
        return UnknownReference(f"`{name}` does not stand above this layer", help=rule)
    names = [item for item in above if "{" not in item]  # repeated 0 times, it has no name
    others = f"it may read {listed(names, 'or')}; a body sees no other values"
    help = close_match(name, names) or choice(others, name, names)
    number = counted(name, names, inputs)
    if number is None:
        return UnknownReference(f"nothing above is called `{name}`", help=help)
    text = f"nothing above is called `{name}`, which would be `{number}`"
    alone = "; without `from` a layer reads the one above it" if name == "-1" else ""
    return UnknownReference(text, help=Remedy(f"write `{number}`{alone}", Word(name, number)))


def counted(name: str, above: Sequence[str], inputs: Collection[str]) -> str | None:
    """Find what a number would be that counts layers: back from here, or from the first one."""
    layers = [item for item in above if item not in inputs]
    if name.isdigit():
        return layers[int(name)] if int(name) < len(layers) else None
    back = int(name[1:]) if name[:1] == "-" and name[1:].isdigit() else 0
    return above[-back] if 0 < back <= len(above) else None


def spliced(name: str, held: Collection[str]) -> UnknownReference:
    """Say that a name was left out by `splice`, and what stands in its place."""
    help = choice(f"what it held stands here as {listed(held)}", name, held)
    return UnknownReference(f"`{name}` is spliced, and its name left out", help=help)


def readable(
    reference: str, name: str, count: int, labels: Sequence[str], *, repeated: bool
) -> str:
    """Say what of a layer that gives so many values is read instead, by its number or label."""
    if not labels and count == 1:
        return Remedy(f"it gives one value, `{name}`", Word(reference, name))
    if not labels and repeated:
        return f"its values have no names: `{name}.0.1` is the second one of the first repetition"
    parts: Sequence[object] = labels or range(count)
    names = [f"{name}.{part}" for part in parts]
    text = f"{'the last repetition' if repeated else 'it'} gives {listed(names)}"
    return choice(text, reference, names)


# --- operations and blocks --------------------------------------------------------------------

_NAMES = ("operations have PyTorch's names in snake case, and `archspec ops` lists them",)


def unknown_target(
    spec: Spec, layer: Layer, name: str, scope: Scope, parameters: Sequence[str]
) -> Problem:
    """Say that a layer is no operation, block or layer parameter, and which one may be wanted."""
    if layer.form == "block":
        return UnknownBlock(
            f"the spec has no block `{name}`", help=_block_help(spec, name, parameters)
        )
    if name in spec.blocks:
        help = Remedy(f"`{name}` is a block: write `{{block: {name}, …}}`", Renamed("op", "block"))
        return UnknownOperation(f"there is no operation `{name}`", help=help)
    if name in scope.values:
        return _no_layer(name, scope.values[name])
    blocks = list(spec.blocks) if layer.form == "word" else []
    match = _argument_help(name) or operation_match(name, names(), [*blocks, *parameters])
    kind = "operation or block" if blocks else "operation"
    hidden = scope.hidden(name, False)
    if hidden is not None:
        text = f"there is no {kind} `{name}`"
        return UnknownOperation(text, notes=(hidden.note,), help=hidden.help)
    return UnknownOperation(
        f"there is no {kind} `{name}`",
        notes=() if match else _NAMES,
        help=match or ADDING,
    )


def _argument_help(name: str) -> str | None:
    """Say of which operations a name is an argument: `weight_norm` stands beside `op: conv2d`."""
    owners = having(name)
    if not owners:
        return None
    few = ", ".join(f"`{owner}`" for owner in owners[:3])
    more = f" and {len(owners) - 3} more" if len(owners) > 3 else ""
    return f"`{name}` is an argument, which stands beside `op`: of {few}{more}"


def _block_help(spec: Spec, name: str, parameters: Sequence[str]) -> str:
    """Say what a layer names in the place of a block."""
    if is_operation(name):
        text = f"`{name}` is an operation: write `{{op: {name}, …}}`"
        return Remedy(text, Renamed("block", "op"))
    blocks = f"its blocks are {listed(spec.blocks)}" if spec.blocks else "it defines no blocks"
    return close_match(name, [*spec.blocks, *parameters]) or blocks


def _no_layer(name: str, value: object) -> Problem:
    return UnknownOperation(
        f"the parameter `{name}` is no layer: its value is {quoted(value)}",
        help=f"give the parameter a layer: `{name}: {{op: relu}}`, or `{name}: layer` in a block",
    )

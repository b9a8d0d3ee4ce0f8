"""What a box says below its name, read off the fields of operations and the block's parameters."""

import re
from collections.abc import Mapping, Sequence

from archspec.document import Block, Spec
from archspec.graph import Leaf, Module, Node
from archspec.sizes import Tensor, dimension_text

_QUIET = frozenset(("padding", "padding_mode", "bias", "eps", "momentum"))
"""Arguments that no figure in a paper shows."""
_MOST_VALUES = 4
_LONGEST = 44


def leaf_facts(leaves: Sequence[Leaf]) -> str:
    """Write the arguments of one layer, or of the same layer in several blocks.

    The operation comes first unless the name says it, then a window, what comes out, the others.
    """
    names = (name for name in type(leaves[0].operation).model_fields if name not in _QUIET)
    shown = sorted((name for name in names if _has_own_value(leaves, name)), key=_order)
    arguments = ", ".join(_argument(name, _values(leaves, name)) for name in shown)
    return shortened(" ".join(filter(None, (_operation_word(leaves[0]), arguments))))


def special_facts(node: Node, body: Module) -> str:
    """Say whose weights a layer of a body has, and whether they stay as they are."""
    facts = [f"weights of {body.node(node.again).shown}"] if node.again is not None else []
    if isinstance(node, Leaf) and node.tie is not None:
        facts.append(f"{node.tie.weight} of {'.'.join(node.tie.path)}")
    return ", ".join(facts + ["frozen"] * (not node.trainable))


def argument_facts(modules: Sequence[Module]) -> str:
    """Write the parameters with which a block is called, without those that have their default.

    Of several repetitions the different values are listed, or the first and the last of many.
    """
    defaults = _defaults(modules[0])
    facts = []
    for name in modules[0].arguments:
        values = [module.arguments[name] for module in modules]
        if any(value != defaults.get(name) for value in values) and all(map(_is_plain, values)):
            facts.append(f"{_word(name)} {_listed(values)}")
    return shortened(", ".join(facts))


def _listed(values: Sequence[object]) -> str:
    texts = list(dict.fromkeys(map(_text, values)))
    return "|".join(texts) if len(texts) < _MOST_VALUES else f"{texts[0]}…{texts[-1]}"


def shape_text(tensors: Sequence[Tensor], batch: str) -> str:
    """Write a shape without the batch, or nothing where several differ."""
    texts = {_shape(tensor, batch) for tensor in tensors}
    return texts.pop() if len(texts) == 1 else ""


def shortened(text: str) -> str:
    """Cut a text that would make a box too wide.

    >>> shortened("p 0.5")
    'p 0.5'
    """
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _shape(tensor: Tensor, batch: str) -> str:
    first = tensor.rank > 1 and str(tensor.shape[0]) == batch
    sizes = tensor.shape[1:] if first else tensor.shape
    return "×".join(rounded(dimension_text(size)) for size in sizes) or "scalar"


def rounded(text: str) -> str:
    """Write divisions that are rounded with the brackets that mathematics has for them.

    >>> rounded("floor(H / 2)"), rounded("floor((H + 3) / 4)"), rounded("floor((H + 1) / 4)")
    ('⌊H/2⌋', '⌈H/4⌉', '⌊(H + 1)/4⌋')
    """
    text = re.sub(r"floor\((\w+) / (\d+)\)", r"⌊\1/\2⌋", text)
    return re.sub(r"floor\(\((\w+) \+ (\d+)\) / (\d+)\)", _upwards, text)


def _upwards(match: re.Match[str]) -> str:
    name, more, divisor = match.groups()
    if int(more) == int(divisor) - 1:
        return f"⌈{name}/{divisor}⌉"
    return f"⌊({name} + {more})/{divisor}⌋"


def _has_own_value(leaves: Sequence[Leaf], name: str) -> bool:
    """Say whether an argument is somewhere not its default."""
    default = type(leaves[0].operation).model_fields[name].get_default()
    return any(getattr(leaf.operation, name) != default for leaf in leaves)


def _order(name: str) -> int:
    return 0 if _is_window(name) else 1 if _is_result(name) else 2


def _is_window(name: str) -> bool:
    return name.startswith("kernel")


def _is_result(name: str) -> bool:
    return name.startswith("out_") or name == "shape"


def _argument(name: str, value: str) -> str:
    return value if _is_window(name) or _is_result(name) else f"{_word(name)} {value}"


def _values(leaves: Sequence[Leaf], name: str) -> str:
    """List the different values of a field, in the order in which they come."""
    text = _extent if _is_window(name) or name.endswith(("size", "shape")) else _text
    values = list(dict.fromkeys(text(_value(leaf, name)) for leaf in leaves))
    return "|".join(values[:_MOST_VALUES] + ["…"] * (len(values) > _MOST_VALUES))


def _value(leaf: Leaf, name: str) -> object:
    """Give the value of a field; of fixed kernels, what they are called."""
    if name in leaf.operation.kernels():
        return ", ".join(map(str, leaf.given[name]))  # type: ignore[call-overload]  # kernels
    return getattr(leaf.operation, name)


def _word(name: str) -> str:
    return name.replace("_", " ")


def _extent(value: object) -> str:
    return "×".join(map(_text, value)) or "scalar" if isinstance(value, tuple) else _text(value)


def _text(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, tuple) and len(set(value)) == 1:
        return str(value[0])
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:g}"
    return rounded(str(value))


def _defaults(module: Module) -> Mapping[str, object]:
    if not isinstance(module.definition, Block | Spec):
        return {}
    return {name: parameter.default for name, parameter in module.definition.params.items()}


def _is_plain(value: object) -> bool:
    return isinstance(value, int | float | str | list | tuple)


def _operation_word(leaf: Leaf) -> str:
    """Name the operation, unless the layer's name is nearly the same or only a number."""
    operation = leaf.operation.op()
    name = leaf.shown.replace("_", "").rstrip("0123456789").lower()
    return "" if name in operation.replace("_", "") else operation

"""What a word at its place in a text may name: only a word of the same kind can be meant there."""

from archspec.diagnostics import Path

Kinds = frozenset[str]

LAYER = frozenset(["layer"])
"""What `from` names: a layer, or an input of the body."""

KEY = frozenset(["key"])
"""A key of the language, an argument, or a parameter of a block where that is called."""

_VALUE = frozenset(["number", "choice"])
_SIZE = frozenset(["number", "symbol"])
_PARAMETER = frozenset(["number", "choice", "operation", "block", "key"])

_DEFINED = {
    "layers": LAYER,
    "inputs": LAYER,
    "blocks": frozenset(["block"]),
    "params": _PARAMETER,
    "let": frozenset(["number"]),
    "kernels": frozenset(["kernel"]),
    "outputs": frozenset(["label"]),
    "variants": frozenset(["variant"]),
}
"""What the keys below a key define."""

_NAMED = {
    "op": frozenset(["operation"]),
    "block": frozenset(["block"]),
    "from": LAYER,
    "share": LAYER,
    "taps": LAYER,
    "order": LAYER,
    "kernel": frozenset(["kernel"]),
    "input": _SIZE,
    "expect": _SIZE,
    "spec": frozenset(["spec"]),
    "extends": frozenset(["spec"]),
}
"""What the value of a key names."""


def kinds_of_key(path: Path) -> Kinds:
    """Say what a key may name.

    >>> sorted(kinds_of_key(("layers", "conv"))), sorted(kinds_of_key(("layers", "conv", "bias")))
    (['layer'], ['key'])
    """
    if path[0] == "init" and len(path) == 2:
        return frozenset(["operation"])
    if "init" in path[:-1]:
        return frozenset(["key", "choice"])
    if "expect" in path[:-1]:
        return frozenset(["key", "label"])
    return _DEFINED.get(str(path[-2]), KEY) if path[1:] else KEY


def kinds_of_value(path: Path, before: str, behind: str) -> Kinds:
    """Say what a word of a value may name, given the text before and behind it there.

    >>> sorted(kinds_of_value(("layers", "add", "from", 0), "", ""))
    ['layer']
    >>> sorted(kinds_of_value(("layers", "fc", "out_features"), "2 * ", ".channels"))
    ['layer']
    """
    if before.rfind("{") > before.rfind("}"):  # an expression within a name
        return _in_expression(before, behind)
    if path[-2:-1] == ("layers",):
        return frozenset(["operation", "block"])
    named = _named([str(step) for step in path if not isinstance(step, int)] or [""])
    if named is LAYER and before.endswith("."):
        return frozenset(["label"])
    if named is None or named is _SIZE:
        found = _in_expression(before, behind)
        return _SIZE if named and found is _VALUE else found
    return named


def _named(steps: list[str]) -> Kinds | None:
    """Say what the keys around a value let it name; `None` for an expression."""
    if steps[0] == "inputs" or "expect" in steps[:-1]:
        return _SIZE
    if "inputs" in steps[-1:] or "outputs" in steps[-2:]:
        return LAYER
    return _NAMED.get(steps[-1])


def _in_expression(before: str, behind: str) -> Kinds:
    """Say what a word of an expression may name, by what stands beside it."""
    if behind.startswith("("):
        return frozenset(["function"])
    if before.endswith("."):
        return frozenset(["size"])
    return LAYER if behind.startswith(".") else _VALUE

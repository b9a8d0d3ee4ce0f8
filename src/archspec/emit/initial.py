"""Write the initial weights: what stands at the end of the model's constructor."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from archspec.emit.code import layout, literal
from archspec.emit.pieces import INDENT, Bracketed
from archspec.emit.render import expression_text
from archspec.expressions import parse
from archspec.graph import Leaf, Module
from archspec.ops import Operation, ValueOperation, load
from archspec.spec import Rule, Spec, read_rules

_CONSTANTS: Mapping[float, str] = {0: "zeros_", 1: "ones_"}


Rules = Mapping[str, Rule]

Outer = Callable[[str], str]
"""Writes a name that is no argument of the operation."""


@dataclass(frozen=True, slots=True)
class OwnInit:
    """The rules that a layer has of its own: the layer's path in its class, and its operation.

    `outer` says what the names in the rules are that are no arguments of the operation: attributes
    of the class, `.depth`, or numbers.
    """

    path: tuple[str, ...]
    operation: type[Operation]
    rules: Rules
    outer: Mapping[str, str] = field(default_factory=dict)


def attribute_text(owner: str, path: tuple[str, ...], *, value: bool = False) -> str:
    """Write a layer as an attribute, whatever its name; a `value` is a tensor, no module.

    >>> attribute_text("self", ("block1-0", "conv"))
    'self.get_submodule("block1-0").conv'
    """
    text = owner
    for number, step in enumerate(path, start=1):
        get = "get_parameter" if value and number == len(path) else "get_submodule"
        text += f".{step}" if step.isidentifier() else f".{get}({literal(step)})"
    return text


def loops(owner: str, path: tuple[str, ...], *, value: bool = False) -> tuple[list[str], str]:
    """Write the loops over the repetitions on a path, `*`, and the layer within them.

    >>> loops("self", ("m", "*", "conv"))
    (['for layer in self.m:'], 'layer.conv')
    """
    heads: list[str] = []
    text, waiting = owner, tuple[str, ...]()
    for step in path:
        if step != "*":
            waiting = (*waiting, step)
            continue
        name = "layer" if not heads else f"layer{len(heads) + 1}"
        heads.append(f"for {name} in {attribute_text(text, waiting)}:")
        text, waiting = name, ()
    return heads, attribute_text(text, waiting, value=value)


def assigned(owner: str, path: tuple[str, ...], weight: str, value: str) -> list[str]:
    """Write the assignment of a weight, in loops where its layer is repeated."""
    heads, layer = loops(owner, path)
    lines = [f"{INDENT * depth}{head}" for depth, head in enumerate(heads)]
    return [*lines, f"{INDENT * len(heads)}{layer}.{weight} = {value}"]


def closing(
    modules: Sequence[Module],
    spec: Spec,
    own: Sequence[OwnInit],
    classes: Mapping[str, Sequence[OwnInit]],
    others: Sequence[str],
    outer: Outer,
) -> list[str]:
    """Write the spec's rules as a loop over the modules, then those that single layers have.

    `modules` are those of the spec, `own` the rules in the model's class, `classes` those in others,
    by the name of the class. `others` are the classes of other specs, whose weights are their own
    business.
    """
    lines = list(_general(modules, spec, others, outer))
    for item in own:
        lines += _own(item, "self", 2)
    known = {name: items for name, items in classes.items() if items}
    if known:
        lines.append(f"{INDENT * 2}for module in self.modules():")
    for index, (name, items) in enumerate(known.items()):
        lines.append(f"{INDENT * 3}{'elif' if index else 'if'} isinstance(module, {name}):")
        lines += [line for item in items for line in _own(item, "module", 4)]
    return lines


def _general(
    modules: Sequence[Module], spec: Spec, others: Sequence[str], outer: Outer
) -> Iterator[str]:
    leaves = [node for module in modules for node in module.nodes if isinstance(node, Leaf)]
    present = {type(leaf.operation) for leaf in leaves}
    rules = {load(name): item for name, item in read_rules(spec.init or {}).items()}
    used = {operation: item for operation, item in rules.items() if operation in present}
    if used and others:
        kinds = others[0] if len(others) == 1 else f"({', '.join(others)})"
        yield f"{INDENT * 2}inside = ("
        yield f"{INDENT * 3}part.modules() for part in self.modules() if isinstance(part, {kinds})"
        yield f"{INDENT * 2})"
        yield f"{INDENT * 2}apart = {{module for part in inside for module in part}}"
        yield f"{INDENT * 2}for module in (item for item in self.modules() if item not in apart):"
    elif used:
        yield f"{INDENT * 2}for module in self.modules():"
    for index, (operation, weights) in enumerate(used.items()):
        yield f"{INDENT * 3}{'elif' if index else 'if'} isinstance(module, {operation.torch}):"
        for weight, rule in weights.items():
            alike = (leaf for leaf in leaves if type(leaf.operation) is operation)
            optional = weight in operation.model_fields or any(
                weight not in leaf.weights for leaf in alike
            )
            names = _Names("module", operation, outer)
            yield from _statement(names, weight, rule, 4, optional=optional)


def _own(item: OwnInit, owner: str, indent: int) -> list[str]:
    value = issubclass(item.operation, ValueOperation)
    heads, attribute = loops(owner, item.path, value=value)
    lines = [f"{INDENT * (indent + depth)}{head}" for depth, head in enumerate(heads)]
    inner = indent + len(heads)
    for weight, rule in item.rules.items():
        optional = weight in item.operation.model_fields
        names = _Names(attribute, item.operation, partial(_of_class, owner, item.outer))
        lines += _statement(names, weight, rule, inner, optional=optional)
    return lines


def _of_class(owner: str, outer: Mapping[str, str], name: str) -> str:
    text = outer[name]
    return f"{owner}{text}" if text.startswith(".") else text


@dataclass(frozen=True, slots=True)
class _Names:
    """How the names in a rule are written: the layer's own by the layer, all others by `outer`."""

    owner: str
    operation: type[Operation]
    outer: Outer

    def __call__(self, name: str) -> str:
        own = name in self.operation.model_fields or name in self.operation.inferred
        return f"{self.owner}.{name}" if own else self.outer(name)


def _statement(names: _Names, weight: str, rule: Rule, indent: int, *, optional: bool) -> list[str]:
    """Write the call that fills one weight, where it is there."""
    owner = names.owner
    call = _call(f"{owner}.{weight}" if weight else owner, names, rule)
    if not optional:
        return layout(call, indent)
    return [
        f"{INDENT * indent}if {owner}.{weight} is not None:",
        *layout(call, indent + 1),
    ]


def _call(weight: str, names: _Names, rule: Rule) -> Bracketed:
    if rule.name != "constant":
        arguments = (f"{n}={_argument(raw, names, n)}" for n, raw in rule.arguments.items())
        return Bracketed(f"nn.init.{rule.name}_(", (weight, *arguments))
    value = rule.arguments["val"]
    function = _CONSTANTS.get(value) if isinstance(value, int | float) else None
    if function is not None:
        return Bracketed(f"nn.init.{function}(", (weight,))
    return Bracketed("nn.init.constant_(", (weight, _argument(value, names, "val")))


def _argument(raw: object, names: _Names, name: str) -> str:
    """Write an argument of a rule; the names in an expression are attributes of the module."""
    if not isinstance(raw, str) or name not in dict(Rule("", {name: raw}).expressions()):
        return literal(raw)
    return expression_text(parse(raw), names, lambda name, index: f"{name}[{index}]", {})

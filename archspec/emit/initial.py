"""Write the initial weights: what stands at the end of the model's constructor."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from archspec.document import Rule, Spec, read_rules
from archspec.emit.code import layout, literal, statement
from archspec.emit.pieces import INDENT, Bracketed, Code, parsed, prefixed
from archspec.emit.render import expression_text
from archspec.emit.written import Module
from archspec.expressions import parse
from archspec.graph import Leaf
from archspec.operations import Operation, ValueOperation
from archspec.operations.indexed import INDICES, NAMES, nested

_CONSTANTS: Mapping[float, str] = {0: "zeros_", 1: "ones_"}


Rules = Mapping[str, Rule]

Outer = Callable[[str], str]
"""Writes a name that is no argument of the operation."""


@dataclass(frozen=True, slots=True)
class OwnInit:
    """The rules that a layer has of its own: the layer's path in its class, and its operation.

    `outer` says what the names in the rules are that are no arguments of the operation: attributes
    of the class, `.depth`, or numbers. `present` are the weights that the layer always has, and
    `made` those that it computes at each call, each with a parameter of its shape. `ranks` are the
    numbers of dimensions of all, and `zero_rows` arguments that name rows that stay 0.
    """

    path: tuple[str, ...]
    operation: type[Operation]
    rules: Rules
    outer: Mapping[str, str] = field(default_factory=dict)
    present: frozenset[str] = frozenset()
    made: Mapping[str, str] = field(default_factory=dict)
    ranks: Mapping[str, int] = field(default_factory=dict)
    zero_rows: Mapping[str, str] = field(default_factory=dict)

    @property
    def typed(self) -> bool:
        """Whether type checkers know what the layer is: an attribute that its class assigns."""
        return len(self.path) == 1 and self.path[0].isidentifier()


def surely_has(leaf: Leaf, weight: str) -> bool:
    """Say whether a layer has a weight, whatever its class is called with."""
    written = leaf.origin.arguments
    switches = (key for key in leaf.given if key == weight or key.endswith("affine"))
    return weight in leaf.operation.filled(leaf.inferred) and all(
        isinstance(written.get(key), bool) for key in switches
    )


def ranks_of(leaf: Leaf) -> Mapping[str, int]:
    """Give the numbers of dimensions of a layer's weights."""
    weights = leaf.operation.filled(leaf.inferred)
    return {name: len(shape) for name, shape in weights.items()}


def zero_rows_of(leaf: Leaf) -> Mapping[str, str]:
    """Name the arguments by which rows of a layer's weights stay 0, as its row for padding does."""
    rows = type(leaf.operation).zero_rows.items()
    return {weight: name for weight, name in rows if getattr(leaf.operation, name) is not None}


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


def loops(owner: str, path: tuple[str, ...]) -> tuple[list[str], str]:
    """Write the loops over the repetitions on a path, `*`, and the layer within them.

    >>> loops("self", ("m", "*", "conv"))
    (['for layer in self.m:'], 'layer.conv')
    """
    heads, inner, rest = _looped(owner, path)
    return heads, attribute_text(inner, rest)


def _looped(owner: str, path: tuple[str, ...]) -> tuple[list[str], str, tuple[str, ...]]:
    """Write the loops over the repetitions on a path, and what of it is left within them."""
    heads: list[str] = []
    text, waiting = owner, tuple[str, ...]()
    for step in path:
        if step != "*":
            waiting = (*waiting, step)
            continue
        name = "layer" if not heads else f"layer{len(heads) + 1}"
        over = attribute_text(text, waiting)
        listed = not heads and len(waiting) == 1 and waiting[0].isidentifier()
        heads.append(f"for {name} in {over if listed else f'{over}.children()'}:")
        text, waiting = name, ()
    return heads, text, waiting


def tying(owner: str, path: tuple[str, ...], weight: str, value: str) -> list[str]:
    """Write the assignment of a weight, in loops where its layer is repeated."""
    heads, layer = loops(owner, path)
    lines = [f"{INDENT * depth}{head}" for depth, head in enumerate(heads)]
    return [*lines, f"{INDENT * len(heads)}{layer}.{weight} = {value}"]


def in_its_class(spec: Spec, own: Sequence[OwnInit]) -> list[str]:
    """Write those rules of single layers that no rule of the spec would overrule."""
    kinds = ruled(spec)
    free = (item for item in own if item.operation.op() not in kinds)
    return [line for item in free for line in _own(item, "self", 2)]


def ruled(spec: Spec) -> Mapping[str, Rules]:
    """Give the rules of a spec by the names of their operations."""
    return read_rules(spec.init or {})


def closing(
    modules: Sequence[Module],
    spec: Spec,
    own: Sequence[OwnInit],
    classes: Mapping[str, Sequence[OwnInit]],
    others: Sequence[str],
    outer: Outer,
) -> list[str]:
    """Write the spec's rules as a loop over the modules, then those that single layers have.

    `modules` are those of the spec, `own` the rules in the model's class, `classes` those in
    others, by the name of the class. `others` are the classes of other specs, whose weights are
    their own business.
    """
    lines = list(_general(modules, spec, others, outer))
    lines += [line for item in own for line in _own(item, "self", 2)]
    kinds = ruled(spec)
    bodies: dict[tuple[str, ...], list[str]] = {}
    for name, items in classes.items():
        after = (item for item in items if item.operation.op() in kinds)
        body = tuple(line for item in after for line in _own(item, "module", 4))
        if body:
            bodies.setdefault(body, []).append(name)
    head = f"{INDENT * 2}for module in self.modules():"
    return [*lines, *([head] if bodies else []), *_branches(bodies)]


def _branches(bodies: Mapping[tuple[str, ...], Sequence[str]]) -> Iterator[str]:
    """Write what is done to the modules of some classes; a lone condition joins the last branch."""
    for index, (body, names) in enumerate(bodies.items()):
        kinds = names[0] if len(names) == 1 else f"({', '.join(names)})"
        test, lines = f"isinstance(module, {kinds})", list(body)
        alone = lines[0].endswith(" is not None:") and not any(
            line.startswith(INDENT * 4) and line[16] != " " for line in lines[1:]
        )
        if alone and index == len(bodies) - 1:
            test += f" and {lines[0].strip().removeprefix('if ').removesuffix(':')}"
            lines = [line.removeprefix(INDENT) for line in lines[1:]]
        yield from statement(f"{'elif' if index else 'if'} {test}:", 3)
        yield from lines


@dataclass(frozen=True, slots=True)
class _Names:
    """How the names in a rule are written: the layer's own by the layer, all others by `outer`.

    `ranks` are the numbers of dimensions of its weights, and `zero_rows` the arguments that name
    rows of them that stay 0.
    """

    owner: str
    operation: type[Operation]
    outer: Outer
    ranks: Mapping[str, int]
    zero_rows: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, name: str) -> str:
        own = name in self.operation.model_fields or name in self.operation.inferred
        return f"{self.owner}.{name}" if own else self.outer(name)


def _general(
    modules: Sequence[Module], spec: Spec, others: Sequence[str], outer: Outer
) -> Iterator[str]:
    leaves = [node for module in modules for node in module.nodes if isinstance(node, Leaf)]
    present = {leaf.operation.op(): type(leaf.operation) for leaf in leaves}
    used = {present[name]: item for name, item in ruled(spec).items() if name in present}
    if used and others:
        kinds = others[0] if len(others) == 1 else f"({', '.join(others)})"
        yield f"{INDENT * 2}inside = ("
        yield f"{INDENT * 3}part.modules() for part in self.modules() if isinstance(part, {kinds})"
        yield f"{INDENT * 2})"
        yield f"{INDENT * 2}apart = {{module for part in inside for module in part}}"
        yield f"{INDENT * 2}for module in (item for item in self.modules() if item not in apart):"
    elif used:
        yield f"{INDENT * 2}for module in self.modules():"
    yield from _branches(_alike(used, leaves, outer))


def _alike(
    used: Mapping[type[Operation], Rules], leaves: Sequence[Leaf], outer: Outer
) -> Mapping[tuple[str, ...], Sequence[str]]:
    """Give the statements for each operation, those together for which they are the same."""
    groups: dict[tuple[str, ...], list[type[Operation]]] = {}
    ranks = {type(leaf.operation): ranks_of(leaf) for leaf in reversed(leaves)}
    rows = {type(leaf.operation): zero_rows_of(leaf) for leaf in leaves if zero_rows_of(leaf)}
    names = {op: _Names("module", op, outer, ranks[op], rows.get(op, {})) for op in used}
    for operation, weights in used.items():
        body = _filling(names[operation], weights, frozenset(weights))
        groups.setdefault(body, []).append(operation)
    found: dict[tuple[str, ...], list[str]] = {}
    for operations in groups.values():
        rules = used[operations[0]]
        optional = {
            weight
            for weight in rules
            for operation in operations
            if _may_lack(operation, weight)
            or any(
                type(leaf.operation) is operation and not surely_has(leaf, weight)
                for leaf in leaves
            )
        }
        made = {weight for leaf in leaves for weight in leaf.operation.made_of()} & rules.keys()
        body = _filling(names[operations[0]], rules, frozenset(optional), made)
        found.setdefault(body, []).extend(operation.torch for operation in operations)
    return found


def _filling(
    names: "_Names", rules: Rules, optional: frozenset[str], made: Collection[str] = ()
) -> tuple[str, ...]:
    """Write the statements that fill the weights of `module`; some modules compute those `made`."""
    return tuple(
        line
        for weight, rule in rules.items()
        for line in (
            _either(names, weight, rule)
            if weight in made
            else _statement(names, weight, f"module.{weight}", rule, 4, optional=weight in optional)
        )
    )


def _either(names: _Names, weight: str, rule: Rule) -> list[str]:
    """Fill the weight of a module, or give it a new one where it computes its own."""
    tensor = f"module.{weight}"
    return [
        f"{INDENT * 4}if nn.utils.parametrize.is_parametrized(module):",
        *_assignment(names, weight, tensor, tensor, rule, 5),
        f"{INDENT * 4}else:",
        *layout(_call(tensor, names, rule, names.ranks.get(weight, 1)), 5),
    ]


def _assignment(
    names: _Names, weight: str, tensor: str, like: str, rule: Rule, indent: int
) -> list[str]:
    """Write the assignment of a tensor of the shape of another one, which a rule fills."""
    call = _call(f"torch.empty_like({like})", names, rule, names.ranks.get(weight, 1))
    return layout(prefixed(f"{tensor} = ", call), indent)


def _may_lack(operation: type[Operation], weight: str) -> bool:
    """Say whether PyTorch declares a weight as one that may be missing: convolutions' biases."""
    return weight == "bias" and operation.torch.startswith("nn.Conv")


def _own(item: OwnInit, owner: str, indent: int) -> list[str]:
    heads, inner, rest = _looped(owner, item.path)
    lines = [f"{INDENT * (indent + depth)}{head}" for depth, head in enumerate(heads)]
    layer = attribute_text(inner, rest, value=issubclass(item.operation, ValueOperation))
    outer = partial(_of_class, owner, item.outer)
    names = _Names(layer, item.operation, outer, item.ranks, item.zero_rows)
    for weight, rule in item.rules.items():
        optional = weight not in item.present and weight != ""
        tensor = f"{layer}.{weight}" if weight else layer
        if not item.typed:
            tensor = f"{inner}.get_parameter({literal('.'.join(filter(None, (*rest, weight))))})"
        optional = optional or (item.typed and _may_lack(item.operation, weight))
        depth = indent + len(heads)
        if weight in item.made:
            owner = layer if item.typed else _submodule(inner, rest)
            like = f"{owner}.get_parameter({literal(item.made[weight])})"
            lines += _assignment(names, weight, f"{owner}.{weight}", like, rule, depth)
            continue
        lines += _statement(names, weight, tensor, rule, depth, optional=optional)
    return lines


def _submodule(owner: str, path: tuple[str, ...]) -> str:
    """Write a layer so that type checkers know it for a module."""
    return f"{owner}.get_submodule({literal('.'.join(path))})" if path else owner


def _of_class(owner: str, outer: Mapping[str, str], name: str) -> str:
    text = outer[name]
    return f"{owner}{text}" if text.startswith(".") else text


def _statement(
    names: _Names, weight: str, tensor: str, rule: Rule, indent: int, *, optional: bool
) -> list[str]:
    """Write the call that fills one weight, where it is there."""
    call = _call(tensor, names, rule, names.ranks.get(weight, 1))
    row = names.zero_rows.get(weight)
    if row is not None and rule.indexed is None and rule.values is None:
        kept = f"{names.owner}.{row}"
        zero = statement(f"{tensor}.data[{kept}].zero_()", indent + 1)
        return [
            *layout(call, indent),
            *statement(f"if {kept} is not None:", indent),
            *zero,
        ]
    if not optional:
        return layout(call, indent)
    weight = f"{names.owner}.{weight}"
    return [f"{INDENT * indent}if {weight} is not None:", *layout(call, indent + 1)]


def _call(weight: str, names: _Names, rule: Rule, rank: int) -> Code:
    if rule.values is not None:
        numbers = f"torch.tensor({rule.values!r})"
        return parsed(f"{weight}.data.copy_({numbers}.view_as({weight}))")
    if rule.indexed is not None:
        numbers = _indexed(weight, names, rule.indexed, rank)
        return parsed(f"{weight}.data.copy_({numbers})")
    if rule.name != "constant":
        arguments = (f"{n}={_argument(raw, names, n)}" for n, raw in rule.arguments.items())
        return Bracketed(f"nn.init.{rule.name}_(", (weight, *arguments))
    value = rule.arguments["val"]
    function = _CONSTANTS.get(value) if isinstance(value, int | float) else None
    if function is not None:
        return Bracketed(f"nn.init.{function}(", (weight,))
    return Bracketed("nn.init.constant_(", (weight, _argument(value, names, "val")))


def _indexed(weight: str, names: _Names, text: str, rank: int) -> str:
    """Write the numbers of an expression as loops over its indices; other dimensions expand."""

    def name(word: str) -> str:
        own = f"{weight}.shape" if word == "shape" else word
        return own if word in NAMES else names(word)

    expression = parse(text)
    written = expression_text(expression, name, lambda name, index: f"{name}[{index}]", {})
    places = [place for place, index in enumerate(INDICES[:rank]) if index in expression.names]
    if written in INDICES:
        return _range(weight, places[0], rank)
    sizes = [f"{weight}.shape[{place}]" if place in places else "1" for place in range(rank)]
    first = min(places, default=rank)  # those before it are of size 1, and expand
    numbers = nested(written, tuple(sizes))
    return f"torch.tensor({numbers[first : len(numbers) - first]})"


def _range(weight: str, place: int, rank: int) -> str:
    """Write the index itself, along one dimension.

    >>> _range("weight", 1, 4)
    'torch.arange(weight.shape[1]).view(-1, 1, 1)'
    """
    behind = ", ".join(["1"] * (rank - place - 1))
    return f"torch.arange({weight}.shape[{place}])" + (f".view(-1, {behind})" if behind else "")


def _argument(raw: object, names: _Names, name: str) -> str:
    """Write an argument of a rule; the names in an expression are attributes of the module."""
    if not isinstance(raw, str) or name not in dict(Rule("", {name: raw}).expressions()):
        return literal(raw)
    return expression_text(parse(raw), names, lambda name, index: f"{name}[{index}]", {})

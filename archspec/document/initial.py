"""Rules for initial weights, `init`: in the names of `torch.nn.init`, or the numbers themselves."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from archspec.diagnostics import (
    Line,
    MissingKey,
    OutOfRange,
    Problem,
    Remedy,
    UnknownKey,
    WrongType,
    close_match,
)
from archspec.document.errors import listed, quoted, wrong
from archspec.document.forms import check_expression
from archspec.document.synonyms import INITIAL, plain
from archspec.expressions import parse, shorten
from archspec.operations.indexed import NAMES, items, listed_shape

_SHAPES = "linear conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d"
_GAINS = frozenset(f"{_SHAPES} sigmoid tanh relu leaky_relu selu".split())

CHOICES: Mapping[str, frozenset[str]] = {
    "mode": frozenset(["fan_in", "fan_out"]),
    "nonlinearity": _GAINS,
}
"""The arguments that are texts, and what they may say."""

ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "constant": ("val",),
    "zeros": (),
    "ones": (),
    "normal": ("mean", "std"),
    "uniform": ("a", "b"),
    "trunc_normal": ("mean", "std", "a", "b"),
    "kaiming_normal": ("a", "mode", "nonlinearity"),
    "kaiming_uniform": ("a", "mode", "nonlinearity"),
    "xavier_normal": ("gain",),
    "xavier_uniform": ("gain",),
    "orthogonal": ("gain",),
    "eye": (),
    "dirac": ("groups",),
}
"""The arguments of each rule, as the function of `torch.nn.init` has them behind the tensor."""

RULES: Mapping[str, str] = {
    "constant": "All numbers are `val`.",
    "zeros": "All numbers are 0.",
    "ones": "All numbers are 1.",
    "normal": "Numbers from a normal distribution.",
    "uniform": "Numbers from `a` to `b`, each as likely as the others.",
    "trunc_normal": "Numbers from a normal distribution, cut off below `a` and above `b`.",
    "kaiming_normal": "He's rule, with a normal distribution.",
    "kaiming_uniform": "He's rule, with a uniform distribution.",
    "xavier_normal": "Glorot's rule, with a normal distribution.",
    "xavier_uniform": "Glorot's rule, with a uniform distribution.",
    "orthogonal": "A matrix whose rows or columns are orthogonal.",
    "eye": "The identity matrix.",
    "dirac": "A convolution that leaves its input as it is, as far as there are channels.",
    "value": "An expression over the indices `i`, `j`, `k`, `l`, with `shape`, for each number.",
    "values": "The numbers: lists in lists as the weight's shape says, or one list of all.",
}
"""What each rule says."""

ARGUMENTS_OF_RULES: Mapping[str, str] = {
    "val": "The number.",
    "mean": "The mean of the distribution.",
    "std": "The standard deviation of the distribution.",
    "a": "The lower end; of He's rule, the negative slope of the leaky relu behind the layer.",
    "b": "The upper end.",
    "mode": "Whether the variance is kept forward (`fan_in`) or backward (`fan_out`).",
    "nonlinearity": "The function behind the layer.",
    "gain": "A factor of all numbers.",
    "groups": "The groups of the convolution.",
}
"""What each argument of a rule says."""

INDEXED, LISTED = "value", "values"
"""The rules that say each number: an expression over its indices, and a list of all of them."""

_AS_VALUES = "the numbers of a weight are the rule `{values: […]}`"
_BY_INDEX = "write `{value: i}`: an expression over the indices `i`, `j`, `k`, `l`"
_OTHER_WORDS = dict.fromkeys(("arange", "linspace", "range"), _BY_INDEX)
"""Words for what another rule says."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A function of `torch.nn.init`, without its underscore, and its arguments.

    An argument that is a text is an expression, except those that `CHOICES` names. The rules
    `value` and `values` have one argument, under their own name: an expression over the indices,
    and numbers in lists.
    """

    name: str
    arguments: Mapping[str, object] = field(default_factory=dict)

    def expressions(self) -> Iterator[tuple[str, str]]:
        """Give the arguments that have to be evaluated, each to one number."""
        for name, value in self.arguments.items():
            if isinstance(value, str) and name not in CHOICES and self.indexed is None:
                yield name, value

    @property
    def indexed(self) -> str | None:
        """The expression that gives the number at each place, if that is the rule."""
        return str(self.arguments[INDEXED]) if self.name == INDEXED else None

    @property
    def values(self) -> list[object] | None:
        """The numbers, in lists, if those are the rule."""
        values = self.arguments.get(LISTED) if self.name == LISTED else None
        return values if isinstance(values, list) else None

    @property
    def free_names(self) -> frozenset[str]:
        """The names in its expressions, but those of the indices."""
        if self.indexed is not None:
            return parse(self.indexed).names - NAMES
        return frozenset().union(*(parse(text).names for _, text in self.expressions()))


def read_init(raw: object) -> Mapping[str, object] | None:
    """Give the rules of a layer by weight; a rule alone is of a `parameter`, under no name.

    >>> read_init({"weight": 0}), read_init(1e-6)
    ({'weight': 0}, {'': 1e-06})
    """
    if raw is None:
        return None
    if not isinstance(raw, dict) or (len(raw) == 1 and next(iter(raw)) in RULES):
        if isinstance(raw, list):
            text = f"`init` gives rules by weight, not {quoted(raw)}"
            raise wrong(WrongType(text, help=_AS_VALUES))
        raw = {"": raw}
    for weight, rule in raw.items():
        read_rule(rule, *((weight,) if weight else ()))
    return raw


def read_rules(raw: Mapping[str, Mapping[str, object]]) -> Mapping[str, Mapping[str, Rule]]:
    """Read the rules of a spec, by operation and weight.

    >>> read_rules({"batch_norm2d": {"weight": 1}})["batch_norm2d"]["weight"]
    Rule(name='constant', arguments={'val': 1})
    """
    return {
        operation: {weight: read_rule(rule) for weight, rule in rules.items()}
        for operation, rules in raw.items()
    }


def read_rule(raw: object, *path: str) -> Rule:
    """Read one rule: a number, a name, or a name with its arguments.

    A word that names no rule is an expression, the name of a parameter.

    >>> read_rule({"normal": {"std": 0.01}})
    Rule(name='normal', arguments={'std': 0.01})
    >>> read_rule("1 / in_channels")
    Rule(name='constant', arguments={'val': '1 / in_channels'})
    >>> read_rule({"values": [0, 1, 2]})
    Rule(name='values', arguments={'values': [0, 1, 2]})
    """
    if isinstance(raw, list):
        text = f"the weight must be a number or a rule, not {quoted(raw)}"
        raise wrong(WrongType(text, help=_AS_VALUES), *path)
    if isinstance(raw, str) and raw in ARGUMENTS:
        return _named(raw, {}, *path)
    if isinstance(raw, dict):
        return _mapped(raw, *path)
    return Rule("constant", {"val": _number("the weight", raw, *path)})


def lone_word(raw: object) -> str | None:
    """Give a rule that is a single word and names none of `torch.nn.init`.

    >>> lone_word("layer_scale"), lone_word("zeros"), lone_word("1 / width")
    ('layer_scale', None, None)
    """
    is_word = isinstance(raw, str) and re.fullmatch(r"[A-Za-z_]\w*", raw) is not None
    return str(raw) if is_word and raw not in ARGUMENTS else None


def unknown_rule(name: str, help: str | None = None) -> Problem:
    """Say that there is no such rule; `help` is for a word that is close to a parameter."""
    names = f"known are {listed(RULES)}, numbers, and the names of parameters"
    ours = INITIAL.get(plain(name))
    called = Remedy(f"it is called `{ours}` here", Line(name, ours)) if ours else None
    near = called or _other(name) or close_match(name, RULES)
    return UnknownKey(f"there is no rule `{shorten(name)}`", help=near or help or names)


def _mapped(raw: dict[str, object], *path: str) -> Rule:
    if len(raw) != 1:
        raise wrong(
            WrongType(f"a rule is one name with its arguments, and here are {len(raw)}"), *path
        )
    ((name, arguments),) = raw.items()
    if name == INDEXED:
        return Rule(name, {name: _indexed(arguments, (*path, name))})
    if name == LISTED:
        return Rule(name, {name: _listed(arguments, (*path, name))})
    if arguments is not None and not isinstance(arguments, dict):
        first, *_ = ARGUMENTS.get(name) or ("std",)
        help = f"write `{name}: {{{first}: …}}`"
        text = f"`{name}` takes a mapping, not {quoted(arguments)}"
        raise wrong(WrongType(text, help=help), *path, name)
    return _named(name, arguments or {}, *path, name)


def _indexed(raw: object, path: tuple[str, ...]) -> str:
    """Read an expression over indices; a number alone is one too."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        help = f"a list of numbers is `{LISTED}`" if isinstance(raw, list) else None
        raise wrong(
            WrongType(f"`{INDEXED}` takes an expression, not {quoted(raw)}", help=help), *path
        )
    return str(_number("", raw, *path))


def _listed(raw: object, path: tuple[str, ...]) -> list[object]:
    """Read numbers in lists of one length."""
    if not isinstance(raw, list):
        help = f"an expression over the indices is `{INDEXED}`" if isinstance(raw, str) else None
        text = f"`{LISTED}` takes a list of numbers, not {quoted(raw)}"
        raise wrong(WrongType(text, help=help), *path)
    for below, item in items(raw):
        _check_item(item, (*path, *below))
    if listed_shape(raw) is None:
        text = f"`{LISTED}` takes lists that are equally long, and not empty"
        raise wrong(OutOfRange(text), *path)
    return raw


def _check_item(item: object, path: tuple[str | int, ...]) -> None:
    """Raise unless what stands in the lists is a number."""
    if isinstance(item, str):
        _number("", item, *path)
        help = f"a number that is computed stands in `{INDEXED}`, an expression"
        raise wrong(WrongType(f"`{LISTED}` takes numbers, not {quoted(item)}", help=help), *path)
    if isinstance(item, bool) or not isinstance(item, int | float):
        raise wrong(WrongType(f"`{LISTED}` takes numbers, not {quoted(item)}"), *path)


def _named(name: str, arguments: dict[str, object], *path: str) -> Rule:
    if name not in ARGUMENTS:
        raise wrong(unknown_rule(name), *path)
    for argument, value in arguments.items():
        if argument not in ARGUMENTS[name]:
            raise wrong(_unknown(name, argument), *path, argument)
        _argument(argument, value, (*path, argument))
    if name == "constant" and "val" not in arguments:
        raise wrong(
            MissingKey("`constant` requires `val`", help="or write the number alone"), *path
        )
    return Rule(name, arguments)


def _other(name: str) -> str | None:
    if name in (INDEXED, LISTED):
        return f"it says the numbers: `{{{name}: {'i' if name == INDEXED else '[0, 1]'}}}`"
    help = _OTHER_WORDS.get(name)
    return None if help is None else Remedy(help, Line(name, "{value: i}"))


def _unknown(name: str, argument: str) -> Problem:
    names = ARGUMENTS[name]
    help = f"it takes {listed(names)}" if names else "it takes none"
    text = f"`{name}` has no argument `{shorten(argument)}`"
    return UnknownKey(text, help=close_match(argument, names) or help)


def _argument(name: str, value: object, path: tuple[str, ...]) -> None:
    choices = CHOICES.get(name)
    if choices is None:
        _number(f"`{name}`", value, *path)
    elif not isinstance(value, str):
        text = f"`{name}` must be {listed(sorted(choices), 'or')}, not {quoted(value)}"
        raise wrong(WrongType(text), *path)
    elif value not in choices:
        text = f"`{name}` must be {listed(sorted(choices), 'or')}, not `{shorten(value)}`"
        raise wrong(OutOfRange(text, help=close_match(value, choices)), *path)


def _number(what: str, value: object, *path: str | int) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise wrong(WrongType(f"{what} must be a number or a rule, not {quoted(value)}"), *path)
    if isinstance(value, str):
        check_expression(value, *path)
    return value

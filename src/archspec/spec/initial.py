"""Rules for initial weights, `init`, in the names of `torch.nn.init`."""

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
)
from archspec.expressions import checked, parse, shorten
from archspec.spec.synonyms import INITIAL, plain
from archspec.spec.wrong import close_match, listed, told, wrong

_SHAPES = "linear conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d"
_GAINS = frozenset(f"{_SHAPES} sigmoid tanh relu leaky_relu selu".split())

CHOICES: Mapping[str, frozenset[str]] = {
    "mode": frozenset(["fan_in", "fan_out"]),
    "nonlinearity": _GAINS,
}
"""The arguments that are texts, and what they may say."""

_KAIMING = ("a", "mode", "nonlinearity")

ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "constant": ("val",),
    "zeros": (),
    "ones": (),
    "normal": ("mean", "std"),
    "uniform": ("a", "b"),
    "trunc_normal": ("mean", "std", "a", "b"),
    "kaiming_normal": _KAIMING,
    "kaiming_uniform": _KAIMING,
    "xavier_normal": ("gain",),
    "xavier_uniform": ("gain",),
    "orthogonal": ("gain",),
    "eye": (),
    "dirac": ("groups",),
}
"""The arguments of each rule, as the function of `torch.nn.init` has them behind the tensor."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A function of `torch.nn.init`, without its underscore, and its arguments.

    An argument that is a text is an expression, except those that `CHOICES` names.
    """

    name: str
    arguments: Mapping[str, object] = field(default_factory=dict)

    def expressions(self) -> Iterator[tuple[str, str]]:
        """Give the arguments that have to be evaluated."""
        for name, value in self.arguments.items():
            if isinstance(value, str) and name not in CHOICES:
                yield name, value


def read_init(raw: object) -> Mapping[str, object] | None:
    """Give the rules of a layer by weight; a rule alone is of a `parameter`, under no name.

    >>> read_init({"weight": 0}), read_init(1e-6)
    ({'weight': 0}, {'': 1e-06})
    """
    if raw is None:
        return None
    if not isinstance(raw, dict) or (len(raw) == 1 and next(iter(raw)) in ARGUMENTS):
        if isinstance(raw, list):
            raise wrong(WrongType(f"`init` gives rules by weight, not {told(raw)}"))
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
    """
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
    known = f"known are {listed(ARGUMENTS)}, numbers, and the names of parameters"
    ours = INITIAL.get(plain(name))
    called = Remedy(f"it is called `{ours}` here", Line(name, ours)) if ours else None
    near = called or close_match(name, ARGUMENTS)
    return UnknownKey(f"there is no rule `{shorten(name)}`", help=near or help or known)


def _mapped(raw: dict[str, object], *path: str) -> Rule:
    if len(raw) != 1:
        raise wrong(
            WrongType(f"a rule is one name with its arguments, and here are {len(raw)}"), *path
        )
    ((name, arguments),) = raw.items()
    if arguments is not None and not isinstance(arguments, dict):
        known = ARGUMENTS.get(name) or ("std",)
        help = f"write `{name}: {{{known[0]}: …}}`"
        text = f"`{name}` takes a mapping, not {told(arguments)}"
        raise wrong(WrongType(text, help=help), *path, name)
    return _named(name, arguments or {}, *path, name)


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


def _unknown(name: str, argument: str) -> Problem:
    known = ARGUMENTS[name]
    help = f"it takes {listed(known)}" if known else "it takes none"
    return UnknownKey(
        f"`{name}` has no argument `{shorten(argument)}`", help=close_match(argument, known) or help
    )


def _argument(name: str, value: object, path: tuple[str, ...]) -> None:
    choices = CHOICES.get(name)
    if choices is None:
        _number(f"`{name}`", value, *path)
    elif not isinstance(value, str):
        text = f"`{name}` must be {listed(sorted(choices), 'or')}, not {told(value)}"
        raise wrong(WrongType(text), *path)
    elif value not in choices:
        text = f"`{name}` must be {listed(sorted(choices), 'or')}, not `{shorten(value)}`"
        raise wrong(OutOfRange(text, help=close_match(value, choices)), *path)


def _number(what: str, value: object, *path: str) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise wrong(WrongType(f"{what} must be a number or a rule, not {told(value)}"), *path)
    if isinstance(value, str):
        try:
            parse(checked(value))
        except Problem as problem:
            raise wrong(problem, *path) from None
    return value

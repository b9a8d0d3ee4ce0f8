"""Check the rules for initial weights: that the weights are there, and the numbers computable."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from math import isfinite, prod

from pydantic import ValidationError

from archspec.diagnostics import (
    LimitExceeded,
    OutOfRange,
    Path,
    Place,
    Problem,
    Suggestion,
    UnknownKey,
    UnknownName,
    WrongType,
)
from archspec.document import Rule, Spec, close_match, listed, quoted, read_rule
from archspec.document.initial import lone_word, unknown_rule
from archspec.elaborate.apply import Applied
from archspec.elaborate.report import Report
from archspec.elaborate.targets import Target
from archspec.elaborate.values import expression, number
from archspec.expressions import Poisoned, Scope, evaluate
from archspec.expressions.parse import CONSTANTS
from archspec.operations import Operation, load
from archspec.operations.indexed import INDICES, MOST_NUMBERS, listed_shape, scopes, used

Rules = Mapping[str, object]
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Initial:
    """The rules of the spec, by operation, as they stand in the YAML."""

    rules: Mapping[str, Rules] = field(default_factory=dict)
    root: Path = ()
    computed: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Find the operations whose rules hold expressions, which differ from layer to layer."""
        computed = (
            op for op, rules in self.rules.items() if any(map(_is_computed, rules.values()))
        )
        object.__setattr__(self, "computed", frozenset(computed))

    def check(self, report: Report, target: Target, applied: Applied, model: Scope) -> None:
        """Check the rules that hold for an operation: its own, and the spec's for the others."""
        op = applied.operation.op()
        if target.init is None and op not in self.computed:
            return
        own = target.init if isinstance(target.init, Mapping) else {}
        _check_names(report, applied, own, target.init_path)
        common = {name: rule for name, rule in self.rules.get(op, {}).items() if name not in own}
        _check_numbers(report, applied, own, target.init_scope, target.init_path)
        _check_numbers(report, applied, common, model, (*self.root, "init", op))


NO_RULES = Initial()
"""A spec without `init`."""


def _is_computed(raw: object) -> bool:
    rule = read_rule(raw)
    return rule.indexed is not None or rule.values is not None or any(rule.expressions())


def check_weights(report: Report, spec: Spec, root: Path = ()) -> None:
    """Report weights that the operation of a rule never has, and words that are no rules."""
    for op, named in (spec.init or {}).items():
        operation = load(op)
        weights = _weights(operation)
        names = {*spec.params, *spec.let, *operation.model_fields, *operation.inferred}
        for name, rule in named.items():
            word = lone_word(rule)
            if word is not None and word not in names | CONSTANTS.keys():
                report.add(unknown_rule(word), Place((*root, "init", op, name)))
        for name in named:
            if weights is not None and name not in weights:
                report.add(_unknown(op, name, weights), Place((*root, "init", op, name), key=True))


def _weights(operation: type[Operation]) -> Mapping[str, object] | None:
    """Name the weights that an operation has by default; `None` where that is uncertain."""
    try:
        sample = operation.model_validate(dict.fromkeys(operation.required(), 1))
    except ValidationError:
        return None
    return sample.filled(dict.fromkeys(operation.inferred, 1))


def _check_names(report: Report, applied: Applied, rules: Rules, path: Path) -> None:
    weights = applied.operation.filled(applied.typed.inferred)
    for name in rules:
        if not name and name not in weights:
            text = f"`init` of `{applied.operation.op()}` gives rules by weight"
            has = listed(weights)
            report.add(WrongType(text, help=f"it has {has}: `init: {{weight: …}}`"), Place(path))
        elif name not in weights:
            problem = _unknown(applied.operation.op(), name, weights, "here ")
            report.add(problem, Place((*path, name), key=True))


def _unknown(op: str, name: str, weights: Mapping[str, object], where: str = "") -> Problem:
    has = f"it has {listed(weights)}" if weights else "it has no weights"
    if "" in weights:
        has = "it is one weight: write its rule alone, as `init: 0` does"
    text = f"`{op}` {where}has no weight `{name}`"
    return UnknownKey(text, help=close_match(name, weights) or has)


def _check_numbers(
    report: Report, applied: Applied, rules: Rules, scope: Scope, path: Path
) -> None:
    inner = scope.extended({**dict(applied.operation), **applied.typed.inferred})
    weights = applied.operation.filled(applied.typed.inferred)
    for weight, raw in rules.items():
        shape = weights.get(weight)
        if shape is None:
            continue
        rule = read_rule(raw)
        below = (rule.name,) if isinstance(raw, Mapping) else ()
        for argument, text in rule.expressions():
            place = (*path, weight, *below, *((argument,) if below else ()))
            with suppress(Poisoned), report.at(Place(place)):
                _check_number(raw, text, inner)
        each = _Each(f"`{weight}` of `{applied.operation.op()}`".removeprefix("`` of "), shape)
        with suppress(Poisoned), report.at(Place((*path, weight, *below))):
            each.check(rule, inner)


def _check_number(raw: object, text: str, scope: Scope) -> None:
    try:
        value = number(text, scope)
    except UnknownName as problem:
        if lone_word(raw) is None:
            raise
        raise unknown_rule(text, _close(problem)) from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongType(f"a weight is a number, not {quoted(value)}")


def _close(problem: Problem) -> str | None:
    """Give the help of an unknown name that is close to one that is there."""
    return problem.help if isinstance(problem.help, Suggestion) else None


@dataclass(frozen=True, slots=True)
class _Each:
    """Checks a rule that says each number of a weight of some name and shape."""

    name: str
    shape: Shape

    def check(self, rule: Rule, scope: Scope) -> None:
        """Raise unless the numbers are there for each place."""
        if rule.values is not None:
            self.check_listed(rule.values)
        if rule.indexed is not None:
            self.check_indexed(rule.indexed, scope)

    def check_listed(self, values: list[object]) -> None:
        """Raise unless lists have the weight's shape, or one list as many numbers as the weight."""
        given = listed_shape(values) or ()
        if given in (self.shape, (prod(self.shape),)):
            return
        sizes = "×".join(map(str, self.shape)) or "one number"
        if len(given) == 1:
            text = f"`values` has {given[0]} numbers, and {self.name} has {prod(self.shape)}"
            raise OutOfRange(f"{text}, {sizes}" if len(self.shape) > 1 else text)
        text = f"`values` is {'×'.join(map(str, given))}, and {self.name} is {sizes}"
        raise OutOfRange(text, help=f"all {prod(self.shape)} numbers may stand in one list")

    def check_indexed(self, text: str, scope: Scope) -> None:
        """Raise unless an expression gives numbers; of many places the corners are tried."""
        parsed = expression(text)
        self.check_indices(parsed.names - scope.values.keys())
        tried = used(parsed.names, self.shape)
        if prod(tried) > MOST_NUMBERS:
            raise LimitExceeded(
                f"`value` would compute {prod(tried)} numbers, and at most {MOST_NUMBERS} are "
                "allowed"
            )
        for inner in scopes(tried, scope):
            _check_computed(evaluate(parsed, inner.extended({"shape": self.shape})))

    def check_indices(self, names: Collection[str]) -> None:
        """Raise where there are more dimensions than indices, or an index of one beyond."""
        rank, most = len(self.shape), len(INDICES)
        if rank > most:
            raise OutOfRange(f"{self.name} has {rank} dimensions, and `value` indices for {most}")
        beyond = next((index for index in INDICES[rank:] if index in names), None)
        if beyond is not None:
            help = f"it has {listed(INDICES[:rank])}" if rank else None
            counts = f"{rank} dimension{'s' if rank != 1 else ''}"
            text = f"{self.name} has {counts}, and no index `{beyond}`"
            raise OutOfRange(text, help=help)


def _check_computed(value: object) -> None:
    if not isinstance(value, int | float):
        raise WrongType(f"a weight is a number, not {quoted(value)}")
    if not isfinite(value):
        raise OutOfRange(f"a weight is a finite number, not {value}")

"""Check the rules for initial weights: that the weights are there, and the numbers computable."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from archspec.diagnostics import (
    Path,
    Place,
    Problem,
    Suggestion,
    UnknownKey,
    UnknownName,
    WrongType,
)
from archspec.elaborate.operations import Applied
from archspec.elaborate.report import Report
from archspec.elaborate.targets import Target
from archspec.elaborate.values import number
from archspec.expressions import Poisoned, Scope
from archspec.expressions.parse import CONSTANTS
from archspec.ops import Operation, load
from archspec.spec import Spec, close_match, listed, read_rule, told
from archspec.spec.initial import lone_word, unknown_rule

Rules = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Initial:
    """The rules of the spec, by operation, as they stand in the YAML."""

    rules: Mapping[str, Rules] = field(default_factory=dict)
    root: Path = ()
    computed: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Find the operations whose rules hold expressions, which differ from layer to layer."""
        found = (op for op, rules in self.rules.items() if any(map(_is_computed, rules.values())))
        object.__setattr__(self, "computed", frozenset(found))

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


def _is_computed(raw: object) -> bool:
    return any(True for _ in _expressions(raw))


def check_weights(report: Report, spec: Spec, root: Path = ()) -> None:
    """Report weights that the operation of a rule never has, and words that are no rules."""
    for op, named in (spec.init or {}).items():
        operation = load(op)
        weights = _weights(operation)
        known = {*spec.params, *spec.let, *operation.model_fields, *operation.inferred}
        for name, rule in named.items():
            word = lone_word(rule)
            if word is not None and word not in known | CONSTANTS.keys():
                report.add(unknown_rule(word), Place((*root, "init", op, name)))
        for name in named:
            if weights is not None and name not in weights:
                report.add(_unknown(op, name, weights), Place((*root, "init", op, name), key=True))


def _weights(operation: type[Operation]) -> Mapping[str, object] | None:
    """Name the weights that an operation has by default; `None` where that cannot be said."""
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
    arguments = dict(applied.operation)
    weights = applied.operation.filled(applied.typed.inferred)
    for weight, raw in rules.items():
        if weight not in weights:
            continue
        for below, text in _expressions(raw):
            try:
                value = number(text, scope.extended({**arguments, **applied.typed.inferred}))
                if isinstance(value, bool) or not isinstance(value, int | float):
                    raise WrongType(f"a weight is a number, not {told(value)}")
            except Problem as problem:
                if isinstance(problem, UnknownName) and lone_word(raw) is not None:
                    problem = unknown_rule(text, _close(problem))
                report.add(problem, Place((*path, weight, *below)))
            except Poisoned:
                pass


def _close(problem: Problem) -> str | None:
    """Give the help of an unknown name that is close to one that is there."""
    return problem.help if isinstance(problem.help, Suggestion) else None


def _expressions(raw: object) -> Iterator[tuple[Path, str]]:
    rule = read_rule(raw)
    for argument, text in rule.expressions():
        yield ((rule.name, argument) if isinstance(raw, Mapping) else ()), text

"""Give parameters their values: what is passed, else the default, each in its own scope."""

from collections.abc import Iterable, Mapping

from pydantic import ValidationError

from archspec.diagnostics import MissingKey, Path, Place, Problem, UnknownParameter, WrongType
from archspec.document import (
    Body,
    Layer,
    Parameter,
    check_value,
    close_match,
    listed,
    misplaced_key,
    problems,
    quoted,
)
from archspec.elaborate.report import Report
from archspec.elaborate.targets import LayerValue, Written
from archspec.elaborate.values import number, text
from archspec.expressions import POISON, Poisoned, Scope

_UNKNOWN = Written(POISON, Scope(), ())


def bind(
    report: Report,
    parameters: Mapping[str, Parameter],
    given: Mapping[str, Written],
    outer: Scope,
    path: Path,
) -> dict[str, object]:
    """Evaluate every parameter in order; one that fails is reported and poisoned.

    `outer` is what the definition sees, so that a default may read the parameters before it;
    `path` is the definition's.
    """
    bound: dict[str, object] = {}
    for name, parameter in parameters.items():
        default = (*path, "params", name, "default")
        written = given.get(name)
        is_default = written is None
        if written is None:
            written = Written(parameter.default, outer.extended(bound), default)
        try:
            bound[name] = _value(report, name, parameter, written, is_default)
        except Problem as problem:
            bound[name] = POISON
            related = () if is_default else _declared(problem, name, parameter, default)
            report.add(problem, Place(written.path), related)
        except Poisoned:
            bound[name] = POISON
    return bound


def _declared(
    problem: Problem, name: str, parameter: Parameter, default: Path
) -> tuple[tuple[Place, str], ...]:
    """Show the default that makes a parameter a text, where something else is given."""
    by_default = parameter.type == "str" and not parameter.required
    if not by_default or not isinstance(problem, WrongType):
        return ()
    return ((Place(default), f"`{name}` is a text by its default"),)


def _value(
    report: Report, name: str, parameter: Parameter, written: Written, is_default: bool
) -> object:
    if (is_default and parameter.required) or written.raw is POISON:
        return POISON
    if parameter.type == "layer":
        return _layer(report, parameter, written, is_default)
    return check_value(name, parameter, _evaluated(parameter, written, is_default))


def _evaluated(parameter: Parameter, written: Written, is_default: bool) -> object:
    if parameter.type == "str":
        return text(written.raw, written.scope) if not is_default else written.raw
    return number(written.raw, written.scope)


def _layer(report: Report, parameter: Parameter, written: Written, is_default: bool) -> object:
    if is_default:
        assert parameter.layer is not None
        return LayerValue(parameter.layer, written.scope, written.path)
    raw = written.raw
    value = written.scope.values.get(raw) if isinstance(raw, str) else None
    if value is POISON:
        raise Poisoned
    if isinstance(value, LayerValue):
        return value
    if not isinstance(raw, str | dict | list):
        raise WrongType(f"a layer is wanted here, not {quoted(raw)}")
    misplaced = misplaced_key(raw)
    if misplaced is not None:
        report.add(misplaced[0], Place((*written.path, misplaced[1]), key=True))
        raise Poisoned
    try:
        return LayerValue(Layer.model_validate(raw), written.scope, written.path)
    except ValidationError as error:
        for problem, place in problems(error, written.path, lambda _: Layer.model_fields):
            report.add(problem, place)
        raise Poisoned from None


def with_let(report: Report, body: Body, path: Path, scope: Scope) -> Scope:
    """Evaluate the `let` names of a body, each seeing those before it."""
    for name, raw in body.let.items():
        scope = scope.extended({name: _let_value(report, raw, scope, (*path, "let", name))})
    return scope


def _let_value(report: Report, raw: object, scope: Scope, path: Path) -> object:
    """Evaluate one `let` name, or report it and poison it."""
    try:
        if raw is None or isinstance(raw, Mapping):
            raise WrongType(f"a `let` name is a number or an expression, not {quoted(raw)}")
        return number(raw, scope)
    except Problem as problem:
        report.add(problem, Place(path))
    except Poisoned:
        pass
    return POISON


def check_names(
    report: Report,
    owner: str,
    parameters: Mapping[str, Parameter],
    given: Mapping[str, Written],
    place: Place,
) -> Mapping[str, Written]:
    """Report what is given and unknown, and what is required and not given, also misspelt.

    What is given comes back; where some of it is unknown, each parameter that is not given has no
    certain value, because it may be the one that was misspelt.
    """
    unknown = [name for name in given if name not in parameters]
    unfit = [_unknown(owner, name, parameters) for name in unknown]
    required = [name for name, item in parameters.items() if item.required and name not in given]
    missing = [name for name in required if close_match(name, unknown) is None]
    if missing:
        problem = MissingKey(f"{owner} requires {listed(missing)}")
        if unfit:
            unfit[0].notes += (problem.message,)
        else:
            report.add(problem, place)
    for name, item in zip(unknown, unfit, strict=True):
        report.add(item, Place(given[name].path, key=True))
    return given if not unknown else without_misspelled(parameters, given)


def without_misspelled(
    parameters: Mapping[str, Parameter], given: Mapping[str, Written]
) -> Mapping[str, Written]:
    """Take what is not given for unknown, because something was given under a wrong name."""
    return {name: given.get(name, _UNKNOWN) for name in parameters}


def _unknown(owner: str, name: str, parameters: Iterable[str]) -> UnknownParameter:
    names = list(parameters)
    help = close_match(name, names) or (f"its parameters are {listed(names)}" if names else None)
    return UnknownParameter(f"{owner} has no parameter `{name}`", help=help)

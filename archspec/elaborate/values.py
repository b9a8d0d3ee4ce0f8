"""Read what is written, in the scope where it stands: numbers, texts, conditions, parameters."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache

from pydantic import ValidationError

from archspec.diagnostics import (
    Element,
    MissingKey,
    Path,
    Place,
    Problem,
    Remedy,
    SymbolicValue,
    UnknownParameter,
    WrongType,
)
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
from archspec.expressions import POISON, Expression, Poisoned, Scope, checked, evaluate, parse
from archspec.sizes import Polynomial, Size, symbol

_ELEMENT = Remedy("take one element of it, as `depths[0]` does", Element(0))
_SYMBOL = re.compile(r"[A-Z][A-Za-z0-9_]*")


def number(raw: object, scope: Scope) -> object:
    """Read a number, a truth value, or a list of them; a text is an expression.

    >>> number(["2 * width", 3], Scope({"width": 4}))
    [8, 3]
    """
    if isinstance(raw, list):
        return [number(item, scope) for item in raw]
    if not isinstance(raw, str):
        return raw
    return evaluate(expression(raw), scope)


@lru_cache(maxsize=4096)
def expression(raw: str) -> Expression:
    """Parse a text where a number or truth value is wanted.

    >>> expression("4 * planes").names
    frozenset({'planes'})
    """
    return parse(checked(raw))


def text(raw: object, scope: Scope) -> object:
    """Read a text: the text parameter of that name, else itself.

    >>> text("mode", Scope({"mode": "nearest"})), text("bilinear", Scope())
    ('nearest', 'bilinear')
    """
    value = scope.values.get(raw) if isinstance(raw, str) else None
    if value is POISON:
        raise Poisoned
    return value if isinstance(value, str) else raw


def size(raw: object, scope: Scope) -> Size:
    """Read a size of a shape: an integer, a symbol with a capital, or an expression of either."""
    if isinstance(raw, str) and _SYMBOL.fullmatch(raw):
        return symbol(raw)
    value = number(raw, with_symbols(raw, scope))
    if isinstance(value, bool) or not isinstance(value, int | Polynomial):
        raise WrongType(f"a size is an integer, not {quoted(value)}")
    return value


def with_symbols(raw: object, scope: Scope) -> Scope:
    """Add the symbols that an expression mentions, `H` in `H // 4`, to a scope."""
    if not isinstance(raw, str):
        return scope
    names = [name for name in expression(raw).names if _SYMBOL.fullmatch(name)]
    return scope.extended({name: symbol(name) for name in names})


def integer(what: str, value: object) -> int:
    """Give an integer back, or raise what else it is, in a message about `what`."""
    if isinstance(value, Polynomial):
        raise SymbolicValue(f"{what} must be a number, and depends on a symbol: {value}")
    if isinstance(value, bool) or not isinstance(value, int):
        help = _ELEMENT if isinstance(value, list | tuple) else None
        raise WrongType(f"{what} must be an integer, not {quoted(value)}", help=help)
    return value


def truth(raw: str | bool, scope: Scope) -> bool:
    """Read a condition.

    >>> truth("stride != 1", Scope({"stride": 2}))
    True
    """
    value = number(raw, scope)
    if isinstance(value, bool):
        return value
    if isinstance(value, Polynomial):
        raise SymbolicValue(f"a condition must be true or false, and depends on a symbol: {value}")
    raise WrongType(f"a condition must be true or false, not {quoted(value)}")


# --- parameters and `let` names -----------------------------------------------------------------

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
    with suppress(Poisoned), report.at(Place(path)):
        if raw is None or isinstance(raw, Mapping):
            raise WrongType(f"a `let` name is a number or an expression, not {quoted(raw)}")
        return number(raw, scope)
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

"""Mutants that are no mistakes: rules that say why the same network is right, and decide it."""

import re
from collections.abc import Callable, Iterator, Mapping
from random import Random

from archspec.diagnostics import Path, Problem
from archspec.expressions import Poisoned, Scope, evaluate, parse
from archspec.source import Source
from support.mutants.mutations import Mutant
from support.mutants.originals import before, names_of
from support.mutants.tokens import TEXTS

_NAME = re.compile(r"[A-Za-z_]\w*")

TRIALS = 200
"""At so many random values two expressions are compared."""


def equivalence(mutant: Mutant, source: Source) -> str | None:
    """Name the rule under which a mutant says what the original says; `None` where there is none.

    The networks of both, and of all variants, have been found to be equal.
    """
    one, other = before(mutant.spec).data, source.data
    found = (reason for reason, holds in RULES.items() if holds(one, other))
    return next(found, _where_called(mutant.spec, one, other))


def _equal(one: object, other: object) -> bool:
    return repr(one) == repr(other)


def _without_prose(one: object, other: object) -> bool:
    return repr(_left_out(one, TEXTS)) == repr(_left_out(other, TEXTS))


def _without_claims(one: object, other: object) -> bool:
    keys = TEXTS | {"expect"}
    return repr(_left_out(one, keys)) == repr(_left_out(other, keys))


def _left_out(data: object, keys: frozenset[str]) -> object:
    if isinstance(data, dict):
        return {key: _left_out(value, keys) for key, value in data.items() if key not in keys}
    if isinstance(data, list):
        return [_left_out(item, keys) for item in data]
    return data


def _leaves(data: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _leaves(value, (*path, index))
    else:
        yield path, data


def _differing(one: object, other: object) -> list[tuple[Path, object, object]] | None:
    """List the scalars that differ; `None` where one has scalars that the other lacks."""
    first, second = dict(_leaves(one)), dict(_leaves(other))
    if list(first) != list(second):
        return None
    return [(path, first[path], second[path]) for path in first if first[path] != second[path]]


def _always(holds: Callable[[Path, object, object], bool]) -> Callable[[object, object], bool]:
    """Make of a rule for two scalars one for two documents: it holds wherever they differ."""

    def rule(one: object, other: object) -> bool:
        found = _differing(one, other)
        return bool(found) and all(holds(*item) for item in found or ())

    return rule


def _same_value(path: Path, one: object, other: object) -> bool:
    """Say whether two expressions have one value, whatever the names in them are."""
    try:
        trees = [parse(str(item)) for item in (one, other)]
    except Problem:
        return False
    names = set(_NAME.findall(f"{one} {other}"))
    random = Random(0)
    scopes = [Scope({name: random.randint(1, 99) for name in names}) for _ in range(TRIALS)]
    return all(_value(trees[0], scope) == _value(trees[1], scope) for scope in scopes)


def _value(tree: object, scope: Scope) -> object:
    try:
        return evaluate(tree, scope)  # type: ignore[arg-type]  # what `parse` gave
    except (Problem, Poisoned) as problem:
        return str(problem)


def _choices_in_another_order(one: object, other: object) -> bool:
    return _sorted_choices(one) == _sorted_choices(other)


def _sorted_choices(data: object) -> object:
    if isinstance(data, dict):
        return {
            key: sorted(map(repr, value)) if key == "choices" and isinstance(value, list)
            else _sorted_choices(value)
            for key, value in data.items()
        }  # fmt: skip
    return [_sorted_choices(item) for item in data] if isinstance(data, list) else data


def _passed_by_all(one: object, other: object) -> bool:
    """Say whether only types and defaults of blocks' parameters differ that all callers pass."""
    return repr(_without_passed(one)) == repr(_without_passed(other))


def _without_passed(data: object) -> object:
    """Leave out what a block says of the parameters that every caller passes."""
    if not isinstance(data, dict) or not isinstance(data.get("blocks"), dict):
        return data
    blocks = {name: _undeclared(data, name, block) for name, block in data["blocks"].items()}
    return {**data, "blocks": blocks}


def _undeclared(data: object, name: str, block: object) -> object:
    calls = [call for call in _mappings(data) if call.get("block") == name]
    if not calls or not isinstance(block, dict) or not isinstance(block.get("params"), dict):
        return block
    passed = {key: all(key in call for call in calls) for key in block["params"]}
    params = {key: passed[key] or value for key, value in block["params"].items()}
    return {**block, "params": params}


def _mappings(data: object) -> Iterator[Mapping[str, object]]:
    if isinstance(data, dict):
        yield data
        for value in data.values():
            yield from _mappings(value)
    elif isinstance(data, list):
        for item in data:
            yield from _mappings(item)


def _unmentioned_input(one: object, other: object) -> bool:
    """Say whether only the name of a body's input differs, which nothing in the text mentions."""
    found = _differing(one, other)
    named = found is not None and all("inputs" in path[-2:-1] for path, _, _ in found)
    return bool(found) and named and not any(_mentions(one, old) for _, old, _ in found or ())


def _mentions(data: object, name: object) -> bool:
    texts = [str(text) for path, text in _leaves(data) if "inputs" not in path[-2:-1]]
    return any(re.search(rf"\b{re.escape(str(name))}\b", text) for text in texts)


WHERE_CALLED = "an expression of a block's own names, the same for all that its callers pass"


def _where_called(spec: str, one: object, other: object) -> str | None:
    """Give that reason, if only expressions in blocks differ, in which it holds."""
    found = _differing(one, other)
    if not found or any(path[:1] != ("blocks",) or len(path) < 3 for path, _, _ in found):
        return None
    same = all(_same_in_block(spec, str(path[1]), *pair) for path, *pair in found)
    return WHERE_CALLED if same else None


def _same_in_block(spec: str, block: str, one: object, other: object) -> bool:
    scopes = [Scope(values) for values in names_of(spec, block)]
    known = {name for scope in scopes for name in scope.values}
    if not scopes or not set(_NAME.findall(f"{one} {other}")) <= known:
        return False
    try:
        trees = [parse(str(item)) for item in (one, other)]
    except Problem:
        return False
    return all(_value(trees[0], scope) == _value(trees[1], scope) for scope in scopes)


RULES: Mapping[str, Callable[[object, object], bool]] = {
    "both texts read the same": _equal,
    "only prose differs, in which nothing can be wrong": _without_prose,
    "a claim that still holds, as one not written does": _without_claims,
    "an expression of the same value for all values of its names": _always(_same_value),
    "choices mean the same in any order": _choices_in_another_order,
    "the type or default of a parameter that every caller passes": _passed_by_all,
    "the name of an input that nothing mentions, and that only its place tells": _unmentioned_input,
}

REASONS = (*RULES, WHERE_CALLED)

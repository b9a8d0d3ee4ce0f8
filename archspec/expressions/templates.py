"""Names and references with placeholders: `block{stage + 1}-{index}`."""

import re
from functools import lru_cache

from archspec.diagnostics import BadName, Problem, SymbolicValue, WrongType
from archspec.dimensions import Polynomial
from archspec.expressions.evaluate import evaluate
from archspec.expressions.operators import described
from archspec.expressions.parse import Expression, parse
from archspec.expressions.scope import Scope

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@lru_cache(maxsize=4096)
def pieces(template: str) -> tuple[str | Expression, ...]:
    """Split a template into its texts and the expressions between braces.

    >>> [str(piece) for piece in pieces("up{index + 1}")]
    ['up', 'index + 1', '']
    """
    parts = _PLACEHOLDER.split(template)
    if any("{" in text or "}" in text for text in parts[::2]):
        raise BadName(f"`{template}` has a brace that is not closed")
    found: list[str | Expression] = []
    for number, part in enumerate(parts):
        found.append(parse(part) if number % 2 else part)
    return tuple(found)


def filled(template: str, scope: Scope) -> str:
    """Fill the placeholders in; each is an integer or a text.

    >>> filled("block{stage + 1}-{index}", Scope({"stage": 0, "index": 2}))
    'block1-2'
    """
    if "{" not in template and "}" not in template:
        return template
    return "".join(_text(template, piece, scope) for piece in pieces(template))


def _text(template: str, piece: str | Expression, scope: Scope) -> str:
    if isinstance(piece, str):
        return piece
    try:
        value = evaluate(piece, scope)
    except Problem as problem:
        problem.offset = None
        raise
    if isinstance(value, Polynomial):
        text = f"`{{{piece}}}` in `{template}` must be a number, and depends on a symbol: {value}"
        raise SymbolicValue(text)
    if isinstance(value, bool) or not isinstance(value, int | str):
        text = f"`{{{piece}}}` in `{template}` must be an integer or a text, not {described(value)}"
        raise WrongType(text)
    return str(value)

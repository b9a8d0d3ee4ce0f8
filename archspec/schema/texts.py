"""What a text may be where it is no free text: patterns that editors and Python read alike.

A pattern says as much of the language's grammar as a regular expression can: it knows words and
signs, and not which names there are. All stay within what ECMA-262 and Python's `re` share.
"""

import keyword

from archspec.document.names import LONGEST as LONGEST_NAME
from archspec.expressions import FUNCTIONS
from archspec.expressions.parse import ATTRIBUTES, LONGEST

_KEYWORDS = "|".join(sorted(keyword.kwlist))
_NUMBER = r"(?:(?:0|[1-9][0-9_]*)(?:\.[0-9_]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_CALL = rf"(?:{'|'.join(FUNCTIONS)})(?=\s*\()"
_READ = rf"(?:\.(?:{'|'.join(ATTRIBUTES)})\b)?"
_NAME = rf"(?!(?:{_KEYWORDS})\b)[A-Za-z_][A-Za-z0-9_]*\b{_READ}(?!\s*[.(])"
_QUOTED = r"""(?:'[^']*'|"[^"]*")"""
_BEFORE = r"(?:(?:[-+(]|not\b)\s*)*"
_BEHIND = r"(?:\s*(?:,?\s*\)|:{0,2}\s*\]))*"
_OPERAND = rf"{_BEFORE}(?:{_NUMBER}|{_CALL}|{_NAME}|{_QUOTED}){_BEHIND}"
_BETWEEN = r"(?:[*]{1,2}|//?|[-+%]|[=!<>]=|[<>,:(]|\[\s*:{0,2}|\b(?:and|or|if|else)\b)"

_FOREIGN = "|".join(
    form
    for word in ("null", "true", "false", "yes", "no", "on", "off")
    for form in (word, word.capitalize(), word.upper())
    if form not in ("null", "true", "false")
)
_NO_DATE = r"(?![0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt\s]|$))"
_NO_WORD = rf"(?!(?:{_FOREIGN})$)"
_NO_PLUS = r"(?!\+[0-9][0-9_.]*$)"
_IN_BRACKETS = r"""(?![^\['"]*:)(?![^\[('"]*,)"""
_CLOSED = r"""(?![^'"]*\([^)'"]*$)(?![^'"]*\[[^\]'"]*$)"""

EXPRESSION = (
    rf"^{_NO_DATE}{_NO_WORD}{_NO_PLUS}{_IN_BRACKETS}{_CLOSED}\s*{_OPERAND}"
    rf"(?:\s*{_BETWEEN}\s*{_OPERAND})*\s*$"
)
"""An expression: operands with signs between them; what other readers make numbers of is none."""

LONGEST_EXPRESSION = LONGEST
"""The most characters that an expression may have."""

PARAMETER = rf"^[a-z][A-Za-z0-9_]{{0,{LONGEST_NAME - 1}}}$"
"""The name of a parameter, or of what `let` names."""

BLOCK = rf"^[A-Za-z][A-Za-z0-9_]{{0,{LONGEST_NAME - 1}}}$"
"""The name of a block, and so every word that may stand in the place of a layer."""

KERNEL = rf"^[a-z][a-z0-9_]{{0,{LONGEST_NAME - 1}}}$"
"""The name of a fixed kernel."""

INPUT = rf"^(?!__)[A-Za-z_][A-Za-z0-9_]{{0,{LONGEST_NAME - 1}}}$"
"""The name of an input."""

LAYER = rf"^(?:[0-9]{{1,{LONGEST_NAME}}}|(?!__)[A-Za-z_][A-Za-z0-9_-]{{0,{LONGEST_NAME - 1}}})$"
"""The name of a layer without placeholders."""

TEMPLATE = r"^[A-Za-z0-9_-]*(?:\{[^{}]+\}[A-Za-z0-9_-]*)+$"
"""The name of a layer with placeholders."""

REFERENCE = r"^(?:[A-Za-z0-9_-]|\{[^{}]+\})+(?:\.(?:[^.{}]|\{[^{}]+\})+)*$"
"""A layer or an input, perhaps with one of its values or repetitions behind a point."""

OUTPUT = r"^[^.]+$"
"""The name of an output."""

_UNIT = "|".join(rf"(?:\.[0-9]{{1,{3 * n}}})?\s*{unit}" for n, unit in enumerate("kMGT", 1))

FIGURE = rf"^(?:<=\s*)?[0-9][0-9_]*(?:{_UNIT}|\s*)$"
"""A figure that is claimed, and comes out whole: `25_557_032`, `7.801G`, `<= 26M`."""

SYMBOL = r"^[A-Z][A-Za-z0-9_]*$"
"""A size that is free."""

"""The expressions of a spec: Python's syntax and meaning, from a closed list of node types."""

from archspec.expressions.evaluate import POISON, Hidden, Poisoned, Scope, evaluate
from archspec.expressions.operators import described
from archspec.expressions.parse import CALLS, FUNCTIONS, IN_PYTHON, Expression, parse, shorten
from archspec.expressions.templates import checked, filled, pieces

__all__ = [
    "CALLS",
    "FUNCTIONS",
    "IN_PYTHON",
    "POISON",
    "Expression",
    "Hidden",
    "Poisoned",
    "Scope",
    "checked",
    "described",
    "evaluate",
    "filled",
    "parse",
    "pieces",
    "shorten",
]

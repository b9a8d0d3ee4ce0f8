"""The expressions of a spec: Python's syntax and meaning, from a closed list of node types."""

from archspec.expressions.evaluate import POISON, Poisoned, Scope, described, evaluate
from archspec.expressions.functions import FUNCTIONS
from archspec.expressions.parse import Expression, parse, shorten

__all__ = ["POISON", "Scope", "described", "shorten", "FUNCTIONS", "Expression", "Poisoned", "evaluate", "parse"]

"""What is legal and probably wrong: rules over checked networks, and the comments that allow it."""

from archspec.lint.allowing import Allowances
from archspec.lint.lint import lint

__all__ = ["Allowances", "lint"]

"""What is legal and probably wrong: rules over checked networks, and the comments that allow it."""

from archspec.lint.allowing import Allowances
from archspec.lint.lint import lint
from archspec.lint.same_variant import same_network

__all__ = ["Allowances", "lint", "same_network"]

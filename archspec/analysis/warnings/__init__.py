"""What is legal and probably wrong: rules over checked networks, and the comments that allow it."""

from archspec.analysis.warnings.allow_comments import Allowances
from archspec.analysis.warnings.lint import lint, same_network

__all__ = ["Allowances", "lint", "same_network"]

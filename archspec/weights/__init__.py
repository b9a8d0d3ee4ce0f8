"""Growing a trained network into a deeper or wider one that starts as the same function."""

from archspec.weights.check import Differences
from archspec.weights.copies import CannotGrow
from archspec.weights.grow import Grown, grow

__all__ = ["CannotGrow", "Differences", "Grown", "grow"]

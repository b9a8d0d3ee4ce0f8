"""Growing a trained network into a deeper or wider one that starts as the same function."""

from archspec.growth.check import Differences
from archspec.growth.failure import CannotGrow
from archspec.growth.grow import Grown, grow

__all__ = ["CannotGrow", "Differences", "Grown", "grow"]

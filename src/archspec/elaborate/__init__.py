"""From a document to a network: parameters, conditions, repetitions, specialisations, shapes."""

from archspec.elaborate.elaborate import Choice, Elaboration, elaborate
from archspec.elaborate.report import Finding

__all__ = ["Choice", "Elaboration", "Finding", "elaborate"]

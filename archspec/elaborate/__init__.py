"""From a document to a network: parameters, conditions, repetitions, specialisations, shapes."""

from archspec.elaborate.elaborate import Choice, Elaboration, elaborate
from archspec.elaborate.report import Standing
from archspec.elaborate.targets import LayerValue, mentioned
from archspec.elaborate.values import size

__all__ = [
    "Choice",
    "Elaboration",
    "LayerValue",
    "Standing",
    "elaborate",
    "mentioned",
    "size",
]

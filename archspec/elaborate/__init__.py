"""From a document to a network: parameters, conditions, repetitions, specialisations, shapes."""

from archspec.elaborate.elaborate import Choice, Elaboration, elaborate
from archspec.elaborate.report import Finding, Followed, Made, Standing
from archspec.elaborate.state import Included
from archspec.elaborate.targets import LayerValue, mentioned
from archspec.elaborate.values import size

__all__ = [
    "Choice",
    "Elaboration",
    "Finding",
    "Followed",
    "Included",
    "LayerValue",
    "Made",
    "Standing",
    "elaborate",
    "mentioned",
    "size",
]

"""What is wrong with a spec: every kind of problem, where it stands, and how it is shown."""

from archspec.diagnostics import problems
from archspec.diagnostics.problems import *  # noqa: F403  the classes are the package's contents
from archspec.diagnostics.problems.problem import SpecError
from archspec.diagnostics.spans import CallSite, Edit, Label, Maker, Path, Place, Span
from archspec.diagnostics.suggestion import (
    Above,
    Change,
    Element,
    Entry,
    Instead,
    Line,
    Projection,
    Remedy,
    Renamed,
    Suggestion,
    Value,
    Without,
    Word,
    Wrapped,
    close_match,
    close_names,
    did_you_mean,
    is_near,
    is_slip,
    slips,
)

__all__ = [
    "Above",
    "CallSite",
    "Change",
    "Edit",
    "Element",
    "Entry",
    "Instead",
    "Label",
    "Line",
    "Maker",
    "Path",
    "Place",
    "Projection",
    "Remedy",
    "Renamed",
    "Span",
    "SpecError",
    "Suggestion",
    "Value",
    "Without",
    "Word",
    "Wrapped",
    "close_match",
    "close_names",
    "did_you_mean",
    "is_near",
    "is_slip",
    "slips",
]
__all__ += problems.__all__

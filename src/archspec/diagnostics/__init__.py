"""Spans, problems, and how they are told."""

from archspec.diagnostics.diagnostic import Diagnostic as Diagnostic
from archspec.diagnostics.diagnostic import Edit as Edit
from archspec.diagnostics.diagnostic import Label as Label
from archspec.diagnostics.diagnostic import SpecError as SpecError
from archspec.diagnostics.problems import *  # noqa: F403  the classes are the package's contents
from archspec.diagnostics.slips import is_near as is_near
from archspec.diagnostics.slips import is_slip as is_slip
from archspec.diagnostics.spans import Path as Path
from archspec.diagnostics.spans import Place as Place
from archspec.diagnostics.spans import Span as Span
from archspec.diagnostics.suggestion import Projection as Projection
from archspec.diagnostics.suggestion import Suggestion as Suggestion
from archspec.diagnostics.suggestion import meant as meant

"""Spans, problems, and how they are told."""

from archspec.diagnostics.diagnostic import Diagnostic as Diagnostic
from archspec.diagnostics.diagnostic import Label as Label
from archspec.diagnostics.diagnostic import SpecError as SpecError
from archspec.diagnostics.problems import *  # noqa: F403  the classes are the package's contents
from archspec.diagnostics.spans import Path as Path
from archspec.diagnostics.spans import Place as Place
from archspec.diagnostics.spans import Span as Span

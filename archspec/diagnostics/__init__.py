"""What is wrong with a spec: every kind of problem, where it stands, and how it is shown."""

from archspec.diagnostics.findings import SpecError as SpecError
from archspec.diagnostics.problems import *  # noqa: F403  the classes are the package's contents
from archspec.diagnostics.spans import CallSite as CallSite
from archspec.diagnostics.spans import Edit as Edit
from archspec.diagnostics.spans import Label as Label
from archspec.diagnostics.spans import Maker as Maker
from archspec.diagnostics.spans import Path as Path
from archspec.diagnostics.spans import Place as Place
from archspec.diagnostics.spans import Span as Span
from archspec.diagnostics.suggestion import Above as Above
from archspec.diagnostics.suggestion import Change as Change
from archspec.diagnostics.suggestion import Element as Element
from archspec.diagnostics.suggestion import Entry as Entry
from archspec.diagnostics.suggestion import Instead as Instead
from archspec.diagnostics.suggestion import Line as Line
from archspec.diagnostics.suggestion import Projection as Projection
from archspec.diagnostics.suggestion import Remedy as Remedy
from archspec.diagnostics.suggestion import Renamed as Renamed
from archspec.diagnostics.suggestion import Suggestion as Suggestion
from archspec.diagnostics.suggestion import Value as Value
from archspec.diagnostics.suggestion import Without as Without
from archspec.diagnostics.suggestion import Word as Word
from archspec.diagnostics.suggestion import Wrapped as Wrapped
from archspec.diagnostics.suggestion import close_match as close_match
from archspec.diagnostics.suggestion import close_names as close_names
from archspec.diagnostics.suggestion import did_you_mean as did_you_mean
from archspec.diagnostics.suggestion import is_near as is_near
from archspec.diagnostics.suggestion import is_slip as is_slip
from archspec.diagnostics.suggestion import slips as slips

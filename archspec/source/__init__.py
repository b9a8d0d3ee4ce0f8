"""YAML with positions: the door through which every spec comes."""

from archspec.source.allowed import Allowed, allowed
from archspec.source.applied import applied
from archspec.source.foreign import foreign_reading
from archspec.source.limits import Limits
from archspec.source.read import read, read_value
from archspec.source.slips import as_list
from archspec.source.source import Source, tell

__all__ = [
    "Allowed",
    "Limits",
    "Source",
    "allowed",
    "applied",
    "as_list",
    "foreign_reading",
    "read",
    "read_value",
    "tell",
]

"""YAML with positions: the door through which every spec comes."""

from archspec.source.applied import applied
from archspec.source.foreign import foreign_reading
from archspec.source.limits import Limits
from archspec.source.read import read, read_value
from archspec.source.source import Source

__all__ = ["Limits", "Source", "applied", "foreign_reading", "read", "read_value"]

"""YAML with positions: the door through which every spec comes."""

from archspec.source.reader import is_prose, read, read_value
from archspec.source.scalars import foreign_reading
from archspec.source.slips import as_list
from archspec.source.source import Source, in_text
from archspec.source.text import Limits, applied

__all__ = [
    "Limits",
    "Source",
    "applied",
    "as_list",
    "foreign_reading",
    "in_text",
    "is_prose",
    "read",
    "read_value",
]

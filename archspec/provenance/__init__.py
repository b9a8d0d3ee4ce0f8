"""Where the sizes of a layer come from, step by step, with the lines that say so."""

from archspec.provenance.found import NoSuchLayer
from archspec.provenance.told import Line, why

__all__ = ["Line", "NoSuchLayer", "why"]

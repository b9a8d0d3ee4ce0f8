"""Drawings of a network: DOT and Mermaid text, and pictures that Graphviz lays out."""

from archspec.draw.dot import to_dot
from archspec.draw.draw import FORMATS, DrawingError, draw, render
from archspec.draw.levels import LEVELS
from archspec.draw.mermaid import to_mermaid

__all__ = ["FORMATS", "LEVELS", "DrawingError", "draw", "render", "to_dot", "to_mermaid"]

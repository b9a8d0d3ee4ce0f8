"""Drawings of a network: DOT and Mermaid text, and pictures that Graphviz lays out."""

from archspec.draw.compose import LEVELS
from archspec.draw.dot import to_dot
from archspec.draw.mermaid import to_mermaid
from archspec.draw.pictures import FORMATS, DrawingError, draw, render

__all__ = ["FORMATS", "LEVELS", "DrawingError", "draw", "render", "to_dot", "to_mermaid"]

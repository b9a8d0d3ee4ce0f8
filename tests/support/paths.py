"""Where things stand in this repository."""

from pathlib import Path

TESTS = Path(__file__).parents[1]
TOP = TESTS.parent
SHIPPED = TOP / "specs"
DOCS = TOP / "docs"
EXAMPLES = TOP / "examples"

GOLDEN = TESTS / "golden"
"""Specs, and what is to be shown of them; `--update-golden` writes the latter."""

DATA = TESTS / "data"
"""What others published or computed, and specs for which no text is kept."""

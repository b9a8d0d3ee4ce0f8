"""docs/zoo.md says what the shipped specs are, and its drawings show what they would show now."""

import re
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
from support.paths import TOP

import archspec
from archspec.source.library import shipped

PICTURES = TOP / "docs" / "zoo"
SPECS = [spec.name for spec in shipped()]


def test_the_page_is_current() -> None:
    page: Callable[[], str] = runpy.run_path(str(TOP / "tools" / "gallery.py"))["page"]
    assert (TOP / "docs" / "zoo.md").read_text(encoding="utf-8") == page(), "run `make gallery`"


def test_there_is_a_drawing_of_each_spec_and_no_other() -> None:
    assert sorted(path.stem for path in PICTURES.glob("*.svg")) == SPECS


@pytest.mark.program("dot")
@pytest.mark.parametrize("name", SPECS)
def test_a_drawing_is_current(name: str, tmp_path: Path) -> None:
    """Another version of Graphviz may place the same boxes elsewhere."""
    drawn = tmp_path / "now.svg"
    archspec.load(name).draw(drawn)
    assert texts(PICTURES / f"{name}.svg") == texts(drawn), "run `make gallery`"


def texts(path: Path) -> list[str]:
    found: list[str] = re.findall(r"<text[^>]*>([^<]*)</text>", path.read_text(encoding="utf-8"))
    assert found
    return sorted(found)

"""Pictures: by `dot`, by the library in a child process, and what is said without both."""

import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support.constructs import ALL, built
from support.hand_built import Body, image, network

import archspec
from archspec.draw import LEVELS, DrawingError, draw, render, to_dot, to_mermaid
from archspec.draw.mermaid import inert
from archspec.graph import Kind, Network
from archspec.source.library import shipped

SIGNS = {"svg": b"<?xml", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-"}
TEXT = "{http://www.w3.org/2000/svg}text"
NAMES = (
    '"];x[label="y',
    r"\N\G\L\n\l",
    "<b>bold</b>",
    "<<i>i</i>>",
    "&lt;script&gt;",
    "{a|b}",
    "ends with \\",
    "a;b -> c",
    "%%{init}%%",
    "`code`",
    "#quot;",
    'click n0 "x"',
)
RENDER = sys.modules["archspec.draw.pictures"]


def named(name: str) -> Network:
    body = Body(input=image(3, 8, 8))
    body.op(name, "conv2d", out_channels=4, kernel_size=1)
    body.op("pool", "max_pool2d", kernel_size=2)
    return network(body.module(Kind.MODEL, name))


def texts(svg: bytes) -> list[str]:
    found = ElementTree.fromstring(svg).iter(TEXT)
    return ["".join(element.itertext()).strip() for element in found]


@pytest.fixture
def no_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hide the program `dot`, as on a machine where only the wheel is installed."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> ModuleSpec | None:
        return None

    monkeypatch.setattr(RENDER, "find_spec", missing)


@pytest.mark.parametrize("format", SIGNS)
@pytest.mark.usefixtures("no_program")
def test_the_library_draws_in_a_child_process(format: str) -> None:
    assert draw(archspec.load("resnet50").network, format).startswith(SIGNS[format])


@pytest.mark.program("dot")
@pytest.mark.parametrize("format", SIGNS)
@pytest.mark.usefixtures("no_library")
def test_the_program_draws_too(format: str) -> None:
    assert draw(archspec.load("resnet50").network, format).startswith(SIGNS[format])


@pytest.mark.usefixtures("no_program")
def test_a_png_is_fine_enough_for_print() -> None:
    """SVG's width is in points, 72 an inch; the bytes 16 to 19 of a PNG are its width in dots."""
    dot = to_dot(named("plain"))
    points = float(ElementTree.fromstring(render(dot, "svg")).attrib["width"].removesuffix("pt"))
    dots = int.from_bytes(render(dot, "png")[16:20], "big")
    assert dots == pytest.approx(points / 72 * 200, rel=0.02)


@pytest.mark.usefixtures("no_program", "no_library")
def test_without_both_the_message_names_the_extra() -> None:
    with pytest.raises(DrawingError, match=r"pip install archspec-nn\[draw\]"):
        draw(named("plain"), "svg")
    assert draw(named("plain"), "dot").startswith(b"digraph")
    assert draw(named("plain"), "mmd").startswith(b"flowchart")


@pytest.mark.usefixtures("no_program")
def test_a_slow_layout_ends() -> None:
    with pytest.raises(DrawingError, match=r"longer than 0\.001 seconds"):
        render(to_dot(named("plain")), "svg", seconds=0.001)


@pytest.mark.usefixtures("no_program")
def test_a_crash_of_the_library_stays_in_the_child(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    crash = tmp_path / "crash.py"
    crash.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    monkeypatch.setattr(RENDER, "_LAYOUT", crash)
    with pytest.raises(DrawingError, match="Graphviz failed"):
        render("digraph {}", "svg")


@pytest.mark.program("dot")
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ALL)
def test_graphviz_takes_every_construct_without_a_word(name: str, level: str) -> None:
    text = to_dot(built(ALL[name]), level).encode()
    done = subprocess.run(["dot", "-Tsvg"], input=text, capture_output=True, check=True)
    assert done.stdout.startswith(SIGNS["svg"])
    assert [line for line in done.stderr.splitlines() if b"Fontconfig" not in line] == []


@pytest.mark.program("dot")
@pytest.mark.parametrize("spec", [spec.name for spec in shipped()])
def test_every_shipped_spec_is_drawn(spec: str) -> None:
    made = archspec.load(spec).network
    for level in LEVELS:
        assert to_mermaid(made, level).startswith("flowchart TB\n")
        assert to_dot(made, level).startswith("digraph network {")
    assert render(to_dot(made, "block"), "svg").startswith(SIGNS["svg"])


@pytest.mark.usefixtures("no_program")
def test_text_that_is_no_dot_is_an_error() -> None:
    with pytest.raises(DrawingError, match="Graphviz failed"):
        render("digraph {", "svg")


@pytest.mark.usefixtures("no_program")
@pytest.mark.parametrize("name", NAMES)
def test_a_name_stays_text_in_the_picture(name: str) -> None:
    svg = render(to_dot(named(name)), "svg")
    assert texts(svg).count(name) == 2, "the title, and the layer"
    assert texts(svg) == [
        text.replace("plain", name) for text in texts(render(to_dot(named("plain")), "svg"))
    ]


@pytest.mark.program("dot")
@pytest.mark.usefixtures("no_library")
@pytest.mark.parametrize("name", NAMES)
def test_a_name_stays_text_with_the_program(name: str) -> None:
    assert texts(render(to_dot(named(name)), "svg")).count(name) == 2


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stays_text_in_mermaid(name: str) -> None:
    plain, text = to_mermaid(named("plain")), to_mermaid(named(name))
    assert text == plain.replace('["plain', f'["{inert(name)}')
    assert not set(inert(name)) & set('"<>`%\\{}&')


@pytest.mark.parametrize("level", ["stage", "block", "layer"])
def test_mermaid_text_is_balanced(level: str) -> None:
    lines = to_mermaid(archspec.load("resnet50").network, level).splitlines()
    assert lines[0] == "flowchart TB"
    depth = 0
    for line in map(str.strip, lines):
        depth += line.startswith("subgraph ") - (line == "end")
        assert depth >= 0
        assert line.count('"') % 2 == 0
    assert depth == 0

"""Drawings of the shipped networks: their text, what it shows, and that it never varies."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from hand_built import Body, bottleneck, image, network, resnet

import archspec
from archspec.draw import FORMATS, LEVELS, DrawingError, draw, to_dot, to_mermaid
from archspec.draw.figure import Shortcut, boxes
from archspec.draw.levels import figure_of
from archspec.draw.shortcuts import shortcut_of
from archspec.graph import Kind, Module

DRAWN = ("resnet18", "resnet50", "vgg16", "alexnet")


def pooled_then_added() -> Module:
    """Add two branches of unlike lengths, one of which reads the other's start."""
    body = Body(input=image(8, 16, 16))
    body.op("left", "conv2d", out_channels=8, kernel_size=1)
    body.op("deep", "conv2d", out_channels=8, kernel_size=1)
    body.op("right", "conv2d", reads=("input",), out_channels=8, kernel_size=1)
    body.op("add", "add", reads=("deep", "right"))
    return body.module(Kind.BLOCK, "branches")


def concatenated() -> Module:
    body = Body(input=image(8, 16, 16))
    body.op("left", "conv2d", out_channels=8, kernel_size=1)
    body.op("cat", "cat", reads=("left", "input"), dim=1)
    return body.module(Kind.BLOCK, "dense")


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", DRAWN)
def test_dot_text(golden: Callable[[str, str], None], name: str, level: str) -> None:
    golden(f"draw/{name}.{level}.dot", to_dot(archspec.load(name).network, level))


@pytest.mark.parametrize("level", LEVELS)
def test_mermaid_text(golden: Callable[[str, str], None], level: str) -> None:
    golden(f"draw/resnet50.{level}.mmd", to_mermaid(archspec.load("resnet50").network, level))


def headings(name: str, level: str = "stage") -> list[str]:
    return [box.heading for box in boxes(figure_of(archspec.load(name).network, level).items)]


def test_the_stages_of_resnet50_are_those_of_the_paper() -> None:
    """Table 1 of He et al.: 3, 4, 6 and 3 blocks, the first of each drawn by itself."""
    found = [text for text in headings("resnet50") if text.startswith("bottleneck")]
    first = "bottleneck"
    assert found == [
        first,
        f"{first} ×2",
        first,
        f"{first} ×3",
        first,
        f"{first} ×5",
        first,
        f"{first} ×2",
    ]


def test_the_stages_of_vgg16_are_those_of_the_paper() -> None:
    """Configuration D of Simonyan and Zisserman: 2, 2, 3, 3 and 3 convolutions between pools."""
    found = [text.removeprefix("conv2d · relu ×") for text in headings("vgg16")]
    assert [int(text) for text in found if text.isdigit()] == [2, 2, 3, 3, 3]


def test_the_shapes_on_the_way_through_resnet50_are_those_of_the_paper() -> None:
    arrows = figure_of(archspec.load("resnet50").network, "stage").arrows
    sides = [arrow.label.split("×")[-1] for arrow in arrows if arrow.label.count("×") == 2]
    assert list(dict.fromkeys(sides)) == ["224", "112", "56", "28", "14", "7"]


def test_the_first_block_of_a_stage_projects_and_the_others_do_not() -> None:
    drawn = boxes(figure_of(archspec.load("resnet50").network, "stage").items)
    found = [box.shortcut for box in drawn if box.title == "bottleneck"]
    assert found == [Shortcut.PROJECTION, Shortcut.IDENTITY] * 4


@pytest.mark.parametrize(
    ("module", "shortcut"),
    [
        (bottleneck(image(256, 56, 56), 64), Shortcut.IDENTITY),
        (bottleneck(image(64, 56, 56), 64), Shortcut.PROJECTION),
        (pooled_then_added(), Shortcut.PROJECTION),
        (concatenated(), Shortcut.NONE),
    ],
    ids=["identity", "projection", "branches", "concatenation"],
)
def test_a_shortcut_is_seen_in_the_structure(module: Module, shortcut: Shortcut) -> None:
    assert shortcut_of(module) is shortcut


def test_each_different_block_is_drawn_once() -> None:
    items = figure_of(archspec.load("resnet50").network, "block").items
    frames = [item.heading for item in items if item.heading.startswith("bottleneck")]
    assert frames == ["bottleneck A", "bottleneck B"]


def test_a_layer_drawing_opens_every_block_once() -> None:
    """Eight bottlenecks are drawn, of three convolutions each; four have one more."""
    found = headings("resnet50", "layer")
    convolutions = [text for text in found if text.startswith("conv") and "×" not in text]
    assert len(convolutions) == 1 + 8 * 3 + 4


def test_a_million_blocks_are_one_box() -> None:
    drawn = [box.count for box in boxes(figure_of(resnet((3, 4, 1_000_000, 3)), "stage").items)]
    assert max(drawn) == 999_999
    assert len(drawn) == len(list(boxes(figure_of(resnet(), "stage").items)))


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no level `stages`"):
        to_dot(resnet(), "stages")


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(DrawingError, match="there is no format `gif`"):
        draw(resnet(), "gif")


def test_the_formats_are_those_that_a_suffix_can_name() -> None:
    assert FORMATS == ("svg", "png", "pdf", "dot", "gv", "mmd")
    module = Body(input=image(1, 2, 2))
    module.op("relu", "relu")
    tiny = network(module.module(Kind.MODEL, "tiny"))
    assert draw(tiny, "gv") == draw(tiny, "dot") == to_dot(tiny).encode()
    assert draw(tiny, "mmd", "layer") == to_mermaid(tiny, "layer").encode()


def test_the_text_is_equal_over_hash_seeds() -> None:
    program = (
        "import archspec; from archspec.draw import LEVELS, to_dot, to_mermaid\n"
        "network = archspec.load('resnet50').network\n"
        "for level in LEVELS: print(to_dot(network, level), to_mermaid(network, level))"
    )
    texts = {_output(program, seed) for seed in range(8)}
    assert len(texts) == 1
    assert b"bottleneck" in texts.pop()


def test_importing_it_loads_no_graphviz() -> None:
    program = (
        "import sys, archspec.draw\n"
        "print(sorted({'graphviz', 'pygraphviz', 'torch'} & set(sys.modules)))"
    )
    assert _output(program, 0).strip() == b"[]"


def _output(program: str, seed: int) -> bytes:
    environment = os.environ | {
        "PYTHONHASHSEED": str(seed),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=environment, check=True, capture_output=True).stdout

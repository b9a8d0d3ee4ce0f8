"""Drawings of the shipped networks: their text, what it shows, and that it never varies."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from support.constructs import AGAIN, ALL, INCLUDED, SIAMESE, TRAINING, UNET, VALUES, built
from support.hand_built import Body, bottleneck, image, network, resnet

import archspec
from archspec.draw import FORMATS, LEVELS, DrawingError, draw, to_dot, to_mermaid
from archspec.draw.compose import figure_of, shortcut_of
from archspec.draw.figure import Box, Figure, Frame, Role, Shortcut, boxes
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


def test_repetitions_that_differ_in_arguments_alone_share_a_box() -> None:
    boxes_of = boxes(figure_of(archspec.load("swin_t").network, "stage").items)
    found = {box.heading: box.facts for box in boxes_of if "layer_v1" in box.heading}
    assert found == {
        "1  layer_v1 ×2": "heads 3, shift 0|3, drop 0|0.0182",
        "3  layer_v1 ×2": "heads 6, shift 0|3, drop 0.0364|0.0545",
        "5  layer_v1 ×6": "heads 12, shift 0|3, drop 0.0727…0.164",
        "7  layer_v1 ×2": "heads 24, shift 0|3, drop 0.182|0.2",
    }


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


# --- what is not a chain of layers --------------------------------------------------------------


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ALL)
def test_text_of_constructs(golden: Callable[[str, str], None], name: str, level: str) -> None:
    golden(f"draw/{name}.{level}.dot", to_dot(built(ALL[name]), level))


@pytest.mark.parametrize("name", ["siamese", "training", "values"])
def test_mermaid_text_of_constructs(golden: Callable[[str, str], None], name: str) -> None:
    golden(f"draw/{name}.stage.mmd", to_mermaid(built(ALL[name])))


def figure(text: str, level: str = "stage") -> Figure:
    return figure_of(built(text), level)


def by_title(found: Figure) -> dict[str, Box]:
    return {box.title: box for box in boxes(found.items)}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_every_arrow_leads_from_box_to_box(text: str, level: str) -> None:
    found = figure(text, level)
    keys = {box.key for box in boxes(found.items)}
    assert {end for arrow in found.arrows for end in (arrow.tail, arrow.head)} == keys


def test_inputs_and_outputs_that_have_names_are_boxes_of_their_own() -> None:
    values = [box.title for box in boxes(figure(SIAMESE).items) if box.role is Role.VALUE]
    assert values == ["left", "right", "output"]
    values = [box.title for box in boxes(figure(TRAINING).items) if box.role is Role.VALUE]
    assert values == ["input", "logits", "aux (in training)"]


def test_what_only_training_needs_is_dashed_with_all_that_leads_through_it() -> None:
    found = figure(TRAINING, "layer")
    dashed = {box.key for box in boxes(found.items) if box.training}
    assert len(dashed) == 4  # three layers and the output
    assert {arrow.head for arrow in found.arrows if arrow.training} == dashed
    frame = next(item for item in found.items if isinstance(item, Frame))
    assert (frame.title, frame.training) == ("aux", True)


def test_what_is_called_again_says_whose_weights_it_has() -> None:
    frames = [item.title for item in figure(SIAMESE).items if isinstance(item, Frame)]
    assert frames == ["tower", "twin  (weights of tower)"]
    convolutions = [box for box in boxes(figure(SIAMESE).items) if box.title == "conv2d"]
    assert [box.shares for box in convolutions] == [False, False, True, True]
    more = by_title(figure(AGAIN))["more"]
    assert (more.count, more.shares) == (3, True)
    assert more.facts.endswith(", weights of conv")


def test_a_shared_weight_and_a_frozen_one_are_said() -> None:
    found = by_title(figure(VALUES))
    assert (found["tied"].facts, found["tied"].shares) == ("linear 6, weight of fc", True)
    assert (found["frozen"].facts, found["frozen"].shares) == ("linear 2, frozen", False)


def test_a_parameter_stands_beside_its_reader() -> None:
    found = figure(VALUES)
    place = by_title(found)["place"]
    assert place.facts == "parameter 4×6"
    assert [arrow.skips for arrow in found.arrows if arrow.tail == place.key] == [False]
    assert all(arrow.head != place.key for arrow in found.arrows)


def test_a_unet_is_drawn_with_a_way_across_for_each_level() -> None:
    across = [arrow.label for arrow in figure(UNET).arrows if arrow.skips]
    assert across == ["4×4×4", "2×8×8"]


def test_a_spec_within_a_spec_is_a_block_of_its_name() -> None:
    body = by_title(figure(INCLUDED))["body  ResNet"]
    assert body.role is Role.BLOCK
    frames = [item.title for item in figure(INCLUDED, "block").items if isinstance(item, Frame)]
    assert frames == ["basic A", "basic B", "ResNet"]


def test_equal_blocks_that_are_numbered_are_one_box() -> None:
    text = """
input: [N, 4, 8, 8]
blocks: {unit: {layers: [{op: conv2d, out_channels: 4, kernel_size: 1}, relu]}}
layers: {"unit{index + 1}": {block: unit, repeat: 5}}
"""
    assert by_title(figure(text))["unit1…5  unit"].count == 5


LABELLED = """
input: [N, 4, 8, 8]
blocks: {unit: {layers: [{op: conv2d, out_channels: 4, kernel_size: 1, label: point}, relu]}}
layers:
  conv1: {op: conv2d, out_channels: 4, kernel_size: 1, label: "1×1 stem"}
  act: {op: relu, label: ReLU}
  body: {op: conv2d, out_channels: 4, kernel_size: 3, padding: 1, repeat: 3, label: trunk}
  "down{index}": {op: max_pool2d, kernel_size: 2, repeat: 2, label: halve}
  unit0: {block: unit, label: one}
  unit1: {block: unit, label: one}
  unit2: {block: unit, label: two}
  again: {share: unit2, label: once more}
  head: {label: classifier, layers: [flatten, {op: linear, out_features: 3}]}
"""


def test_a_label_stands_in_place_of_a_name() -> None:
    found = figure(LABELLED)
    assert [box.heading for box in boxes(found.items)] == [
        "input",
        "1×1 stem · ReLU",
        "trunk  conv2d ×3",
        "halve",
        "halve",
        "one  unit ×2",
        "two  unit",
        "once more  unit",
        "flatten",
        "linear",
        "output",
    ]
    assert [item.title for item in found.items if isinstance(item, Frame)] == ["classifier"]
    assert by_title(found)["1×1 stem · ReLU"].facts == "conv2d 1×1, 4"
    assert by_title(found)["once more  unit"].facts == "weights of two"
    inner = [box.title for box in boxes(figure(LABELLED, "block").items)]
    assert "point · relu" in inner


def test_blocks_with_other_labels_share_no_box() -> None:
    text = """
input: [N, 4, 8, 8]
blocks: {unit: {layers: [{op: conv2d, out_channels: 4, kernel_size: 1, label: point}]}}
layers: {unit0: {block: unit, label: left}, unit1: {block: unit, label: right}}
"""
    assert {"left  unit", "right  unit"} <= by_title(figure(text)).keys()


def test_free_sizes_are_short_in_a_drawing() -> None:
    labels = [arrow.label for arrow in figure(ALL["free"]).arrows]
    assert labels[1] == "3×⌊H/2⌋×⌊W/2⌋"


def test_many_values_from_one_box_to_another_are_one_arrow() -> None:
    text = """
input: [N, 4, 8, 8]
layers: {chunk: {op: chunk, chunks: 4, dim: 1}, cat: {op: cat, dim: 1}}
"""
    labels = [arrow.label for arrow in figure(text, "layer").arrows]
    assert labels == ["4×8×8", "4 values", "4×8×8"]


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
    texts = {_output(program, seed) for seed in range(3)}
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

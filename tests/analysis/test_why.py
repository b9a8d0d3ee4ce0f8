"""`archspec why`: the sizes are those of the paper, and every step is at the line that says it."""

import re

import pytest
from support.emitting import architecture, minimal

import archspec
from archspec.analysis.why import NoSuchLayer, why
from archspec.cli.main import main


def told(name: str, layer: str) -> list[str]:
    return [line.text for line in why(archspec.load(name).network, layer)]


def sizes(lines: list[str], heading: str) -> list[int]:
    """Read the numbers that begin the steps under a heading."""
    start = next(index for index, line in enumerate(lines) if line.startswith(heading)) + 1
    found = []
    for line in lines[start:]:
        if re.match(r"(batch|number|height|width|dimension)\b", line):
            break
        number = re.match(r"(\d+)(?: =|   )", line)
        found += [int(number[1])] if number else []
    return found


def test_the_height_shrinks_as_in_table_1_of_the_paper() -> None:
    """He et al. 2015, table 1: 112, 56, 56, 28, 14, 7 after the five stages."""
    lines = told("resnet50", "layer4.2.conv3")
    assert sizes(lines, "height") == [7, 14, 28, 56, 112, 224]
    assert "width: 7, as the height" in lines
    assert "batch: N, the input's" in lines


def test_channels_are_followed_through_expressions_and_calls() -> None:
    lines = told("resnet", "layer2.1.conv2")
    at = lines.index("number of channels: 128")
    assert lines[at + 1] == "128   layer2.1.conv2, out_channels: width"
    assert lines[at + 2].startswith("width = planes * base_width // 64 * groups = 128")
    assert "planes = 128" in lines[at + 3]


def test_what_is_joined_is_told_part_by_part() -> None:
    """DenseNet's first block: 64 channels and six times 32."""
    lines = told("densenet", "features.denseblock1")
    assert "256 = 224 + 32   features.denseblock1.denselayer6.cat" in lines
    assert "96 = 64 + 32   features.denseblock1.denselayer1.cat" in lines


def test_free_sizes_are_followed_as_formulas() -> None:
    lines = told("unet", "up2.join")
    assert "floor(H / 4) = floor(floor(H / 2) / 2)   down2.pool, kernel_size: 2" in lines
    assert lines.count("512 = 256 + 256   up2.join, dim: 1") == 1


@pytest.mark.parametrize("spec", ["resnet50", "gpt2", "siamese", "vit", "yolov8", "fpn", "unet"])
def test_every_layer_of_a_network_can_be_asked(spec: str) -> None:
    network = archspec.load(spec).network
    every = network.flatten().nodes
    for path in list(every)[::7]:
        node = every[path].get("node")
        lines = why(network, path)
        tensor = network.model.inputs[path] if node is None else node.outputs[0]
        assert lines[0].text.startswith(f"{path} gives {tensor}")
        assert sum(not line.depth for line in lines) == 1 + tensor.rank


def test_steps_stand_at_their_lines() -> None:
    text = minimal(
        "  a: {op: conv2d, out_channels: 2 * n, kernel_size: 3, padding: 1}\n  b: relu\n",
        "params: {n: 4}",
    )
    places = {line.text: line.place for line in why(architecture(text).network, "b")}
    assert places["8   a, out_channels: 2 * n"] == ("layers", "a")
    assert places["n = 4, its default"] == ("params", "n")


def test_a_layer_that_is_not_there_is_told_with_its_neighbours() -> None:
    with pytest.raises(NoSuchLayer) as error:
        why(archspec.load("resnet50").network, "layer3.6.conv2")
    assert "layer3.5" in error.value.candidates


def test_the_command_tells_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "resnet50", "layer3.0.conv2"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"line \d+    256   layer3\.0\.conv2, out_channels: planes", out[3])
    assert main(["why", "resnet50", "layer3.0.conv4"]) == 2
    assert "did you mean `layer3.0.conv1`?" in capsys.readouterr().err

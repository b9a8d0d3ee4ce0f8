"""`archspec new`: what it writes is a good spec, and what it is asked for must be possible."""

import io
import os
import pty
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
import torch

import archspec
from archspec.analysis import count
from archspec.cli.commands.new import (
    BLOCKS,
    LARGEST_SIZE,
    LARGEST_WIDTH,
    MOST_BLOCKS,
    MOST_CLASSES,
    MOST_STAGES,
    Wish,
    most_stages,
    network_name,
    new_spec,
)
from archspec.cli.main import main
from archspec.pipeline import Outcome, check
from archspec.source import read

SIZES: tuple[tuple[tuple[int | str, ...], tuple[int, ...]], ...] = (
    ((3, 32, 32), (2, 2, 2)),
    ((1, 8, 8), (1, 2)),
    ((1, 8, 8), (3,)),
    ((3, 2, 2), (1,)),
    ((2, 64, 1), (1, 1, 2, 1, 1, 1)),
    ((3, 224, 224), (3, 4, 6, 3)),
    ((1, 28, "W"), (1, 1, 1)),
    ((3, "H", "W"), (1,) * MOST_STAGES),
)
WISHES = [
    Wish(shape, classes, depths, width, block)
    for (shape, depths), block in product(SIZES, BLOCKS)
    for classes, width in ((10, 16), (1, 3))
]
WIDEST = 95


def checked(text: str) -> Outcome:
    return check(read(text, "net.yaml"), strict=True)


@pytest.mark.parametrize("wish", WISHES, ids=str)
def test_what_is_written_is_a_good_spec_with_claims_that_hold(wish: Wish) -> None:
    text = new_spec(wish, "Net")
    outcome = checked(text)
    assert outcome.diagnostics == ()
    assert outcome.network is not None
    found = count(outcome.network)
    assert f"\n  params: {found.totals.parameters:_}\n" in text
    assert f"\n  output: [N, {wish.classes}]\n" in text
    assert ("\n  macs: " in text) == (most_stages(wish.shape) is not None)
    assert max(map(len, text.splitlines())) <= WIDEST


@pytest.mark.parametrize("block", BLOCKS)
def test_a_figure_that_changes_is_noticed(block: str) -> None:
    text = new_spec(Wish((3, 32, 32), 10, (1, 1), 16, block), "Net")
    found = checked(text.replace("width: 16", "width: 24")).diagnostics
    assert [item.slug for item in found] == ["claim-fails"]


@pytest.mark.parametrize("block", BLOCKS)
def test_the_largest_that_may_be_asked_for_is_written(block: str) -> None:
    shape = (LARGEST_SIZE,) * 3
    depths = (MOST_BLOCKS,) * MOST_STAGES
    outcome = checked(new_spec(Wish(shape, MOST_CLASSES, depths, LARGEST_WIDTH, block), "Net"))
    assert outcome.diagnostics == ()


@pytest.mark.parametrize("block", BLOCKS)
def test_what_is_built_has_the_depth_and_the_width_that_were_asked_for(block: str) -> None:
    text = new_spec(Wish((1, 8, 8), 7, (3, 1), 4, block), "Net")
    found = checked(text).network
    assert found is not None
    stages = [row for row in count(found).rows if row.name.startswith("stage")]
    factor = 4 if block == "bottleneck" else 1
    assert [row.outputs[0].shape for row in stages] == [(4 * factor, 8, 8), (8 * factor, 4, 4)]
    assert [sum(child.count for child in row.children) for row in stages] == [3, 1]


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    return tmp_path


class Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("shape", [(3, 32, 32), (1, 9, 20)])
def test_the_emitted_module_is_verified_and_runs(
    block: str, shape: tuple[int, ...], folder: Path
) -> None:
    sizes = "x".join(map(str, shape))
    assert main(["new", "net.yaml", "--input", sizes, "--block", block, "--classes", "4"]) == 0
    assert main(["validate", "--strict", "net.yaml"]) == 0
    assert main(["build", "net.yaml", "--verify", "-o", "net.py"]) == 0
    model = archspec.load("net.yaml").to_torch().eval()
    assert model(torch.randn(2, *shape)).shape == (2, 4)


def test_what_is_not_said_has_its_default(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "my_net.yaml"]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "wrote my_net.yaml",
        "next: `archspec validate my_net.yaml`, then `count`, `draw` and `build`",
    ]
    expected = new_spec(Wish((3, 32, 32), 10, (2, 2, 2), 16, "residual"), "MyNet")
    assert Path("my_net.yaml").read_text("utf-8") == expected


def test_options_say_everything(folder: Path) -> None:
    options = ["--input", "1×28xW", "--classes", "3", "--stages", "1, 4", "--width", "12"]
    assert main(["new", "a.yml", *options, "--block", "inverted"]) == 0
    expected = new_spec(Wish((1, 28, "W"), 3, (1, 4), 12, "inverted"), "A")
    assert Path("a.yml").read_text("utf-8") == expected


def test_a_small_input_has_fewer_stages_by_default(folder: Path) -> None:
    assert main(["new", "a.yaml", "--input", "1x4x4"]) == 0
    assert "depths: [2, 2] " in Path("a.yaml").read_text("utf-8")


def test_it_asks_on_a_terminal_until_the_answer_can_be_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = ("784", "1x8x8", "", "2,2,2,2", "1,1", "plane", "plain")
    monkeypatch.setattr("sys.stdin", Terminal("".join(f"{text}\n" for text in answers)))
    assert main(["new", "a.yaml", "--width", "8"]) == 0
    found = capsys.readouterr()
    assert found.out == ""
    assert found.err.count("Error: ") == 3
    assert "Channels of the first layer" not in found.err
    expected = new_spec(Wish((1, 8, 8), 10, (1, 1), 8, "plain"), "A")
    assert Path("a.yaml").read_text("utf-8") == expected


@pytest.mark.parametrize("arguments", [("a.yaml", "--yes"), ("a.yaml", "-y"), ("-",)])
def test_it_does_not_ask_where_that_was_said(
    arguments: tuple[str, ...], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("none of this is read\n"))
    assert main(["new", *arguments]) == 0


def test_whoever_leaves_a_question_open_leaves_no_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("1x8x8\n"))
    assert main(["new", "a.yaml"]) == 130
    assert list(folder.iterdir()) == []


def test_a_real_terminal_shows_the_questions(folder: Path) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, b"1x8x8\n\n1,1\n\n\n")
    done = subprocess.run(
        [sys.executable, "-m", "archspec", "new", "net.yaml"],
        stdin=theirs,
        capture_output=True,
        timeout=60,
        check=True,
    )
    os.close(ours)
    os.close(theirs)
    assert done.stdout == b""
    assert b"Blocks of each stage [2,2,2]: " in done.stderr
    assert "depths: [1, 1] " in Path("net.yaml").read_text("utf-8")


def test_a_file_that_is_there_stays_unless_it_is_forced(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.yaml").write_text("mine")
    assert main(["new", "a.yaml"]) == 3
    reason = "is there already; `--force` replaces it"
    assert capsys.readouterr().err == f"error[file]: `a.yaml`: {reason}\n"
    assert Path("a.yaml").read_text() == "mine"
    assert main(["new", "a.yaml", "--force"]) == 0
    assert "name: A\n" in Path("a.yaml").read_text("utf-8")


def test_stdout_gets_the_text_and_nothing_else(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["new", "-"]) == 0
    out, err = capfdbinary.readouterr()
    assert err == b""
    assert out.decode() == new_spec(Wish((3, 32, 32), 10, (2, 2, 2), 16, "residual"), "MyNet")
    assert list(folder.iterdir()) == []


SHAPE = "is not channels x height x width, as `3x32x32`, or `3xHxW` for any size"
BAD = {
    ("--input", "784"): f"`784` {SHAPE}",
    ("--input", "3x32"): f"`3x32` {SHAPE}",
    ("--input", "Cx32x32"): f"`Cx32x32` {SHAPE}",
    ("--input", "3x0x32"): "`0` is not a whole number from 1 to 4,096",
    ("--input", "3xNx32"): "`N` in `3xNx32` is the batch: take another letter",
    ("--input", "3x1x1"): "`3x1x1` is a single pixel, and no picture",
    ("--classes", "ten"): "`ten` is not a whole number from 1 to 1,000,000",
    ("--classes", "0"): "`0` is not a whole number from 1 to 1,000,000",
    ("--width", "-3"): "`-3` is not a whole number from 1 to 2,048",
    ("--width", "1.5"): "`1.5` is not a whole number from 1 to 2,048",
    ("--width", "9" * 5000): f"`{'9' * 5000}` is not a whole number from 1 to 2,048",
    ("--stages", "2,,2"): "`` is not a whole number from 1 to 300",
    ("--stages", "2 2"): "`2 2` is not a whole number from 1 to 300",
    ("--stages", "1,1,1,1,1,1"): (
        "`3x32x32` is too small for 6 stages, of which each but the first halves it: 5 at most"
    ),
    ("--stages", ",".join("1" * 11)): f"`{','.join('1' * 11)}` has 11 stages, more than 10",
    ("--block", "basic"): "`basic` is none of `plain`, `residual`, `bottleneck`, `inverted`",
}


@pytest.mark.parametrize(("option", "value"), BAD, ids=lambda text: text[:12])
def test_what_cannot_be_is_one_clear_line(
    option: str, value: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "a.yaml", f"{option}={value}"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"error[usage]: invalid value for `{option}`: {BAD[option, value]}",
        "  = help: `archspec new --help` tells more",
    ]
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["net", "net.py", "my.net"])
def test_a_name_that_no_spec_has_is_refused(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", name]) == 2
    assert f"did you mean `{name}.yaml`?" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["nowhere/a.yaml", "folder.yaml", "a.yaml/b.yaml"])
def test_a_place_that_takes_no_file_is_told(name: str, folder: Path) -> None:
    Path("folder.yaml").mkdir()
    Path("a.yaml").write_text("mine")
    assert main(["new", name]) == 3
    assert sorted(path.name for path in folder.iterdir()) == ["a.yaml", "folder.yaml"]


@pytest.mark.parametrize(
    "stem",
    ["my_net", "Net", "none", "3d", "1e5", "null", "übung", "сеть", "_", "residual", "a" * 240],
)
def test_a_network_is_called_after_its_file(stem: str, folder: Path) -> None:
    assert main(["new", f"{stem}.yaml"]) == 0
    name = network_name(stem)
    assert f"\nname: {name}\n" in Path(f"{stem}.yaml").read_text("utf-8")
    assert f"class {name}(nn.Module):" in archspec.load(f"{stem}.yaml").to_source()

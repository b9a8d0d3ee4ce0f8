"""`archspec fix`: what is certain is mended, all else stays as it is."""

import io
from pathlib import Path

import pytest

from archspec.cli.main import main
from archspec.mend import mend
from archspec.pipeline import check
from archspec.source import read

HEAD = "archspec: 1\nname: Net\ninput: [N, 3, 8, 8]\n"

WORDS = {
    "an operation": ("a: rellu  # kept\n", "a: relu  # kept\n"),
    "an argument": (
        "a: {op: conv2d, out_chanels: 4, kernel_size: 3}\n",
        "a: {op: conv2d, out_channels: 4, kernel_size: 3}\n",
    ),
    "a truth value": (
        "a: {op: conv2d, out_channels: 4, kernel_size: 3, bias: no}\n",
        "a: {op: conv2d, out_channels: 4, kernel_size: 3, bias: false}\n",
    ),
    "a reference": (
        "first: relu\n  b: relu\n  c: {op: add, from: [frist, b]}\n",
        "first: relu\n  b: relu\n  c: {op: add, from: [first, b]}\n",
    ),
    "a synonym": ("a: {type: relu}\n", "a: {op: relu}\n"),
    "a quoted word": ('a: "rellu"\n', 'a: "relu"\n'),
    "two on one line": (
        "a: {op: conv2d, out_chanels: 4, kernal_size: 3}\n",
        "a: {op: conv2d, out_channels: 4, kernel_size: 3}\n",
    ),
    "one behind the other": (
        "a: {op: conv2dd, out_chanels: 4, kernel_size: 3}\n",
        "a: {op: conv2d, out_channels: 4, kernel_size: 3}\n",
    ),
}


@pytest.mark.parametrize("case", WORDS)
def test_words_are_put_right(case: str) -> None:
    wrong, right = (f"{HEAD}layers:\n  {text}" for text in WORDS[case])
    assert mend(wrong, "net.yaml").text == right
    assert mend(right, "net.yaml").changes == 0


def test_a_name_in_an_expression_is_put_right() -> None:
    text = HEAD + "params: {width: 4}\nlayers:\n  a: {op: conv2d, out_channels: 2 * widht + 1, "
    text += "kernel_size: 1}\n"
    assert mend(text, "net.yaml").text == text.replace("widht", "width")


PROJECTIONS = {
    "a shortcut": (
        "  conv: {op: conv2d, out_channels: 8, kernel_size: 3, stride: 2, padding: 1}\n"
        "  add: {op: add, from: [conv, input]}\n",
        "  input_projection: {op: conv2d, from: input, out_channels: 8, kernel_size: 1, "
        "stride: 2}\n"
        "  add: {op: add, from: [conv, input_projection]}\n",
    ),
    "a list over several lines": (
        "  a: {op: conv2d, out_channels: 8, kernel_size: 1}\n"
        "  b: {op: conv2d, out_channels: 4, kernel_size: 1}\n"
        "  add:  # the join\n    op: add\n    from: [a, b]\n",
        "  b_projection: {op: conv2d, from: b, out_channels: 8, kernel_size: 1}\n"
        "  add:  # the join\n    op: add\n    from: [a, b_projection]\n",
    ),
}


@pytest.mark.parametrize("case", PROJECTIONS)
def test_a_missing_projection_is_put_in(case: str) -> None:
    layers, end = PROJECTIONS[case]
    found = mend(f"{HEAD}layers:\n{layers}", "net.yaml")
    assert found.text.endswith(end)
    assert not found.outcome.failed


BLOCK = """blocks:
  unit:
    params: {width: int}
    layers:
      conv: {op: conv2d, out_channels: width, kernel_size: 3, padding: 1}
      add: {op: add, from: [conv, input]}
layers: [{block: unit, width: 4}, {block: unit, width: 6}]
"""


def test_a_projection_in_a_block_holds_in_all_its_uses() -> None:
    found = mend(HEAD + BLOCK, "net.yaml")
    assert "out_channels: conv.channels" in found.text
    assert not found.outcome.failed


UNCERTAIN = {
    "nothing alike": "layers: {a: xyzzy}\n",
    "a stride in a block": BLOCK.replace("padding: 1", "padding: 1, stride: 2"),
    "a layer in a list": "layers:\n  - {op: conv2d, out_channels: 8, kernel_size: 1}\n"
    "  - {op: add, from: [0, input]}\n",
}


@pytest.mark.parametrize("case", UNCERTAIN)
def test_what_is_not_certain_stays(case: str) -> None:
    found = mend(HEAD + UNCERTAIN[case], "net.yaml")
    assert found.changes == 0
    assert found.outcome.failed


def test_line_ends_and_the_rest_of_the_text_stay() -> None:
    text = (HEAD + "layers:\n  a: rellu   # é ∂\n\n\n  # end").replace("\n", "\r\n")
    assert mend(text, "net.yaml").text == text.replace("rellu", "relu")


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "net.yaml"
    path.write_text(f"{HEAD}layers: {{a: rellu}}\n")
    return path


def test_the_diff_is_shown_and_nothing_written(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = spec.read_text()
    assert main(["fix", str(spec), "--diff"]) == 0
    out = capsys.readouterr().out
    assert "-layers: {a: rellu}\n+layers: {a: relu}\n" in out
    assert spec.read_text() == before


def test_it_is_written_where_that_was_said(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", str(spec), "--yes"]) == 0
    assert not check(read(spec.read_text(), "net.yaml")).failed
    assert "1 change" in capsys.readouterr().err
    assert main(["fix", str(spec), "--yes"]) == 0
    assert "nothing in it is certain to be mended" in capsys.readouterr().err


def test_without_a_terminal_nobody_is_asked(
    spec: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(["fix", str(spec)]) == 1
    assert "rellu" in spec.read_text()
    assert "--yes" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "code"), [("resnet50", 3), ("-", 2), ("missing.yaml", 3)])
def test_what_is_no_file_of_ones_own_is_refused(name: str, code: int) -> None:
    assert main(["fix", name]) == code

"""`archspec fix`: what is certain is mended, all else stays as it is."""

import io
from itertools import islice
from pathlib import Path

import pytest
from support.mutants.certainty import judgement
from support.mutants.certainty import shown as written
from support.mutants.corpus import shipped
from support.mutants.mending import fixed, is_given_back, is_misspelt_name
from support.mutants.mishaps import KINDS, drawn
from support.mutants.originals import shown
from support.mutants.sample import sample
from support.mutants.verdicts import judge
from support.sampling import sampled

from archspec.cli.main import main
from archspec.fix.mend import mend
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


TEXT = """params: {width: 4, depth: 2}
blocks:
  unit:
    params: {expand: int, stride: 1}
    layers:
      conv: {op: conv2d, out_channels: expand, kernel_size: 3, stride: stride, padding: 1}
      gate: {op: conv2d, from: input, out_channels: width, kernel_size: 1, stride: stride}
      cat: {op: cat, from: [conv, gate], dim: 1}
layers:
  one: {block: unit, expand: width}
  two: {block: unit, expand: width, stride: 2, repeat: depth}
  act: gelu
  last: {op: relu, when: width > 2 and depth > 1}
"""
MISSPELT = {
    "a parameter where it is defined": ("{width:", "{wdith:"),
    "a block's parameter where it is defined": ("{expand:", "{expnad:"),
    "a block where it is defined": ("  unit:", "  unitt:"),
    "an argument that is written twice": (
        "stride: stride, padding",
        "stride: stridestride, padding",
    ),
    "a layer where it is defined": ("gate:", "gat:"),
    "the key that says what a layer is": ("{op: cat", "{opp: cat"),
    "that key, as another one": ("{op: cat", "{p: cat"),
    "a control key": ("repeat:", "reepat:"),
    "a type": ("expand: int", "expand: itn"),
    "a word of an expression": (" and ", " nad "),
    "a key at the top": ("params: {width", "parms: {width"),
    "an operation of which others are near": ("op: relu", "op: rellu"),
    "a word that is near others, but stands elsewhere": ("one: {block: unit", "one: {block: nit"),
}


@pytest.mark.parametrize("case", MISSPELT)
def test_the_word_that_is_misspelt_is_the_one_that_changes(case: str) -> None:
    right, wrong = MISSPELT[case]
    assert not mend(HEAD + TEXT, "net.yaml").outcome.diagnostics
    assert TEXT.count(right) == 1
    found = mend(HEAD + TEXT.replace(right, wrong), "net.yaml")
    assert (found.text, found.changes) == (HEAD + TEXT, 1)


@pytest.mark.parametrize("every", sampled([1, 8, 16], [16]))
def test_all_but_a_few_misspelt_names_of_the_shipped_specs_are_put_right(every: int) -> None:
    words = [item for item in islice(sample(), 700) if item.mutation == "misspelt"]
    names = [item for item in words[::every] if is_misspelt_name(item, judge(item))]
    wrong = [shown(item.spec, fixed(item)) for item in names if not is_given_back(item)]
    assert len(names) > 75 // every
    assert len(wrong) <= 0.05 * len(names) + (every > 1), "\n\n".join(wrong)


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
        "  add:  # the join\n    op: add\n    from: [a, input]\n",
        "  input_projection: {op: conv2d, from: input, out_channels: 8, kernel_size: 1}\n"
        "  add:  # the join\n    op: add\n    from: [a, input_projection]\n",
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


TWO = {
    "words of the language": (("op: cat", "op: catt"), ("act: gelu", "act: geluu")),
    "a definition, and a word": (("      gate:", "      gat:"), ("act: gelu", "act: geluu")),
    "an operation, and what it hides": (
        ("gate: {op: conv2d, from", "gate: {op: convd2, form"),
        ("op: cat", "op: cta"),
    ),
    "a layer, and who reads it": (
        ("conv: {op: conv2d", "conv: {op: conv2dd"),
        ("from: [conv", "from: [covn"),
    ),
}


@pytest.mark.parametrize("case", TWO)
def test_two_misspelt_words_are_both_put_right(case: str) -> None:
    text = HEAD + TEXT
    for right, wrong in TWO[case]:
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    assert mend(text, "net.yaml").text == HEAD + TEXT


def test_many_words_are_put_right_at_once() -> None:
    line = "  - {op: conv2d, out_channels: 3, kernel_size: 1}\n"
    right = HEAD + "layers:\n" + line * 60
    found = mend(right.replace("kernel", "kernal"), "net.yaml")
    assert (found.text, found.changes) == (right, 60)


def test_projections_behind_each_other_are_put_in_together() -> None:
    unit = BLOCK[BLOCK.index("  unit:") : BLOCK.index("layers: [")]
    twice = f"blocks:\n{unit}{unit.replace('unit', 'other')}"
    twice += "layers: [{block: unit, width: 4}, {block: other, width: 6}]\n"
    found = mend(HEAD + twice, "net.yaml")
    assert found.text.count("from: [conv, input_projection]") == 2
    assert not found.outcome.failed


def test_the_batch_is_what_it_is_in_other_shapes() -> None:
    text = HEAD.replace("[N", "[n") + "layers: {a: {op: relu, expect: [N, 3, 8, 8]}}\n"
    assert mend(text, "net.yaml").text == text.replace("[n", "[N")
    assert mend(text.replace("[N", "[C"), "net.yaml").changes == 1
    assert mend(text.replace(", expect: [N, 3, 8, 8]", ""), "net.yaml").changes == 0


UNCERTAIN = {
    "nothing alike": "layers: {a: xyzzy}\n",
    "two alike": "layers: {a: eglu}\n",
    "two inputs alike": "inputs: {x1: [N, 3], x2: [N, 3]}\nlayers: {a: {op: relu, from: x}}\n",
    "no word but a shape": "layers:\n  left: {op: conv2d, out_channels: 3, kernel_size: 2}\n"
    "  lefts: {op: conv2d, from: input, out_channels: 3, kernel_size: 1}\n"
    "  add: {op: add, from: [left, lefts]}\n",
    "a letter for a symbol, beside a percentage": "layers:\n  d: {op: dropout, p: 50%}\n"
    "  v: {op: reshape, shape: [N, -1]}\n",
    "a letter for a symbol, beside a shape": "layers:\n"
    "  n: {op: pixel_shuffle, upscale_factor: 2}\n  v: {op: reshape, shape: [N, -1]}\n",
    "a layer for a symbol": "layers:\n  NTH: {op: dropout, p: 50%}\n"
    "  v: {op: reshape, shape: [NHT, -1]}\n",
    "a letter for a number": "layers:\n  a: {op: dropout, p: half}\n"
    "  v: {op: conv2d, out_channels: w, kernel_size: 1}\n",
    "a layer for a number": "layers:\n  width: {op: dropout, p: half}\n"
    "  v: {op: conv2d, out_channels: widht, kernel_size: 1}\n",
    "a layer that fails": "layers:\n  first: {op: dropout, p: half}\n  b: relu\n"
    "  add: {op: add, from: [frist, b]}\n",
    "a layer behind one that fails": "layers:\n  zero: {op: dropout, p: half}\n  first: relu\n"
    "  add: {op: add, from: [frist, input]}\n",
    "a size of a layer that fails": "layers:\n  first: {op: dropout, p: half}\n"
    "  v: {op: conv2d, out_channels: 2 * frist.channels, kernel_size: 1}\n",
    "an output that fails": "layers:\n  first: {op: dropout, p: half}\n  last: relu\n"
    "outputs: {a: fisrt, b: last}\n",
    "a parameter that fails": "params: {width: half}\n"
    "layers: [{op: conv2d, out_channels: widht, kernel_size: 1}]\n",
    "a parameter that is a layer": "params: {unit: {op: relu}}\n"
    "layers: [unit, {op: conv2d, out_channels: uint, kernel_size: 1}]\n",
    "a layer that is absent": "layers:\n  same: {op: batch_norm2d, when: false}\n  b: relu\n"
    "  add: {op: add, from: [saem, b]}\n",
    "a word in a layer that is absent": "layers:\n  a: relu\n"
    "  same: {when: input.channels == 16, layers: [{op: batch_nrom2d}]}\n",
    "a word of the shapes behind it": "layers:\n"
    "  a: {op: conv2dd, out_channels: 4, kernel_size: 3}\n  add: {op: add, from: [a, input]}\n",
    "another number": "layers:\n  conv2: relu\n  b: {op: relu, from: conv1}\n",
    "more than one slip": "params: {growth_rate: 0.5}\nlayers: [{op: dropout, p: drop_rate}]\n",
    "a projection of an absent layer": "layers:\n"
    "  same: {op: batch_norm2d, when: input.channels == 16}\n"
    "  a: {op: conv2d, from: input, out_channels: 16, kernel_size: 3, padding: 1, bias: false}\n"
    "  add: {op: add, from: [a, same]}\n",
    "a projection of the main path": "layers:\n"
    "  a: {op: conv2d, out_channels: 8, kernel_size: 1}\n"
    "  b: {op: conv2d, out_channels: 4, kernel_size: 1}\n  add: {op: add, from: [a, b]}\n",
    "a stride in a block": BLOCK.replace("padding: 1", "padding: 1, stride: 2"),
    "a layer in a list": "layers:\n  - {op: conv2d, out_channels: 8, kernel_size: 1}\n"
    "  - {op: add, from: [0, input]}\n",
}


@pytest.mark.parametrize("case", UNCERTAIN)
def test_what_is_not_certain_stays(case: str) -> None:
    found = mend(HEAD + UNCERTAIN[case], "net.yaml")
    assert found.changes == 0
    assert found.outcome.failed


FORGOTTEN = {
    "a layer": "layers:\n"
    "  a: {op: conv2d, out_channels: 16, kernel_size: 3, stride: 2, padding: 1, bias: false}\n"
    "  b: {op: conv2d, out_channels: 16, kernel_size: 1, stride: 2, bias: false}\n"
    "  add: {op: add, from: [a, b]}\n",
    "a layer, and more behind it": "layers:\n"
    "  a: {op: conv2d, out_channels: 16, kernel_size: 3, stride: 2, padding: 1, bias: false}\n"
    "  b: {op: conv2d, out_channels: 16, kernel_size: 1, stride: 2, bias: false}\n"
    "  c: batch_norm2d\n  add: {op: add, from: [c, a]}\n",
    "a group in a block": "blocks:\n  unit:\n    params: {planes: int}\n    layers:\n"
    "      a: {op: conv2d, out_channels: planes, kernel_size: 3, stride: 2, padding: 1}\n"
    "      b: {layers: [{op: conv2d, out_channels: planes, kernel_size: 1, stride: 2}]}\n"
    "      add: {op: add, from: [a, b]}\nlayers: [{block: unit, planes: 6}]\n",
}


@pytest.mark.parametrize("case", FORGOTTEN)
def test_a_forgotten_from_is_told_and_not_written(case: str) -> None:
    found = mend(HEAD + FORGOTTEN[case], "net.yaml")
    assert found.changes == 0
    help = "`b` reads `a`, the layer above it, and may want `from: input`"
    assert [item.help for item in found.outcome.diagnostics] == [help]
    right = FORGOTTEN[case].replace("b: {", "b: {from: input, ")
    assert not check(read(HEAD + right, "net.yaml")).failed


def test_a_percentage_is_told_and_not_written() -> None:
    found = mend(HEAD + "layers: [{op: dropout, p: 12.5%}]\n", "net.yaml")
    [told] = found.outcome.diagnostics
    assert found.changes == 0
    assert told.help == "write `0.125`"


def test_a_warning_that_comes_to_light_speaks_not_against_a_word() -> None:
    text = HEAD + "layers: [{op: conv2d, out_channels: 4, kernel_size: 3}, batch_norm2d, rellu]\n"
    found = mend(text, "net.yaml")
    assert found.text == text.replace("rellu", "relu")
    assert [item.slug for item in found.outcome.diagnostics] == ["bias-before-norm"]


MISTAKES = 75


def test_what_is_written_is_the_original_or_a_step_to_it() -> None:
    items = [(item, judgement(item)) for item in islice(drawn(), MISTAKES)]
    judged = [pair for pair in items if pair[1].counts]
    wrong = [written(item, found.text) for item, found in judged if found.kind == "wrong"]
    changed = [found for _, found in judged if found.kind != "silent"]
    assert len(judged) > 0.6 * MISTAKES
    assert len(changed) > 0.02 * MISTAKES
    assert len(wrong) <= 0.02 * len(judged), "\n\n".join(wrong)


def test_mistakes_are_of_every_kind_in_every_sort_of_spec() -> None:
    items = list(islice(drawn(), 600))
    assert {item.kind for item in items} == {*KINDS, "two mistakes"}
    assert {item.written for item in items} >= set(shipped())
    assert len({item.written for item in items}) > len(shipped()) + 50
    assert all(item.text != item.written.text for item in items)
    assert all(len(item.changes) == (2 if item.kind == "two mistakes" else 1) for item in items)


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

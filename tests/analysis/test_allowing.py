"""Comments that allow warnings, what is wrong with them, and `--strict`."""

import io
import json
from pathlib import Path

import pytest

from archspec.cli.main import main
from archspec.diagnostics import Problem
from archspec.diagnostics.render import render_text
from archspec.fix.mend import mend
from archspec.pipeline import check, compile
from archspec.source import read

HEAD = "archspec: 1\nname: Net\ninput: [N, 3, 16, 16]\n"
CONV = "  conv: {op: conv2d, out_channels: 8, kernel_size: 3}"
NORM = "  norm: batch_norm2d\n"


def found(text: str, folder: Path | None = None) -> tuple[Problem, ...]:
    return check(read(text, "net.yaml", folder=folder)).diagnostics


def told(text: str, folder: Path | None = None) -> list[str]:
    return [f"{item.slug} {item.span.line if item.span else '-'}" for item in found(text, folder)]


def net(comment: str, above: str = "") -> str:
    """Write a bias before a norm, with a comment on its line, 5 and one more for each above."""
    return f"{HEAD}layers:\n{above}{CONV}{comment}\n{NORM}"


ALLOWED = {
    "on the line": net("  # archspec: allow bias-before-norm"),
    "with a reason": net("  # archspec: allow bias-before-norm  the weights have it"),
    "with a reason behind a dash": net("  # archspec: allow bias-before-norm - for its weights"),
    "without spaces": net("  #archspec:allow bias-before-norm"),
    "on the line before": net("", "  # archspec: allow bias-before-norm\n"),
    "two lines before, with an empty one between": net(
        "", "  # archspec: allow bias-before-norm\n\n  # and why\n"
    ),
    "behind another comment": net("  # wide # archspec: allow bias-before-norm"),
    "of a parameter": HEAD
    + "params: {a: 1}  # archspec: allow unused-name  a later file uses it\nlayers: [relu]\n",
    "of a key over several lines": HEAD
    + "layers:\n  conv:  # archspec: allow bias-before-norm\n    op: conv2d\n"
    + f"    out_channels: 8\n    kernel_size: 3\n{NORM}",
}


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED)
def test_a_comment_allows_what_stands_on_its_line(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED)
def test_without_the_comment_it_is_told(text: str) -> None:
    assert len(told(text.replace("allow", "note"))) == 1


SEVERAL = (
    HEAD
    + "layers:\n  conv: {op: conv2d, out_channels: 8, kernel_size: 4, padding: same}"
    + f"COMMENT\n{NORM}"
)


def test_several_are_separated_by_commas() -> None:
    both = ["bias-before-norm 5", "even-same-kernel 5"]
    allow = "  # archspec: allow "
    assert told(SEVERAL.replace("COMMENT", "")) == both
    assert told(SEVERAL.replace("COMMENT", f"{allow}even-same-kernel")) == both[:1]
    for separated in (
        "even-same-kernel, bias-before-norm",
        "bias-before-norm,even-same-kernel  why",
    ):
        assert told(SEVERAL.replace("COMMENT", allow + separated)) == []


NOT_ALLOWED = {
    "on the line behind": (f"{net('')}  # archspec: allow bias-before-norm\n", 5),
    "in a text": (
        net("").replace("name: Net", "name: 'Net # archspec: allow bias-before-norm'"),
        5,
    ),
    "in a description over several lines": (
        net("").replace("input:", "description: |\n  # archspec: allow bias-before-norm\ninput:"),
        7,
    ),
    "without a space before the sign": (
        net("").replace("name: Net", 'name: "Net"\nreference: a#archspec:allow bias-before-norm'),
        6,
    ),
}


@pytest.mark.parametrize(("text", "line"), NOT_ALLOWED.values(), ids=NOT_ALLOWED)
def test_what_is_no_comment_on_the_line_allows_nothing(text: str, line: int) -> None:
    assert f"bias-before-norm {line}" in told(text)


# --- what is wrong with a comment ----------------------------------------------------------------

MISTAKES = {
    "misspelt": (
        net("  # archspec: allow bias-before-nrom"),
        "there is no warning `bias-before-nrom`",
        "did you mean `bias-before-norm`?",
    ),
    "in capitals": (
        net("  # archspec: allow Bias-Before-Norm"),
        "there is no warning `Bias-Before-Norm`",
        "did you mean `bias-before-norm`?",
    ),
    "an error": (
        net("  # archspec: allow channel-mismatch"),
        "`channel-mismatch` is an error, and no comment allows it",
        None,
    ),
}


@pytest.mark.parametrize(("text", "message", "help"), MISTAKES.values(), ids=MISTAKES)
def test_a_comment_that_names_no_warning_is_an_error(
    text: str, message: str, help: str | None
) -> None:
    unknown = [item for item in found(text) if item.slug == "unknown-warning"]
    assert [(item.message, item.help) for item in unknown] == [(message, help)]
    assert unknown[0].severity == "error"
    assert unknown[0].span is not None
    assert text.splitlines()[unknown[0].span.line - 1][unknown[0].span.column - 1 :] in text
    assert "bias-before-norm 5" in told(text)


def test_a_comment_without_a_name_says_which_there_are() -> None:
    (item,) = (item for item in found(net("  # archspec: allow")) if item.severity == "error")
    assert item.message == "`allow` names no warning"
    assert "`bias-before-norm`" in str(item.help) and "`channel-mismatch`" not in str(item.help)


def test_a_close_match_is_mended() -> None:
    text = net("  # archspec: allow bias-before-nrom  for its weights")
    assert mend(text, "net.yaml").text == text.replace("nrom", "norm")


UNUSED = {
    "of what is not wrong": net("  # archspec: allow even-same-kernel"),
    "of a line without a layer": net("").replace("16]", "16]  # archspec: allow even-same-kernel"),
}


@pytest.mark.parametrize("text", UNUSED.values(), ids=UNUSED)
def test_a_comment_that_allows_nothing_is_told(text: str) -> None:
    (item,) = (item for item in found(text) if item.slug == "unused-allow")
    assert item.message == "nothing warns of `even-same-kernel` here"
    assert item.span is not None
    span = item.span
    assert (
        text.splitlines()[span.line - 1][span.column - 1 : span.end_column - 1]
        == "even-same-kernel"
    )


def test_one_for_a_variant_is_not_told_where_only_some_networks_are_looked_at() -> None:
    """For one set of parameters it may allow nothing, and be needed for another."""
    text = (
        HEAD
        + "params: {normed: false}\nlayers:\n"
        + f"{CONV}  # archspec: allow bias-before-norm  of the weights\n"
        + "  norm: {op: batch_norm2d, when: normed}\nvariants: {normed: {normed: true}}\n"
    )
    assert told(text) == []
    assert compile(read(text, "net.yaml")).diagnostics == ()


def test_beside_an_error_it_is_not_told() -> None:
    text = net("  # archspec: allow even-same-kernel").replace("batch_norm2d", "batch_norm1d")
    assert [item.severity for item in found(text)] == ["error"]


def test_no_comment_allows_an_error() -> None:
    text = HEAD + "layers: [{op: nope}]  # archspec: allow unknown-operation\n"
    assert set(told(text)) >= {"unknown-operation 4", "unknown-warning 4"}


# --- several files -------------------------------------------------------------------------------


def test_the_file_that_is_extended_allows_for_itself(tmp_path: Path) -> None:
    """What is wrong there is told of that file, and not again of what extends it."""
    (tmp_path / "base.yaml").write_text(net(""), encoding="utf-8")
    text = "archspec: 1\nname: Other\nextends: base.yaml\n"
    assert told(text, tmp_path) == []
    own = text + f"layers:\n{CONV}\n{NORM}"
    assert told(own, tmp_path) == ["bias-before-norm 5"]
    assert told(own.replace("3}", "3}  # archspec: allow bias-before-norm"), tmp_path) == []


def test_the_file_that_is_included_allows_for_itself(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(net(""), encoding="utf-8")
    text = HEAD + "layers:\n  body: {spec: inner.yaml}\n"
    assert told(text, tmp_path) == []
    assert told(net("")) == ["bias-before-norm 5"]


# --- strict --------------------------------------------------------------------------------------


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write a spec with one warning, and go where it is."""
    (tmp_path / "net.yaml").write_text(net(""), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return "net.yaml"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["validate", *arguments])
    out, err = capsys.readouterr()
    return code, out + err


def test_strict_makes_errors_of_warnings(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, spec)
    assert code == 0
    assert "warning[bias-before-norm]" in text and "net.yaml: ok" in text
    code, text = run(capsys, "--strict", spec)
    assert code == 1
    assert "error[bias-before-norm]" in text and "warning" not in text and "ok" not in text


@pytest.mark.parametrize(("strict", "level"), [((), "warning"), (("--strict",), "error")])
def test_every_format_says_so(
    spec: str, capsys: pytest.CaptureFixture[str], strict: tuple[str, ...], level: str
) -> None:
    code, text = run(capsys, *strict, "--format", "json", spec)
    assert code == len(strict)
    assert [item["severity"] for item in json.loads(text)["diagnostics"]] == [level]
    _, text = run(capsys, *strict, "--format", "sarif", spec)
    (result,) = json.loads(text)["runs"][0]["results"]
    assert result["level"] == level
    _, text = run(capsys, *strict, "--format", "github", spec)
    assert text.startswith(f"::{level} ")


def test_strict_takes_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = net("  # archspec: allow bias-before-norm")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert run(capsys, "--strict", "-")[0] == 0


def test_a_warning_is_explained_and_rendered_as_an_error() -> None:
    (item,) = check(read(net(""), "net.yaml"), strict=True).diagnostics
    assert render_text([item]).startswith("error[bias-before-norm]")
    assert item.level == "warning"

"""Diagnostics as documents, read back by programs that are not ours, and the colour of messages."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pydantic_sarif.model
import pytest
import sarif.loader
import sarif_pydantic
from hypothesis import given
from hypothesis import strategies as st

from archspec.cli.main import main
from archspec.diagnostics import (
    Edit,
    Label,
    LimitExceeded,
    Problem,
    ShapeMismatch,
    Span,
    SpecError,
    UnknownKey,
    UnreadLayer,
)
from archspec.diagnostics.formats import render_github, render_json
from archspec.diagnostics.problems.problem import Findings, Notice
from archspec.pipeline import check
from archspec.source import read

GOOD = "archspec: 1\nname: Good\ninput: [N, 3, 8, 8]\nlayers: [relu]\n"
WRONG = """\
archspec: 1
name: Wrong
input: [N, 3, 32, 32]
layers:
  left: {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}
  right: {op: conv2d, from: input, out_channels: 16, kernal_size: 3, padding: 1}
  join: {op: add, from: [left, input]}
"""
WARNED = """\
archspec: 1
name: Warned
input: [N, 3, 8, 8]
layers: {unread: relu, last: {op: relu, from: input}}
"""
BAD = {
    "wrong.yaml": WRONG,
    "warned.yaml": WARNED,
    "cut.yaml": "archspec: 1\nname: [1, 2\n",
    "no mapping.yaml": "- 1\n",
    "größe #1, 100%.yaml": WRONG,
    "folder/limit.yaml": "# " + "x" * (256 * 1024 - 1),
    "astral.yaml": GOOD.replace("relu", "{op: relu, inplace: '𝒳𝒳', 𝒴: 1}"),
}

Run = Callable[..., tuple[int, str, str]]
SarifLog = pydantic_sarif.model.StaticAnalysisResultsFormatSarifVersion210JsonSchema


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Run:
    """Run a command in a folder with good and bad specs: its exit code, stdout and stderr."""
    for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    for name, text in {"good.yaml": GOOD, **BAD}.items():
        Path(name).write_text(text, encoding="utf-8")

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


def found(name: str) -> list[Problem]:
    """Check a spec without the command line."""
    try:
        diagnostics = check(read(BAD[name], name)).diagnostics
    except SpecError as error:
        diagnostics = error.diagnostics
    assert diagnostics
    return sorted(diagnostics, key=lambda item: item.span or Span(0, 0, 0, 0))


# --- SARIF ------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [["good.yaml"], *([name] for name in BAD), list(BAD)])
def test_sarif_is_read_back_by_others(run: Run, names: list[str]) -> None:
    _, out, err = run("validate", "--format", "sarif", *names)
    assert err == ""
    Path("log.sarif").write_text(out, encoding="utf-8")
    SarifLog.model_validate_json(out)  # made from the schema of the standard, closed
    (first,) = sarif_pydantic.load("log.sarif").runs
    told = [(r.rule_id, r.level.value, r.message.text.split("\n")[0]) for r in first.results]
    wanted = [item for name in sorted(names) if name in BAD for item in found(name)]
    assert told == [(item.slug, item.severity, item.message) for item in wanted]
    records = sarif.loader.load_sarif_file("log.sarif").get_records()
    assert sorted((r["Severity"], unquote(r["Location"]), int(r["Line"])) for r in records) == (
        sorted((i.severity, i.file, i.span.line if i.span else 1) for i in wanted)
    )


@pytest.mark.parametrize(("name", "code"), [("good.yaml", 0), ("wrong.yaml", 2)])
def test_the_program_of_sarif_tools_finds_errors(run: Run, name: str, code: int) -> None:
    Path("log.sarif").write_text(run("validate", "--format", "sarif", name)[1])
    program = Path(sys.executable).with_name("sarif")
    command = [str(program), "--check", "error", "summary", "log.sarif"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr


def sarif_run(text: str) -> pydantic_sarif.model.Run:
    (only,) = SarifLog.model_validate_json(text).runs
    return only


def test_the_rules_of_sarif_are_those_in_use(run: Run) -> None:
    log = sarif_run(run("validate", "--format", "sarif", "wrong.yaml", "warned.yaml")[1])
    rules = log.tool.driver.rules
    results = log.results
    wanted = [*found("wrong.yaml"), *found("warned.yaml")]
    assert sorted(rule.id for rule in rules) == sorted({item.slug for item in wanted})
    assert [rules[result.ruleIndex].id for result in results] == [r.ruleId for r in results]
    (warning,) = (rule for rule in rules if rule.id == "unread-layer")
    assert warning.defaultConfiguration.level.value == "warning"
    assert (UnreadLayer.__doc__ or "").startswith(warning.shortDescription.text)


def test_a_region_of_sarif_covers_the_text_that_is_meant(run: Run) -> None:
    log = sarif_run(run("validate", "--format", "sarif", "wrong.yaml", "astral.yaml")[1])
    assert log.columnKind.value == "unicodeCodePoints"
    assert [covered(result.locations[0]) for result in log.results] == (
        ["𝒳", "𝒴", "kernal_size", "join"]
    )
    assert [covered(location) for location in log.results[-1].relatedLocations] == (
        ["left", "[N, 3, 32, 32]"]
    )


def covered(location: pydantic_sarif.model.Location) -> str:
    place = location.physicalLocation
    name, region = unquote(place.artifactLocation.uri), place.region
    assert region.startLine == region.endLine
    line: str = BAD[name].splitlines()[region.startLine - 1]
    return line[int(region.startColumn) - 1 : int(region.endColumn) - 1]


def test_the_names_of_files_are_relative_uris(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def uris(*names: str) -> set[str]:
        log = sarif_run(run("validate", "--format", "sarif", *names)[1])
        places = [result.locations[0].physicalLocation for result in log.results]
        return {place.artifactLocation.uri for place in places}

    whole = str(Path("wrong.yaml").resolve())
    assert uris("./folder/../wrong.yaml") == uris(whole) == {"wrong.yaml"}
    assert uris("größe #1, 100%.yaml") == {"gr%C3%B6%C3%9Fe%20%231%2C%20100%25.yaml"}
    monkeypatch.chdir("folder")
    assert uris("../wrong.yaml") == {Path(whole).as_uri()}
    monkeypatch.setenv("GITHUB_WORKSPACE", str(Path(whole).parent))
    assert uris("limit.yaml") == {"folder/limit.yaml"}


def test_what_is_no_mistake_in_a_spec_is_a_notification(run: Run) -> None:
    code, out, err = run("validate", "--format", "sarif", "missing.yaml", "good.yaml")
    log = sarif_run(out)
    (invocation,) = log.invocations
    (notification,) = invocation.toolExecutionNotifications
    assert (code, err, log.results, invocation.executionSuccessful) == (3, "", [], False)
    assert notification.descriptor.id == "file"
    assert "`missing.yaml`" in notification.message.text


PROJECTED = """\
archspec: 1
name: Projected
input: [N, 3, 32, 32]
layers:
  # 𝒳: a character of two code units
  conv: {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}
  join: {op: add, from: [conv, input]}
"""
MISSPELT = WRONG.replace("[left, input]", "[left, right]").replace("channels: 16", "channels: 8")
MENDED = {"word.yaml": MISSPELT, "layer.yaml": PROJECTED}
"""Each is right after the changes that one message asks for."""


def with_changes(text: str, changes: list[tuple[tuple[int, int, int, int], str]]) -> str:
    """Change a text from its last place to its first, as a program that knows only text does."""
    lines = text.splitlines(keepends=True)
    for (line, column, end_line, end_column), new in sorted(changes, reverse=True):
        kept = lines[line - 1][: column - 1], lines[end_line - 1][end_column - 1 :]
        lines[line - 1 : end_line] = [f"{kept[0]}{new}{kept[1]}"]
    return "".join(lines)


@pytest.mark.parametrize("name", MENDED)
def test_the_changes_in_json_make_a_spec_right(run: Run, name: str) -> None:
    Path(name).write_text(MENDED[name], encoding="utf-8")
    _, out, _ = run("validate", "--format", "json", name)
    (problem,) = json.loads(out)["diagnostics"]
    changes = [
        (tuple(edit["span"][end][key] for end in ("start", "end") for key in ("line", "column")),
         edit["text"])
        for edit in problem["edits"]
    ]  # fmt: skip
    assert changes
    Path(name).write_text(with_changes(MENDED[name], changes), encoding="utf-8")
    assert run("validate", "--strict", name)[0] == 0


@pytest.mark.parametrize("name", MENDED)
def test_the_fixes_in_sarif_make_a_spec_right(run: Run, name: str) -> None:
    Path(name).write_text(MENDED[name], encoding="utf-8")
    _, out, _ = run("validate", "--format", "sarif", name)
    Path("log.sarif").write_text(out, encoding="utf-8")
    SarifLog.model_validate_json(out)
    ((result,),) = (run.results for run in sarif_pydantic.load("log.sarif").runs)
    ((change,),) = (fix.artifact_changes for fix in result.fixes)
    assert change.artifact_location.uri == name
    changes = [(place_of(each.deleted_region), each.inserted_content.text)
               for each in change.replacements]  # fmt: skip
    Path(name).write_text(with_changes(MENDED[name], changes), encoding="utf-8")
    assert run("validate", "--strict", name)[0] == 0


def place_of(region: sarif_pydantic.Region) -> tuple[int, int, int, int]:
    return region.start_line, region.start_column, region.end_line, region.end_column


def test_a_problem_without_a_certain_change_has_no_fix(run: Run) -> None:
    (result,) = json.loads(run("validate", "--format", "sarif", "warned.yaml")[1])["runs"][0][
        "results"
    ]
    assert "fixes" not in result
    _, out, _ = run("validate", "--format", "json", "warned.yaml")
    assert [item["edits"] for item in json.loads(out)["diagnostics"]] == [[]]


# --- the commands of GitHub -------------------------------------------------------------------

COMMAND = re.compile(r"::(?P<kind>[a-z]+) (?P<properties>[^\n]*?)::(?P<message>[^\n]*)")


def read_command(line: str) -> tuple[str, dict[str, str], str]:
    """Read a workflow command as GitHub's runner does (`ActionCommand.TryParseV2`)."""
    match = COMMAND.fullmatch(line)
    assert match is not None
    pairs = (pair.split("=", 1) for pair in match["properties"].split(","))
    properties = {name: unescaped(text, ":,") for name, text in pairs}
    return match["kind"], properties, unescaped(match["message"], "")


def unescaped(text: str, more: str) -> str:
    """Undo the escapes; that of the per cent sign comes last."""
    for character in f"\r\n{more}%":
        text = text.replace(f"%{ord(character):02X}", character)
    return text


def test_a_command_stands_for_each_problem(run: Run) -> None:
    code, out, err = run("validate", "--format", "github", "größe #1, 100%.yaml", "warned.yaml")
    commands = [read_command(line) for line in out.splitlines()]
    assert (code, err) == (1, "")
    assert [kind for kind, _, _ in commands] == ["error", "error", "warning"]
    _, properties, message = commands[0]
    column = WRONG.splitlines()[5].index("kernal_size") + 1
    assert properties == {
        "file": "größe #1, 100%.yaml",
        "line": "6",
        "endLine": "6",
        "col": str(column),
        "endColumn": str(column + len("kernal_size")),
        "title": "unknown-key",
    }
    assert message.splitlines()[-1] == "help: did you mean `kernel_size`?"


TEXTS = st.text(st.characters(exclude_categories=["C", "Zl", "Zp", "Zs"]) | st.sampled_from(" %:,"))


@given(message=TEXTS, name=TEXTS.filter(lambda name: name.strip("./") == name != ""), help=TEXTS)
def test_every_text_survives_the_escapes(message: str, name: str, help: str) -> None:
    wrong = UnknownKey(message, file=name, span=Span(2, 3, 2, 4), help=help)
    text = render_github(Findings((wrong,), (), "1", Path.cwd()))
    _, properties, told = read_command(text.removesuffix("\n"))
    assert properties["file"] == os.path.normpath(name)
    assert told == f"{message}\nhelp: {help}"


def test_no_text_breaks_out_of_a_command() -> None:
    wrong = UnknownKey("a\n::error::b\x1b[31m", file="a\n::c.yaml")
    text = render_github(Findings((wrong,), (), "1", Path.cwd()))
    assert text.count("\n") == 1
    assert "\x1b" not in text


def test_a_span_of_several_lines_has_no_columns() -> None:
    wrong = UnknownKey("a", file="a.yaml", span=Span(2, 3, 4, 1))
    text = render_github(Findings((wrong,), (), "1", Path.cwd()))
    assert text == "::error file=a.yaml,line=2,endLine=4,title=unknown-key::a\n"


# --- JSON -------------------------------------------------------------------------------------

SHOWN = Findings(
    (
        ShapeMismatch(
            "`add` cannot join 8 and 3 channels",
            file="specs/net.yaml",
            span=Span(9, 3, 9, 7),
            label="reads N×8×32×32 and N×3×32×32",
            related=(Label(Span(6, 3, 6, 7), "N×8×32×32 comes from here"),),
            notes=("in block `unit`, called at line 12",),
            help="a `conv2d` changes the number of channels",
            edits=(Edit(Span(9, 1, 9, 1), "  relu: relu\n"), Edit(Span(9, 5, 9, 7), "relu")),
        ),
        UnreadLayer("nothing reads `relu`", file="specs/net.yaml", span=Span(4, 3, 5, 1)),
        LimitExceeded("the text is too long", file="long.yaml"),
    ),
    (Notice("file", "`gone.yaml`: there is no such file", "look for it"),),
    "1.2.3",
    Path.cwd(),
)


def test_json_and_commands_as_they_are(golden: Callable[[str, str], None]) -> None:
    golden("formats/problems.json", render_json(SHOWN))
    golden("formats/problems.github", render_github(SHOWN))


def test_json_says_where_and_how_many(run: Run) -> None:
    code, out, err = run("validate", "--format", "json", "astral.yaml", "warned.yaml", "gone.yaml")
    document = json.loads(out)
    assert (code, err, document["version"]) == (1, "", 1)
    assert document["summary"] == {"errors": 2, "warnings": 1, "failures": 1}
    line = BAD["astral.yaml"].splitlines()[3]
    _, second, _ = document["diagnostics"]
    start = line.index("𝒴") + 1
    assert second["span"] == {
        "start": {"line": 4, "column": start},
        "end": {"line": 4, "column": start + 1},
    }


def test_a_problem_in_an_included_file_is_told_once_and_names_it_from_here(run: Run) -> None:
    Path("folder/base.yaml").write_text(WRONG)
    for name in ("folder/one.yaml", "folder/two.yaml"):
        Path(name).write_text("extends: base.yaml\n")
    _, out, _ = run("validate", "--format", "json", "folder/one.yaml", "folder/two.yaml")
    files = [item["file"] for item in json.loads(out)["diagnostics"]]
    assert files == ["folder/base.yaml"] * 2
    assert Path(files[0]).exists()


# --- where a document goes --------------------------------------------------------------------


@pytest.mark.parametrize("format", ["json", "sarif"])
def test_a_good_spec_gives_an_empty_document(run: Run, format: str) -> None:
    code, out, err = run("validate", "--format", format, "good.yaml")
    document = json.loads(out)
    kept = document["diagnostics"] if format == "json" else document["runs"][0]["results"]
    assert (code, kept, err) == (0, [], "")


def test_a_good_spec_gives_no_command(run: Run) -> None:
    assert run("validate", "--format", "github", "good.yaml") == (0, "", "")


@pytest.mark.parametrize("command", ["count", "draw", "build"])
def test_other_commands_write_their_document_to_stderr(run: Run, command: str) -> None:
    code, out, err = run(command, "wrong.yaml", "--diagnostics", "json")
    slugs = [item["slug"] for item in json.loads(err)["diagnostics"]]
    assert (code, out, slugs) == (1, "", [item.slug for item in found("wrong.yaml")])
    options = () if command == "count" else ("-o", "out.svg")
    code, _, err = run(command, "warned.yaml", "--diagnostics", "json", *options)
    assert code == 0
    assert [item["severity"] for item in json.loads(err)["diagnostics"]] == ["warning"]


def test_a_usage_error_is_in_the_document(run: Run) -> None:
    code, out, err = run("validate", "--format", "json", "--set", "x", "good.yaml")
    assert (code, err) == (2, "")
    assert [item["kind"] for item in json.loads(out)["failures"]] == ["usage"]


def test_a_document_for_a_full_disk_is_told_as_text(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "archspec", "validate", "resnet50", "--format", "json"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    message = "error[file]: `<stdout>`: no space left on device\n"
    assert (done.returncode, done.stderr) == (3, message)


# --- colour -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "environment", "terminal", "colored"),
    [
        ([], {}, False, False),
        ([], {}, True, True),
        ([], {"NO_COLOR": "1"}, True, False),
        ([], {"NO_COLOR": ""}, True, True),
        ([], {"TERM": "dumb"}, True, False),
        ([], {"FORCE_COLOR": "1"}, False, True),
        ([], {"FORCE_COLOR": "1", "TERM": "dumb"}, False, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        (["--color", "auto"], {}, False, False),
        (["--color", "always"], {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, True, False),
    ],
)
@pytest.mark.parametrize("name", ["wrong.yaml", "missing.yaml"])
def test_colour_follows_the_option_the_environment_and_the_terminal(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    environment: dict[str, str],
    terminal: bool,
    colored: bool,
    name: str,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    before = run(*options, "validate", name)
    assert run("validate", name, *options) == before
    assert ("\x1b[" in before[2]) == colored
    assert "\x1b[" not in before[1]


@pytest.mark.parametrize(
    ("names", "slug"),
    [
        (["good.yaml", "warned.yaml", "wrong.yaml"], "unread-layer"),
        (["wrong.yaml"], "unknown-key"),
        (["good.yaml"], None),
        (["missing.yaml"], None),
    ],
)
def test_a_terminal_is_told_once_what_explains_the_first_problem(
    run: Run, monkeypatch: pytest.MonkeyPatch, names: list[str], slug: str | None
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    before = run("validate", *names)[2]
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    more = "" if slug is None else f"`archspec explain {slug}` tells more\n"
    assert run("validate", *names)[2] == before + more
    assert "tells more" not in before
    assert "archspec explain" not in "".join(run("validate", *names, "--format", "github")[1:])


@pytest.mark.parametrize("command", ["fix", "why", "schema", "explain"])
def test_failures_of_other_commands_have_colour(run: Run, command: str) -> None:
    arguments = {"why": ["wrong.yaml", "join"], "schema": ["--op", "rellu"]}
    call = [command, *arguments.get(command, ["missing.yaml"]), "--color"]
    assert "\x1b[1;31m" in run(*call, "always")[2]
    assert "\x1b[" not in run(*call, "never")[2]


def test_fix_tells_what_is_left_as_a_document(run: Run) -> None:
    code, out, err = run("fix", "warned.yaml", "--yes", "--diagnostics", "json")
    assert (code, out) == (0, "")
    assert [item["slug"] for item in json.loads(err)["diagnostics"]] == ["unread-layer"]


@pytest.mark.parametrize("command", ["count", "draw", "build"])
def test_every_command_takes_color(run: Run, command: str) -> None:
    assert "\x1b[1;31m" in run(command, "wrong.yaml", "--color", "always")[2]
    assert "\x1b[" not in run(command, "wrong.yaml", "--color", "never")[2]


def test_a_document_has_no_colour(run: Run) -> None:
    _, out, err = run("validate", "wrong.yaml", "--color", "always", "--format", "github")
    assert "\x1b" not in out + err

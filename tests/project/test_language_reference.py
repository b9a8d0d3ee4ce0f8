"""Every example of the language reference compiles, and every message in it is the one printed."""

import re
from pathlib import Path
from textwrap import fill

import pytest
from support.paths import DOCS

import archspec
from archspec.diagnostics import Problem, SpecError
from archspec.diagnostics.render import render_text
from archspec.document import LAYER_KEYS, Block, Claims, Input, Parameter, Spec
from archspec.document.initial import ARGUMENTS
from archspec.document.parameters import TYPES
from archspec.expressions import FUNCTIONS
from archspec.operations import names
from archspec.pipeline import check
from archspec.source import read

REFERENCE = DOCS / "language.md"
FENCE = re.compile(r"^```(.*)\n((?:.*\n)*?)```$", re.MULTILINE)
WRONG = re.compile(
    r"(^```yaml error\n((?:.*\n)*?)```\n\n```text\n)(?:.*\n)*?(?=```$)", re.MULTILINE
)
OPERATIONS = re.compile(r"(^```text operations\n)(?:.*\n)*?(?=```$)", re.MULTILINE)


def blocks(kind: str) -> list[str]:
    """Find the blocks of code of one kind."""
    text = REFERENCE.read_text("utf-8")
    return [match[2] for match in FENCE.finditer(text) if match[1] == kind]


def titled(text: str) -> str:
    """Name an example by the name of its network."""
    first: str = re.findall(r"^name: (.*)$", text, re.MULTILINE)[0]
    return first


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write the examples that others name: those whose first line says how they are called."""
    for text in blocks("yaml"):
        first = text.splitlines()[0]
        if first.startswith("# "):
            (tmp_path / first.removeprefix("# ")).write_text(text, encoding="utf-8")
    return tmp_path


def found(text: str, folder: Path) -> tuple[Problem, ...]:
    """List what is wrong with an example."""
    try:
        return check(read(text, "net.yaml", folder=folder)).diagnostics
    except SpecError as error:
        return error.diagnostics


@pytest.mark.parametrize("text", blocks("yaml"), ids=titled)
def test_an_example_is_sound(text: str, folder: Path) -> None:
    assert render_text(found(text, folder)) == ""


@pytest.mark.parametrize("text", blocks("yaml"), ids=titled)
def test_an_example_builds_in_pytorch(text: str, folder: Path) -> None:
    """Verifying raises where PyTorch says something else than the checker."""
    path = folder / "net.yaml"
    path.write_text(text, encoding="utf-8")
    assert archspec.load(path).verify().values > 0


def test_messages_are_those_that_are_printed(folder: Path, request: pytest.FixtureRequest) -> None:
    def printed(match: re.Match[str]) -> str:
        diagnostics = found(match[2], folder)
        assert [item.severity for item in diagnostics] == ["error"], match[2]
        return match[1] + render_text(diagnostics)

    text = REFERENCE.read_text("utf-8")
    now, count = WRONG.subn(printed, text)
    assert count == len(blocks("yaml error")) > 9
    if request.config.getoption("--update-golden"):
        REFERENCE.write_text(now, encoding="utf-8", newline="")
        text = now
    assert now == text


def test_all_operations_are_listed(request: pytest.FixtureRequest) -> None:
    listed = fill(", ".join(sorted(names())), 100, break_on_hyphens=False) + "\n"
    text = REFERENCE.read_text("utf-8")
    now = OPERATIONS.sub(lambda match: match[1] + listed, text)
    if request.config.getoption("--update-golden"):
        REFERENCE.write_text(now, encoding="utf-8", newline="")
        text = now
    assert now == text


# --- nothing is left out ----------------------------------------------------------------------

INNER = {"numbered", "required", "computed", "layer"}
"""Fields of the document that are no keys of a spec."""

KEYS = {
    key
    for model in (Spec, Block, Input, Parameter, Claims)
    for key in model.model_fields.keys() - INNER
} | {*LAYER_KEYS, "extends", "training"}


@pytest.mark.parametrize("key", sorted(KEYS))
def test_every_key_is_told_and_shown(key: str) -> None:
    shown = re.compile(rf"(?:^|[ {{]){key}:(?: |$)", re.MULTILINE)
    assert f"`{key}`" in REFERENCE.read_text("utf-8")
    assert shown.search("\n".join(blocks("yaml")))


@pytest.mark.parametrize("word", [*FUNCTIONS, *TYPES, *ARGUMENTS])
def test_every_function_type_and_rule_is_told(word: str) -> None:
    assert f"`{word}`" in REFERENCE.read_text("utf-8")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_shown(name: str) -> None:
    assert f"{name}(" in "\n".join(blocks("yaml"))

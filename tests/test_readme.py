"""Every command and every Python block of the README, executed; `--update-golden` rewrites it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import archspec

README = Path(__file__).parents[1] / "README.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [body for kind, body in FENCE.findall(README.read_text("utf-8")) if kind == language]


def files() -> dict[str, str]:
    """Find the specs that the README shows whole, under the name in their first line."""
    found = {}
    for body in blocks("yaml"):
        first = body.splitlines()[0]
        if first.startswith("# ") and first.endswith(".yaml"):
            found[first.removeprefix("# ")] = body
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, body in files().items():
        (tmp_path / name).write_text(body, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(command: str) -> str:
    """Run a command line of the README, and give what a terminal shows."""
    arguments = command.removeprefix("archspec ").split()
    found = subprocess.run(
        [sys.executable, "-m", "archspec", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "COLUMNS": "100"},
        check=False,
    )
    return found.stdout.decode()


def executed(body: str) -> str:
    commands = re.findall(r"^\$ (.*)$", body, re.MULTILINE)
    assert commands
    return "\n".join(f"$ {command}\n{shown(command)}" for command in commands)


def test_commands_show_what_the_readme_says(folder: Path, request: pytest.FixtureRequest) -> None:
    text = README.read_text("utf-8")
    for body in blocks("console"):
        text = text.replace(f"```console\n{body}```", f"```console\n{executed(body)}```")
    if request.config.getoption("--update-golden"):
        README.write_text(text, encoding="utf-8")
    assert text == README.read_text("utf-8")


def test_python_blocks_run_or_stand_in_the_emitted_source(folder: Path) -> None:
    source = archspec.load("resnet50").to_source()
    for body in blocks("python"):
        if body.startswith("import archspec"):
            exec(body, {})
        else:
            assert body in source


def test_the_spec_that_is_shown_is_the_shipped_one() -> None:
    shipped = (README.parent / "specs" / "resnet50.yaml").read_text("utf-8")
    shown_parts = [body for body in blocks("yaml") if body.startswith("blocks:")]
    assert len(shown_parts) == 1
    for part in shown_parts[0].split("\n\n"):
        assert part.strip() in shipped

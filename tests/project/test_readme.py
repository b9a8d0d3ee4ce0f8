"""Every command and every Python block of the README, executed; `--update-golden` rewrites it."""

import re
from pathlib import Path

import pytest
from support.pages import FENCE, block_of, blocks, executed, lay
from support.paths import TOP

import archspec

README = TOP / "README.md"
BLOCKS = blocks(README.read_text("utf-8"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for block in BLOCKS:
        if block.file is not None:
            lay(block)
    return tmp_path


def test_commands_show_what_the_readme_says(folder: Path, request: pytest.FixtureRequest) -> None:
    def follow(fence: re.Match[str]) -> str:
        block = block_of(fence)
        return f"```console\n{executed(block)}```" if block.language == "console" else fence[0]

    text = FENCE.sub(follow, README.read_text("utf-8"))
    if request.config.getoption("--update-golden"):
        README.write_text(text, encoding="utf-8")
    assert text == README.read_text("utf-8")


def test_python_blocks_run_or_stand_in_the_emitted_source(folder: Path) -> None:
    source = archspec.load("resnet50").to_source()
    for block in BLOCKS:
        if block.language != "python":
            continue
        if block.body.startswith("import archspec"):
            exec(block.body, {})
        else:
            assert block.body in source


def test_the_spec_that_is_shown_is_the_shipped_one() -> None:
    shipped = (README.parent / "specs" / "resnet50.yaml").read_text("utf-8")
    bodies = [block.body for block in BLOCKS if block.language == "yaml"]
    shown_parts = [body for body in bodies if body.startswith("blocks:")]
    assert len(shown_parts) == 1
    for part in shown_parts[0].split("\n\n"):
        assert part.strip() in shipped

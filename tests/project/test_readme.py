"""Commands and Python of the README and of docs/, executed; `--update-golden` rewrites them."""

import re
from pathlib import Path

import pytest
from support.pages import FENCE, Block, block_of, blocks, executed, lay
from support.paths import DOCS, TOP

import archspec

# Tested by what they are about: test_language_reference, test_own_operations, test_gallery.
ELSEWHERE = {"language.md", "operations.md", "zoo.md"}
PAGES = [
    TOP / "README.md",
    *(page for page in sorted(DOCS.glob("*.md")) if page.name not in ELSEWHERE),
]


def shown(page: Path, language: str) -> list[Block]:
    """List the blocks of a language that show no file."""
    every = blocks(page.read_text("utf-8"))
    return [block for block in every if block.language == language and block.file is None]


def holding(language: str) -> list[Path]:
    """List the pages that have such a block."""
    return [page for page in PAGES if shown(page, language)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", holding("console"), ids=lambda page: page.stem)
def test_commands_print_what_the_page_shows(
    page: Path, folder: Path, request: pytest.FixtureRequest
) -> None:
    def follow(fence: re.Match[str]) -> str:
        block = block_of(fence)
        return f"```console\n{executed(block)}```" if block.language == "console" else fence[0]

    text = page.read_text("utf-8")
    for block in blocks(text):
        if block.file is not None:
            lay(block)
    now = FENCE.sub(follow, text)
    if request.config.getoption("--update-golden"):
        page.write_text(now, encoding="utf-8")
    assert now == page.read_text("utf-8")


@pytest.mark.parametrize("page", holding("python"), ids=lambda page: page.stem)
def test_python_blocks_run_or_stand_in_the_emitted_source(page: Path, folder: Path) -> None:
    source = archspec.load("resnet50").to_source()
    for block in shown(page, "python"):
        if block.body.startswith("import archspec"):
            exec(block.body, {})
        else:
            assert block.body in source


def test_the_spec_that_is_shown_is_the_shipped_one() -> None:
    shipped = (TOP / "specs" / "resnet50.yaml").read_text("utf-8")
    bodies = [
        block.body
        for page in holding("yaml")
        for block in shown(page, "yaml")
        if block.body.startswith("blocks:")
    ]
    assert len(bodies) == 1
    for part in bodies[0].split("\n\n"):
        assert part.strip() in shipped

"""What a project says of itself agrees: versions, links, workflows, templates, hooks."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from archspec.cli.failures import Exit
from archspec.cli.main import COMMANDS
from archspec.source import Limits
from archspec.version import __version__

TOP = Path(__file__).parents[2]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
GITHUB = TOP / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted(
    set((GITHUB / "ISSUE_TEMPLATE").glob("*.yml")) - {GITHUB / "ISSUE_TEMPLATE/config.yml"}
)
SCHEMAS = {
    "vendor.github-workflows": WORKFLOWS,
    "custom.github-workflows-require-timeout": WORKFLOWS,
    "vendor.github-issue-forms": FORMS,
    "vendor.github-issue-config": [GITHUB / "ISSUE_TEMPLATE" / "config.yml"],
    "vendor.dependabot": [GITHUB / "dependabot.yml"],
    "vendor.citation-file-format": [TOP / "CITATION.cff"],
}
PAGES = [
    *sorted(TOP.glob("*.md")),
    *sorted((TOP / "docs").rglob("*.md")),
    *sorted((TOP / "examples").rglob("*.md")),
]

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def prose(page: Path) -> str:
    """Give a page without its blocks of code."""
    return _FENCE.sub("", page.read_text("utf-8"))


def anchors(page: Path) -> set[str]:
    """Name the headings of a page as GitHub does in links.

    >>> sorted(anchors(TOP / "docs" / "counting.md"))[-1]
    'what-the-figures-are-compared-with'
    """
    headings = (_LINK.sub("]", heading).lower() for heading in _HEADING.findall(prose(page)))
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}


def broken(page: Path) -> Iterator[str]:
    """List the links of a page that lead to no file, or to no heading in it."""
    for link in _LINK.findall(prose(page)):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if re.match(r"[a-z]+:", link):
            continue
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_every_link_to_a_file_or_heading_leads_there(page: Path) -> None:
    assert list(broken(page)) == []


def test_every_page_is_linked_from_the_readme_or_an_index() -> None:
    indices = [TOP / "README.md", TOP / "docs" / "README.md", TOP / "docs/decisions/README.md"]
    links = {(page.parent / it).resolve() for page in indices for it in _LINK.findall(prose(page))}
    assert set((TOP / "docs").rglob("*.md")) <= links


def test_a_link_that_leads_nowhere_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A `b` (c)\n[1](#a-b-c) [2](#d) [3](e.md) [4](page.md#f) [5](https://g.h)\n")
    assert list(broken(page)) == ["#d", "e.md", "page.md#f"]


def test_the_readme_is_short_and_every_other_tool_in_it_has_a_source() -> None:
    text = (TOP / "README.md").read_text("utf-8")
    assert len(text.splitlines()) < 150
    section = text[text.index("## Beside other tools") : text.index("## Documentation")]
    _head, _line, ours, *others = re.findall(r"^\|.*\|$", section, re.MULTILINE)
    assert ours.startswith("| **archspec** |")
    assert len(others) > 8
    assert all("](" in row for row in others)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_no_address_is_a_placeholder(page: Path) -> None:
    assert re.findall(r"OWNER|example\.com/archspec|github\.com/archspec", prose(page)) == []


def test_the_page_of_commands_lists_all_of_them_and_every_exit_code() -> None:
    text = (TOP / "docs" / "commands.md").read_text("utf-8")
    assert set(re.findall(r"^\| \[`(\w+)`\]", text, re.MULTILINE)) == set(COMMANDS)
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    assert codes == {*Exit}


# --- versions ---------------------------------------------------------------------------------


def test_citation_and_changelog_have_the_version() -> None:
    citation = yaml.safe_load((TOP / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == __version__
    assert citation["license"] == PROJECT["project"]["license"]
    headings = _HEADING.findall((TOP / "CHANGELOG.md").read_text("utf-8"))
    assert "Unreleased" in headings
    assert __version__ in {heading.partition(" - ")[0] for heading in headings}


def test_every_python_that_is_promised_is_tested() -> None:
    prefix = "Programming Language :: Python :: 3."
    classifiers = PROJECT["project"]["classifiers"]
    promised = [item.rpartition(" ")[2] for item in classifiers if item.startswith(prefix)]
    assert PROJECT["project"]["requires-python"] == f">={promised[0]}"
    jobs = yaml.safe_load((GITHUB / "workflows" / "tests.yml").read_text("utf-8"))["jobs"]
    for job in ("all", "systems"):
        assert jobs[job]["strategy"]["matrix"]["python"] == promised


def test_workflows_install_the_torch_that_was_tested() -> None:
    pins = (TOP / "constraints.txt").read_text("utf-8").splitlines()
    (pin,) = (line for line in pins if line.startswith("torch=="))
    named = {found for path in WORKFLOWS for found in re.findall(r"torch==\S+", path.read_text())}
    assert named == {pin}


def test_every_target_of_the_long_tests_is_one_of_make() -> None:
    jobs = yaml.safe_load((GITHUB / "workflows" / "long.yml").read_text("utf-8"))["jobs"]
    makefile = (TOP / "Makefile").read_text("utf-8")
    targets = re.findall(r"^([\w-]+):", makefile, re.MULTILINE)
    assert set(jobs["long"]["strategy"]["matrix"]["target"]) <= set(targets)


def test_the_source_distribution_has_the_files_at_the_top() -> None:
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    always = {"/README.md"}  # the build backend takes it, as it takes pyproject.toml and LICENSE
    files = {f"/{path.name}" for path in [*TOP.glob("*.md"), *TOP.glob("*.cff")]}
    assert files <= {*included, *always}


# --- what others read -------------------------------------------------------------------------


def checked(*command: str | Path) -> str:
    program = Path(sys.executable).with_name(str(command[0]))
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize(("schema", "files"), SCHEMAS.items(), ids=SCHEMAS.keys())
def test_a_file_is_of_its_schema(schema: str, files: list[Path]) -> None:
    assert files
    assert checked("check-jsonschema", "--builtin-schema", schema, *files) == ""


def test_the_hooks_are_of_the_schema_and_one_is_that_which_others_use() -> None:
    path = TOP / ".pre-commit-config.yaml"
    assert checked("pre-commit", "validate-config", path) == ""
    (repository,) = yaml.safe_load(path.read_text("utf-8"))["repos"]
    assert repository["repo"] == "local"  # a commit needs no network
    (offered,) = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (own,) = (hook for hook in repository["hooks"] if hook["id"] == offered["id"])
    assert (own["entry"], own["types"]) == (offered["entry"], offered["types"])


# --- what SECURITY.md promises ----------------------------------------------------------------

WATCHED = """
import os, sys

FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix", "os.fork", "ctypes.")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
HERE = os.getcwd()

def watch(event, arguments):
    if event.startswith(FORBIDDEN) or (event == "import" and arguments[0] == "torch"):
        print("!", event)
    if event == "open" and isinstance(arguments[0], str):
        path, _mode, flags = arguments
        if flags & WRITING or os.path.abspath(path).startswith(HERE):
            name = os.path.basename(path).partition("-")[0]
            print("!", "write" if flags & WRITING else "read", name)

from archspec.cli.main import main

sys.dont_write_bytecode = True
sys.addaudithook(watch)
for command in sys.argv[1:]:
    print("! exit", main(command.split()))
"""

SPEC = """
archspec: 1
name: "__import__('os').system('true')"
extends: other.yaml
input: [N, 3, 8, 8]
layers: [{op: conv2d, out_channels: "2 ** 3", kernel_size: 1}]
"""

OTHER = "archspec: 1\nname: Other\ninput: [N, 3, 8, 8]\nlayers: [relu]\n"

LINES = (
    "validate net.yaml",
    "count net.yaml",
    "draw net.yaml -o net.dot",
    "build net.yaml -o net.py",
    "why net.yaml 0",
    "fix net.yaml --diff",
    "list resnet",
    "explain channel-mismatch",
    "ops conv2d",
    "schema --op relu",
)


def watched(folder: Path, *commands: str) -> set[str]:
    """Run commands in a folder that holds a spec; give what Python's audit hook saw of them."""
    (folder / "net.yaml").write_text(SPEC)
    (folder / "other.yaml").write_text(OTHER)
    program = [sys.executable, "-c", WATCHED, *commands]
    done = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {line[2:] for line in done.stdout.splitlines() if line.startswith("! ")}


def test_commands_run_nothing_connect_to_nothing_and_open_the_files_that_they_name(
    tmp_path: Path,
) -> None:
    opened = {"read net.yaml", "read other.yaml", "write .archspec"}
    assert watched(tmp_path, *LINES) == {*opened, "exit 0"}
    names = {"net.yaml", "other.yaml", "net.dot", "net.py"}
    assert {path.name for path in tmp_path.iterdir()} == names


def test_only_a_file_that_the_caller_names_is_run(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("import socket\nsocket.socket().close()\n")
    seen = watched(tmp_path, "validate net.yaml --ops own.py")
    assert {"read own.py", "socket.__new__"} <= seen


def test_the_limits_that_are_promised_are_the_limits() -> None:
    text = (TOP / "SECURITY.md").read_text("utf-8")
    limits = Limits()
    assert f"| bytes of a file | {limits.bytes:,} |" in text
    assert f"| nested levels | {limits.depth} |" in text
    assert f"| parser events, an alias counted as what it repeats | {limits.events:,} |" in text

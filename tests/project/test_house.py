"""The house: a file is an idea and has a name of its own, a room says what it gives to others."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from support.paths import TESTS, TOP

PACKAGE = TOP / "archspec"
FILES = sorted(PACKAGE.rglob("*.py"))
PACKAGES = [path.parent for path in FILES if path.name == "__init__.py"]
ROOMS = sorted(path.name for path in PACKAGES if path.parent == PACKAGE)

MOST_FILES_OF_A_NAME = 2
FEWEST_FILES = 4
MOST_LINES = 600


def module_of(path: Path) -> str:
    """Name the module of a file, or the package of a folder."""
    parts = path.relative_to(TOP).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


# --- files -----------------------------------------------------------------------------------


def test_a_name_is_given_to_two_files_at_most() -> None:
    """A command's file may have the name of the room that it opens."""
    commands = PACKAGE / "cli" / "commands"
    own = [path for path in FILES if path.parent != commands or path.stem not in ROOMS]
    names = [path.name for path in own if path.name != "__init__.py"]
    assert [name for name in sorted({*names}) if names.count(name) > MOST_FILES_OF_A_NAME] == []


def test_a_folder_has_enough_files_to_be_one() -> None:
    few = (folder for folder in PACKAGES if len([*folder.glob("*.py")]) < FEWEST_FILES)
    assert [module_of(folder) for folder in few] == []


def test_a_file_can_be_read_in_one_go() -> None:
    lines = {module_of(path): path.read_bytes().count(b"\n") for path in FILES}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_every_room_has_a_folder_of_tests() -> None:
    folders = {path.name for path in TESTS.iterdir() if [*path.glob("test_*.py")]}
    assert [room for room in ROOMS if room not in folders] == []


# --- what a package gives --------------------------------------------------------------------


def exported(package: Path) -> list[str]:
    """List what the `__all__` of a package names, in its order; without one, nothing."""
    module = import_module(module_of(package))
    return [*getattr(module, "__all__", ())]


@cache
def imported() -> dict[str, set[str]]:
    """Give by the module what is imported from it, outside its own room."""
    names: dict[str, set[str]] = {}
    for path in FILES:
        own = f"archspec.{room_of(path)}"
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ImportFrom) and not f"{node.module}.".startswith(f"{own}."):
                names.setdefault(node.module or "", set()).update(item.name for item in node.names)
    return names


def is_module(package: Path, name: str) -> bool:
    return (package / f"{name}.py").exists() or (package / name / "__init__.py").exists()


@pytest.mark.parametrize("package", PACKAGES, ids=module_of)
def test_what_a_package_names_is_there_and_once(package: Path) -> None:
    """Their order is looked at by `ruff`."""
    module, names = import_module(module_of(package)), exported(package)
    assert [name for name in names if not hasattr(module, name)] == []
    assert len(names) == len({*names})


@pytest.mark.parametrize("package", PACKAGES, ids=module_of)
def test_a_package_names_all_that_other_rooms_import_from_it(package: Path) -> None:
    names = imported().get(module_of(package), set()) - {*exported(package)}
    assert [name for name in sorted(names) if not is_module(package, name)] == []


# --- names -----------------------------------------------------------------------------------

DIALECT = {"told", "said", "asked", "meant"}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def identifiers(tree: ast.AST) -> Iterator[str]:
    """Give every name that a file defines or uses, those of arguments and attributes too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.keyword):
            yield node.arg or ""
        elif isinstance(node, ast.alias):
            yield from (node.name, node.asname or "")
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
            yield node.name or ""


def words(name: str) -> set[str]:
    """Split a name into its words.

    >>> sorted(words("_asked_ByName"))
    ['asked', 'by', 'name']
    """
    return {word.lower() for word in _WORD.findall(name)}


def test_names_are_found_wherever_they_stand() -> None:
    text = "import x as asked\ndef f(said=1):\n    told.meant_by = [y for y in Said]\nf(said=2)\n"
    used = [name for name in identifiers(ast.parse(text)) if words(name) & DIALECT]
    assert sorted(used) == ["Said", "asked", "meant_by", "said", "said", "told"]


def test_names_are_words_of_the_field() -> None:
    found = {}
    for path in FILES:
        names = {*path.relative_to(PACKAGE).with_suffix("").parts, *identifiers(tree_of(path))}
        if of_the_dialect := sorted(name for name in names if words(name) & DIALECT):
            found[module_of(path)] = of_the_dialect
    assert found == {}


def test_an_argument_passes_few_files_on_its_way_to_the_network() -> None:
    """What `docs/architecture.md` shows, in a process of its own: it empties all caches."""
    done = subprocess.run(
        [sys.executable, TOP / "tools" / "way.py"], capture_output=True, text=True, check=True
    )
    files = int(done.stdout.split()[0])
    assert "operations/vocabulary/convolution.py" in done.stdout
    assert files <= 35

"""Imports point one way, stand at the top, and load no more than a command needs."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import networkx
import pytest

import archspec

PACKAGE = Path(archspec.__file__).parent

# Each line may import only from lines above it; names on one line do not import each other.
LAYERS = (
    ("diagnostics", "version"),
    ("source", "sizes"),
    ("expressions",),
    ("operations",),
    ("document",),
    ("graph",),
    ("elaborate",),
    ("analysis", "draw", "emit"),
    ("weights",),
    ("pipeline",),
    ("api", "fix"),
    ("__init__",),
    ("cli",),
    ("__main__",),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}

# What a function may import, because a command can do without it.
OPTIONAL = {"torch", "networkx", "graphviz", "rich", "safetensors"}

FILES = sorted(PACKAGE.rglob("*.py"))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def unit_of(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def imports_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield from names_from(node)


def names_from(node: ast.ImportFrom) -> Iterator[str]:
    """`from archspec.operations import lookup` imports a module where there is one of that name."""
    module = node.module or ""
    for name in node.names:
        inner = PACKAGE.parent.joinpath(*module.split("."), name.name)
        is_module = inner.with_suffix(".py").exists() or (inner / "__init__.py").exists()
        yield f"{module}.{name.name}" if is_module else module


@cache
def own_imports(path: Path) -> set[str]:
    found = imports_of(tree_of(path))
    return {name for name in found if name.split(".")[0] == "archspec"}


def test_the_layers_are_the_rooms_and_files_that_there_are() -> None:
    assert {unit_of(module_of(path)) for path in FILES} == RANK.keys()


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_imports_only_from_layers_below(path: Path) -> None:
    unit = unit_of(module_of(path))
    units = {unit_of(name) for name in own_imports(path)} - {unit}
    assert [name for name in sorted(units) if RANK[name] >= RANK[unit]] == []


def test_no_two_modules_import_each_other() -> None:
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    for path in FILES:
        graph.add_edges_from((module_of(path), name) for name in own_imports(path))
    graph.remove_edges_from(list(networkx.selfloop_edges(graph)))
    assert list(networkx.simple_cycles(graph)) == []


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_functions_import_only_what_a_command_can_do_without(path: Path) -> None:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    inner = [node for node in ast.walk(tree_of(path)) if isinstance(node, functions)]
    roots = {name.split(".")[0] for node in inner for name in imports_of(node)}
    assert roots <= OPTIONAL


# Who loads a module by its name, when it is wanted: all other imports are statements.
BY_NAME = {
    "archspec": "what is asked of the package, as `archspec.load` is",
    "archspec.cli.main": "the command that is called",
    "archspec.cli.terminal": "the writing of problems, which most runs have not",
    "archspec.operations.lookup": "the operations that a spec names",
}


def test_modules_are_loaded_by_name_only_where_that_is_known() -> None:
    texts = {module_of(path): path.read_text(encoding="utf-8") for path in FILES}
    assert {name for name, text in texts.items() if "import_module(" in text} == BY_NAME.keys()


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_no_module_imports_torch_at_its_top(path: Path) -> None:
    top = [node for node in tree_of(path).body if isinstance(node, ast.Import | ast.ImportFrom)]
    roots = {name.split(".")[0] for node in top for name in imports_of(node)}
    assert "torch" not in roots


COMMANDS = {
    ("validate", "resnet50"): (
        *("torch", "rich", "graphviz", "archspec.draw", "archspec.emit"),
        "archspec.document.schema",
    ),
    ("count", "resnet50"): ("torch", "graphviz"),
    ("draw", "resnet50", "-o", "-", "--format", "dot"): ("torch", "rich"),
    ("build", "resnet50", "--to", "torch"): ("torch", "rich", "graphviz"),
    ("list", "alexnet"): ("torch", "graphviz", "archspec.draw", "archspec.emit"),
    ("schema",): ("torch", "rich", "graphviz"),
}


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_a_command_loads_only_what_it_needs(arguments: tuple[str, ...]) -> None:
    program = (
        "import sys; from archspec.cli.main import main; code = main(sys.argv[1:]);"
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert set(done.stderr.split()) & set(COMMANDS[arguments]) == set()

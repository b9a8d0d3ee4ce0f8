"""`archspec ops`, and operations that other packages add."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from support.paths import DOCS

from archspec.analysis.reference import example, overview, page
from archspec.cli.main import main
from archspec.operations import Operation, load, names, vocabulary
from archspec.operations.lookup import builtin
from archspec.pipeline import compile
from archspec.source import read

DOCUMENT = DOCS / "operations.md"


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "90")
    monkeypatch.delenv("FORCE_COLOR", raising=False)


@pytest.mark.parametrize("name", sorted(names()))
def test_every_page_has_an_example_that_is_true(name: str) -> None:
    found = example(load(name))
    layer = yaml.safe_load(found.layer)
    names = ["input"] if len(found.inputs) == 1 else [f"x{n}" for n in range(len(found.inputs))]
    shapes = ([str(size) for size in tensor.shape] for tensor in found.inputs)
    inputs = dict(zip(names, shapes, strict=True))
    typed = {
        key: {"shape": shape, "dtype": tensor.dtype}
        for (key, shape), tensor in zip(inputs.items(), found.inputs, strict=True)
    }
    reads = {"from": list(typed)} if typed else {}
    before = {} if typed else {"start": {"op": "identity", "from": "input"}}
    spec = {
        "archspec": 1,
        "name": "Net",
        **({"inputs": typed} if len(typed) > 1 else {"input": typed.get("input", ["N", 1])}),
        "layers": {**before, "layer": layer | reads},
    }
    outcome = compile(read(yaml.safe_dump(spec, sort_keys=False), "net.yaml"))
    errors = [item for item in outcome.diagnostics if item.severity == "error"]
    assert not errors, found.layer
    assert outcome.network is not None
    assert outcome.network.model.by_name["layer"].outputs == found.outputs


@pytest.mark.parametrize("name", sorted(names()))
def test_a_page_tells_every_argument_and_what_comes_out(name: str) -> None:
    told = page(load(name), 90)
    assert told.startswith(f"{name}, ")
    assert all(f"  {argument}" in told for argument in load(name).model_fields)
    assert "\ngives" in told
    assert max(map(len, told.splitlines())) <= 90 or "N×" in told


def test_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ops"]) == 0
    printed = capsys.readouterr().out
    listed = {line.split()[0] for line in printed.splitlines() if line[:2] == "  " != line[:4]}
    assert names() <= listed
    assert printed == overview(map(load, sorted(names())), 90)


def test_a_page_is_written_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ops", "conv2d"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "conv2d, in PyTorch `torch.nn.Conv2d`"
    assert lines[-3:] == [
        "example",
        "  {op: conv2d, out_channels: 8, kernel_size: 3}",
        "  N×8×32×32 → N×8×30×30; 584 parameters; 518,400 MACs a sample",  # 8·(8·9 + 1), 900·8·8·9
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pad", "One of `constant`, `reflect`, `replicate` and `circular`."),
        ("gelu", "One of `none` and `tanh`."),
        ("conv2d", "Or `same` or `valid`."),
    ],
)
def test_a_page_says_which_words_an_argument_takes(name: str, words: str) -> None:
    assert words in " ".join(page(load(name), 80).split())


def test_an_unknown_name_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ops", "conv2dd"]) == 2
    error = capsys.readouterr().err
    assert error == (
        "error[usage]: there is no operation `conv2dd`\n  = help: did you mean `conv2d`?\n"
    )


# --- packages that add operations -------------------------------------------------------------


def documented(language: str) -> str:
    """Give the only block of a language in the document."""
    _, _, after = DOCUMENT.read_text(encoding="utf-8").partition(f"```{language}\n")
    return after.partition("```")[0]


SPEC = """
archspec: 1
name: Net
input: [N, 8, 32, 32]
layers:
  conv: {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}
  scale: {op: layer_scale, initial: 0.1}
"""


def installed(folder: Path, value: str, code: str, name: str = "layer_scale") -> dict[str, str]:
    """Lay out a package as an installer does, and give the environment in which it is found."""
    (folder / "scaling.py").write_text(code)
    information = folder / "scaling-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: scaling\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(f"[archspec.operations]\n{name} = {value}\n")
    (folder / "net.yaml").write_text(SPEC)
    return {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "90"}


def run(folder: Path, environment: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "archspec", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_the_documented_operation_is_checked_counted_built_and_run(tmp_path: Path) -> None:
    environment = installed(tmp_path, "scaling:LayerScale", documented("python"))
    code, out, error = run(tmp_path, environment, "validate", "net.yaml")
    assert (code, error) == (0, "")
    assert "592 parameters" in out  # 8·(8·9 + 1) and 8
    code, out, _ = run(tmp_path, environment, "ops", "layer_scale")
    assert code == 0
    assert "initial: 1.0" in out
    code, _, error = run(tmp_path, environment, "build", "net.yaml", "-o", "net.py", "--verify")
    assert code == 0, error
    source = (tmp_path / "net.py").read_text()
    assert "class LayerScale(nn.Module):" in source
    assert "LayerScale(8, initial=0.1)" in source


def test_an_operation_that_nobody_registered_is_an_error_and_imports_nothing(
    tmp_path: Path,
) -> None:
    (tmp_path / "scaling.py").write_text("raise SystemExit('it was imported')")
    (tmp_path / "net.yaml").write_text(SPEC.replace("layer_scale", "scaling.LayerScale"))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    code, _, error = run(tmp_path, environment, "validate", "net.yaml")
    assert code == 1
    assert "unknown-operation" in error
    assert "imported" not in error


@pytest.mark.parametrize(
    ("value", "code", "told"),
    [
        ("scaling:Missing", "", "cannot be imported"),
        ("scaling:LayerScale", "raise RuntimeError('no GPU')", "cannot be imported: no GPU"),
        ("scaling:LayerScale", "LayerScale = 7", "is no class derived from"),
        (
            "scaling:Other",
            "from archspec.operations import ModuleOperation\nclass Other(ModuleOperation): ...",
            "is registered under another name than its own `other`",
        ),
    ],
)
def test_a_broken_package_is_told(tmp_path: Path, value: str, code: str, told: str) -> None:
    environment = installed(tmp_path, value, code)
    exit_code, out, error = run(tmp_path, environment, "validate", "net.yaml")
    assert exit_code == 3
    assert out == ""
    assert "error[package]" in error
    assert told in error


def test_a_package_cannot_change_what_archspec_has(tmp_path: Path) -> None:
    environment = installed(tmp_path, "scaling:LayerScale", "raise SystemExit", "conv2d")
    (tmp_path / "net.yaml").write_text(SPEC.replace("{op: layer_scale, initial: 0.1}", "relu"))
    assert run(tmp_path, environment, "validate", "net.yaml")[0] == 0
    assert "conv2d" in builtin()


def test_a_family_names_the_operations_of_its_file_in_their_order() -> None:
    folder = Path(vocabulary.__file__).parent
    files = sorted(path.stem for path in folder.glob("*.py"))
    assert sorted(["__init__", *vocabulary.FAMILIES]) == files
    for family, names_of_family in vocabulary.FAMILIES.items():
        module = import_module(f"{vocabulary.__name__}.{family}")
        classes = [item for item in vars(module).values() if isinstance(item, type)]
        own = [item for item in classes if item.__module__ == module.__name__]
        operations = [cls for cls in own if issubclass(cls, Operation) and hasattr(cls, "torch")]
        assert [cls.op() for cls in operations] == names_of_family.split()

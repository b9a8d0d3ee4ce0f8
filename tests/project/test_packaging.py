"""What is built and installed: a wheel that works in an empty folder, and its metadata."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from support.paths import TOP

from archspec.version import __version__

PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]

COMMANDS = {
    "validate": ["validate", "resnet50.yaml"],
    "count": ["count", "resnet50"],
    "draw": ["draw", "resnet50"],
    "build": ["build", "resnet50", "--to", "torch", "-o", "resnet50.py"],
    "list": ["list", "resnet50"],
    "new": ["new", "my_net.yaml"],
}


def python(*arguments: str, cwd: Path, path: Path | None = None) -> str:
    """Run Python with one more folder of packages; give its stdout."""
    environment = {**os.environ, "PYTHONPATH": str(path or "")}
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, offline, with the build backend of this environment."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index")
    python("-m", "pip", "wheel", *options, "--wheel-dir", str(folder), str(TOP), cwd=folder)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """Install the wheel into a folder of its own, which goes before the environment."""
    target = wheel.parent / "installed"
    options = ("--quiet", "--no-deps", "--no-index", "--target", str(target))
    python("-m", "pip", "install", *options, str(wheel), cwd=wheel.parent)
    return target


def test_the_wheel_holds_the_specs_and_the_type_marker(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    specs = {f"archspec/specs/{path.name}" for path in (TOP / "specs").iterdir()}
    files = (path for path in (TOP / "archspec").rglob("*") if path.is_file())
    sources = {str(path.relative_to(TOP)) for path in files if path.suffix != ".pyc"}
    assert "archspec/specs/resnet50.yaml" in specs
    assert specs | sources <= names
    assert {name.split("/")[0] for name in names} == {
        "archspec",
        f"archspec_nn-{__version__}.dist-info",
    }


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
def test_a_command_of_the_wheel_works_in_an_empty_folder(
    installed: Path, tmp_path: Path, command: list[str]
) -> None:
    used = python("-c", "import archspec; print(archspec.__file__)", cwd=tmp_path, path=installed)
    assert Path(used.strip()).is_relative_to(installed)
    out = python("-m", "archspec", *command, cwd=tmp_path, path=installed)
    written = {"draw": ["resnet50.svg"], "build": ["resnet50.py"], "new": ["my_net.yaml"]}
    files = written.get(command[0], [])
    assert sorted(os.listdir(tmp_path)) == files
    assert ("resnet50" in out or "25,557,032" in out) == (not files)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
def test_the_installed_command_works_in_an_empty_folder(tmp_path: Path, command: list[str]) -> None:
    program = Path(sys.executable).with_name("archspec")
    done = subprocess.run([program, *command], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout or os.listdir(tmp_path)


def test_the_version_is_that_of_the_project(tmp_path: Path) -> None:
    out = python("-m", "archspec", "--version", cwd=tmp_path)
    assert out == f"archspec {__version__}\n"


def test_the_constraints_name_every_dependency_with_one_version() -> None:
    lines = (TOP / "constraints.txt").read_text("utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    names = {name.lower().replace("_", "-") for name in pins}
    extras = PROJECT["optional-dependencies"].values()
    wanted = [*PROJECT["dependencies"], *(item for extra in extras for item in extra)]
    assert {re.split("[<>=]", item)[0].lower() for item in wanted} <= names
    assert (pins["torch"], pins["torchvision"]) == ("2.13.0", "0.28.0")


def test_what_is_installed_is_what_was_tested_with() -> None:
    """Torch may be another build, as the Makefile says, so that it is left out."""
    lines = (TOP / "constraints.txt").read_text("utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    frozen = python("-m", "pip", "list", "--format", "freeze", cwd=TOP).splitlines()
    found = dict(line.split("==") for line in frozen if "==" in line)
    same = {name: version for name, version in found.items() if name in pins and name != "torch"}
    assert same == {name: pins[name] for name in same}
    assert "pydantic" in same

"""The pre-commit hook and the GitHub Action, checked and run by the programs that read them."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.paths import TOP

from archspec.cli.main import main

PROGRAMS = Path(sys.executable).parent

GOOD = "archspec: 1\nname: Good\ninput: [N, 3, 8, 8]\nlayers: [relu]\n"
BAD = GOOD.replace("relu", "rellu")
OTHERS = {
    "compose.yaml": "services: {web: {image: nginx}}\n",
    "list.yml": "- archspec\n- archspec: 1\n",
    "nested.yaml": "tools:\n  archspec: 1\n",
    "broken.yaml": "a: [1\n",
    "empty.yaml": "",
    "comment.yaml": "# archspec: 1\n",
    "longer.yaml": "archspec_version: 1\n",
}
SPECS = {
    "plain": "archspec: 1\n",
    "later": "# a network\n\nname: X\narchspec: 1\n",
    "flow": "{archspec: 1, name: X}\n",
    "quoted": '"archspec": 1\n',
    "document": "--- \narchspec: 1\n",
    "mark": "\ufeffarchspec: 1\n",
    "lines": "name: X\r\narchspec: 1\r\n",
    "broken": "archspec: 1\nname: [1\n",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with YAML of others, and an environment that is the test's own."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("GIT_", "GITHUB_", "PRE_COMMIT"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for name, text in OTHERS.items():
        Path(name).write_text(text)
    return tmp_path


def execute(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


# --- which files are specs --------------------------------------------------------------------


@pytest.mark.parametrize("text", SPECS.values(), ids=SPECS.keys())
def test_a_file_with_the_key_is_checked(capfd: pytest.CaptureFixture[str], text: str) -> None:
    Path("net.yaml").write_text(text, encoding="utf-8", newline="")
    assert main(["validate", "--only-specs", "net.yaml"]) == 1
    assert "net.yaml" in capfd.readouterr().err


def test_other_yaml_is_left_alone(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--only-specs", *OTHERS]) == 0
    assert capfd.readouterr() == ("", "")
    assert all(main(["validate", name]) != 0 for name in OTHERS)


@pytest.mark.parametrize(("name", "code"), [("resnet50", 0), ("missing.yaml", 3), (".", 3)])
def test_what_is_no_file_is_looked_up_as_ever(name: str, code: int) -> None:
    assert main(["validate", "--only-specs", name]) == code


def test_every_shipped_spec_has_the_key(capfd: pytest.CaptureFixture[str]) -> None:
    (shipped,) = sorted((TOP / "specs").glob("resnet50.yaml"))
    assert main(["validate", "--only-specs", str(shipped)]) == 0
    assert "ok" in capfd.readouterr().out


# --- pre-commit -------------------------------------------------------------------------------


def test_pre_commit_accepts_the_manifest() -> None:
    done = execute("pre-commit", "validate-manifest", TOP / ".pre-commit-hooks.yaml")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.fixture
def commit(folder: Path) -> Callable[[], subprocess.CompletedProcess[str]]:
    """Install the hook in a repository; it runs from this environment, not from one of its own."""
    (hook,) = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text("utf-8"))
    config = {"repos": [{"repo": "local", "hooks": [{**hook, "language": "system"}]}]}
    Path(".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    assert execute("git", "init", "--quiet").returncode == 0
    assert execute("pre-commit", "install").returncode == 0

    def call() -> subprocess.CompletedProcess[str]:
        assert (
            execute("git", "add", "--", "*.yaml", "*.yml", ".pre-commit-config.yaml").stderr == ""
        )
        author = ("-c", "user.name=A", "-c", "user.email=a@example.com")
        return execute("git", *author, "commit", "--quiet", "--message", "change")

    return call


@pytest.mark.program("git")
def test_the_hook_stops_a_commit_with_a_wrong_spec(
    commit: Callable[[], subprocess.CompletedProcess[str]],
) -> None:
    Path("good.yaml").write_text(GOOD)
    Path("a bad one.yaml").write_text(BAD)
    done = commit()
    assert done.returncode == 1
    assert "error[unknown-operation]" in done.stderr
    assert "1 error in a bad one.yaml" in done.stderr
    Path("a bad one.yaml").write_text(GOOD)
    assert commit().returncode == 0
    assert execute("git", "log", "--format=%s").stdout == "change\n"


@pytest.mark.program("git")
def test_the_hook_lets_other_yaml_pass(
    commit: Callable[[], subprocess.CompletedProcess[str]],
) -> None:
    assert commit().returncode == 0


# --- the GitHub Action ------------------------------------------------------------------------


def test_the_action_is_of_the_schema() -> None:
    action = TOP / "action.yml"
    done = execute("check-jsonschema", "--builtin-schema", "vendor.github-actions", action)
    assert done.returncode == 0, done.stdout


def check_step(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the step that checks as GitHub's runner does, with archspec installed where it looks."""
    action: dict[str, Any] = yaml.safe_load((TOP / "action.yml").read_text("utf-8"))
    values = {name: it["default"] for name, it in action["inputs"].items()} | inputs
    step = action["runs"]["steps"][-1]
    environment = {
        name: values[text.removeprefix("${{ inputs.").removesuffix(" }}")]
        for name, text in step["env"].items()
    }
    (folder / "archspec").mkdir(exist_ok=True)
    if not (folder / "archspec" / "bin").exists():
        (folder / "archspec" / "bin").symlink_to(PROGRAMS)
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        env={**os.environ, **environment, "RUNNER_TEMP": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_action_annotates_the_wrong_specs_alone(folder: Path) -> None:
    Path("nets/old").mkdir(parents=True)
    Path("nets/old/bad one.yml").write_text(BAD)
    Path("good.yaml").write_text(GOOD)
    done = check_step(folder)
    assert done.returncode == 1
    (line,) = done.stdout.splitlines()
    assert line.startswith("::error file=nets/old/bad one.yml,line=4,")
    assert check_step(folder, specs="*.yaml").returncode == 0
    assert check_step(folder, specs="good.yaml nets/**/*.yml").returncode == 1


def test_the_action_writes_sarif_as_well(folder: Path) -> None:
    Path("bad.yaml").write_text(BAD)
    done = check_step(folder, sarif="log.sarif")
    assert (done.returncode, len(done.stdout.splitlines())) == (1, 1)
    assert '"ruleId": "unknown-operation"' in Path("log.sarif").read_text("utf-8")


def test_a_pattern_without_files_is_a_failure(folder: Path) -> None:
    done = check_step(folder, specs="*.spec")
    assert done.returncode == 2
    assert done.stdout.startswith("::error ")


def test_the_action_passes_options(folder: Path) -> None:
    Path("good.yaml").write_text(GOOD)
    assert check_step(folder, options="--input 3x4x4 --color never").returncode == 0
    assert check_step(folder, options="--input 4x4").returncode == 1

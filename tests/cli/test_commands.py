"""The commands at work on good specs."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.sampling import sampled

from archspec.cli.main import main

SMALL = """\
archspec: 1
name: Small
params: {width: 8}
input: [N, 3, 32, 32]
layers:
  conv: {op: conv2d, out_channels: width, kernel_size: 3, bias: false}
  relu: relu
expect: {params: 216}
variants:
  wide: {width: 16, expect: {params: 432}}
"""

# Parameters of a 3×3 convolution without bias: 3 · 9 · width; MACs over the 30×30 positions.
PARAMETERS = {8: 216, 16: 432, 4: 108}

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Run:
    """Run a command in a folder that holds `small.yaml`: its exit code, stdout and stderr."""
    (tmp_path / "small.yaml").write_text(SMALL)
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


def totals(text: str) -> tuple[int, int]:
    document = json.loads(text)
    return document["parameters"], document["macs_per_sample"]


def test_validate_gives_one_line_of_facts(run: Run) -> None:
    code, out, err = run("validate", "resnet50")
    assert (code, err) == (0, "")
    facts = "25,557,032 parameters, 4,089,184,256 MACs at 3×224×224, depth 50"
    assert out.startswith("resnet50.yaml: ok, ")
    assert facts in out
    assert out.count("\n") == 1


def test_validate_takes_several_specs(run: Run) -> None:
    code, out, _ = run("validate", "small.yaml", "resnet50", "small.yaml")
    assert code == 0
    assert [line.split(":")[0] for line in out.splitlines()] == [
        "small.yaml",
        "resnet50.yaml",
        "small.yaml",
    ]


def test_validate_checks_the_variants_and_says_so(run: Run) -> None:
    _, out, _ = run("validate", "small.yaml")
    assert out.endswith("; 1 variant ok\n")
    Path("small.yaml").write_text(SMALL.replace("432", "433"))
    code, out, err = run("validate", "small.yaml")
    assert (code, out) == (1, "")
    assert "433" in err


def test_validate_says_that_other_settings_suspend_the_claims(run: Run) -> None:
    code, out, _ = run("validate", "small.yaml", "--set", "width=4")
    assert code == 0
    assert "108 parameters" in out
    assert out.endswith("; its claims are for other settings and were not checked\n")


@pytest.mark.parametrize(
    ("options", "width"),
    [((), 8), (("--set", "width=4"), 4), (("--variant", "wide"), 16)],
)
def test_settings_reach_every_command(run: Run, options: tuple[str, ...], width: int) -> None:
    parameters = PARAMETERS[width]
    assert f" {parameters} parameters" in run("validate", "small.yaml", *options)[1]
    counted = run("count", "small.yaml", "--format", "json", *options)[1]
    assert totals(counted) == (parameters, parameters * 30 * 30)
    assert f"{width}×30×30" in run("draw", "small.yaml", "-o", "-", "--format", "dot", *options)[1]
    assert f"{width}" in run("build", "small.yaml", "--to", "torch", *options)[1]


def test_set_goes_over_the_variant(run: Run) -> None:
    options = ("--variant", "wide", "--set", "width=4", "--format", "json")
    assert totals(run("count", "small.yaml", *options)[1])[0] == PARAMETERS[4]


@pytest.mark.parametrize("shape", ["3x12x22", "3×12×22", "input=3x12x22"])
def test_input_changes_the_macs(run: Run, shape: str) -> None:
    _, out, _ = run("count", "small.yaml", "--format", "json", "--input", shape)
    assert totals(out) == (216, 216 * 10 * 20)


def test_a_size_of_the_input_may_be_free(run: Run) -> None:
    code, out, _ = run("validate", "small.yaml", "--input", "3xHxW")
    assert code == 0
    assert "216·H·W - 432·H - 432·W + 864 MACs at 3×H×W" in out  # 216·(H - 2)·(W - 2)
    assert "requires H >= 3, because of `conv`" in out
    assert "216·H² - 864·H + 864" in run("count", "small.yaml", "--input", "3xHxH")[1]
    code, _, err = run("count", "small.yaml", "--input", "3xNxW")
    assert (code, err.splitlines()[0]) == (
        1,
        "error[out-of-range]: `N` is the batch, and no size of `--input`",
    )


@pytest.mark.parametrize(
    "command",
    sampled(["build small.yaml", "draw small.yaml", "schema"], ["build small.yaml"]),
)
def test_an_output_may_be_a_device(command: str, tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    plain = shell(f"archspec {command} -o -", tmp_path).stdout
    for name, wanted in {"/dev/stdout": plain, "/dev/fd/1": plain, "/dev/null": b""}.items():
        done = shell(f"archspec {command} -o {name}", tmp_path)
        assert (done.returncode, done.stdout) == (0, wanted), done.stderr
    assert shell(f"archspec {command} -o /dev/stdout > out", tmp_path).returncode == 0
    assert (tmp_path / "out").read_bytes() == plain


def test_a_warning_comes_before_the_line_that_says_ok(tmp_path: Path) -> None:
    text = "archspec: 1\nname: Net\ninput: [N, 3, 8, 8]\nlayers:\n"
    layers = "  - {op: conv2d, out_channels: 8, kernel_size: 3}\n  - batch_norm2d\n"
    (tmp_path / "small.yaml").write_text(text + layers)
    lines = shell("archspec validate small.yaml 2>&1", tmp_path).stdout.decode().splitlines()
    assert lines[0].startswith("warning[bias-before-norm]")
    assert lines[-1].startswith("small.yaml: ok, ")


def test_count_writes_a_table_json_and_csv(run: Run) -> None:
    assert "25,557,032" in run("count", "resnet50")[1]
    out = run("count", "resnet50", "--format", "json")[1]
    assert totals(out) == (25_557_032, 4_089_184_256)
    out = run("count", "resnet50", "--format", "csv", "--level", "stage")[1]
    rows = csv.DictReader(io.StringIO(out))
    assert sum(int(row["parameters"]) for row in rows) == 25_557_032


def test_draw_names_the_picture_after_the_spec(run: Run, tmp_path: Path) -> None:
    code, out, err = run("draw", "resnet50")
    assert (code, out, err) == (0, "", "wrote resnet50.svg\n")
    assert b"<svg" in (tmp_path / "resnet50.svg").read_bytes()
    assert run("draw", "small.yaml", "--variant", "wide", "--format", "dot")[2] == (
        "wrote wide.dot\n"
    )


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.svg", b"<?xml"),
        ("b.png", b"\x89PNG"),
        ("c.pdf", b"%PDF"),
        ("d.dot", b""),
        ("e.mmd", b""),
    ],
)
def test_the_suffix_decides_the_format(run: Run, tmp_path: Path, name: str, start: bytes) -> None:
    code, out, _ = run("draw", "small.yaml", "-o", name)
    assert (code, out) == (0, "")
    data = (tmp_path / name).read_bytes()
    assert data.startswith(start)
    assert len(data) > 50


def test_build_gives_the_same_bytes_on_stdout_and_in_a_file(run: Run, tmp_path: Path) -> None:
    code, out, err = run("build", "resnet50", "--to", "torch")
    assert (code, err) == (0, "")
    assert "class ResNet50(nn.Module):" in out
    assert run("build", "resnet50", "-o", "r.py")[1:] == ("", "wrote r.py\n")
    assert (tmp_path / "r.py").read_text("utf-8") == out


def test_build_verifies_before_it_writes(run: Run, tmp_path: Path) -> None:
    code, out, err = run("build", "small.yaml", "--verify", "-o", "small.py")
    assert (code, out) == (0, "")
    assert err.endswith("wrote small.py\n")
    assert len(err.splitlines()) > 1
    assert (tmp_path / "small.py").exists()


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    command = command.replace("archspec", f"{sys.executable} -m archspec")
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, capture_output=True, timeout=60, check=False
    )


def test_stdin_is_a_spec_and_its_picture_goes_to_stdout(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    done = shell("cat small.yaml | archspec validate -", tmp_path)
    assert done.stdout.startswith(b"<stdin>: ok, ")
    done = shell("cat small.yaml | archspec draw - --format dot", tmp_path)
    assert done.stdout.startswith(b"digraph")
    assert done.stderr == b""
    assert [path.name for path in tmp_path.iterdir()] == ["small.yaml"]


def test_bytes_do_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    program = (
        "archspec build resnet50; archspec draw resnet50 -o - --format dot;"
        "archspec count resnet50; archspec count resnet50 --format json"
    )
    outputs = {shell(f"export PYTHONHASHSEED={seed}; {program}", tmp_path).stdout for seed in SEEDS}
    assert len(outputs) == 1
    assert len(outputs.pop()) > 10_000


SEEDS = range(3)

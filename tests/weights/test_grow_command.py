"""`archspec grow`: files of weights in, checked files of weights out, or one clear line."""

import io
import pickle
import re
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from support.paths import DATA

import archspec
from archspec.cli.main import main

SPEC = DATA / "growth" / "residual.yaml"
DEEPER = ("--deep-set", "depths=[2,2]")


class Code:
    """What runs something when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("this ran",)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_bytes(SPEC.read_bytes())
    state = archspec.load("net.yaml").to_torch().state_dict()
    torch.save(state, "shallow.pth")
    save_file(state, "shallow.safetensors")
    torch.save({"epoch": 3, "state_dict": state}, "checkpoint.pth")
    torch.save([1, 2], "list.pth")
    Path("code.pth").write_bytes(pickle.dumps({"a": Code()}))
    Path("cut.pth").write_bytes(Path("shallow.pth").read_bytes()[:900])
    Path("cut.safetensors").write_bytes(Path("shallow.safetensors").read_bytes()[:900])
    return tmp_path


def grow(weights: str, *more: str) -> int:
    return main(["grow", "net.yaml", "net.yaml", "--weights", weights, *more])


@pytest.mark.parametrize("weights", ["shallow.pth", "shallow.safetensors"])
@pytest.mark.parametrize("output", ["deep.pth", "deep.safetensors"])
def test_files_of_both_kinds_load_into_the_deep_network(
    weights: str, output: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grow(weights, "-o", output, *DEEPER) == 0
    is_safe = output.endswith(".safetensors")
    state = load_file(output) if is_safe else torch.load(output, weights_only=True)
    archspec.load("net.yaml", depths=[2, 2]).to_torch().load_state_dict(state)
    assert capsys.readouterr().err.splitlines() == [
        f"wrote {output}",
        "copied 33 tensors, widened 0",
        "new, and the identity at first: layer1.1, layer2.1",
        "checked: the results are equal to the bit in evaluation, and to the bit in training",
    ]


def test_the_file_is_called_after_the_deep_network(folder: Path) -> None:
    assert grow("shallow.pth", *DEEPER) == 0
    assert sorted(torch.load("net.pth", weights_only=True))[0] == "bn.bias"


def test_weights_go_to_stdout(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert grow("shallow.pth", "-o", "-", *DEEPER) == 0
    sys.stdout.flush()
    state = torch.load(io.BytesIO(capfdbinary.readouterr().out), weights_only=True)
    assert "layer1.1.conv1.weight" in state


UNSAFE = "is no file of weights that can be read safely: it is damaged, or holds code"
BAD = {
    "code.pth": UNSAFE,
    "cut.pth": UNSAFE,
    "net.yaml": UNSAFE,
    "cut.safetensors": "is no file of safetensors, or is damaged",
    "list.pth": "holds a list, not tensors by their names alone",
    "checkpoint.pth": "holds `epoch`, `state_dict`, not tensors by their names alone\n"
    "  = help: the weights may be an entry of it: `--entry state_dict`",
    "nowhere.pth": "there is no such file",
    ".": "is a folder, not a file",
}


@pytest.mark.parametrize("weights", BAD)
def test_what_holds_no_weights_is_told_and_nothing_is_written(
    weights: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(folder.iterdir())
    assert grow(weights, "-o", "deep.pth", *DEEPER) == 3
    found = capsys.readouterr()
    assert found.err == f"error[file]: `{weights}`: {BAD[weights]}\n"
    assert "this ran" not in found.out
    assert sorted(folder.iterdir()) == before


def checkpoint(prefix: str, *entries: str) -> dict[str, object]:
    """Save weights under other names, in entries of entries."""
    state = torch.load("shallow.pth", weights_only=True)
    found: dict[str, object] = {f"{prefix}{name}": value for name, value in state.items()}
    for entry in reversed(entries):
        found = {entry: found, "epoch": 3}
    torch.save(found, "saved.pth")
    return found


@pytest.mark.parametrize(
    ("prefix", "entries"),
    [
        ("module.", ()),
        ("_orig_mod.", ()),
        ("module._orig_mod.", ()),
        ("", ("model",)),
        ("", ("state_dict",)),
        ("model.", ("state_dict",)),
    ],
)
def test_a_prefix_and_an_entry_are_named_and_taken_with_an_option(
    prefix: str, entries: tuple[str, ...], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint(prefix, *entries)
    options: list[str] = []
    for _ in range(len(entries) + bool(prefix)):
        assert grow("saved.pth", "-o", "deep.pth", *DEEPER, *options) != 0
        (option,) = re.findall(r"`(--\w+ \S+)`", capsys.readouterr().err)
        options += option.split()
    assert grow("saved.pth", "-o", "deep.pth", *DEEPER, *options) == 0
    archspec.load("net.yaml", depths=[2, 2]).to_torch().load_state_dict(
        torch.load("deep.pth", weights_only=True)
    )


def test_a_wrong_entry_or_prefix_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grow("checkpoint.pth", "--entry", "model") == 3
    assert grow("shallow.pth", "--prefix", "module.") == 3
    assert capsys.readouterr().err.splitlines() == [
        "error[file]: `checkpoint.pth`: has no entry `model`: it holds `epoch`, `state_dict`",
        "error[file]: `shallow.pth`: has `conv.weight`, which does not begin with `module.`",
    ]


@pytest.mark.parametrize("output", ["shallow.pth", "net.yaml"])
def test_what_is_read_is_not_overwritten(
    output: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Path(output).read_bytes()
    assert grow("shallow.pth", "-o", output, *DEEPER) == 3
    reason = "is read for this, and would be overwritten"
    assert capsys.readouterr().err == f"error[file]: `{output}`: {reason}\n"
    assert Path(output).read_bytes() == before


def test_what_cannot_be_grown_is_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert grow("shallow.pth", "--deep-set", "width=4") == 1
    assert capsys.readouterr().err == (
        "error[grow]: `conv` has a `weight` of 4×3×3×3 for 8×3×3×3: a network can only become "
        "wider\n"
    )
    assert not Path("net.pth").exists()


def test_a_variant_of_each_may_be_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    variants = ("--shallow-variant", "bottleneck", "--deep-variant", "preactivated")
    assert grow("shallow.pth", *variants) == 1
    assert capsys.readouterr().err.startswith("error[grow]: `layer1.0.")

"""Operations of one's own, from a file that the caller names."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from support.paths import DOCS

import archspec
from archspec.cli.main import main
from archspec.diagnostics import SpecError
from archspec.operations import BrokenOperation, is_operation
from archspec.source.files import FileError

DOCUMENT = DOCS / "operations.md"

SPEC = """
archspec: 1
name: Net
input: [N, 8, 32, 32]
init: {layer_scale: {weight: 0.5}}
layers:
  conv: {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}
  scale: {op: layer_scale, initial: 0.1}
  again: {op: layer_scale, init: {weight: 2}}
"""

MORE = '''
from __future__ import annotations

from typing import ClassVar

from archspec.operations import ElementwiseOperation, FunctionOperation


class _Shared(FunctionOperation):
    def outputs(self, require, *inputs):
        return inputs


class SwishOf(_Shared):
    """`x` times the sigmoid of `beta * x`."""

    torch: ClassVar[str] = "weighted_by_sigmoid"
    source: ClassVar[str] = """def weighted_by_sigmoid(x, beta=1.0):
    return x * torch.sigmoid(beta * x)
"""
    beta: float = 1.0


class Hush(ElementwiseOperation):
    """PyTorch's SiLU under another name."""

    torch: ClassVar[str] = "Quiet"
    source: ClassVar[str] = "from torch.nn import SiLU as Quiet"
'''

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    """Give what runs the command line in a folder with a spec and the documented operation."""
    _, _, after = DOCUMENT.read_text(encoding="utf-8").partition("```python\n")
    (tmp_path / "my_ops.py").write_text(after.partition("```")[0])
    (tmp_path / "net.yaml").write_text(SPEC)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_it_is_checked_counted_drawn_asked_and_run(call: Call) -> None:
    code, out, error = call("validate", "net.yaml", "--ops", "my_ops.py", "--strict")
    assert (code, error) == (0, "")
    assert "600 parameters" in out  # 8·(8·9 + 1) and twice 8
    assert "layer_scale" in call("count", "net.yaml", "--ops", "my_ops.py")[1]
    assert call("draw", "net.yaml", "--ops", "my_ops.py", "-o", "net.dot")[0] == 0
    assert "layer_scale" in call("why", "net.yaml", "scale", "--ops", "my_ops.py")[1]
    assert call("fix", "net.yaml", "--ops", "my_ops.py", "--diff")[0] == 0
    assert "initial: 1.0" in call("ops", "layer_scale", "--ops", "my_ops.py")[1]
    assert "layer_scale" in call("ops", "--ops", "my_ops.py")[1]
    assert '"initial"' in call("schema", "--op", "layer_scale", "--ops", "my_ops.py")[1]
    code, _, error = call("build", "net.yaml", "--ops", "my_ops.py", "-o", "net.py", "--verify")
    assert code == 0, error
    source = Path("net.py").read_text()
    assert "class LayerScale(nn.Module):" in source and "LayerScale(8, initial=0.1)" in source


def test_it_is_there_for_the_command_alone(call: Call) -> None:
    assert call("validate", "net.yaml", "--ops", "my_ops.py")[0] == 0
    assert not is_operation("layer_scale")
    code, _, error = call("validate", "net.yaml")
    assert code == 1
    assert "there is no operation `layer_scale`" in error
    assert "`--ops FILE`" in error
    assert call("ops", "layer_scale")[0] == 2


def test_an_architecture_has_it_from_python(call: Call) -> None:
    built = archspec.load("net.yaml", ops="my_ops.py")
    assert built.verify().values > 0
    model: Any = built.to_torch()
    assert model.scale.weight.unique().tolist() == [0.5]
    assert model.again.weight.unique().tolist() == [2]
    with pytest.raises(SpecError):
        archspec.load("net.yaml")


def test_a_function_and_an_import_are_written(call: Call) -> None:
    Path("more.py").write_text(MORE)
    Path("net.yaml").write_text(
        "archspec: 1\nname: Net\ninput: [N, 4]\nlayers: [swish_of, {op: swish_of, beta: 2}, hush]\n"
    )
    model = archspec.load("net.yaml", ops=["my_ops.py", Path("more.py")]).to_torch()
    x = torch.randn(3, 4, dtype=torch.float64)
    y = x * torch.sigmoid(x)
    y = y * torch.sigmoid(2 * y)
    assert torch.allclose(model(x), y * torch.sigmoid(y), rtol=1e-12, atol=0)


def test_a_file_that_changed_is_read_again(call: Call) -> None:
    first = archspec.load("net.yaml", ops="my_ops.py")
    text = Path("my_ops.py").read_text()
    Path("my_ops.py").write_text(text.replace('(inferred["channels"], 1, 1)', "(3,)"))
    second = archspec.load("net.yaml", ops="my_ops.py")
    assert first.count().totals.parameters == 600
    assert second.count().totals.parameters == 584 + 6
    assert list(Path().glob("__pycache__")) == []


HEAD = (
    "from typing import ClassVar\n"
    "from archspec.operations import ElementwiseOperation, ModuleOperation\n"
)
OWN = HEAD + "class Own(ElementwiseOperation):\n    torch: ClassVar = 'nn.ReLU'\n"

BROKEN = [
    ("", "`own.py` defines no operation"),
    ("from archspec.operations import ModuleOperation", "`own.py` defines no operation"),
    ("x = (", "cannot be imported: '(' was never closed, in line 1"),
    ("\nimport nothing_here", "ModuleNotFoundError: No module named 'nothing_here', in line 2"),
    ("raise SystemExit(3)", "cannot be imported: SystemExit: 3, in line 1"),
    (OWN.replace("Own", "Conv2d"), "there is an operation `conv2d` already"),
    (HEAD + "class Own(ElementwiseOperation): ...", "`Own` does not say in `torch`"),
    (OWN.replace("Elementwise", "Module"), "`Own` does not say in `outputs` what comes out"),
    (OWN.replace("nn.ReLU", "Nothing"), "is `Nothing`, which its `source` does not define"),
    (OWN + "    source: ClassVar = 'def x('\n", "`source` of `Own`: '(' was never closed"),
    (OWN + "    width: Missing = 3\n", "NameError: name 'Missing' is not defined, in line 5"),
    (
        "from __future__ import annotations\n" + OWN + "    width: Missing = 3",
        "the fields of `Own`: ",
    ),
]


@pytest.mark.parametrize(("text", "message"), BROKEN)
def test_a_file_without_a_sound_operation_is_told_in_one_message(
    call: Call, text: str, message: str
) -> None:
    Path("own.py").write_text(text)
    code, out, error = call("validate", "net.yaml", "--ops", "my_ops.py", "--ops", "own.py")
    assert (code, out) == (3, "")
    assert error.startswith("error[file]: ") and message in error
    assert error.count("error[") == 1 and len(error.splitlines()) == 2
    with pytest.raises(BrokenOperation):
        archspec.load("net.yaml", ops=["my_ops.py", "own.py"])


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("outputs(self, require, *inputs): return inputs[0].shape[7]", "a rule fails: IndexError"),
        ("outputs(self, require, *inputs): return inputs[0]", "not a tuple of `Tensor`"),
        ("weights(self, inferred): return {'w': [3]}", "not a mapping of names to shapes"),
        ("macs(self, inputs, outputs): return 0.5", "`macs` of the operation `own` gives 0.5"),
        ("read_off(self, *inputs): return None", "`infer` of the operation `own` gives None"),
        ("call(self, module, inputs): return 1 / 0", "a rule fails: ZeroDivisionError"),
    ],
)
def test_a_rule_that_fails_is_no_mistake_of_archspec(call: Call, rule: str, message: str) -> None:
    Path("own.py").write_text(f"{OWN}    def {rule}\n")
    Path("net.yaml").write_text("archspec: 1\nname: Net\ninput: [N, 4]\nlayers: [own]\n")
    code, _, error = call("build", "net.yaml", "--ops", "own.py", "-o", "net.py")
    assert code == 3
    assert error.startswith("error[file]: ") and message in error
    assert len(error.splitlines()) == 2


def test_what_pytorch_does_not_have_is_told_when_it_is_run(call: Call) -> None:
    Path("own.py").write_text(OWN.replace("nn.ReLU", "nn.Nothing"))
    Path("net.yaml").write_text("archspec: 1\nname: Net\ninput: [N, 4]\nlayers: [own]\n")
    code, _, error = call("build", "net.yaml", "--ops", "own.py", "-o", "net.py", "--verify")
    assert code == 3
    assert "what was built with `own` does not run: AttributeError" in error


def test_a_file_that_is_not_there_is_told(call: Call) -> None:
    code, _, error = call("validate", "net.yaml", "--ops", "none.py")
    assert (code, error) == (3, "error[file]: `none.py`: there is no such file\n")
    assert call("validate", "net.yaml", "--ops", ".")[0] == 3
    with pytest.raises(FileError):
        archspec.load("net.yaml", ops="none.py")


@pytest.mark.parametrize(
    "layers",
    [
        "ops: spy.py\nlayers: [{op: spy}]",
        "layers: [{op: spy, ops: spy.py}]",
        "layers: [{op: spy.Spy}]",
        "layers: [{op: spy.py}]",
        "layers: [{op: spy}]",
        "layers: [{spec: spy.py}]",
        "extends: spy.py\nlayers: [relu]",
    ],
)
def test_no_spec_can_name_a_file(call: Call, layers: str) -> None:
    Path("spy.py").write_text("open('ran', 'w')")
    Path("net.yaml").write_text(f"archspec: 1\nname: Net\ninput: [N, 4]\n{layers}\n")
    assert call("validate", "net.yaml")[0] != 0
    assert not Path("ran").exists()

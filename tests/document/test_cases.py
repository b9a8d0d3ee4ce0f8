"""Small specs on which people tripped: what is said, what is built, what `fix` leaves alone.

The text beside a spec is what `validate --strict` says; `--update-golden` rewrites it.
"""

from collections.abc import Callable

import pytest
import torch
from support.paths import GOLDEN
from support.sizes import numbers

import archspec
from archspec.diagnostics import SpecError
from archspec.diagnostics.render import render_text
from archspec.emit.interpret import interpret
from archspec.fix.mend import mend
from archspec.pipeline import check
from archspec.source import read

CASES = GOLDEN / "cases"
NAMES = sorted(str(path.relative_to(CASES))[:-5] for path in CASES.glob("*/*.yaml"))
SOUND = (
    "messages/last_of_repeated",
    "values/inplace_before_skip",
    "values/inplace_on_input",
    "values/inplace_through_view",
    "vocabulary/pad_infinity",
    "vocabulary/scalar_from_vector",
)
IN_PLACE = [name for name in SOUND if "inplace" in name]


def told(name: str) -> str:
    path = CASES / f"{name}.yaml"
    try:
        found = check(read(path.read_bytes(), path.name), strict=True).diagnostics
    except SpecError as error:
        found = error.diagnostics
    return render_text(found)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in SOUND])
def test_what_is_said(name: str, golden: Callable[[str, str], None]) -> None:
    text = told(name)
    assert text
    golden(f"cases/{name}.txt", text)


@pytest.mark.parametrize("name", SOUND)
def test_nothing_is_said_of_what_is_sound(name: str) -> None:
    assert told(name) == ""
    assert archspec.load(CASES / f"{name}.yaml").verify().values > 0


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("fix/")])
def test_what_is_not_certain_is_not_written(name: str) -> None:
    text = (CASES / f"{name}.yaml").read_text()
    assert mend(text, "net.yaml").text == text


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", IN_PLACE)
def test_the_module_computes_what_the_graph_says(name: str, training: bool) -> None:
    arch = archspec.load(CASES / f"{name}.yaml")
    module = arch.to_torch().double().train(training)
    (tensor,) = arch.network.model.inputs.values()
    given = torch.randn(2, *numbers(tensor.shape[1:]), dtype=torch.float64, requires_grad=True)
    x = given * 1  # what a module writes over must not be a leaf
    before = x.detach().clone()
    gives = module(x)
    (wanted,) = interpret(arch.network, module.state_dict(), (before,), training=training)
    torch.testing.assert_close(gives, wanted)
    assert torch.equal(x, before)
    gives.sum().backward()
    assert given.grad is not None


def test_constants_and_borders_are_those_of_pytorch() -> None:
    """The angles of a rotary embedding, and a border of infinity, as PyTorch computes them."""
    rope = archspec.load(CASES / "vocabulary" / "rope.yaml").to_torch()
    i, j = torch.arange(8.0).double()[:, None], torch.arange(32.0).double()
    torch.testing.assert_close(
        rope.c.double(), torch.cos(i * 10000 ** (-j / 32)), atol=1e-6, rtol=0
    )
    padded = archspec.load(CASES / "vocabulary" / "pad_infinity.yaml").to_torch()
    x = -torch.rand(2, 8, 8, 8)
    wanted = torch.nn.functional.max_pool2d(
        torch.nn.functional.pad(x, (0, 1, 0, 1), value=float("-inf")), 2, 1
    )
    assert torch.equal(padded(x), wanted)


def test_a_gate_without_dimensions_is_a_parameter_of_one_number() -> None:
    count = archspec.load(CASES / "vocabulary" / "scalar_from_vector.yaml").count()
    assert count.totals.parameters == 14  # 2 gates and twice 2·2 + 2

"""Functions of expressions against Python's and torchvision's, in numbers, constants and source."""

import math
import re
import time
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
import torch
from support.emitting import agree, architecture, emitted_class, minimal
from support.operations.named import operation
from support.paths import DOCS
from support.vision import import_torchvision
from torch import nn

from archspec.diagnostics import OutOfRange, Problem, WrongType
from archspec.expressions import Scope, evaluate, parse
from archspec.expressions.parse import make_divisible

# --- make_divisible ---------------------------------------------------------------------------


def test_make_divisible_is_torchvisions() -> None:
    theirs = import_torchvision().models._utils._make_divisible
    values = (0, 0.5, 3, 4, 7, 11.2, 12, 17, 35.84, 99, 100, 1023.9, 1280 * 1.4)
    for value, divisor, least in product(values, (1, 2, 3, 4, 8, 16, 24), (None, 1, 4, 16, 50)):
        assert make_divisible(value, divisor, least) == theirs(value, divisor, least)


@pytest.mark.parametrize(
    ("call", "width"),
    [
        ("make_divisible(factor * 27)", 24),
        ("make_divisible(factor * 27, 4)", 24),
        ("make_divisible(factor * 42, unit)", 36),
        ("make_divisible(factor * 3, 4, 16)", 16),
        ("make_divisible(input.channels * 5, 4)", 16),
    ],
)
def test_the_source_has_the_divisor(call: str, width: int) -> None:
    text = minimal(
        f'  conv: {{op: conv2d, out_channels: "{call}", kernel_size: 1}}',
        "params: {factor: 1.0, unit: 4}" if "factor" in call else "",
    )
    given: dict[str, Any] = {"factor": 0.9} if "factor" in call else {}
    built = architecture(text, **given)
    assert built.network.model.outputs[0].channels == width
    agree(text, **given)


# --- what functions take ----------------------------------------------------------------------

NUMBERS = (0, 1, -1, 2, 7, -7, 15, 25, 1234, 0.5, 1.5, 2.5, -2.5, 2.675, 1e-7, 1234.5678, True)


@pytest.mark.parametrize("number", NUMBERS)
def test_ceil_floor_and_round_are_pythons(number: float) -> None:
    scope = Scope({"x": number})
    theirs: dict[str, Callable[[float], int]]
    theirs = {"ceil": math.ceil, "floor": math.floor, "round": round}
    for name, function in theirs.items():
        assert evaluate(parse(f"{name}(x)"), scope) == function(number)
    for digits in (-324, -3, -2, -1, 0, 1, 2, 5, 17, 324):
        assert evaluate(parse(f"round(x, {digits})"), scope) == round(number, digits)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ceil(3, 4)", "`ceil(3, 4)` takes a number, not 2 values"),
        ("floor(some)", "`floor(some)` takes a number, not a list"),
        ("round(some, 1)", "`round(some, 1)` takes a number, and its digits, not a list"),
        ("round(1, 2, 3)", "`round(1, 2, 3)` takes a number, and its digits, not 3 values"),
        ("round(2.5, 0.5)", "the number of digits in `round(2.5, 0.5)` must be an integer"),
        ("round(1, -1000000000)", "must be from -324 to 324, not -1000000000"),
        ("round(2.5, 10 ** 9)", "must be from -324 to 324, not 1000000000"),
        ("make_divisible(8, 0)", "the divisor in `make_divisible(8, 0)` must be at least 1"),
        ("make_divisible(8, 2.0)", "the divisor in `make_divisible(8, 2.0)` must be an integer"),
        ("make_divisible(1, 2, 3, 4)", "takes a number, its divisor and the least result, not 4"),
        ("len(3)", "`len(3)` takes a list, not an integer"),
        ("min(3)", "`min(3)` takes a list, not an integer"),
        ("sqrt(-1)", "`sqrt(-1)` cannot be computed"),
        ("log(0)", "`log(0)` cannot be computed"),
    ],
)
def test_what_a_function_does_not_take_is_said_at_once(text: str, message: str) -> None:
    start = time.process_time()
    with pytest.raises(Problem, match=re.escape(message)) as caught:
        evaluate(parse(text), Scope({"some": [1, 2]}))
    assert isinstance(caught.value, WrongType | OutOfRange)
    assert time.process_time() - start < 0.5


def test_a_branch_that_is_not_taken_computes_nothing_in_the_source() -> None:
    width = "4 if wide else make_divisible(8, 0) + round(1, -1000000000) + floor(log(0))"
    text = minimal(
        f'  conv: {{op: conv2d, out_channels: "{width}", kernel_size: 1}}', "params: {wide: true}"
    )
    start = time.process_time()
    source = architecture(text).to_source()
    assert time.process_time() - start < 5
    assert emitted_class(source, "Net")().state_dict()["conv.weight"].shape == (4, 3, 1, 1)


@pytest.mark.parametrize("name", ["sqrt", "exp", "log", "sin", "cos"])
def test_real_functions_are_written_as_pythons(name: str) -> None:
    text = minimal(
        f'  conv: {{op: conv2d, out_channels: "8 + 0 * {name}(factor)", kernel_size: 1}}\n'
        f'  drop: {{op: dropout, p: "abs({name}(factor)) / 10"}}',
        "params: {factor: 1.0}",
    )
    source = architecture(text).to_source()
    assert f"math.{name}(" in source and "import math\n" in source
    agree(text, factor=2.0)
    drop = emitted_class(source, "Net")(factor=2.0).drop
    assert drop.p == abs(getattr(math, name)(2.0)) / 10


def test_an_initial_weight_may_call_them() -> None:
    text = minimal(
        "  flat: flatten\n  fc: {op: linear, out_features: 4, init: "
        '{weight: {constant: {val: "1 / sqrt(in_features)"}}}}',
        shape="[N, 4, 2, 2]",
    )
    model: Any = architecture(text).to_torch()
    assert torch.equal(model.fc.weight, torch.full((4, 16), 0.25))


# --- constants --------------------------------------------------------------------------------

i = torch.arange(5, dtype=torch.float64)[:, None]
j = torch.arange(3, dtype=torch.float64)[None, :]

WAVES: list[tuple[str, Callable[[], torch.Tensor]]] = [
    ("cos(i * 10000 ** (-j / 32))", lambda: torch.cos(i * 10000 ** (-j / 32))),
    ("sin(2 * pi * i * j / shape[0])", lambda: torch.sin(2 * torch.pi * i * j / 5)),
    ("exp(-(i - j) ** 2 / 2)", lambda: torch.exp(-((i - j) ** 2) / 2)),
    ("log(1 + i) - sqrt(j)", lambda: torch.log(1 + i) - torch.sqrt(j)),
    ("round(10 * sin(i + j), 1)", lambda: torch.round(10 * torch.sin(i + j), decimals=1)),
    ("floor(i / 2) + ceil(j / 2)", lambda: torch.floor(i / 2) + torch.ceil(j / 2)),
    ("sin(i) if j % 2 == 0 else cos(i)", lambda: torch.where(j % 2 == 0, i.sin(), i.cos())),
]


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
@pytest.mark.parametrize(("value", "theirs"), WAVES)
def test_a_constant_holds_what_pytorch_computes(
    value: str, theirs: Callable[[], torch.Tensor], dtype: str
) -> None:
    """In double each of a few operations rounds once; a narrower dtype rounds once more."""
    text = minimal(f'  c: {{op: constant, shape: [5, 3], value: "{value}", dtype: {dtype}}}')
    ours = architecture(text).to_torch().get_buffer("c")
    assert ours.dtype is getattr(torch, dtype)
    kind = torch.finfo(ours.dtype)
    wanted = theirs().to(ours.dtype)
    bound = 16 * torch.finfo(torch.float64).eps * 10 + (dtype != "float64") * kind.eps * 10
    assert (ours.double() - wanted.double()).abs().max() <= bound


def test_the_source_of_a_wave_is_what_a_colleague_writes() -> None:
    source = architecture(
        minimal('  c: {op: constant, shape: [4, 2], value: "sin(pi * i / shape[0])"}')
    ).to_source()
    assert "[[math.sin(math.pi * i / 4) for j in range(2)] for i in range(4)]" in source
    assert "import math\n\nimport torch\n" in source


@pytest.mark.parametrize(
    ("value", "dtype", "reason"),
    [
        ("tan(i)", "float32", "may not call `tan`; its functions are `abs`, `ceil`, `cos`"),
        ("i / 2", "int64", "it gives 0.5, which is no integer"),
        ("sin(m)", "float32", "`m` is none of its names, which are `i`, `j`, `shape`, `pi`"),
        ("log(i)", "float32", "`log(i)` cannot be computed"),
    ],
)
def test_a_constant_that_holds_no_numbers_is_refused(value: str, dtype: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        operation("constant", shape=[2, 2], value=value, dtype=dtype)


# --- rotary embeddings ------------------------------------------------------------------------

REFERENCE = DOCS / "language.md"


def rotary(**parameters: object) -> Any:
    """Write the example of the language reference as source, its angles in double."""
    found = re.search(r"```yaml\n(archspec: 1\nname: Rotary\n.*?)```", REFERENCE.read_text(), re.S)
    assert found is not None
    source = architecture(found[1], **parameters).to_source()
    return emitted_class(source.replace("torch.float32", "torch.float64"), "Rotary")


class Attention(nn.Module):
    """Attention with rotary embeddings by hand, as complex numbers that are turned."""

    def __init__(self, heads: int, size: int) -> None:
        super().__init__()
        self.heads, self.size = heads, size
        self.qkv = nn.Linear(heads * size, 3 * heads * size, bias=False)
        self.out = nn.Linear(heads * size, heads * size, bias=False)

    def turned(self, x: torch.Tensor) -> torch.Tensor:
        """Turn each pair of numbers by its angle; the halves are real and imaginary parts."""
        half = self.size // 2
        rates = 10000.0 ** (-torch.arange(half, dtype=torch.float64) / half)
        angles = torch.outer(torch.arange(x.shape[2], dtype=torch.float64), rates)
        pairs = torch.complex(x[..., :half], x[..., half:])
        pairs = pairs * torch.polar(torch.ones_like(angles), angles)
        return torch.cat((pairs.real, pairs.imag), dim=-1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Attend to what stands before."""
        q, k, v = (
            part.unflatten(-1, (self.heads, self.size)).transpose(1, 2)
            for part in self.qkv(x).chunk(3, dim=-1)
        )
        scores = self.turned(q) @ self.turned(k).transpose(2, 3) / math.sqrt(self.size)
        hidden = torch.ones(x.shape[1], x.shape[1]).triu(1).bool()
        weights = scores.masked_fill(hidden, -math.inf).softmax(-1)
        joined: torch.Tensor = self.out((weights @ v).transpose(1, 2).flatten(2))
        return joined


@pytest.mark.parametrize(("heads", "size", "length"), [(4, 8, 16), (2, 6, 5)])
def test_a_rotary_embedding_is_the_one_by_hand(heads: int, size: int, length: int) -> None:
    """Sums of at most 24 products in double, of numbers near 1: 1e-12 is a thousand roundings."""
    torch.manual_seed(0)
    model = rotary(heads=heads, size=size, length=length)().double()
    theirs = Attention(heads, size).double()
    theirs.load_state_dict(model.state_dict())
    x = torch.randn(2, length, heads * size, dtype=torch.float64)
    with torch.no_grad():
        assert (model.eval()(x) - theirs(x)).abs().max() < 1e-12


def test_its_angles_are_loops_of_its_arguments() -> None:
    assert rotary()(length=7, size=6).cos.shape == (7, 6)


def test_an_expression_that_a_parameter_says_is_fixed_in_the_source() -> None:
    text = minimal(
        "  c: {op: constant, shape: [3, 3], value: v, dtype: d}\n  m: {op: mul, from: [input, c]}",
        'params: {v: {type: str, default: "j <= i"}, d: {type: str, default: int64}}',
        "[N, 3, 3]",
    )
    built = architecture(text)
    assert built.verify().values > 0
    assert 'Built for v = "j <= i", d = "int64".' in built.to_source()
    assert torch.equal(built.to_torch().get_buffer("c"), torch.ones(3, 3, dtype=torch.int64).tril())
    assert torch.equal(architecture(text, v="i").to_torch().get_buffer("c")[:, 0], torch.arange(3))

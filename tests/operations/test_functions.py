"""Functions: how their calls are written, and what they say of sizes that are not known."""

import ast
import subprocess
import sys
import warnings
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
import torch
from pydantic import ValidationError
from support.operations.named import operation
from support.operations.operation_cases import Conditions
from torch import nn

from archspec.diagnostics import LimitExceeded, ShapeMismatch, SymbolicValue
from archspec.operations import FunctionOperation, load
from archspec.sizes import Size, Tensor, symbol

N, H, W = symbol("N"), symbol("H"), symbol("W")

FLOOR = '"floor"'

# What a colleague would write for an operation, its inputs, and the texts of its arguments.
CALLS = [
    ("x * y * z", "mul", "x y z", {}),
    ("x - y", "sub", "x y", {}),
    ("x - 1", "sub", "x", {"other": "1"}),
    ("x + y + (n - 1)", "add", "x y", {"other": "n - 1"}),
    ("x / y", "div", "x y", {}),
    ('torch.div(x, 2, rounding_mode="floor")', "div", "x", {"other": "2", "rounding_mode": FLOOR}),
    ("x @ y", "matmul", "x y", {}),
    ("x.abs()", "abs", "x", {}),
    ("-x", "neg", "x", {}),
    ("x.exp()", "exp", "x", {}),
    ("x.sin()", "sin", "x", {}),
    ("x.cos()", "cos", "x", {}),
    ("x.rsqrt()", "rsqrt", "x", {}),
    ("x.sign()", "sign", "x", {}),
    ("x > y", "gt", "x y", {}),
    ("x == 0", "eq", "x", {"other": "0"}),
    ("x != (n - 1)", "ne", "x", {"other": "n - 1"}),
    ("x <= -0.5", "le", "x", {"other": "-0.5"}),
    ("torch.logical_and(x, y)", "logical_and", "x y", {}),
    ("torch.logical_not(x)", "logical_not", "x", {}),
    ("x.pow(2)", "pow", "x", {"exponent": "2"}),
    ("x.pow(y)", "pow", "x y", {}),
    ("x.clamp(min=0, max=6)", "clamp", "x", {"min": "0", "max": "6"}),
    ("torch.maximum(x, y)", "maximum", "x y", {}),
    ("x.clamp(max=6)", "minimum", "x", {"other": "6"}),
    ("torch.where(mask, x, y)", "where", "mask x y", {}),
    ("torch.where(mask, x, 0)", "where", "mask x", {"other": "0"}),
    ("torch.where(mask, 1.0, x)", "where", "mask x", {"input": "1.0"}),
    ('x.masked_fill(mask, float("-inf"))', "masked_fill", "x mask", {"value": 'float("-inf")'}),
    ("nn.functional.normalize(x, dim=-1)", "normalize", "x", {"dim": "-1"}),
    ('torch.einsum("ij,jk->ik", x, y)', "einsum", "x y", {"equation": '"ij,jk->ik"'}),
    ("x.gather(1, y)", "gather", "x y", {"dim": "1"}),
    ("x.index_select(1, y)", "index_select", "x y", {"dim": "1"}),
    ("x.scatter(1, y, z)", "scatter", "x y z", {"dim": "1"}),
    ("x.scatter(1, y, 0.5)", "scatter", "x y", {"dim": "1", "value": "0.5"}),
    ("x.scatter_add(1, y, z)", "scatter", "x y z", {"dim": "1", "reduce": '"add"'}),
    (
        'x.scatter_reduce(1, y, z, reduce="prod")',
        "scatter",
        "x y z",
        {"dim": "1", "reduce": '"multiply"'},
    ),
    (
        'x.scatter_reduce(1, y, z, reduce="sum" if n == "add" else "prod")',
        "scatter",
        "x y z",
        {"dim": "1", "reduce": "n"},
    ),
    (
        "x.scatter_add(1, y, x.new_full(y.shape, 2))",
        "scatter",
        "x y",
        {"dim": "1", "value": "2", "reduce": '"add"'},
    ),
    ("x.topk(5, largest=False)", "topk", "x", {"k": "5", "largest": "False"}),
    ("nn.functional.one_hot(x, num_classes=n)", "one_hot", "x", {"num_classes": "n"}),
    ("x.repeat_interleave(2)", "repeat_interleave", "x", {"repeats": "2"}),
    ("x.repeat_interleave(2, dim=1)", "repeat_interleave", "x", {"repeats": "2", "dim": "1"}),
    ("x.roll((1, -1), dims=(2, 3))", "roll", "x", {"shifts": "(1, -1)", "dims": "(2, 3)"}),
    ("x.flip(2, 3)", "flip", "x", {"dims": "(2, 3)"}),
    ("x.unbind(1)", "unbind", "x", {"dim": "1"}),
    ("x.amax((2, 3))", "amax", "x", {"dim": "(2, 3)"}),
    ("x.argmax(1)", "argmax", "x", {"dim": "1"}),
    ("x.argmin(dim=None, keepdim=True)", "argmin", "x", {"keepdim": "True"}),
    ("x.any((1, 2))", "any", "x", {"dim": "(1, 2)"}),
    ("x.all(dim=None, keepdim=True)", "all", "x", {"keepdim": "True"}),
    ("x.cumprod(1)", "cumprod", "x", {"dim": "1"}),
    ("x.cumsum(1)", "cumsum", "x", {"dim": "1"}),
    ("torch.linalg.vector_norm(x, dim=1)", "vector_norm", "x", {"dim": "1"}),
    ("x.logsumexp((2, 3), keepdim=True)", "logsumexp", "x", {"dim": "(2, 3)", "keepdim": "True"}),
    ("torch.stack((x, y), dim=1)", "stack", "x y", {"dim": "1"}),
    ("torch.stack((x,), dim=1)", "stack", "x", {"dim": "1"}),
    ("x.chunk(2, dim=1)", "chunk", "x", {"chunks": "2", "dim": "1"}),
    ("x.split(4, dim=1)", "split", "x", {"split_size_or_sections": "4", "dim": "1"}),
    ("x.split((n, 6), dim=1)", "split", "x", {"split_size_or_sections": "(n, 6)", "dim": "1"}),
    ("x.mean((2, 3))", "mean", "x", {"dim": "(2, 3)"}),
    ("x.mean(1, keepdim=True)", "mean", "x", {"dim": "1", "keepdim": "True"}),
    ("x.sum(dim=None, keepdim=True)", "sum", "x", {"keepdim": "True"}),
    ("x.var((2, 3), correction=0)", "var", "x", {"dim": "(2, 3)", "correction": "0"}),
    ("x.std(1, keepdim=True)", "std", "x", {"dim": "1", "keepdim": "True"}),
    ("x.prod(1, keepdim=True)", "prod", "x", {"dim": "1", "keepdim": "True"}),
    ("x.prod()", "prod", "x", {"keepdim": "False"}),
    ("x.permute(0, 2, 3, 1)", "permute", "x", {"dims": "(0, 2, 3, 1)"}),
    ("x.transpose(1, 2)", "transpose", "x", {"dim0": "1", "dim1": "2"}),
    ("x.reshape(x.shape[0], -1)", "reshape", "x", {"shape": "(x.shape[0], -1)"}),
    ("x.reshape(-1)", "reshape", "x", {"shape": "(-1,)"}),
    ("x.expand(n, -1, -1, -1, -1)", "expand", "x", {"size": "(n, -1, -1, -1, -1)"}),
    ("x[:, 0]", "select", "x", {"dim": "1", "index": "0"}),
    ("x[..., -1]", "select", "x", {"dim": "-1", "index": "-1"}),
    ("x[..., 0, :]", "select", "x", {"dim": "-2", "index": "0"}),
    ("x.select(n, 0)", "select", "x", {"dim": "n", "index": "0"}),
    ("x[:, :, ::2]", "slice", "x", {"dim": "2", "step": "2"}),
    ("x[:, 1:-1]", "slice", "x", {"dim": "1", "start": "1", "end": "-1", "step": "1"}),
    ("x[:, n // 2 :]", "slice", "x", {"dim": "1", "start": "n // 2"}),
    ("x[:, : x.shape[1] - 1]", "slice", "x", {"dim": "1", "end": "x.shape[1] - 1"}),
    ("x[:, :-n]", "slice", "x", {"dim": "1", "end": "-n"}),
    ("x[1 : 2 + n : 2]", "slice", "x", {"dim": "0", "start": "1", "end": "2 + n", "step": "2"}),
    ("x[:, 2 - n :: n]", "slice", "x", {"dim": "1", "start": "2 - n", "step": "n"}),
    ("x.transpose(0, n)[1:].transpose(0, n)", "slice", "x", {"dim": "n", "start": "1"}),
    ("x.narrow(1, 0, n)", "narrow", "x", {"dim": "1", "start": "0", "length": "n"}),
    ("x.squeeze(0)", "squeeze", "x", {"dim": "0"}),
    ("x.unsqueeze(-1)", "unsqueeze", "x", {"dim": "-1"}),
    ("nn.functional.pad(x, (1, 1))", "pad", "x", {"pad": "(1, 1)"}),
    (
        'nn.functional.pad(x, (1, 1), mode="replicate")',
        "pad",
        "x",
        {"pad": "(1, 1)", "mode": '"replicate"'},
    ),
    (
        "nn.functional.interpolate(x, size=x.shape[2:])",
        "interpolate",
        "x",
        {"size": "x.shape[2:]"},
    ),
    (
        "nn.functional.scaled_dot_product_attention(x, y, z, is_causal=True)",
        "scaled_dot_product_attention",
        "x y z",
        {"is_causal": "True"},
    ),
    (
        "nn.functional.scaled_dot_product_attention(x, y, z, attn_mask=mask, scale=0.5)",
        "scaled_dot_product_attention",
        "x y z mask",
        {"scale": "0.5"},
    ),
    ("torch.arange(x.shape[1], device=x.device)", "arange", "x", {"end": "x.shape[1]"}),
    ("torch.arange(1, n)", "arange", "", {"end": "n", "start": "1"}),
    ("torch.arange(0, n, 2)", "arange", "", {"end": "n", "step": "2"}),
]


def called(op: str, inputs: str, arguments: Mapping[str, str]) -> str:
    function = load(op).model_construct()
    assert isinstance(function, FunctionOperation)
    return function.call(tuple(inputs.split()), arguments)


@pytest.mark.parametrize(("text", "op", "inputs", "arguments"), CALLS)
def test_a_call_is_written_as_a_colleague_would(
    text: str, op: str, inputs: str, arguments: dict[str, str]
) -> None:
    assert called(op, inputs, arguments) == text


def test_calls_are_laid_out_as_ruff_does() -> None:
    lines = "".join(f"{text}\n" for text, *_ in CALLS)
    command = [sys.executable, "-m", "ruff", "format", "--line-length=100", "-"]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    assert done.stdout == lines


SLICES = list(product((0, 1, -1), (None, 1, -3), (None, 4, -1), (None, 2)))


@pytest.mark.parametrize(("dim", "start", "end", "step"), SLICES)
def test_a_slice_takes_what_python_takes(
    dim: int, start: int | None, end: int | None, step: int | None
) -> None:
    x = torch.arange(216).reshape(6, 6, 6)
    given = {"start": start, "end": end, "step": step}
    arguments = {"dim": dim} | {name: value for name, value in given.items() if value is not None}
    texts = [{name: repr(value) for name, value in arguments.items()}]
    texts.append({**texts[0], "dim": "dim"})
    for text in texts:
        taken = eval(called("slice", "x", text), {"x": x, "dim": dim})
        python = x.movedim(dim, 0)[slice(start, end, step)].movedim(0, dim)
        assert torch.equal(taken, python)


def test_texts_of_calls_are_atoms_or_operators() -> None:
    """Whoever nests them puts parentheses round operators, and round nothing else."""
    for text, op, *_ in CALLS:
        operator = isinstance(ast.parse(text, mode="eval").body, ast.BinOp | ast.UnaryOp)
        operators = ("add", "div", "matmul", "mul", "neg", "sub")
        assert operator == (op in operators and not text.startswith("torch."))


# --- sizes that are not known -----------------------------------------------------------------


def shapes(
    op: str, arguments: Mapping[str, Any], *inputs: Tensor
) -> tuple[Conditions, list[tuple[Size, ...]]]:
    conditions = Conditions()
    rule = operation(op, **arguments)
    return conditions, [tensor.shape for tensor in rule.outputs(conditions, *inputs)]


@pytest.mark.parametrize("chunks", [1, 2, 3, 4, 7])
def test_chunks_of_an_unknown_size_are_those_of_every_size(chunks: int) -> None:
    conditions, pieces = shapes("chunk", {"chunks": chunks, "dim": 1}, Tensor((1, H)))
    assert sum(piece[1] for piece in pieces) == H
    for height in range(1, 60):
        exact = [piece.shape[1] for piece in torch.empty(1, height).chunk(chunks, dim=1)]
        assert conditions.hold({"H": height}) == (len(exact) == chunks)
        if len(exact) == chunks:
            assert exact == [_at(piece[1], height) for piece in pieces]


def _at(size: Size, height: int) -> Size:
    return size if isinstance(size, int) else size.substitute({"H": height})


def test_chunks_of_a_multiple_are_equal() -> None:
    conditions, pieces = shapes("chunk", {"chunks": 3, "dim": 1}, Tensor((N, 6 * H)))
    assert pieces == [(N, 2 * H)] * 3
    assert not conditions.kept


def test_a_split_by_a_size_that_divides_has_a_known_number_of_pieces() -> None:
    given: dict[str, object] = {"split_size_or_sections": 2 * H, "dim": 1}
    assert shapes("split", given, Tensor((N, 6 * H)))[1] == [(N, 2 * H)] * 3
    given = {"split_size_or_sections": [H, 2 * H], "dim": 1}
    assert shapes("split", given, Tensor((N, 3 * H)))[1] == [(N, H), (N, 2 * H)]
    with pytest.raises(SymbolicValue, match="how many pieces"):
        shapes("split", {"split_size_or_sections": 2, "dim": 1}, Tensor((N, H)))


def test_reshape_finds_what_is_left_among_symbols() -> None:
    image = Tensor((N, 64, H, W))
    assert shapes("reshape", {"shape": [N, 8, 8, -1]}, image)[1] == [(N, 8, 8, H * W)]
    assert shapes("reshape", {"shape": [-1, 64, H * W]}, image)[1] == [(N, 64, H * W)]
    assert shapes("reshape", {"shape": [N, 64, W, H]}, image)[1] == [(N, 64, W, H)]
    with pytest.raises(SymbolicValue, match="what is left for -1"):
        shapes("reshape", {"shape": [symbol("T"), -1]}, image)
    with pytest.raises(ShapeMismatch, match=r"takes 12\*N elements"):
        shapes("reshape", {"shape": [N, 12]}, Tensor((N, 13)))


def test_reshape_into_a_number_keeps_the_condition_that_it_divides() -> None:
    conditions, made = shapes("reshape", {"shape": [-1, 6]}, Tensor((4, H)))
    assert [height for height in range(1, 13) if conditions.hold({"H": height})] == [3, 6, 9, 12]
    assert _at(made[0][0], 9) == 6


def test_a_token_expands_to_the_batch() -> None:
    assert shapes("expand", {"size": [N, -1, -1]}, Tensor((1, 1, 768)))[1] == [(N, 1, 768)]
    with pytest.raises(ShapeMismatch, match="not 2 to"):
        shapes("expand", {"size": [N + 2, -1]}, Tensor((2, 8)))


def test_positions_are_as_many_as_tokens() -> None:
    assert shapes("arange", {"end": H})[1] == [(H,)]
    conditions, made = shapes("arange", {"end": H, "start": 3, "step": 2})
    for height in range(1, 20):
        exact = torch.arange(3, max(height, 3), 2)
        assert conditions.hold({"H": height}) == (len(exact) > 0)
        assert len(exact) == 0 or _at(made[0][0], height) == len(exact)


def test_interpolation_of_an_unknown_size_rounds_down_as_pytorch_does() -> None:
    for factor in (2, 0.5, 0.75, 1.25):
        conditions, made = shapes("interpolate", {"scale_factor": factor}, Tensor((N, 3, H)))
        for height in range(2, 40):
            given = nn.functional.interpolate(torch.empty(1, 3, height), scale_factor=factor)
            assert conditions.hold({"H": height})
            assert _at(made[0][2], height) == given.shape[2]
    wanted = {"size": [H, 2 * W]}
    assert shapes("interpolate", wanted, Tensor((N, 3, 7, 7)))[1] == [(N, 3, H, 2 * W)]


def test_shared_heads_that_are_not_known_are_told_apart_from_wrong_ones() -> None:
    inputs = (Tensor((N, 8, 5, 4)), Tensor((N, H, 5, 4)), Tensor((N, H, 5, 4)))
    with pytest.raises(SymbolicValue, match="how many queries share a head"):
        shapes("scaled_dot_product_attention", {"enable_gqa": True}, *inputs)
    many = (Tensor((N, 2 * H, 5, 4)), *inputs[1:])
    given = shapes("scaled_dot_product_attention", {"enable_gqa": True}, *many)[1]
    assert given == [(N, 2 * H, 5, 4)]


def test_einsum_joins_symbols_and_counts_what_it_sums() -> None:
    inputs = (Tensor((N, 8, H, W)), Tensor((5, 8)))
    equation = {"equation": "nchw,oc->nohw"}
    assert shapes("einsum", equation, *inputs)[1] == [(N, 5, H, W)]
    einsum = operation("einsum", **equation)
    assert einsum.macs(inputs, einsum.outputs(bool, *inputs)) == N * H * W * 40
    conditions, _ = shapes("einsum", {"equation": "nc,nc->n"}, Tensor((N, H)), Tensor((N, W)))
    assert conditions.hold({"H": 4, "W": 4})
    assert not conditions.hold({"H": 4, "W": 5})


@pytest.mark.parametrize(
    ("equation", "reason"),
    [
        ("ij->ijk", "`k` comes out, and is in no input"),
        ("ij->ii", "`i` comes out twice"),
        ("i1->i", "holds more than letters"),
        ("i..->i", "holds more than letters"),
        ("ij->i->j", "holds more than letters"),
        ("i...j...->i", "holds more than letters"),
    ],
)
def test_an_equation_that_says_nothing_is_refused(equation: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        operation("einsum", equation=equation)


@pytest.mark.parametrize("correction", [0, 1, 0.5, 2.5, -3, None])
def test_a_spread_needs_more_values_than_its_correction(correction: float | None) -> None:
    given = {"dim": [1, 2], "correction": correction}
    conditions, made = shapes("var", given, Tensor((N, H, 2)))
    assert made == [(N,)]
    for height in range(1, 6):
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            torch.zeros(1, height, 2).var((1, 2), correction=correction)
        assert conditions.hold({"H": height}) == (not warned)


def test_the_largest_are_no_more_than_there_are() -> None:
    conditions, made = shapes("topk", {"k": 5, "dim": 1}, Tensor((N, H)))
    assert made == [(N, 5)] * 2
    assert [height for height in range(1, 9) if conditions.hold({"H": height})] == [5, 6, 7, 8]
    conditions, made = shapes("topk", {"k": H, "dim": 1}, Tensor((N, 2 * H)))
    assert (made, conditions.kept) == ([(N, H)] * 2, [])


def test_what_is_repeated_is_a_multiple() -> None:
    assert shapes("repeat_interleave", {"repeats": 3, "dim": -1}, Tensor((N, H)))[1] == [(N, 3 * H)]
    assert shapes("repeat_interleave", {"repeats": W}, Tensor((N, H)))[1] == [(N * H * W,)]
    assert shapes("one_hot", {"num_classes": W}, Tensor((N, H), "int64"))[1] == [(N, H, W)]


def test_what_is_written_reaches_no_further_than_what_is_there() -> None:
    inputs = (Tensor((N, 4, 8)), Tensor((N, H, 3), "int64"), Tensor((N, 3, W)))
    conditions, made = shapes("scatter", {"dim": 2}, *inputs)
    assert made == [(N, 4, 8)]
    holding = [(h, w) for h in (2, 3, 4) for w in (2, 3) if conditions.hold({"H": h, "W": w})]
    assert holding == [(2, 3), (3, 3)]


@pytest.mark.parametrize("reduce", ["add", "multiply"])
def test_a_reduction_gives_what_scatter_gives_and_can_be_trained(reduce: str) -> None:
    x, y = (torch.rand(3, 4, dtype=torch.float64, requires_grad=True) for _ in range(2))
    index = torch.tensor([[0, 1, 0, 2]] * 3)
    for inputs, given, src in (("x index y", {}, y), ("x index", {"value": "1.5"}, 1.5)):
        named = called("scatter", inputs, {"dim": "1", "reduce": "how", **given})
        text = called("scatter", inputs, {"dim": "1", "reduce": f'"{reduce}"', **given})
        made = eval(text, {"x": x, "y": y, "index": index})
        assert torch.equal(made, eval(named, {"x": x, "y": y, "index": index, "how": reduce}))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch advises against it
            exact = x.scatter(1, index, src, reduce=reduce)
        torch.testing.assert_close(made, exact)
        assert torch.autograd.grad(made.sum(), x)[0].any()


@pytest.mark.parametrize("dim", ["0", "-1", "(0, 2)"])
def test_a_sum_of_exponentials_is_the_largest_plus_what_is_less(dim: str) -> None:
    x = 1000 * torch.rand(2, 3, 4, dtype=torch.float64)
    given = eval(called("logsumexp", "x", {"dim": dim}), {"x": x})
    largest = x.amax(eval(dim), keepdim=True)
    less = (x - largest).exp().sum(eval(dim)).log()
    torch.testing.assert_close(given, largest.reshape(less.shape) + less)


@pytest.mark.parametrize("op", ["gather", "index_select"])
def test_indices_are_found_along_any_dimension(op: str) -> None:
    x = torch.arange(24.0).reshape(2, 3, 4)
    index = torch.tensor([2, 0]) if op == "index_select" else torch.tensor([2, 0]).expand(2, 3, 2)
    taken = eval(called(op, "x index", {"dim": "-1"}), {"x": x, "index": index})
    assert torch.equal(taken, x[:, :, [2, 0]])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("m + 1", "`m` is none of its names, which are `i`, `j`, `shape`"),
        ("k", "`k` is none of its names"),
        ("make_divisible(i)", "`make_divisible` is none of its names"),
        ("1 / i", "division by zero|divides by"),
        ("'text'", "it gives no number"),
        ("shape[5]", "shape"),
    ],
)
def test_an_expression_over_indices_gives_numbers(value: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        operation("constant", shape=[2, 2], value=value)


# --- limits and refusals ----------------------------------------------------------------------


def test_millions_of_pieces_are_refused_at_once() -> None:
    with pytest.raises(LimitExceeded, match="2147483648 pieces"):
        shapes("split", {"split_size_or_sections": 1, "dim": 1}, Tensor((1, 2**31)))
    with pytest.raises(LimitExceeded, match="2147483648 pieces"):
        shapes("chunk", {"chunks": 2**31, "dim": 1}, Tensor((1, 2**31)))
    with pytest.raises(LimitExceeded, match="2147483648 pieces"):
        shapes("chunk", {"chunks": 2**31, "dim": 1}, Tensor((1, H)))


@pytest.mark.parametrize(
    ("op", "arguments"),
    [
        ("reshape", {"shape": [-1, True]}),
        ("reshape", {"shape": [2.0, -1]}),
        ("reshape", {"shape": [-1, 2**63]}),
        ("expand", {"size": []}),
        ("mean", {"dim": True}),
        ("permute", {"dims": "abc"}),
        ("permute", {"dims": [N]}),
        ("interpolate", {"size": 2, "scale_factor": 2}),
        ("interpolate", {"scale_factor": float("nan")}),
        ("interpolate", {"scale_factor": [2, False]}),
        ("parameter", {"shape": [N]}),
        ("arange", {"end": 1.5}),
        ("mul", {"other": True}),
        ("mul", {"other": float("nan")}),
        ("mul", {"other": 2**63}),
        ("masked_fill", {"value": "infinity"}),
        ("pad", {"pad": [1, 1], "value": float("nan")}),
        ("masked_fill", {"value": None}),
        ("gt", {"other": "infinity"}),
        ("gt", {"other": False}),
        ("prod", {"dim": [1, 2]}),
        ("logsumexp", {}),
        ("logsumexp", {"dim": None}),
        ("logsumexp", {"dim": []}),
        ("topk", {"k": 0}),
        ("topk", {}),
        ("one_hot", {"num_classes": -1}),
        ("one_hot", {}),
        ("repeat_interleave", {"repeats": [1, 2]}),
        ("scatter", {"dim": 1, "reduce": "mean"}),
        ("div", {"rounding_mode": "up"}),
        ("roll", {"shifts": [1, 2]}),
        ("einsum", {"equation": 1}),
        ("constant", {"values": []}),
        ("constant", {"values": [[1, 2], [3]]}),
        ("constant", {"values": ["a"]}),
        ("constant", {"values": [1.5], "dtype": "int64"}),
        ("constant", {"values": [1], "shape": [1]}),
        ("constant", {"shape": [2]}),
    ],
)
def test_arguments_of_another_type_are_refused(op: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        operation(op, **arguments)


def test_equal_operations_hash_alike_also_with_symbols() -> None:
    """What an operation gives is remembered by the operation and its inputs."""
    first, second = (operation("reshape", shape=[N, -1]) for _ in range(2))
    assert first == second
    assert hash(first) == hash(second)
    assert first != operation("reshape", shape=[H, -1])

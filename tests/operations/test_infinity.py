"""Infinity as an argument: taken where PyTorch computes something sound with it, and written."""

import math
import warnings
from collections.abc import Iterator
from functools import cache
from itertools import islice

import pytest
import torch
from pydantic import ValidationError
from support.operations.contract import NAMES, cases
from support.operations.in_torch import NAMESPACE, called_on, constructed
from support.operations.named import operation
from support.operations.operation_cases import Accepted, Case, judge

from archspec.api import Architecture
from archspec.diagnostics import Problem
from archspec.operations import FunctionOperation, ModuleOperation, ValueOperation, load
from archspec.operations.fields import INFINITE
from archspec.pipeline import compile
from archspec.source import read

TAKEN = {
    **{(name, "other"): "all" for name in ("add", "sub", "mul", "div", "maximum", "minimum")},
    **{(name, "other"): "all" for name in ("eq", "ne", "gt", "ge", "lt", "le")},
    **{(name, argument): "all" for name, argument in (("clamp", "min"), ("clamp", "max"))},
    **{(name, argument): "all" for name, argument in (("where", "input"), ("where", "other"))},
    **{("threshold", argument): "all" for argument in ("threshold", "value")},
    **{(name, "norm_type"): "all" for name in ("embedding", "embedding_bag")},
    **{(name, "max_norm"): "inf" for name in ("embedding", "embedding_bag")},
    **{(name, "correction"): "-inf" for name in ("std", "var")},
    ("hardtanh", "min_val"): "-inf",
    ("hardtanh", "max_val"): "inf",
    ("hardshrink", "lambd"): "all",
    ("masked_fill", "value"): "all",
    ("normalize", "p"): "all",
    ("pad", "value"): "all",
    ("pow", "exponent"): "all",
    ("softplus", "threshold"): "all",
    ("vector_norm", "ord"): "all",
}
"""Which infinity an argument takes: both, or one of them."""

UNSOUND = {
    "eps": "a normalisation by infinity leaves nothing",
    "momentum": "running means would become infinite in training",
    "norm_type": "a pool of powers of infinity holds ones",
    "alpha": "the negative half would be infinite",
    "beta": "a power of infinity leaves nothing",
    "k": "what is divided by infinity is nothing",
    "p": "a probability is at most 1",
    "dropout": "a probability is at most 1",
    "dropout_p": "a probability is at most 1",
    "max_norm": "no length is below minus infinity",
}
"""Arguments with which PyTorch computes numbers, though none that anybody wants."""

WITH_NUMBERS = ("constant", "filter2d")
"""Operations whose argument is a list of numbers."""


def floats() -> list[tuple[str, str]]:
    """Name the arguments of all operations that are a number with a point."""
    every = ((name, key, field) for name in NAMES for key, field in load(name).model_fields.items())
    return [
        (name, key)
        for name, key, field in every
        if "float" in str(field.annotation).replace("'", "").split("Literal")[0]
        and name not in WITH_NUMBERS
    ]


@cache
def fitting(name: str) -> tuple[Case, ...]:
    """Give a few cases that we accept, of numbers with a point."""

    def found() -> Iterator[Case]:
        for case in cases(name, 200):
            plain = all(x.dtype in ("float32", "int64", "bool") for x in case.inputs)
            if plain and isinstance(judge(case), Accepted):
                yield case

    return tuple(islice(found(), 6))


def outcomes(name: str, argument: str, value: float) -> set[str]:
    """Run PyTorch with infinity, on zeros and on other numbers: `sound`, `nan` or `refused`."""
    return {
        _run(case, argument, value, filled) for case in fitting(name) for filled in (False, True)
    }


def _run(case: Case, argument: str, value: float, filled: bool) -> str:
    said = judge(case)
    assert isinstance(said, Accepted)
    fields = {key: getattr(said.operation, key) for key in case.cls.model_fields}
    fields[argument] = value
    operation = case.cls.model_construct(**fields)
    tensors = [_tensor(x.shape, x.dtype, filled) for x in case.inputs]
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        try:
            if isinstance(operation, FunctionOperation):
                result = called_on(operation, fields, tensors)
            else:
                assert isinstance(operation, ModuleOperation)
                built = constructed(operation, {**said.inferred, **fields}).eval()
                names = tuple(f"x{index}" for index in range(len(tensors)))
                scope = NAMESPACE | {"module": built, **dict(zip(names, tensors, strict=True))}
                result = eval(operation.call("module", names), scope)
        except Exception:  # whatever PyTorch raises is a refusal
            return "refused"
    results = [result] if isinstance(result, torch.Tensor) else list(result)
    tensors = [item for item in results if isinstance(item, torch.Tensor)]
    return "nan" if any(bool(item.isnan().any()) for item in tensors) else "sound"


def _tensor(shape: object, dtype: str, filled: bool) -> torch.Tensor:
    zeros: torch.Tensor = torch.zeros(shape, dtype=getattr(torch, dtype))  # type: ignore[call-overload]  # any shape
    if not filled or dtype == "int64":
        return zeros
    generator = torch.Generator().manual_seed(0)
    if dtype != "float32":
        return ~zeros
    return zeros + torch.randn(zeros.shape, generator=generator)


@pytest.mark.parametrize(("name", "argument"), floats())
@pytest.mark.parametrize("word", ["inf", "-inf"])
def test_infinity_is_taken_where_pytorch_computes_with_it(
    name: str, argument: str, word: str
) -> None:
    taken = TAKEN.get((name, argument), "none") in ("all", word)
    accepted = any(_accepts(case, argument, word) for case in fitting(name))
    assert accepted == taken
    found = outcomes(name, argument, float(word))
    if taken:
        assert "sound" in found
        assert "nan" not in found or name in ("mul", "div")  # 0 times infinity, a floor of it
    else:
        assert found != {"sound"} or argument in UNSOUND


def _accepts(case: Case, argument: str, word: str) -> bool:
    """Say whether we take infinity in a case."""
    alone = {"other": 1, "exponent": 1, "input": 2}.get(argument)
    inputs = case.inputs[:alone] if alone and case.cls.op() != "where" else case.inputs
    given = {**case.given, argument: word}
    if case.cls.op() == "where":
        other = {"input": "other", "other": "input"}[argument]
        inputs, given = case.inputs[:1], {**given, other: 1}
    if case.cls.op() == "pad":
        given["mode"] = "constant"
    return isinstance(judge(Case(case.cls, given, inputs)), Accepted)


@pytest.mark.parametrize("word", INFINITE)
@pytest.mark.parametrize(("name", "argument"), [*TAKEN])
def test_infinity_is_written_as_python_has_it(name: str, argument: str, word: str) -> None:
    if TAKEN[name, argument] not in ("all", word.replace(".", "")):
        return
    more: dict[str, dict[str, object]] = {
        "threshold": {"threshold": 0, "value": 0},
        "embedding": {"num_embeddings": 3, "embedding_dim": 2},
        "embedding_bag": {"num_embeddings": 3, "embedding_dim": 2},
        "pad": {"pad": [1, 1]},
        "normalize": {"dim": 0},
        "vector_norm": {"dim": 1},
        "where": {"other": 0, "input": 0},
        "softplus": {"beta": 1},
    }
    given = {**more.get(name, {}), argument: word}
    arguments = ", ".join(f"{key}: {value}" for key, value in given.items())
    reads = {"masked_fill": "[x, mask]", "where": "mask"}.get(name, "x")
    reads = "rows" if name.startswith("embedding") else reads
    text = (
        "archspec: 1\nname: Net\ninputs:\n  x: [N, 4]\n  mask: {shape: [N, 4], dtype: bool}\n"
        "  rows: {shape: [N, 4], dtype: int64}\n"
        f"layers:\n  layer: {{op: {name}, from: {reads}, {arguments}}}\n"
    )
    outcome = compile(read(text, "net.yaml"))
    assert outcome.network is not None, outcome.diagnostics
    built = Architecture(outcome.network)
    source = built.to_source()
    sign = "-" if word[0] == "-" else ""
    assert f'float("{sign}inf")' in source
    assert built.verify().values > 0


@pytest.mark.parametrize(
    ("name", "given", "dtype"),
    [
        ("pad", {"pad": [1, 1], "value": "inf"}, "int64"),
        ("masked_fill", {"value": "-inf"}, "int64"),
        ("threshold", {"threshold": 0, "value": "-inf"}, "int32"),
        ("hardtanh", {"min_val": "-inf"}, "int64"),
    ],
)
def test_integers_have_no_infinity(name: str, given: dict[str, object], dtype: str) -> None:
    case = next(case for case in fitting(name) if case.inputs)
    inputs = tuple(x.__class__(x.shape, dtype) for x in case.inputs[:1]) + case.inputs[1:]
    rule = operation(name, **given)
    with pytest.raises(Problem, match="which has no such number"):
        rule.outputs(bool, *inputs)


@pytest.mark.parametrize("word", ["nan", ".nan", ".Inf", "infinity", "+inf"])
def test_no_other_word_is_infinity(word: str) -> None:
    with pytest.raises(ValidationError):
        operation("pad", pad=[1, 1], value=word)


def test_a_pool_behind_a_border_of_infinity_is_pytorchs() -> None:
    text = (
        "archspec: 1\nname: Net\ninput: [N, 2, 4, 4]\nlayers:\n"
        "  pad: {op: pad, pad: [0, 1, 0, 1], value: -.inf}\n"
        "  pool: {op: max_pool2d, kernel_size: 2, stride: 1}\n"
    )
    outcome = compile(read(text, "net.yaml"))
    assert outcome.network is not None
    x = -torch.rand(1, 2, 4, 4).double() - 1
    wanted = torch.nn.functional.max_pool2d(x, 2, stride=1, padding=1)[..., 1:, 1:]
    assert torch.equal(Architecture(outcome.network).to_torch()(x), wanted)


def test_constants_hold_infinity() -> None:
    text = (
        "archspec: 1\nname: Net\nparams: {n: 3}\ninput: [N, 3, 3]\nlayers:\n"
        "  a: {op: constant, values: [[0, -.inf], [n, .inf]]}\n"
        '  mask: {op: constant, shape: [n, n], value: "0 if j <= i else -inf"}\n'
        "  all: {op: constant, shape: [2], value: -.inf}\n"
        "outputs: [a, mask, all]\n"
    )
    outcome = compile(read(text, "net.yaml"))
    assert outcome.network is not None, outcome.diagnostics
    a, mask, every = Architecture(outcome.network).to_torch()(torch.zeros(1, 3, 3))
    inf = math.inf
    assert a.tolist() == [[0, -inf], [3, inf]]
    assert torch.equal(mask, torch.full((3, 3), -inf).triu(1))
    assert every.tolist() == [-inf, -inf]


@pytest.mark.parametrize(
    "arguments",
    [
        {"values": [math.inf], "dtype": "int64"},
        {"values": [math.nan]},
        {"shape": [2], "value": "inf - inf"},
        {"shape": [2], "value": "inf", "dtype": "int64"},
        {"shape": [2], "value": "9e18 * 9"},
    ],
)
def test_constants_hold_numbers(arguments: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        operation("constant", **arguments)


def test_a_value_operation_is_no_part_of_the_sweep() -> None:
    assert not any(issubclass(load(name), ValueOperation) for name, _ in floats())

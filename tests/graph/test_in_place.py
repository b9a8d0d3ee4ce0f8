"""`inplace` is said in the source only where nobody else sees the memory that is written over."""

import re

import pytest
import torch
from support.emitting import architecture, emitted_class, minimal

CONV = "  conv: {op: conv2d, out_channels: 4, kernel_size: 1}\n"
ACT = "{op: leaky_relu, inplace: true}"

# What stands after the convolution, and the reason that the source gives; `None` where it is kept.
CASES = {
    "before a skip": (
        f"  act: {ACT}\n  add: {{op: add, from: [act, conv]}}\n",
        "`add` reads `conv` as well",
    ),
    "through a view": (
        "  halves: {op: chunk, chunks: 2, dim: 1}\n"
        "  act: {op: leaky_relu, from: halves.0, inplace: true}\n"
        "  cat: {op: cat, from: [act, conv], dim: 1}\n",
        "`halves` gives parts of one tensor",
    ),
    "on the input": (
        "  act: {op: relu, from: input, inplace: true}\n"
        "  cat: {op: cat, from: [act, conv], dim: 1}\n",
        "`conv` reads `input` as well",
    ),
    "behind flatten": (
        f"  flat: flatten\n  act: {ACT}\n  more: {{op: linear, from: flat, out_features: 256}}\n"
        "  add: {op: add, from: [act, more]}\n",
        "`more` reads `flat` as well",
    ),
    "behind dropout": (
        f"  drop: dropout\n  act: {ACT}\n  add: {{op: add, from: [act, conv]}}\n",
        "`add` reads `conv` as well",
    ),
    "behind expand": (
        "  mean: {op: mean, dim: 1, keepdim: true}\n"
        f"  wide: {{op: expand, size: [-1, 4, -1, -1]}}\n  act: {ACT}\n",
        "`wide` gives a view, or its gradient needs what it gives",
    ),
    "what a gradient needs": (
        f"  sigmoid: sigmoid\n  act: {ACT}\n",
        "`sigmoid` gives a view, or its gradient needs what it gives",
    ),
    "on a weight": (
        "  scale: {op: parameter, shape: [4, 8, 8], init: 0.5}\n"
        f"  act: {ACT}\n  mul: {{op: mul, from: [act, conv]}}\n",
        "`scale` is a weight",
    ),
    "what is given as well": (
        f"  act: {ACT}\noutputs: [conv, act]\n",
        "`conv` is a result as well",
    ),
    "of all repetitions": (
        f"  many: {{repeat: 2, layers: {{act: {ACT}, norm: batch_norm2d}}}}\n",
        "whoever gave `input` may read it again",
    ),
    "repeated itself": (
        "  act: {op: leaky_relu, inplace: true, repeat: 2}\n",
        "it is repeated, and reads what it gave",
    ),
    "what a group reads and passes on": (
        f"  group: {{layers: {{keep: identity}}}}\n  act: {ACT}\n"
        "  add: {op: add, from: [act, conv]}\n",
        "whoever gave `input` may read it again",
    ),
    "what a group reads itself": (
        "  group:\n    layers:\n      norm: batch_norm2d\n      less: {op: mul, other: 0.5}\n"
        "      both: {op: add, from: [norm, less]}\n    outputs: [norm, both]\n"
        "  act: {op: relu, from: group.0, inplace: true}\n"
        "  add: {op: add, from: [act, group.1]}\n",
        "what `group` gives is read inside it as well",
    ),
    "with a negative slope": (
        "  act: {op: leaky_relu, negative_slope: -0.5, inplace: true}\n",
        "with these arguments its gradient would be wrong",
    ),
    "a shared layer on another value": (
        f"  act: {ACT}\n  norm: batch_norm2d\n"
        "  again: {share: act, from: norm}\n  add: {op: add, from: [again, norm]}\n",
        "`add` reads `norm` as well",
    ),
    "as torchvision has it": (f"  norm: batch_norm2d\n  act: {ACT}\n", None),
    "after a sum": (
        f"  norm: batch_norm2d\n  add: {{op: add, from: [norm, conv]}}\n  act: {ACT}\n",
        None,
    ),
    "after a group": (
        f"  group: {{layers: {{norm: batch_norm2d}}}}\n  act: {ACT}\n",
        None,
    ),
    "behind a view alone": (f"  flat: flatten\n  act: {ACT}\n", None),
    "a dropout": ("  drop: {op: dropout, inplace: true}\n  act: relu\n", None),
}


@pytest.mark.parametrize("name", CASES)
def test_a_layer_is_in_place_only_where_nobody_else_sees_it(name: str) -> None:
    layers, reason = CASES[name]
    built = architecture(minimal(CONV + layers, shape="[N, 4, 8, 8]"))
    source = built.to_source()
    assert ("inplace=True" in source) == (reason is None)
    comments = " ".join(re.findall(r"^ *# (.*)", source, re.MULTILINE))
    assert (reason or "") in comments and ("not in place" in comments) == (reason is not None)
    built.verify()
    trains(built.to_torch())


def trains(module: torch.nn.Module) -> None:
    """Hold that the caller's tensor stays as it is, and that there are gradients."""
    x = torch.randn(2, 4, 8, 8, requires_grad=True)
    before = x.detach().clone()
    results = module.train()(x)
    sum(value.sum() for value in (results if isinstance(results, tuple) else (results,))).backward()
    assert torch.equal(x.detach(), before)
    assert x.grad is not None


def test_one_use_that_forbids_it_is_enough() -> None:
    text = minimal(
        "  conv: {op: conv2d, out_channels: 4, kernel_size: 1}\n"
        "  a: {block: unit, keep: false}\n  b: {block: unit, keep: true}\n",
        "blocks:\n  unit:\n    params: {keep: bool}\n    layers:\n"
        "      conv: {op: conv2d, out_channels: 4, kernel_size: 1}\n"
        "      act: {op: relu, inplace: true}\n"
        "      add: {op: add, from: [act, conv], when: keep}\n",
        "[N, 4, 8, 8]",
    )
    built = architecture(text)
    assert "inplace" not in built.to_source()
    built.verify()


def test_a_parameter_that_would_have_no_use_is_none() -> None:
    text = minimal(
        CONV + "  act: {op: relu, inplace: p}\n  add: {op: add, from: [act, conv]}\n",
        "params: {p: false}",
        "[N, 4, 8, 8]",
    )
    source = architecture(text).to_source()
    assert "inplace=" not in source
    assert "reads `conv` as well, whatever `p` is" in source
    with pytest.raises(TypeError):
        emitted_class(source, "Net")(p=True)
    kept = minimal(CONV + "  act: {op: relu, inplace: p}\n", "params: {p: false}", "[N, 4, 8, 8]")
    assert "inplace=p" in architecture(kept).to_source()


def test_a_layer_parameter_is_in_place_everywhere_or_nowhere() -> None:
    text = minimal(
        CONV + "  one: {op: act}\n  norm: {op: batch_norm2d}\n  two: {op: act}\n",
        "params: {act: {op: relu, inplace: true}}",
        "[N, 4, 8, 8]",
    )
    assert architecture(text).to_source().count("inplace=True") == 2
    skip = text + "  add: {op: add, from: [two, norm]}\n"
    assert "inplace=True" not in architecture(skip).to_source()
    architecture(skip).verify()

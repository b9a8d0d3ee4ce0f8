"""Claims on several outputs, on the parameters that are trained, and on buffers."""

from pathlib import Path

import pytest
from support.constructs import TRAINING, VALUES

import archspec
from archspec.pipeline import check, compile
from archspec.source import read

TWO = """
input: [N, 3, 8, 8]
layers: {a: relu, b: {op: conv2d, out_channels: 5, kernel_size: 3}}
outputs: [a, b]
"""

BUFFERS = """
params: {size: 3}
input: [N, 3, 8, 8]
kernels: {box: [[1, 1], [1, 1]]}
layers:
  norm: {op: batch_norm2d, repeat: 2}
  blur: {op: filter2d, kernel: box}
  fixed: {op: constant, shape: [size, 1, 1], value: i}
  hidden: {op: constant, shape: [size, 1, 1], value: i, persistent: false}
  add: {op: add, from: [blur, fixed, hidden]}
  again: {share: norm, from: add}
variants: {wide: {size: 1, expect: {buffers: %s}}}
"""

HOLD = [
    (BUFFERS % 19, "buffers: 21"),  # twice 3 means, 3 variances and a counter; 4 and 3, or 1
    (BUFFERS % "<= 19", "buffers: <= 25"),
    (TWO, "buffers: 0"),
    (TWO, "output: [N, 3, 8, 8]"),
    (TWO, "output: [[N, 3, 8, 8], [N, 5, 6, 6]]"),
    (TRAINING, "output: [N, 4, 8, 8]"),
    (TRAINING, "output: {aux: [N, 4, 8, 8], logits: [N, 4, 8, 8]}"),
    (TRAINING, "params: 60"),  # 12 + 16 + 16 + 16, the auxiliary head's among them
    (TRAINING, "macs: 1792"),  # of 64 positions: 12 + 16, without the auxiliary head
    (VALUES, "params: 80"),  # 24 + (36 + 6) + (12 + 2), the tied weight not again
    (VALUES, "trainable: 66"),
]

FAIL = [
    (BUFFERS % 19, "buffers: 24", "the network has 21 numbers in buffers, not `24`"),
    (BUFFERS % 18, "buffers: 21", "the network has 19 numbers in buffers, not `18`"),
    (BUFFERS % 19, "buffers: <= 7", "the network has 21 numbers in buffers, and the budget is"),
    (TWO, "output: [N, 5, 6, 6]", "the network gives N×3×8×8, not N×5×6×6"),
    (TWO, "output: [[N, 3, 8, 8]]", "the network gives 2 outputs, not 1"),
    (TWO, "output: {a: [N, 3, 8, 8]}", "the network has no output `a`"),
    (
        TRAINING,
        "output: {aux: [N, 4, 8, 9]}",
        "the network gives N×4×8×8 as `aux`, not N×4×8×9",
    ),
    (VALUES, "trainable: 80", "the network has 66 parameters that are trained, not `80`"),
    (TWO, "output: {a: 3}", "the claim of `a` must be a shape, as `[N, 1000]` is, not an integer"),
    (TWO, "output: [[N, true]]", "a size is an integer, a symbol or an expression, not `true`"),
]


@pytest.mark.parametrize(("text", "claim"), HOLD)
def test_a_claim_that_holds(text: str, claim: str) -> None:
    assert messages(text, claim) == []


@pytest.mark.parametrize(("text", "claim", "message"), FAIL)
def test_a_claim_that_does_not(text: str, claim: str, message: str) -> None:
    (found,) = messages(text, claim)
    assert found.startswith(message)


def messages(text: str, claim: str) -> list[str]:
    spec = f"archspec: 1\nname: Net\n{text}\nexpect:\n  {claim}\n"
    found = check(read(spec.encode(), "net.yaml")).diagnostics
    return [item.message for item in found if item.severity == "error"]


SMALL = "archspec: 1\nname: Net\ninput: [N, 3]\nlayers: [{op: linear, out_features: 2}]\n"


def test_a_claim_that_fails_is_a_warning_of_python(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(SMALL + "expect: {params: 9}\n")
    with pytest.warns(archspec.ClaimWarning, match=r"net.yaml:5:18: .* 8 parameters, not `9`"):
        made = archspec.load(path)
    assert made.count().totals.parameters == 8
    assert [item.slug for item in made.diagnostics] == ["claim-fails"]
    with pytest.raises(archspec.ClaimWarning):  # warnings are errors in these tests
        archspec.load(path)


def test_a_claim_does_not_hide_what_leaves_no_network(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    layer = "  - {op: linear, out_features: 2, expect: [N, 3]}\n  - {op: conv1d, kernel_size: 2}\n"
    path.write_text(f"{SMALL.partition('layers')[0]}layers:\n{layer}")
    with pytest.raises(archspec.SpecError):
        archspec.load(path)


def test_a_network_of_which_a_claim_fails_is_no_result_of_a_check() -> None:
    source = read(SMALL + "expect: {params: 9}\n", "net.yaml")
    assert check(source).network is None
    assert compile(source).network is not None
    assert not compile(source).failed


def test_sizes_are_required_where_a_claim_fails() -> None:
    text = "input: [N, 3, H, 4]\nlayers: [{op: pixel_unshuffle, downscale_factor: 2}]"
    spec = f"archspec: 1\nname: Net\n{text}\nexpect: {{params: 1}}\n"
    assert compile(read(spec, "net.yaml")).requirements != ()

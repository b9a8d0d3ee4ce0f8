"""Values of a repeated layer by name: the last repetition's, or those of one that is numbered."""

from pathlib import Path

import pytest
import torch
from support.emitting import architecture

import archspec

HEAD = """
archspec: 1
name: L
params: {times: 3}
input: [N, 4, 3, 3]
blocks:
  two:
    inputs: [a, b]
    layers:
      x: {op: add, from: [a, b]}
      y: {op: mul, from: b, other: 2}
    outputs: OUTPUTS
layers:
  m: {block: two, from: [input, input], repeat: times}
"""
NAMED = HEAD.replace("OUTPUTS", "{x: x, y: y}")


def by_hand(x: torch.Tensor, times: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Give what each repetition gives."""
    a, b, found = x, x, []
    for _ in range(times):
        a, b = a + b, b * 2
        found.append((a, b))
    return found


@pytest.mark.parametrize(
    ("reference", "repetition", "value"),
    [
        ("m.x", -1, 0),
        ("m.y", -1, 1),
        ("m.0.y", 0, 1),
        ("m.1.x", 1, 0),
        ("m.1.0", 1, 0),
        ("m.2.1", 2, 1),
    ],
)
@pytest.mark.parametrize("order", ["{x: x, y: y}", "{y: y, x: x}"])
def test_a_name_is_the_last_repetitions_and_a_number_a_repetition(
    reference: str, repetition: int, value: int, order: str
) -> None:
    swapped = order.startswith("{y")
    if swapped and reference[-1].isdigit():
        value = 1 - value  # a number counts what is given
    if swapped:  # the first value that is given goes into the first input
        text = HEAD.replace("OUTPUTS", order).replace("inputs: [a, b]", "inputs: [b, a]")
    else:
        text = NAMED
    built = architecture(f"{text}  p: {{op: neg, from: {reference}}}\n")
    assert built.verify().values > 0
    x = torch.randn(2, 4, 3, 3, dtype=torch.float64)
    wanted = by_hand(x, 3)[repetition][value]
    assert torch.equal(built.to_torch()(x), -wanted)


@pytest.mark.parametrize("times", [1, 2, 5])
def test_all_ways_of_reading_go_together(times: int) -> None:
    text = (
        f"{NAMED}  n: {{share: m, from: [m.y, m.x]}}\n"
        "  p: {op: add, from: [m.x, n.y]}\noutputs: {p: p, last: m.y}\n"
    )
    built = architecture(text, times=times)
    assert built.verify().values > 0
    x = torch.randn(2, 4, 3, 3, dtype=torch.float64)
    first, last = by_hand(x, times)[-1]
    a, b = last, first
    for _ in range(times):
        a, b = a + b, b * 2
    given = built.to_torch()(x)
    assert torch.equal(given["p"], first + b)
    assert torch.equal(given["last"], last)


@pytest.mark.parametrize("outputs", ["{x: x}", "[x]"])
def test_a_repetition_may_give_one_value_by_name_or_in_a_list(outputs: str) -> None:
    text = (
        "archspec: 1\nname: L\ninput: [N, 4]\nblocks:\n"
        f"  one: {{layers: {{x: {{op: mul, other: 2}}}}, outputs: {outputs}}}\n"
        "layers:\n  m: {block: one, repeat: 3}\n"
        f"  p: {{op: neg, from: {'m.x' if '{' in outputs else 'm'}}}\n"
    )
    built = architecture(text)
    assert built.verify().values > 0
    x = torch.randn(2, 4, dtype=torch.float64)
    assert torch.equal(built.to_torch()(x), -8 * x)


def test_a_tap_and_a_tied_loop_read_them_too(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(NAMED)
    (tmp_path / "net.yaml").write_text(
        "archspec: 1\nname: Net\ninput: [N, 4, 3, 3]\nlayers:\n"
        "  body: {spec: inner.yaml, taps: [m.y]}\n"
    )
    built = archspec.load(tmp_path / "net.yaml")
    assert built.verify().values > 0
    x = torch.randn(2, 4, 3, 3, dtype=torch.float64)
    assert torch.equal(built.to_torch()(x), by_hand(x, 3)[-1][1])

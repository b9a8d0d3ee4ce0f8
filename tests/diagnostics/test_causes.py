"""One cause, one error: what follows from a mistake is told with it, not beside it."""

import pytest

from archspec.diagnostics import Problem
from archspec.fix.mend import mend
from archspec.pipeline import check
from archspec.source import read

HEAD = "archspec: 1\nname: Net\ninput: [N, 3, 8, 8]\n"


def told(text: str) -> tuple[Problem, ...]:
    return check(read(HEAD + text, "net.yaml")).diagnostics


ONE = {
    "a key under another name": "layers: [{op: conv2d, out: 4, kernel_size: 3}]\n",
    "a parameter under another name": "blocks:\n  unit:\n    params: {wtdth: int}\n    layers:\n"
    "      - {op: conv2d, out_channels: width, kernel_size: 1}\n"
    "      - {op: conv2d, out_channels: 2 * width, kernel_size: 1}\n"
    "layers: [{block: unit, width: 4}]\n",
    "a block under another name": "blocks: {unyt: {layers: [relu]}}\n"
    "layers: [{block: unit}, relu, {block: unit}]\n",
    "a claim of many": "layers: [relu]\nexpect: {params: 1, macs: 2, depth: 3}\n",
    "claims behind a mistake": "layers:\n  a: {op: conv2d, out_channels: 4, kernel_size: 3, "
    "pad: 1, expect: [N, 4, 8, 8]}\nexpect: {params: 112}\n",
    "a value that is used twice": "params: {step: 0}\nlayers:\n"
    "  - {op: max_pool2d, kernel_size: 2, stride: step}\n"
    "  - {op: max_pool2d, kernel_size: 2, stride: step}\n",
}


@pytest.mark.parametrize("case", ONE)
def test_one_mistake_is_one_error(case: str) -> None:
    (only,) = [item for item in told(ONE[case]) if item.severity == "error"]
    assert only.span is not None


def test_the_other_places_and_claims_are_told_with_it() -> None:
    (unknown,) = told(ONE["a parameter under another name"])
    assert [label.text for label in unknown.related] == ["and here", "and here"]
    (claim,) = told(ONE["a claim of many"])
    assert len(claim.notes) == 2
    (key,) = told(ONE["a key under another name"])
    assert "`conv2d` requires `out_channels`" in key.notes


TWO = {
    "two names": "layers: [rellu, gellu]\n",
    "two keys": "layers:\n  - {op: conv2d, out_channels: 4, kernel_sise: 3}\n"
    "  - {op: conv2d, out_chanels: 4, kernel_size: 3}\n",
    "a condition and an operation": "layers: {a: {op: rellu, when: flag}}\n",
    "a repeat and an argument": "layers:\n"
    "  a: {op: conv2d, out_channels: 4, kernel_sise: 3, repeat: tymes}\n",
    "a reference and an argument": "layers:\n"
    "  a: {op: conv2d, from: b, out_channels: 4, kernel_size: 3, bias: maybe}\n",
}


@pytest.mark.parametrize("case", TWO)
def test_two_mistakes_are_two_errors(case: str) -> None:
    assert len(told(TWO[case])) == 2


def test_a_name_that_is_wrong_twice_is_mended_twice() -> None:
    text = HEAD + "layers:\n  - rellu\n  - {op: rellu}\n"
    assert mend(text, "net.yaml").text == text.replace("rellu", "relu")


@pytest.mark.parametrize("key", ["params", "macs", "depth", "output"])
def test_a_claim_that_is_empty_is_an_error(key: str) -> None:
    (only,) = told(f"layers: [relu]\nexpect:\n  {key}:\n")
    assert only.slug == "wrong-type"


def test_a_plus_stands_between_values() -> None:
    (only,) = told("layers: [{op: conv2d, out_channels: 2 ++ 2, kernel_size: 1}]\n")
    assert only.slug == "forbidden-expression"


def test_what_callers_give_is_held_against_the_default_once() -> None:
    text = """
archspec: 1
name: Net
input: [N, 8, 8, 8]
blocks:
  fire:
    params: {squeeze: in}
    layers:
      - {op: conv2d, out_channels: squeeze, kernel_size: 1}
layers:
  - {block: fire, squeeze: 16}
  - {block: fire, squeeze: 32}
"""
    (only,) = check(read(text, "net.yaml")).diagnostics
    assert only.message == "`squeeze` must be a text, not an integer (`16`)"
    labels = [(label.span.line, label.text) for label in only.related]
    assert labels == [(7, "`squeeze` is a text by its default"), (12, "and here")]

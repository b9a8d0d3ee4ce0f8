"""What is legal and probably wrong is told at its line, and what good networks do is not."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from support.paths import DOCS, GOLDEN, SHIPPED
from support.quiet import QUIET

from archspec.diagnostics import Problem
from archspec.diagnostics.render import render_text
from archspec.pipeline import check
from archspec.source import read

FOLDER = GOLDEN / "warnings"
SPECS = sorted(SHIPPED.glob("*.yaml"))
TOLD = {
    "activation_before_the_sum": ["activated-branch 8"],
    "activation_inside_the_branch": ["activated-branch 12"],
    "batch_in_a_block": ["batch-mixed 6"],
    "batch_in_a_join": ["batch-mixed 6"],
    "batch_in_a_mean": ["batch-mixed 6"],
    "batch_in_a_shape": ["batch-mixed 6"],
    "bias_before_batch_norm": ["bias-before-norm 5"],
    "bias_before_instance_norm": ["bias-before-norm 5"],
    "bias_in_one_variant": ["bias-before-norm 6"],
    "bias_of_a_linear_layer": ["bias-before-norm 5"],
    "dropout_before_batch_norm": ["dropout-before-norm 6"],
    "dropout_in_one_variant": ["dropout-before-norm 6"],
    "dropout_of_channels": ["dropout-before-norm 9"],
    "even_kernel": ["even-same-kernel 5"],
    "even_kernel_in_a_line": ["even-same-kernel 5"],
    "name_of_another_scope": ["unused-name 3", "unused-name 8"],
    "one_value_a_sample": ["single-value-norm 7"],
    "one_value_at_all": ["single-value-norm 6"],
    "pixels_between_pools": ["dropped-pixels 5"],
    "pixels_between_spread_taps": ["dropped-pixels 5"],
    "pixels_between_taps": ["dropped-pixels 5"],
    "pixels_of_columns": ["dropped-pixels 5"],
    "places_of_a_mean": ["forgotten-flatten 7"],
    "places_of_a_pool": ["forgotten-flatten 7"],
    "places_of_a_text": ["forgotten-flatten 7"],
    "projection_to_its_own_shape": ["needless-projection 13"],
    "variants_alike": ["same-variant 10"],
}
"""The warnings of each spec under golden/warnings/, written down before the compiler was asked."""


def warned(text: str | bytes, *, strict: bool = False) -> tuple[Problem, ...]:
    """List the warnings of a text, in which nothing else may be wrong."""
    found = check(read(text, "net.yaml"), strict=strict).diagnostics
    assert all(item.level == "warning" for item in found), found
    return found


def lines(found: tuple[Problem, ...]) -> list[str]:
    """Say of each which it is and where."""
    return [f"{item.slug} {item.span.line}" for item in found if item.span is not None]


@pytest.mark.parametrize("name", TOLD)
def test_a_warning_is_told_at_its_line(name: str, golden: Callable[[str, str], None]) -> None:
    found = warned((FOLDER / f"{name}.yaml").read_bytes())
    assert lines(found) == TOLD[name]
    golden(f"warnings/{name}.txt", render_text(found))


def test_every_file_is_expected() -> None:
    names = {path.stem for path in FOLDER.iterdir()}
    assert names == TOLD.keys()
    assert len(list(FOLDER.iterdir())) == 2 * len(names)


@pytest.mark.parametrize("text", QUIET.values(), ids=QUIET)
def test_what_good_networks_do_is_not_told(text: str) -> None:
    assert render_text(warned(text)) == ""


# --- a change that the help asks for ------------------------------------------------------------

MENDED = {
    "activation_before_the_sum": (
        "relu2, input]}",
        "conv2, input]}\n  relu2: relu",
        "  relu2: relu\n",
    ),
    "batch_in_a_block": (
        "out_features: 3}",
        "out_features: 3}\n  turned: {op: transpose, dim0: 0, dim1: 1}",
        "outputs: {turned: fc}\n",
    ),
    "batch_in_a_join": ("dim: 0", "dim: 1", ""),
    "batch_in_a_mean": ("dim: [0, 1]", "dim: 1", ""),
    "batch_in_a_shape": ("op: reshape, shape: [-1, 400]", "op: flatten, start_dim: 1", ""),
    "bias_before_batch_norm": ("kernel_size: 3", "kernel_size: 3, bias: false", ""),
    "bias_before_instance_norm": ("stride: 2", "stride: 2, bias: false", ""),
    "bias_in_one_variant": ("kernel_size: 3", "kernel_size: 3, bias: not normed", ""),
    "bias_of_a_linear_layer": ("bias: true", "bias: false", ""),
    "dropout_before_batch_norm": (
        "norm: batch_norm2d",
        "norm: batch_norm2d\n  drop: {op: dropout, p: 0.2}",
        "  drop: {op: dropout, p: 0.2}\n",
    ),
    "dropout_in_one_variant": (
        "norm: batch_norm1d",
        "norm: batch_norm1d\n  drop: {op: dropout, p: rate}",
        "  drop: {op: dropout, p: rate}\n",
    ),
    "dropout_of_channels": (
        "- batch_norm2d",
        "- batch_norm2d\n      - {op: dropout2d, p: rate}",
        "      - {op: dropout2d, p: rate}\n",
    ),
    "even_kernel": ("kernel_size: 4", "kernel_size: 5", ""),
    "even_kernel_in_a_line": ("kernel_size: 2", "kernel_size: 3", ""),
    "one_value_a_sample": ("batch_norm2d", "{op: group_norm, num_groups: 1}", ""),
    "pixels_between_pools": ("stride: 3", "stride: 2", ""),
    "pixels_between_spread_taps": ("stride: 5", "stride: 3", ""),
    "pixels_between_taps": ("dilation: 2", "dilation: 1", ""),
    "pixels_of_columns": ("stride: 2", "stride: [2, 1]", ""),
    "places_of_a_mean": ("{op: linear", "flatten, {op: linear", ""),
    "places_of_a_pool": ("  fc:", "  flatten: flatten\n  fc:", ""),
    "places_of_a_text": (
        "  fc:",
        "  squeeze: {op: squeeze, dim: 3}\n  turned: {op: transpose, dim0: 1, dim1: 2}\n  fc:",
        "",
    ),
    "projection_to_its_own_shape": (
        "from: input",
        "from: input\n        when: stride != 1 or input.channels != channels",
        "",
    ),
    "variants_alike": ("huge: {width: 16", "huge: {width: 32", ""),
}
"""What to put in the place of what, and what to take away."""


@pytest.mark.parametrize("name", MENDED)
def test_what_the_help_asks_for_ends_the_warning(name: str) -> None:
    old, new, away = MENDED[name]
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    assert old in text and away in text
    assert lines(warned(text.replace(away, "", 1).replace(old, new, 1))) == []


# --- where a layer is used in several places ----------------------------------------------------

USED_OFTEN = """archspec: 1
name: Net
input: [N, 8, 32, 32]
blocks:
  unit:
    params: {channels: int}
    layers:
      conv1: {op: conv2d, out_channels: channels, kernel_size: 3, padding: 1}
      relu1: relu
      conv2: {op: conv2d, out_channels: channels, kernel_size: 3, padding: 1}
      project: {op: conv2d, from: input, out_channels: channels, kernel_size: 1}
      add: {op: add, from: [conv2, project]}
layers:
  a: {block: unit, channels: 8}
  b: {block: unit, channels: FIGURE}
"""


def test_a_projection_is_told_where_one_use_does_without() -> None:
    assert lines(warned(USED_OFTEN.replace("FIGURE", "8"))) == ["needless-projection 11"]
    assert lines(warned(USED_OFTEN.replace("FIGURE", "16"))) == ["needless-projection 11"]
    assert lines(warned(USED_OFTEN.replace("8}\n", "16}\n").replace("FIGURE", "24"))) == []


def test_one_with_a_condition_is_told_where_no_use_needs_it() -> None:
    """Many a network projects in the first block of each stage, whatever the shapes are."""
    guarded = USED_OFTEN.replace("project: {", "project: {when: channels < 99, ")
    assert lines(warned(guarded.replace("FIGURE", "8"))) == ["needless-projection 11"]
    assert lines(warned(guarded.replace("FIGURE", "16"))) == []


NORMED = """archspec: 1
name: Net
input: [N, 8, 32, 32]
blocks:
  unit:
    params: {normed: bool}
    layers:
      conv: {op: conv2d, out_channels: 8, kernel_size: 3}
      norm: {op: batch_norm2d, when: normed}
      relu: relu
layers:
  a: {block: unit, normed: true}
  b: {block: unit, normed: FIGURE}
"""


def test_a_bias_is_told_where_a_norm_is_behind_it_in_every_use() -> None:
    assert lines(warned(NORMED.replace("FIGURE", "true"))) == ["bias-before-norm 8"]
    assert lines(warned(NORMED.replace("FIGURE", "false"))) == []


def test_a_branch_is_told_where_its_sum_is_there() -> None:
    """Without the sum a block may end in an activation."""
    text = USED_OFTEN.replace(
        "      project: {op: conv2d, from: input, out_channels: channels, ", ""
    )
    text = text.replace("kernel_size: 1}\n", "      relu2: relu\n").replace(
        "from: [conv2, project]", "from: [relu2, input], when: input.channels == channels"
    )
    assert lines(warned(text.replace("FIGURE", "8"))) == ["activated-branch 11"]
    assert lines(warned(text.replace("FIGURE", "16"))) == ["activated-branch 11"]
    assert lines(warned(text.replace("channels: 8", "channels: 4").replace("FIGURE", "16"))) == []


def test_what_is_wrong_in_all_variants_is_told_once() -> None:
    text = (FOLDER / "bias_before_batch_norm.yaml").read_text(encoding="utf-8")
    text = text.replace("layers:", "params: {width: 8}\nlayers:").replace("s: 8", "s: width")
    (only,) = warned(text + "variants: {a: {width: 9}, b: {width: 10}}\n")
    assert not any("variant" in note for note in only.notes)


def test_of_a_variant_all_is_told_that_is_wrong_only_there() -> None:
    (only,) = warned((FOLDER / "bias_in_one_variant.yaml").read_bytes())
    assert "so it is in the variant `normed`" in only.notes


# --- the shipped specs --------------------------------------------------------------------------


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_nothing_is_wrong_with_a_shipped_spec(path: Path) -> None:
    """With `strict` a warning would be an error; all variants are looked at."""
    outcome = check(read(path.read_bytes(), path.name, folder=path.parent), strict=True)
    assert render_text(outcome.diagnostics) == ""
    assert outcome.network is not None


def test_what_a_shipped_spec_allows_has_its_reason_beside_it() -> None:
    comments = [
        line.partition("archspec: allow ")[2]
        for path in SPECS
        for line in path.read_text(encoding="utf-8").splitlines()
        if "archspec: allow" in line
    ]
    assert comments
    for comment in comments:
        assert len(comment.split()) > 4, comment


def test_every_warning_is_told_in_the_reference_and_has_a_spec_here() -> None:
    slugs = {kind.slug for kind in Problem.__subclasses__() if kind.level == "warning"}
    reference = (DOCS / "language.md").read_text(encoding="utf-8")
    assert (
        slugs == set(re.findall(r"\(`([a-z-]+)`\)", reference.partition("## Warnings")[2])) & slugs
    )
    shown = {line.split()[0] for found in TOLD.values() for line in found}
    assert slugs - shown == {
        "unread-layer",
        "unused-allow",
    }  # golden/bad/ and others show these

"""For which sizes a network is valid, as `validate` says it, against trying sizes one by one."""

from pathlib import Path

import pytest
from support.constructs import FREE

from archspec.cli.main import main
from archspec.pipeline import Outcome, Settings, compile
from archspec.source import read

HEAD = "archspec: 1\nname: Net\n"

NEVER = """
input: [N, 3, H, W]
layers:
  pool: {op: max_pool2d, kernel_size: 2}
  up: {op: upsample, scale_factor: 2}
  even: {op: add, from: [up, input]}
  wide: {op: conv2d, from: input, out_channels: 3, kernel_size: 2, stride: 2, padding: 1}
  up2: {op: upsample, scale_factor: 2}
  short: {op: max_pool2d, kernel_size: 2, stride: 1}
  odd: {op: add, from: [short, input]}
outputs: [even, odd]
"""

TEXT = """
input: {shape: [N, T], dtype: int64}
layers:
  places: {op: arange, from: input, end: 12}
  taken: {op: narrow, dim: 0, start: 0, length: "input.shape[1]"}
  embedding: {op: embedding, num_embeddings: 12, embedding_dim: 4}
  tokens: {op: embedding, from: input, num_embeddings: 50, embedding_dim: 4}
  add: {op: add, from: [tokens, embedding]}
"""


def compiled(text: str, *sizes: int) -> Outcome:
    inputs = {"input": sizes} if sizes else {}
    return compile(read((HEAD + text).encode(), "net.yaml"), Settings(inputs=inputs))


def test_a_requirement_names_the_layer_that_needs_it_and_its_line() -> None:
    assert compiled(FREE).requirements == (
        "H % 2 == 0, because of `join` at line 9",
        "W % 2 == 0, because of `join` at line 9",
    )
    assert compiled(TEXT).requirements == ("T <= 12, because of `taken` at line 7",)


@pytest.mark.parametrize("size", range(1, 20))
def test_requirements_hold_where_the_sizes_themselves_are_checked(size: int) -> None:
    """`H % 2 == 0` and `T <= 12` are read as Python reads them."""
    for text, sizes in ((FREE, (3, size, 2)), (TEXT, (size,))):
        said = [line.partition(",")[0] for line in compiled(text).requirements]
        names = {"H": size, "W": 2, "T": size}
        assert all(eval(item, names) for item in said) is not compiled(text, *sizes).failed


def test_a_network_of_fixed_sizes_requires_nothing() -> None:
    assert compiled(FREE, 3, 8, 8).requirements == ()


def test_no_possible_size_is_an_error_at_the_last_layer_that_needs_another() -> None:
    height, width = compiled(NEVER).diagnostics
    assert height.message == "no size of `H` can be right for all layers"
    assert width.message == "no size of `W` can be right for all layers"
    assert height.span is not None and height.span.line == 12
    assert height.notes == (
        "`even` at line 8 needs `H % 2 == 0`",
        "`odd` at line 12 needs `H % 2 == 1`",
    )
    assert all(compiled(NEVER, 3, size, size).failed for size in range(1, 20))


def test_validate_tells_requirements_below_the_facts(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(HEAD + FREE)
    assert main(["validate", str(path)]) == 0
    _, *lines = capfd.readouterr().out.splitlines()
    assert lines == [
        "  requires H % 2 == 0, because of `join` at line 9",
        "  requires W % 2 == 0, because of `join` at line 9",
    ]


def test_sizes_that_do_not_fit_are_an_error_at_the_join(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(HEAD + FREE)
    assert main(["validate", str(path), "--input", "3x9x8"]) == 1
    assert "net.yaml:9:" in capfd.readouterr().err


def test_a_layer_of_an_included_file_is_told_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(HEAD + FREE)
    text = HEAD + "input: [N, 3, H, 8]\nlayers: {body: {spec: inner.yaml}}\n"
    outcome = compile(read(text.encode(), "outer.yaml", folder=tmp_path))
    assert outcome.requirements == ("H % 2 == 0, because of `join` at line 9 of inner.yaml",)

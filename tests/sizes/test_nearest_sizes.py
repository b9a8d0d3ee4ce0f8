"""Sizes of `--input` that do not fit: what they break, and which are the nearest that do."""

from pathlib import Path

import pytest
from support.paths import DOCS, SHIPPED

from archspec.cli.main import main
from archspec.diagnostics import Problem
from archspec.pipeline import Settings, compile
from archspec.source import read

HEAD = "archspec: 1\nname: Net\n"
HALVED = (
    "layers:\n  pool: {op: max_pool2d, kernel_size: 2}\n  up: {op: upsample, scale_factor: 2}\n"
    "  join: {op: add, from: [up, input]}\n"
)
TURNED = (
    "layers:\n  turned: {op: transpose, dim0: 2, dim1: 3}\n"
    "  join: {op: add, from: [turned, input]}\n"
)
PLACES = (
    "layers:\n  patches: {op: conv2d, out_channels: 8, kernel_size: 16, stride: 16}\n"
    "  flat: {op: flatten, start_dim: 2}\n  places: {op: parameter, shape: [1, 8, 196]}\n"
    "  join: {op: add, from: [flat, places]}\n"
)
TWO = (
    "layers:\n  fours: {op: pixel_unshuffle, downscale_factor: 4}\n"
    "  threes: {op: pixel_unshuffle, from: input, downscale_factor: 3}\noutputs: [fours, threes]\n"
)
NEVER = """layers:
  pool: {op: max_pool2d, kernel_size: 2}
  up: {op: upsample, scale_factor: 2}
  even: {op: add, from: [up, input]}
  wide: {op: conv2d, from: input, out_channels: 3, kernel_size: 2, stride: 2, padding: 1}
  up2: {op: upsample, scale_factor: 2}
  short: {op: max_pool2d, kernel_size: 2, stride: 1}
  odd: {op: add, from: [short, input]}
outputs: [even, odd]
"""
SIAMESE = (
    "layers:\n  a: {op: pixel_unshuffle, from: left, downscale_factor: 2}\n"
    "  b: {op: pixel_unshuffle, from: right, downscale_factor: 2}\n  c: {op: sub, from: [a, b]}\n"
)


def found(text: str, **inputs: tuple[int, ...]) -> tuple[Problem, ...]:
    return compile(read(HEAD + text, "net.yaml"), Settings(inputs=inputs)).diagnostics


CASES = {
    "free": (
        "input: [N, 3, H, W]\n" + HALVED,
        (3, 33, 40),
        ["H % 2 == 0: 32 and 34 are the nearest to 33"],
        "`--input 3x34x40` fits",
    ),
    "fixed": (
        "input: [N, 3, 32, 32]\n" + HALVED,
        (3, 33, 41),
        [
            "here the input is N×3×H×W",
            "H % 2 == 0: 32 and 34 are the nearest to 33",
            "W % 2 == 0: 40 and 42 are the nearest to 41",
        ],
        "`--input 3x34x42` fits",
    ),
    "fixed by a parameter, with other channels": (
        "params: {size: 32}\ninput: [N, 3, size, size]\n" + HALVED,
        (4, 33, 32),
        ["here the input is N×4×H×32", "H % 2 == 0: 32 and 34 are the nearest to 33"],
        "`--input 4x34x32` fits",
    ),
    "fixed, and flattened into weights": (
        "input: [N, 3, 32, 32]\n"
        + HALVED
        + "  flat: flatten\n  fc: {op: linear, out_features: 2}\n",
        (3, 32, 7),
        ["here the input is N×3×32×W", "W % 2 == 0: 6 and 8 are the nearest to 7"],
        "`--input 3x32x8` fits",
    ),
    "several conditions on one symbol": (
        "input: [N, 3, H, W]\n" + TWO,
        (3, 50, 24),
        ["H % 12 == 0: 48 and 60 are the nearest to 50"],
        "`--input 3x48x24` fits",
    ),
    "a window": (
        "input: [N, 3, H, W]\nlayers: [{op: max_pool2d, kernel_size: 2, repeat: 6}]\n",
        (3, 32, 64),
        ["H >= 64: 64 is the nearest to 32"],
        "`--input 3x64x64` fits",
    ),
    "tokens": (
        "input: {shape: [N, 8], dtype: int64}\nlayers:\n"
        "  embed: {op: embedding, num_embeddings: 9, embedding_dim: 4}\n"
        "  places: {op: parameter, shape: [1, 8, 4]}\n  join: {op: add, from: [embed, places]}\n",
        (9,),
        ["here the input is N×T", "T == 8: 8 is the nearest to 9"],
        "`--input 8` fits",
    ),
    "two symbols": (
        "input: [N, 3, H, W]\n" + TURNED,
        (3, 350, 300),
        ["W == H holds for H = 350 with W = 350, and not for H = 350 with W = 300"],
        "`--input 3x350x350` fits",
    ),
    "two symbols, and one": (
        "input: [N, 3, H, W]\n" + TURNED + "  cut: {op: pixel_unshuffle, downscale_factor: 16}\n",
        (3, 350, 300),
        [
            "H % 16 == 0: 336 and 352 are the nearest to 350",
            "W == H holds for H = 336 with W = 336, and not for H = 350 with W = 300",
        ],
        "`--input 3x336x336` fits",
    ),
    "what only the spec's own sizes meet": (
        "input: [N, 3, 224, 224]\n" + PLACES,
        (3, 256, 256),
        [
            "here the input is N×3×H×W",
            "floor(H / 16)*floor(W / 16) == 196 holds for H = 224 with W = 224, and not for "
            "H = 256 with W = 256",
        ],
        "`--input 3x224x224` fits",
    ),
}


@pytest.mark.parametrize(("text", "sizes", "notes", "help"), CASES.values(), ids=CASES)
def test_the_condition_and_the_nearest_sizes_are_told(
    text: str, sizes: tuple[int, ...], notes: list[str], help: str
) -> None:
    (only,) = found(text, input=sizes)
    said = [note for note in only.notes if "repetition" not in note]
    assert said == notes
    assert only.help == help
    fitting = tuple(int(size) for size in help.split("`")[1].split()[1].split("x"))
    assert found(text, input=fitting) == ()


def test_a_page_says_what_is_told() -> None:
    (only,) = found("input: [N, 3, H, W]\n" + HALVED, input=(3, 33, 40))
    assert only.notes[0] in (DOCS / "language.md").read_text(encoding="utf-8")
    spec = SHIPPED / "unet.yaml"
    source = read(spec.read_bytes(), spec.name)
    (only,) = compile(source, Settings(inputs={"input": (3, 350, 256)})).diagnostics
    assert only.notes[0] in (DOCS / "commands.md").read_text(encoding="utf-8")


def test_where_no_size_fits_it_is_said() -> None:
    first, *others = found("input: [N, 3, H, W]\n" + NEVER, input=(3, 9, 9))
    assert others == []
    assert "no size of `H` can be right for all layers" in first.notes
    assert "--input" not in str(first.help)


def test_all_inputs_are_named() -> None:
    head = "inputs: {left: [N, 3, H, W], right: [N, 3, H, W]}\n"
    (only,) = found(head + SIAMESE, left=(3, 9, 8), right=(3, 9, 8))
    assert only.help == "`--input left=3x10x8 --input right=3x10x8` fits"
    (only,) = found(head.replace("H, W", "8, 8") + SIAMESE, left=(3, 9, 8))
    assert only.help == "`--input left=3x8x8` fits"


def test_another_mistake_is_told_beside_it() -> None:
    wrong = "  x: {op: conv2d, out_channels: 3, kernal_size: 3}\n"
    both = found("input: [N, 3, 32, 32]\n" + HALVED + wrong, input=(3, 33, 40))
    assert sorted(item.slug for item in both) == ["shape-mismatch", "unknown-key"]
    assert any(item.help == "`--input 3x34x40` fits" for item in both)
    (only,) = found("input: [N, 3, 32, 32]\n" + HALVED + wrong, input=(3, 34, 40))
    assert only.slug == "unknown-key" and "fits" not in str(only.help)


def test_what_no_size_mends_stays_as_it_was() -> None:
    (only,) = found(
        "input: [N, 8, 8, 8]\nlayers: [{op: conv2d, out_channels: 8, kernel_size: 1, groups: 8}]\n",
        input=(9, 8, 8),
    )
    assert only.slug == "channel-mismatch" and "groups" in str(only.help)


@pytest.mark.parametrize("text", [HALVED, TWO, TURNED], ids=["halved", "two", "turned"])
@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize("size", range(20, 32, 3))
def test_the_nearest_are_those_that_trying_finds(text: str, fixed: bool, size: int) -> None:
    """Every size around is tried, each built for itself; one of 1 would be stretched."""
    text = f"input: [N, 3, {'24, 24' if fixed else 'H, 24'}]\n{text}"
    fits = [other for other in range(2, 60) if not found(text, input=(3, other, 24))]
    near = [max(x for x in fits if x <= size)] if min(fits) <= size else []
    near += [min(x for x in fits if x >= size)] if max(fits) >= size else []
    if size in fits:
        return
    (only,) = found(text, input=(3, size, 24))
    are = "is" if len(near) == 1 else "are"
    said = f": {' and '.join(map(str, near))} {are} the nearest to {size}"
    assert any(note.endswith(said) for note in only.notes)


@pytest.mark.parametrize("command", ["validate", "count", "build", "draw -o -", "why join"])
def test_every_command_tells_it(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], command: str
) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(f"{HEAD}input: [N, 3, H, W]\n{HALVED}")
    name, *rest = command.split()
    layer = [item for item in rest if item == "join"]
    options = [item for item in rest if item != "join"]
    assert main([name, str(path), *layer, *options, "--input", "3x33x40"]) == 1
    told = capfdbinary.readouterr().err.decode()
    assert "H % 2 == 0: 32 and 34 are the nearest to 33" in told

"""Every bad input is told once, by its class, at its line, in words that a golden file holds."""

import time
from collections.abc import Callable

import pytest
from support.bad_inputs import EXPECTED
from support.paths import GOLDEN

from archspec.diagnostics import Problem, SpecError
from archspec.diagnostics.render import render_text
from archspec.graph import Leaf, Module
from archspec.pipeline import Outcome, Settings, check, compile
from archspec.source import read

BAD = GOLDEN / "bad"
HEAD = "archspec: 1\nname: Net\ninput: [N, 3, 32, 32]\n"
CASES = [
    (*line.split(), category)
    for category, lines in EXPECTED.items()
    for line in lines.strip().splitlines()
]


def found(text: str | bytes, settings: Settings = Settings()) -> tuple[Problem, ...]:
    """List all that is wrong with a text, as `validate` does."""
    try:
        return check(read(text, "net.yaml"), settings).diagnostics
    except SpecError as error:
        return error.diagnostics


def told(text: str | bytes, settings: Settings = Settings()) -> list[str]:
    """Say of each diagnostic its class, its line and its message."""
    return [
        f"{item.category} {item.span.line if item.span else '-'} {item.message}"
        for item in sorted(found(text, settings), key=lambda item: (item.span is None, item.span))
    ]


def net(*layers: str, input: str = "[N, 3, 32, 32]") -> str:
    """Write a spec with a list of layers, the first at line 5."""
    lines = "".join(f"  - {layer}\n" for layer in layers)
    return f"archspec: 1\nname: Net\ninput: {input}\nlayers:\n{lines}"


def sound(text: str | bytes, settings: Settings = Settings()) -> Outcome:
    """Compile a text in which nothing is wrong."""
    outcome = compile(read(text, "net.yaml"), settings)
    assert outcome.diagnostics == ()
    assert outcome.network is not None
    return outcome


@pytest.mark.parametrize(("name", "line", "category"), CASES, ids=[case[0] for case in CASES])
def test_bad_input(name: str, line: str, category: str, golden: Callable[[str, str], None]) -> None:
    path = BAD / f"{name}.yaml"
    begin = time.perf_counter()
    try:
        diagnostics = check(read(path.read_bytes(), path.name, folder=path.parent)).diagnostics
    except SpecError as error:
        diagnostics = error.diagnostics
    assert time.perf_counter() - begin < 20
    (only,) = diagnostics
    assert only.category == category
    assert only.span is not None
    assert only.span.line == int(line)
    golden(f"bad/{name}.txt", render_text(diagnostics))


def test_every_file_is_expected() -> None:
    """A file whose name begins with `_` is one that others name."""
    paths = [path for path in BAD.rglob("*.yaml") if path.parent.parent == BAD]
    files = {f"{path.parent.name}/{path.stem}" for path in paths if path.name[0] != "_"}
    assert files == {name for name, *_ in CASES}
    texts = {str(path.relative_to(BAD).with_suffix("")) for path in BAD.rglob("*.txt")}
    assert texts == files


def test_messages_are_one_sentence_in_lower_case() -> None:
    for path in BAD.rglob("*.txt"):
        title = path.read_text(encoding="utf-8").splitlines()[0]
        message = title.partition("]: ")[2]
        assert not message.endswith("."), path
        assert message[0] in "`" or message[0].islower(), path
        assert message.count("`") % 2 == 0, path


# --- several mistakes -------------------------------------------------------------------------


def test_three_mistakes_give_three_messages() -> None:
    text = net(
        "{op: conv2d, out_channels: 8, kernal_size: 3}",
        "{op: dropout, p: 1.5}",
        "{op: relu, when: stride != 1}",
    )
    assert [line.split()[:2] for line in told(text)] == [
        ["schema", "5"],
        ["domain", "6"],
        ["expression", "7"],
    ]


def test_mistakes_of_different_steps_are_told_together() -> None:
    text = net("{op: conv2d, out_channels: 8, kernel_size: 3, kernel_size: 5}", "{op: nope}")
    assert [line.split()[:2] for line in told(text)] == [["duplicate", "5"], ["schema", "6"]]


def test_three_mistakes_of_the_structure() -> None:
    text = HEAD + "params: {list: 3}\nlayers:\n  a b: relu\n  c: {op: relu, splice: 3}\n"
    assert [line.split()[:2] for line in told(text)] == [
        ["name", "4"],
        ["name", "6"],
        ["type", "7"],
    ]


def test_a_mistake_in_a_variant_is_told_once_for_all_variants() -> None:
    text = HEAD + (
        "params: {width: 8}\n"
        "layers: [{op: conv2d, out_channels: width, kernel_size: 33}]\n"
        "variants: {a: {width: 9}, b: {width: 10}}\n"
    )
    assert [line.split()[:2] for line in told(text)] == [["shape", "5"]]


# --- texts that are no files here -------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (HEAD + 'description: "\0"\nlayers: [relu]\n', "syntax 4"),
        ((HEAD + "layers: [relu]\n").encode("utf-16"), "syntax 1"),
        (HEAD + "layers: " + "[" * 1000 + "]" * 1000 + "\n", "limit 4"),
        (HEAD + "layers: " + "[" * 200_000, "limit 4"),
        (
            HEAD + "layers:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 500)),
            "limit 36",
        ),
        (HEAD + "# " + "x" * 300 * 1024 + "\nlayers: [relu]\n", "limit"),
        (net("{op: conv2d, kernel_size: 1, out_channels: " + "9" * 5000 + "}"), "limit 5"),
        (net("{op: linear, out_features: '" + "1 + " * 2500 + "1'}"), "limit 5"),
        (net("{op: linear, out_features: " + "a" * 10_000 + "}"), "limit 5"),
    ],
    ids=["nul", "utf-16", "1000", "200000", "deep", "large", "nines", "long", "long word"],
)
def test_large_and_broken_texts(text: str | bytes, start: str) -> None:
    begin = time.perf_counter()
    (only,) = told(text)
    assert time.perf_counter() - begin < 20
    assert only.startswith(start)
    assert len(only) < 200


def test_an_alias_bomb_is_refused_at_once() -> None:
    text = (BAD / "yaml/aliases_nine_by_nine.yaml").read_text(encoding="utf-8")
    begin = time.perf_counter()
    (only,) = told(text)
    assert time.perf_counter() - begin < 20
    assert only.startswith("limit 6")


def test_blocks_that_differ_without_end_meet_a_limit() -> None:
    blocks = "".join(
        f"  b{n}:\n    params: {{x: int}}\n    layers:\n"
        f"      - {{block: b{n + 1}, x: 2 * x}}\n      - {{block: b{n + 1}, x: 2 * x + 1}}\n"
        for n in range(40)
    )
    last = "  b40: {params: {x: int}, layers: [{op: dropout, p: 1 / x}]}\n"
    text = HEAD + f"blocks:\n{blocks}{last}layers: [{{block: b0, x: 1}}]\n"
    begin = time.perf_counter()
    (only,) = told(text)
    assert time.perf_counter() - begin < 60
    assert only.startswith("limit")


def test_blocks_in_blocks_meet_a_limit() -> None:
    blocks = "".join(f"  b{n}: {{layers: [b{n + 1}]}}\n" for n in range(100))
    text = HEAD + f"blocks:\n{blocks}  b100: {{layers: [relu]}}\nlayers: [b0]\n"
    (only,) = told(text)
    assert only.startswith("limit")


def test_repetitions_that_grow_without_end_meet_a_limit() -> None:
    text = HEAD + (
        "blocks:\n  dense:\n    layers:\n      norm: batch_norm2d\n"
        "      cat: {op: cat, from: [input, norm], dim: 1, when: input.channels < 4}\n"
        "      more: {op: conv2d, out_channels: input.channels + 1, kernel_size: 1}\n"
        "layers: [{block: dense, repeat: 1000000000}]\n"
    )
    begin = time.perf_counter()
    (only,) = told(text)
    assert time.perf_counter() - begin < 60
    assert only.startswith("limit")


def test_a_mistake_far_down_is_found() -> None:
    blocks = "".join(f"  b{n}: {{layers: [{{block: b{n + 1}, repeat: 2}}]}}\n" for n in range(62))
    size = "1" + " + 1" * 60 + " + nope"
    last = f"  b62: {{layers: [{{op: linear, out_features: {size}}}]}}\n"
    text = HEAD + f"blocks:\n{blocks}{last}layers: [b0]\n"
    assert told(text) == ["expression 67 nothing here is called `nope`"]


# --- the command line -------------------------------------------------------------------------

WIDE = HEAD + (
    "params: {width: 8, mode: {type: str, default: zeros, choices: [zeros, reflect]}}\n"
    "blocks:\n"
    "  unit: {layers: [relu]}\n"
    "layers:\n"
    "  - {op: conv2d, out_channels: width, kernel_size: 3, padding: 1, padding_mode: mode}\n"
    "  - unit\n"
    "variants: {wide: {width: 16}}\n"
)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            Settings({"widht": 9}),
            "reference - the spec has no parameter `widht`",
        ),
        (
            Settings({"width": True}),
            "type - `width` must be a number or a list of numbers, not `true`",
        ),
        (Settings({"width": "nine"}), "expression - nothing here is called `nine`"),
        (Settings({"mode": "circular"}), "domain - `mode` must be `zeros` or `reflect`"),
        (Settings({"mode": 3}), "type - `mode` must be a text, not an integer (`3`)"),
        (Settings(variant="wdie"), "reference - the spec has no variant `wdie`"),
        (Settings(inputs={"input": (3, 32)}), "domain - `--input` gives 2 sizes"),
        (Settings(inputs={"input": (3, 0, 32)}), "domain - every size of `--input`"),
        (Settings(inputs={"image": (3, 32, 32)}), "domain - the spec has no input `image`"),
        (Settings({"width": 0}), "domain 8 `out_channels` must be at least 1, not 0"),
        (Settings({"width": [8, 9]}), "type 8 `out_channels` must be an integer, not a list"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_wrong_settings(settings: Settings, expected: str) -> None:
    (only,) = told(WIDE, settings)
    assert only.startswith(expected)


def test_settings_are_named_in_a_note() -> None:
    (only,) = found(WIDE, Settings({"width": "9 +"}))
    assert only.notes == ("`--set width` was given beside the spec",)


LADDER = (
    "archspec: 1\nname: Net\ninputs: {left: [N, 3, H, W], right: [N, 3, H, W]}\nlayers:\n"
    "  down: {op: max_pool2d, from: left, kernel_size: 2}\n"
    "  up: {op: upsample, scale_factor: 2}\n"
    "  cat: {op: cat, from: [up, right], dim: 1}\n"
)


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        ({"lft": (3, 8, 8)}, "domain - the spec has no input `lft`"),
        ({"input": (3, 8, 8)}, "domain - the spec has no input `input`"),
        ({"left": (3, 8, 8), "right": (3, 9, 8)}, "domain - `--input` gives `H` both 8 and 9"),
        ({"left": (3, 8)}, "domain - `--input` gives 2 sizes"),
        ({"left": (3, 8, 9)}, "shape 7 `cat` along dimension 1 cannot join its inputs"),
        ({"left": (3, 1, 8)}, "shape 5 a window of 2 does not fit into an input of 1"),
    ],
    ids=["misspelt", "unnamed", "two sizes", "rank", "odd", "small"],
)
def test_wrong_sizes_of_named_inputs(shapes: dict[str, tuple[int, ...]], expected: str) -> None:
    (only,) = told(LADDER, Settings(inputs=shapes))
    assert only.startswith(expected)


def test_sizes_of_named_inputs() -> None:
    """A size that one input gives to a symbol holds for the other, too."""
    model = network(LADDER, Settings(inputs={"left": (3, 8, 12)}))
    assert str(model.outputs[0]) == "N×6×8×12"


# --- strange and fine -------------------------------------------------------------------------


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    text = net("{op: conv2d, out_channels: 8, kernel_size: 3}", "relu")
    assert sound("\ufeff" + text).spec == sound(text).spec
    assert sound(text.replace("\n", "\r\n").encode()).spec == sound(text).spec


def test_a_number_with_an_exponent() -> None:
    (node,) = network(net("{op: batch_norm2d, eps: 1e-5}")).nodes
    assert isinstance(node, Leaf)
    assert node.operation.model_dump()["eps"] == 0.00001


def network(text: str, settings: Settings = Settings()) -> Module:
    """Give the module of the model of a spec in which nothing is wrong."""
    result = sound(text, settings).network
    assert result is not None
    return result.model


def test_a_repeat_of_zero_is_absent() -> None:
    model = network(net("{op: conv2d, out_channels: 8, kernel_size: 3, repeat: 0}", "relu"))
    assert [node.name for node in model.nodes] == ["0"]
    assert str(model.outputs[0]) == "N×3×32×32"


@pytest.mark.parametrize(
    "layer",
    [
        "{op: relu, repeat: 1000000000}",
        "{layers: [{layers: [{op: relu, repeat: 1000}], repeat: 1000}], repeat: 1000}",
    ],
    ids=["one", "in each other"],
)
def test_equal_repetitions_cost_nothing(layer: str) -> None:
    begin = time.perf_counter()
    model = network(net(layer))
    assert time.perf_counter() - begin < 20
    assert str(model.outputs[0]) == "N×3×32×32"


@pytest.mark.parametrize(
    "text",
    [
        '"""\\nimport os',
        "ends in a backslash \\",
        "--><script>alert(1)</script>",
        "\\N\\G",
        '"];x[label="y',
        "=cmd|' /C calc'!A0",
        "| a | b |",
        "\\x1b[31m",
        "{{ name }} ${HOME} `id` %s",
        "# no comment: here",
    ],
)
@pytest.mark.parametrize("key", ["description", "reference"])
def test_text_stays_text(key: str, text: str) -> None:
    quoted = "'" + text.replace("'", "''") + "'"
    spec = sound(HEAD + f"{key}: {quoted}\nlayers: [relu]\n").spec
    assert getattr(spec, key) == text


def test_warnings_do_not_fail() -> None:
    outcome = compile(read(HEAD + "params: {unused: 3}\nlayers: [relu]\n", "net.yaml"))
    assert [item.severity for item in outcome.diagnostics] == ["warning"]
    assert not outcome.failed
    assert outcome.network is not None


def test_mistakes_of_structure_do_not_hide_those_of_shape() -> None:
    text = (
        "archspec: 1\nname: Bad\ninput: [N, 3, 32, 32]\nlayers:\n"
        "  a: {op: conv2d, out_channels: 8, kernel_size: 3, groups: 2}\n"
        "  b: {op: relu, when: [1]}\n"
        "  c: {op: add, from: [b, input]}\n"
        "  d: {op: linear, out_feature: 8}\n"
        "  e: {kernel_size: 3}\n"
        "expect: {params: lots}\n"
    )
    found = check(read(text, "bad.yaml")).diagnostics
    assert [(item.span.line if item.span else 0, item.category) for item in found] == [
        (6, "type"),
        (9, "schema"),
        (10, "type"),
        (5, "shape"),
        (8, "schema"),
    ]


def test_what_python_takes_for_equal_is_told_apart() -> None:
    """A power of -1.0 is allowed for integers, and one of -1 is not, whichever comes first."""
    whole = net("{op: pow, exponent: -1}", input="{shape: [N, 8], dtype: int64}")
    sound(whole.replace("-1", "-1.0"))
    assert [line.split()[:2] for line in told(whole)] == [["domain", "5"]]

"""What the door refuses, where, and in which words; and that nothing spoilt gets past it."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.door_texts import LOADERS, SAMPLE, Loader, found, tell
from support.paths import GOLDEN

from archspec import diagnostics as problems
from archspec.diagnostics import Span
from archspec.diagnostics.render import render_text
from archspec.source import Limits, read

# --- what is refused ------------------------------------------------------------------------


DOOR = GOLDEN / "door"

BAD: list[tuple[str | bytes, str]] = [
    ("name: [1, 2", "syntax 1:7 the bracket `[` is never closed"),
    ("name: [1, 2\nb: 3", "syntax 1:7 the bracket `[` is never closed"),
    ("a: {b: 1\n  c: 2}", "syntax 2:4 a comma or `}` is missing before `:`"),
    ("a: {b: [1, 2}", "syntax 1:13 a comma or `]` is missing before `}`"),
    ("name: 'x", "syntax 1:7 the quote `'` is never closed"),
    ("a:\n\tb: 1", "syntax 2:1 a tab cannot indent a line"),
    ("a:\n  b: 1\n\tc: 2", "syntax 3:1 a tab cannot indent a line"),
    ("a: 1\nb: \0", "syntax 2:4 the character U+0000 cannot stand in a text"),
    ("a: \x1b[31m", "syntax 1:4 the character U+001B cannot stand in a text"),
    ("a: \ufeffb", "syntax 1:4 the character U+FEFF cannot stand in a text"),
    ("a: \ud800", "syntax 1:4 the character U+D800 cannot stand in a text"),
    ("a: 1".encode("utf-16"), "syntax 1:1 the text is UTF-16, and a spec is UTF-8"),
    ("a: 1".encode("utf-16-be"), "syntax 1:1 the text is UTF-16, and a spec is UTF-8"),
    ("é: 1\né: ".encode() + b"\xff", "syntax 2:4 the byte 0xff is no UTF-8"),
    (
        "a: *",
        "syntax 1:4 `*` at the beginning of a value repeats an anchor, and no name follows it",
    ),
    ("a: *x", "syntax 1:4 `*x` repeats `&x`, which does not stand above it"),
    ("a: &", "syntax 1:4 `&` at the beginning of a value names an anchor, and no name follows it"),
    ("a: %x", "syntax 1:4 a value cannot begin with `%`"),
    ("a: @x", "syntax 1:4 a value cannot begin with `@`"),
    ("a: `x`", "syntax 1:4 a value cannot begin with a backtick"),
    ("a: b: c", "syntax 1:5 a second `:` in one value"),
    ("a: 1\n b: 2", "syntax 2:2 `b` cannot begin here: the line above has a value already"),
    ("a:\n  b:c\n  d: e", "syntax 2:3 a space is missing after the colon of `b:c`"),
    ("a:\n  b c\n  d: e", "syntax 2:3 `b c` is no `key: value`"),
    ("a:\n  - b\n c: d", "syntax 3:2 this line belongs to nothing above it"),
    ("a: 1\nb\nc: 2", "syntax 2:1 `b` is no `key: value`"),
    ("a: 1\nb:2\nc: 2", "syntax 2:1 a space is missing after the colon of `b:2`"),
    ("- a\n-b\n- c", "syntax 2:1 a space is missing after the `-` of `-b`"),
    ("a: {b: 1}}", "syntax 1:10 `}` closes no open bracket"),
    ("a: {b:2}", "syntax 1:5 a space is missing after the colon of `b:2`"),
    ("a: {b: depths[0], c: 1}", "syntax 1:8 a value inside `{}` or `[]` ends at `[`"),
    ("a: {b: 1, , c: 1}", "syntax 1:11 a value is missing before `,`"),
    ("a: 'x' y", "syntax 1:8 `y` cannot follow a complete value"),
    ("a: > 3", "syntax 1:4 `>` at the beginning of a value announces a text on the lines below"),
    ('a: "\\q"', "syntax 1:5 `\\q` is no escape sequence of a text in double quotes"),
    ("a: 1\n---\nb: 2", "yaml-feature 2:1 a spec is one document, and a second one begins here"),
    ("a: 1\n...\nb: 2", "yaml-feature 3:1 a spec is one document, and a second one begins here"),
    (
        "# c\n%YAML 1.1\n---\na: 1",
        "yaml-feature 2:1 a line that begins with `%` is a YAML directive, and a spec has none",
    ),
    (
        "%TAG ! tag:x,2000:\n---\na: 1",
        "yaml-feature 1:1 a line that begins with `%` is a YAML directive, and a spec has none",
    ),
    (
        "a: !!python/object/apply:os.system [ls]",
        "yaml-feature 1:4 `!!python/object/apply:os.system` is a YAML tag, and a spec has none",
    ),
    ("a: !!int 64", "yaml-feature 1:4 `!!int` is a YAML tag, and a spec has none"),
    ("a: !!bool maybe", "yaml-feature 1:4 `!!bool` is a YAML tag, and a spec has none"),
    ("a: !!binary x", "yaml-feature 1:4 `!!binary` is a YAML tag, and a spec has none"),
    ("a: !custom {}", "yaml-feature 1:4 `!custom` is a YAML tag, and a spec has none"),
    ("a: &b !custom 1", "yaml-feature 1:7 `!custom` is a YAML tag, and a spec has none"),
    ("a: {<<: {b: 1}}", "yaml-feature 1:5 `<<` is a YAML merge key, and a spec has none"),
    ("&a [*a]", "yaml-feature 1:5 `*a` stands inside the value that `&a` names"),
    ("{kernel_size: 3, kernel_size: 5}", "duplicate-key 1:18 `kernel_size` is written twice"),
    ("0: a\n'0': b", "duplicate-key 2:1 `0` is written twice"),
    ("{1.5: relu}", "wrong-type 1:2 a key must be a text, and `1.5` is a number"),
    ("{true: relu}", "wrong-type 1:2 a key must be a text, and `true` is a truth value"),
    ("{~: relu}", "wrong-type 1:2 a key must be a text, and `~` is null"),
    ("? [a] : b", "wrong-type 1:3 a key must be a text, and this one is a list"),
    ("? {a: b}\n: c", "wrong-type 1:3 a key must be a text, and this one is a mapping"),
    ("a: " + "9" * 5000, "number-too-large 1:4 a number of 5,000 digits is more than 2^63 - 1"),
    ("a: -9223372036854775808", "number-too-large 1:4 a number of 19 digits is more than 2^63 - 1"),
    ("a: 1e999", "number-too-large 1:4 the number is larger than any floating-point number"),
    (
        "{p: min(a, b)}",
        "expression-syntax 1:5 `min(a` is cut off, as a comma inside `{}` ends a value",
    ),
    (
        "[max(a, 1.5, b) if c else d, 2]",
        "expression-syntax 1:2 `max(a` is cut off, as a comma inside `[]` ends a value",
    ),
    ("a: " + "[" * 1000, "limit-exceeded 1:35 the spec is nested more than 32 levels deep"),
    ("[" * 200_000, "limit-exceeded 1:33 the spec is nested more than 32 levels deep"),
    (
        "\n".join("  " * depth + "a:" for depth in range(500)),
        "limit-exceeded 33:65 the spec is nested more than 32 levels deep",
    ),
    (
        "a: [" + "1, " * 60_000 + "]",
        "limit-exceeded 1:149990 the spec has more than 50,000 YAML events, "
        "with its aliases expanded",
    ),
]


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def loader(request: pytest.FixtureRequest) -> Loader:
    """Give each of the two parsers in turn."""
    chosen: Loader = request.param
    return chosen


@pytest.mark.parametrize(("text", "told"), BAD, ids=lambda _: "")
def test_a_bad_text_is_refused_once_at_its_place(
    text: str | bytes, told: str, loader: Loader
) -> None:
    start = time.perf_counter()
    diagnostics = found(text, loader)
    assert time.perf_counter() - start < 20
    assert [tell(item) for item in diagnostics] == [told]


@pytest.mark.parametrize("text", [r'"\ud800"', r'"\uDFFF"', r'"\UFFFFFFFF"', r'"\U00110000"'])
def test_an_escape_that_names_no_character_is_refused(text: str, loader: Loader) -> None:
    (diagnostic,) = found(f"a: {text}", loader)
    assert type(diagnostic) is problems.Syntax
    assert diagnostic.span is not None and diagnostic.span.line == 1


def test_the_text_must_not_be_too_long() -> None:
    (diagnostic,) = found("a: " + "x" * 300 * 1024)
    assert type(diagnostic) is problems.LimitExceeded
    assert diagnostic.message == "the text has 307,203 bytes, and a spec may have 262,144"


def bomb(levels: int) -> str:
    """Nine aliases a level of the level above."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


def test_aliases_count_as_what_they_repeat(loader: Loader) -> None:
    read(bomb(4), "net.yaml", loader=loader)
    start = time.perf_counter()
    (diagnostic,) = found(bomb(9), loader)
    assert time.perf_counter() - start < 0.1
    assert type(diagnostic) is problems.LimitExceeded
    assert diagnostic.span is not None and diagnostic.span.line == 5


def test_aliases_are_as_deep_as_what_they_repeat(loader: Loader) -> None:
    chain = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 40))]
    (diagnostic,) = found("\n".join(chain), loader)
    assert diagnostic.message == "the spec is nested more than 32 levels deep"
    assert diagnostic.span is not None and diagnostic.span.line == 32


def test_a_merge_bomb_ends(loader: Loader) -> None:
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 10)]
    diagnostics = found("\n".join(lines), loader)
    assert type(diagnostics[-1]) is problems.LimitExceeded
    assert {type(item) for item in diagnostics[:-1]} == {problems.YamlFeature}


def test_the_caller_raises_limits() -> None:
    deep = "[" * 100 + "]" * 100
    assert read(deep, "a", Limits(depth=100)).diagnostics == ()
    assert read("x" * 300 * 1024, "a", Limits(bytes=2**20)).diagnostics == ()
    assert read("[" + "1," * 60_000 + "]", "a", Limits(events=10**5)).diagnostics == ()
    with pytest.raises(ValueError, match="depth is at most 256, not 257"):
        Limits(depth=257)


def test_reading_goes_on_after_most_errors(loader: Loader) -> None:
    text = "a: {b: 1, b: 2}\nc: !tag 3\n1.5: x\nd: {p: min(a, b), q: 4}\ne: {f:5}\ng: [h"
    diagnostics = found(text, loader)
    assert [item.slug for item in diagnostics] == [
        *("duplicate-key", "yaml-feature", "wrong-type", "expression-syntax", "syntax", "syntax")
    ]
    source = read(text[: text.index("\ng")], "net.yaml", loader=loader)
    inner = {"d": {"p": "min(a, b)", "q": 4}, "e": {"f": 5}}
    assert source.data == {"a": {"b": 2}, "c": 3, "1.5": "x", **inner}


def test_a_doubled_key_names_both_lines() -> None:
    (diagnostic,) = found("a: 1\nb: 2\na: 3")
    assert diagnostic.span == Span(3, 1, 3, 2)
    assert [(label.span.line, label.text) for label in diagnostic.related] == [(1, "here first")]


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("{p: min(a, b), q: 1}", 'quote it: "min(a, b)"'),
        ("{p: max(a, b[0])}", 'quote it: "max(a, b[0])"'),
        ("{p: min(a, 'x')}", "quote it: \"min(a, 'x')\""),
        ("{p: min(a, b}", "close the parenthesis, and quote the whole"),
        ("{p: depths[0], q: 1}", 'quote it: "depths[0]"'),
        ("[a * depths[0] + 1, 2]", 'quote it: "a * depths[0] + 1"'),
        ("{p: @x, q: 1}", 'quote it: "@x"'),
        ("{1.5: a}", 'quote it: "1.5"'),
        ("{stride:2}", "write `stride: 2`"),
    ],
)
def test_the_help_says_what_to_write(text: str, help: str, loader: Loader) -> None:
    assert [item.help for item in found(text, loader)] == [help]


@pytest.mark.parametrize("path", sorted(DOOR.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_exact_text(path: Path, golden: Callable[[str, str], None], loader: Loader) -> None:
    shown = (replace(item, file=path.name) for item in found(path.read_bytes(), loader))
    golden(f"door/{path.stem}.txt", render_text(shown))


# --- spoilt specs, on which parsers agree ---------------------------------------------------


MARKS = tuple(bytes([code]) for code in b"[]{}:!%\t\n'\"\\\0\xff#(,`@\r|>?")
WORDS = (
    *(b": ", b"- ", b"? ", b"| ", b"> ", b"&a ", b"*a", b"<<: ", b"1.5: ", b"\n  ", b"9" * 40),
    *(b"---\n", b"...\n", b"\\ud800", b"\xe2\x80\xa8", b"\xef\xbb\xbf"),
)
PIECES = st.sampled_from(MARKS + WORDS)
CUTS = st.tuples(st.integers(0, len(SAMPLE)), st.integers(0, 3), PIECES)


def mutated(cuts: list[tuple[int, int, bytes]]) -> bytes:
    text = SAMPLE.encode()
    for position, length, piece in cuts:
        text = b"".join((text[:position], piece, text[position + length :]))
    return text


@settings(max_examples=300, deadline=None)
@given(st.lists(CUTS, min_size=1, max_size=5).map(mutated))
@example(b"a: \xf4\x90\x80\x80")
@example(b"? ? ? a")
@example(b"a: !<\nb")
@example(b"a: !%zz b")
@example(b'"a": "\\xzz"')
@example(b": : :")
@example(b'a: "x\n--- y')
def test_a_mutated_spec_raises_only_spec_errors(text: bytes) -> None:
    for loader in LOADERS:
        for item in found(text, loader):
            assert item.message and "\n" not in item.message
            assert item.span is not None and 1 <= item.span.line <= max(1, len(item.lines))
        render_text(found(text, loader))


def is_common(text: bytes) -> bool:
    """Leave out where the parsers differ: tabs between words, and `?` inside brackets."""
    return b"\t" not in text and b"?" not in text


# One parser may refuse what the other reads, as `{a:, b}`; which texts those are is not ours to
# say, so that this test takes the same examples each time.
@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(CUTS, min_size=1, max_size=2).map(mutated).filter(is_common))
def test_what_both_parsers_read_is_the_same(text: bytes) -> None:
    one, other = (reading(text, loader) for loader in LOADERS)
    assert None in (one, other) or one == other


def reading(text: bytes, loader: Loader) -> object:
    """Give data and positions, or `None` for a text that has errors."""
    if found(text, loader):
        return None
    source = read(text, "net.yaml", loader=loader)
    return repr(source.data), source.keys, source.values

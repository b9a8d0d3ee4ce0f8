"""How problems are shown: lines, carets, labels, and nothing that acts on a terminal."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archspec.diagnostics import (
    ChannelMismatch,
    Label,
    OutOfRange,
    Problem,
    Span,
    UnknownVariant,
    UnreadLayer,
)
from archspec.diagnostics.render import WIDEST, render_lines, render_text

UNET = (
    *("",) * 37,
    "    up3:   {block: up, out_channels: 128}",
    *("",) * 2,
    "    join3: {op: add, from: [up3, enc3]}",
)

JOIN = ChannelMismatch(
    "`add` cannot broadcast its inputs",
    file="unet.yaml",
    span=Span(41, 5, 41, 10),
    label="N×128×56×56 and N×256×56×56",
    related=(Label(Span(38, 5, 38, 8), "N×128×56×56 comes from here"),),
    notes=("the sizes in dimension 1 differ",),
    help="give `up3` 256 channels",
    lines=UNET,
)

SHOWN = """\
error[channel-mismatch]: `add` cannot broadcast its inputs
  --> unet.yaml:41:5
   |
38 |     up3:   {block: up, out_channels: 128}
   |     --- N×128×56×56 comes from here
41 |     join3: {op: add, from: [up3, enc3]}
   |     ^^^^^ N×128×56×56 and N×256×56×56
   = note: the sizes in dimension 1 differ
   = help: give `up3` 256 channels

1 error in unet.yaml
"""


def at(line: str, column: int, end_column: int) -> Problem:
    """Make a problem in the only line of a text."""
    span = Span(1, column, 1, end_column)
    return OutOfRange("wrong", file="a.yaml", span=span, lines=(line,))


def excerpt(diagnostic: Problem) -> tuple[str, str]:
    """Give the shown line and the line of signs below it, without the margin."""
    lines = render_text([diagnostic]).splitlines()
    return lines[3].removeprefix("1 | "), lines[4].removeprefix("  | ")


def columns(text: str) -> int:
    """Count the columns of a terminal, independently of the renderer, for the texts used here."""
    return sum(1 + (unicodedata.east_asian_width(character) == "W") for character in text)


def test_a_problem_with_everything() -> None:
    assert render_text([JOIN]) == SHOWN


def test_a_problem_without_a_place() -> None:
    problem = UnknownVariant("there is no variant `x`", file="a.yaml", help="try `y`")
    assert render_text([problem]) == (
        "error[unknown-variant]: there is no variant `x`\n --> a.yaml\n"
        "  = help: try `y`\n\n1 error in a.yaml\n"
    )


def test_a_problem_whose_line_is_not_at_hand() -> None:
    problem = OutOfRange("wrong", file="a.yaml", span=Span(7, 2, 7, 3))
    assert render_text([problem]) == (
        "error[out-of-range]: wrong\n --> a.yaml:7:2\n\n1 error in a.yaml\n"
    )


def test_nothing_to_show() -> None:
    assert render_text([]) == ""
    assert render_lines([]) == ""


def test_order_and_summary() -> None:
    lines = ("a: 1", "b: 2")
    late = OutOfRange("late", file="a.yaml", span=Span(2, 1, 2, 2), lines=lines)
    unread = UnreadLayer("unread", file="a.yaml", span=Span(1, 4, 1, 5), lines=lines)
    first = OutOfRange("first", file="a.yaml", span=Span(1, 1, 1, 2), lines=lines)
    assert render_lines([late, unread, first]) == (
        "a.yaml:1:1: error[out-of-range]: first\n"
        "a.yaml:1:4: warning[unread-layer]: unread\n"
        "a.yaml:2:1: error[out-of-range]: late\n"
    )
    assert render_text([late, unread, first]).endswith("\n\n2 errors, 1 warning in a.yaml\n")


def test_labels_in_one_line() -> None:
    label = Label(Span(1, 1, 1, 2), "first")
    problem = OutOfRange(
        "wrong",
        file="a.yaml",
        span=Span(1, 7, 1, 8),
        label="again",
        related=(label,),
        lines=("a: 1, a: 2",),
    )
    assert render_text([problem]).splitlines()[3:6] == [
        "1 | a: 1, a: 2",
        "  |       ^ again",
        "  | - first",
    ]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("a: \x1b[31m!", "a: \\x1b[31m!"),
        ("a: \u202e!", "a: \\u202e!"),
        ("\ta: !", "    a: !"),
        ("卷积: !", "卷积: !"),
        ("é: !", "é: !"),
    ],
)
def test_the_caret_stands_below_its_character(line: str, shown: str) -> None:
    column = line.index("!") + 1
    text, signs = excerpt(at(line, column, column + 1))
    assert text == shown
    assert columns(text[: text.index("!")]) == signs.index("^")


def test_a_combining_mark_takes_no_column() -> None:
    assert excerpt(at("e\u0301: !", 5, 6))[1] == "   ^"


@pytest.mark.parametrize("before", [0, 50, 119, 120, 500, 100_000])
@pytest.mark.parametrize("after", [0, 50, 120, 100_000])
def test_a_long_line_is_cut_around_the_span(before: int, after: int) -> None:
    line = "x" * before + "!!!" + "y" * after
    text, signs = excerpt(at(line, before + 1, before + 4))
    assert len(text) <= WIDEST + 2
    assert text[signs.index("^") : signs.rindex("^") + 1] == "!!!"
    assert (text[0] == "…") == (len(line) > WIDEST and before + 3 > WIDEST - 1)


def test_a_long_span_ends_with_the_line() -> None:
    text, signs = excerpt(at("a: " + "9" * 5000, 4, 5004))
    assert len(signs) == len(text)


def test_a_span_of_several_lines_is_marked_in_the_first() -> None:
    problem = OutOfRange("wrong", file="a.yaml", span=Span(1, 4, 2, 3), lines=("a: [1,", "  2]"))
    assert excerpt(problem) == ("a: [1,", "   ^^^")


def test_messages_are_inert() -> None:
    problem = OutOfRange("a\x1b[2J\nb", file="\x07.yaml", help="\x9b", notes=("\r",))
    shown = render_text([problem]) + render_lines([problem])
    assert all(character.isprintable() for character in shown.replace("\n", ""))
    assert "a\\x1b[2J\\nb" in shown


def test_color_only_adds_escape_sequences() -> None:
    colored = render_text([JOIN], color=True)
    assert "\x1b[1;31merror[channel-mismatch]\x1b[0m" in colored
    plain = colored
    for code in ("1;31", "1;34", "1;33", "1", "0"):
        plain = plain.replace(f"\x1b[{code}m", "")
    assert plain == SHOWN


def test_many_problems_in_one_long_line_take_no_time() -> None:
    line = "1e999," * 40_000
    many = [at(line, 6 * number + 1, 6 * number + 6) for number in range(40_000)]
    start = time.perf_counter()
    shown = render_text(many)
    assert time.perf_counter() - start < 20
    assert shown.count("error[") == 100
    assert shown.endswith("40000 errors in a.yaml, of which 100 are shown\n")


@given(st.text(max_size=300), st.integers(1, 400), st.integers(1, 400))
def test_any_line_can_be_shown(line: str, column: int, end_column: int) -> None:
    text, signs = excerpt(at("|" + line.replace("\n", ""), column, end_column))
    assert "^" in signs
    assert text.isprintable()

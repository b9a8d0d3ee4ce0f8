"""What the door reads, and where it stands; what other readers make of what is a string here."""

import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support.door_texts import LOADERS, SAMPLE, Loader

from archspec.diagnostics import OutOfRange, Place, Span, SpecError
from archspec.source import Source, foreign_reading, read, read_value


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def loader(request: pytest.FixtureRequest) -> Loader:
    """Give each of the two parsers in turn."""
    chosen: Loader = request.param
    return chosen


def written(source: Source, place: Place) -> str:
    """Give the text at a place, which must stand in one line."""
    span = source.span(place)
    assert span.line == span.end_line
    return source.lines[span.line - 1][span.column - 1 : span.end_column - 1]


# --- data ---


def test_the_sample_is_read(loader: Loader) -> None:
    source = read(SAMPLE, "net.yaml", loader=loader)
    assert source.diagnostics == ()
    assert source.data == {
        "archspec": 1,
        "name": "Ré\tsNet",
        "params": {"depths": [3, 4, 6, 3], "rate": 1e-5, "on": True},
        "shared": [1, 2],
        "blocks": {
            "bottleneck": {
                "params": {"planes": "int", "stride": 1},
                "layers": {
                    "conv1": {"op": "conv2d", "out_channels": "4 * planes", "bias": False},
                    "0": "batch_norm2d",
                    "again": [1, 2],
                },
            }
        },
        "description": "two\nlines\n",
        "empty": None,
    }


SCALARS = {
    **dict.fromkeys(["null", "~", ""]),
    "true": True,
    "false": False,
    "0": 0,
    "-12": -12,
    "1_000_000": 1_000_000,
    "9223372036854775807": 2**63 - 1,
    "1e-5": 1e-5,
    "1.": 1.0,
    ".5": 0.5,
    "-2.5E+3": -2500.0,
    "1_0.5": 10.5,
}
TEXTS = ["017", "0o17", "0x1F", "True", "no", "on", "3:30", "2024-10-11", ".nan", ".inf", "1e"]
TEXTS += ["NULL", "+5", "-.", ".", "1.2.3", "--1", "_1", "64px", "٣", "1/16", "a: b"[:1], "'true'"]


@pytest.mark.parametrize("text", SCALARS, ids=repr)
def test_a_plain_scalar_is_a_value(text: str, loader: Loader) -> None:
    data = read(f"a: {text}", "net.yaml", loader=loader).data
    assert isinstance(data, dict)
    value = data["a"]
    assert value == SCALARS[text]
    assert type(value) is type(SCALARS[text])


@pytest.mark.parametrize("text", TEXTS)
def test_all_else_is_a_string(text: str, loader: Loader) -> None:
    data = read(f"a: {text}", "net.yaml", loader=loader).data
    assert data == {"a": text.strip("'")}


@pytest.mark.parametrize("text", ['"1"', "'true'", "|-\n  1", '"~"'])
def test_only_plain_scalars_are_resolved(text: str, loader: Loader) -> None:
    data = read(f"a: {text}", "net.yaml", loader=loader).data
    assert isinstance(data, dict) and isinstance(data["a"], str)


@pytest.mark.parametrize("text", ["", "# a comment", "---", "\n\n", "\ufeff"])
def test_an_empty_text_has_no_data(text: str, loader: Loader) -> None:
    source = read(text, "net.yaml", loader=loader)
    assert (source.data, source.diagnostics) == (None, ())


@pytest.mark.parametrize("text", ["\ufeff" + SAMPLE, SAMPLE.replace("\n", "\r\n")])
def test_byte_order_mark_and_line_ends_change_nothing(text: str, loader: Loader) -> None:
    plain, other = read(SAMPLE, "a", loader=loader), read(text.encode(), "a", loader=loader)
    assert (other.data, other.lines, other.values) == (plain.data, plain.lines, plain.values)


def test_keys_that_look_like_integers_are_names(loader: Loader) -> None:
    assert read("{0: a, 11: b, -1: c}", "a", loader=loader).data == {"0": "a", "11": "b", "-1": "c"}


@pytest.mark.parametrize(
    ("text", "value"),
    [("[3,4,23,3]", [3, 4, 23, 3]), ("none", "none"), ("", None), ("1e-3", 0.001)],
)
def test_one_value(text: str, value: object) -> None:
    assert read_value(text, "--set x") == value


@pytest.mark.parametrize("text", ["[3", "!!int 3", "{a: 1, a: 2}", "9" * 30])
def test_one_bad_value(text: str) -> None:
    with pytest.raises(SpecError):
        read_value(text, "--set x")


# --- places ---


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place(("archspec",)), "1"),
        (Place(("archspec",), key=True), "archspec"),
        (Place(("params", "depths")), "[3, 4, 6, 3]"),
        (Place(("params", "depths", 2)), "6"),
        (Place(("params", "depths", 2), key=True), "6"),
        (Place(("params", "nothing", 3)), "{depths: [3, 4, 6, 3], rate: 1e-5, on: true}"),
        (Place(("blocks", "bottleneck", "layers", "0"), key=True), "0"),
        (Place(("blocks", "bottleneck", "layers", "again")), "*shared"),
        (Place(("blocks", "bottleneck", "layers", "again", 1)), "2"),
        (Place(("blocks", "bottleneck", "layers", "again", 7)), "*shared"),
        (Place(("blocks", "bottleneck", "layers", "conv1", "out_channels"), offset=4), "p"),
        (Place(("blocks", "bottleneck", "layers", "conv1", "op"), key=True, offset=1), "p"),
        (Place(("name",), offset=1), '"Ré\\tsNet"'),
        (Place(("description",)), "|"),
        (Place(("empty",)), "empty"),
    ],
)
def test_a_place_has_a_span(place: Place, text: str, loader: Loader) -> None:
    assert written(read(SAMPLE, "net.yaml", loader=loader), place) == text


def test_a_key_below_an_alias_is_that_below_the_anchor(loader: Loader) -> None:
    source = read("a: &a {op: relu}\nb: {c: *a}", "net.yaml", loader=loader)
    assert source.span(Place(("b", "c", "op"), key=True)) == Span(1, 8, 1, 10)
    assert source.span(Place(("b", "c", "missing"), key=True)) == Span(2, 8, 2, 10)


def test_a_block_ends_with_its_last_value(loader: Loader) -> None:
    span = read(SAMPLE, "net.yaml", loader=loader).span(Place(("blocks", "bottleneck")))
    assert (span.line, span.column, span.end_line, span.end_column) == (7, 5, 11, 21)


@pytest.mark.parametrize(
    "text", ["a: x + y", 'a: "x + y"', "a: 'x + y'", "a: &b x + y", "{a: x + y}"]
)
def test_an_offset_points_into_the_text(text: str, loader: Loader) -> None:
    source = read(text, "net.yaml", loader=loader)
    assert written(source, Place(("a",), offset=4)) == "y"


def test_a_problem_is_located_in_its_text() -> None:
    source = read(SAMPLE, "net.yaml")
    problem = OutOfRange("too small", label="here", notes=("a",), help="b", offset=4)
    place = Place(("blocks", "bottleneck", "layers", "conv1", "out_channels"))
    located = source.located(problem.at(place, ((Place(("archspec",)), "there"),)))
    assert (type(located), located.message, located.file) == (OutOfRange, "too small", "net.yaml")
    assert (located.label, located.notes, located.help) == ("here", ("a",), "b")
    assert located.span == Span(9, 45, 9, 46)
    related = [(label.span, label.text) for label in located.related]
    assert related == [(Span(1, 11, 1, 12), "there")]
    assert source.located(problem).span is None


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("0o17", "the number 15"),
        ("019", "the number 19"),
        (".nan", "`nan`, which is no number,"),
        ("2024-13-45", "a date"),
        ("2024-10-11", "a date"),
        ("True", "the truth value `true`"),
        ("NULL", "null"),
        ("+1.5", "the number 1.5"),
    ],
)
def test_foreign_readings(text: str, reading: str) -> None:
    assert foreign_reading(text) == f"other YAML readers make {reading} of it"


@pytest.mark.parametrize(
    "text", ["017", "0x1F", "0b11", "3:30", "-3:30:15", "-.inf", "+5", "1_0:30"]
)
def test_foreign_numbers_are_those_of_pyyaml(text: str) -> None:
    value = yaml.safe_load(text)
    named = "infinity" if math.isinf(value) else f"the number {value}"
    assert foreign_reading(text) == f"other YAML readers make {named} of it"


@pytest.mark.parametrize("text", ["no", "on", "Yes", "OFF", "False"])
def test_foreign_truth_values_are_those_of_pyyaml(text: str) -> None:
    value = str(yaml.safe_load(text)).lower()
    assert foreign_reading(text) == f"other YAML readers make the truth value `{value}` of it"


@pytest.mark.parametrize(
    "text", ["", "conv2d", "64px", "N", "nO", "1.2.3", "12", "a:b", "true", "0x"]
)
def test_ordinary_text_reads_alike_everywhere(text: str) -> None:
    assert foreign_reading(text) is None


@given(st.text(st.sampled_from("0123456789xobeE+-_.:~nNulTtrueys "), max_size=50))
def test_any_text_has_a_reading_or_none(text: str) -> None:
    reading = foreign_reading(text)
    assert reading is None or reading.startswith("other YAML readers make ")

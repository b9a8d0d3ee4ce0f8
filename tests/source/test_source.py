"""What the door reads, and where it stands."""

import pytest
from support.door_texts import LOADERS, SAMPLE, Loader

from archspec.diagnostics import OutOfRange, Place, Span, SpecError
from archspec.source import Source, read, read_value


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
    value = read(f"a: {text}", "net.yaml", loader=loader).data["a"]  # type: ignore[index]
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

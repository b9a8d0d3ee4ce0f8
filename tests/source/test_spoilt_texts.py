"""Nothing gets past the door: spoilt specs end in errors with places, and parsers agree."""

from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.door_texts import LOADERS, SAMPLE, Loader, found

from archspec.diagnostics.render import render_text
from archspec.source import read

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

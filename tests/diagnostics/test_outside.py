"""What a message proposes for a name outside a body, and for a lost branch, mends the spec."""

import pytest
from support.paths import GOLDEN

from archspec.diagnostics import Problem, SpecError
from archspec.pipeline import check
from archspec.source import read

BAD = GOLDEN / "bad"

MENDED = {
    "references/outside_a_block": [
        (
            "    layers:\n      conv: {",
            "    inputs: [input, weights]\n    layers:\n      conv: {from: input, ",
        ),
        ("from: input}", "from: [input, weights]}"),
    ],
    "references/outside_a_group": [
        ("from: halves.0", "from: [halves.0, halves.1]\n    inputs: [input, halves_1]"),
        ("conv: {", "conv: {from: input, "),
        ("[conv, halves.1]", "[conv, halves_1]"),
    ],
    "references/outside_and_inside": [("[conv, stem]", "[conv, input]")],
    "references/outside_two_bodies": [
        ("layers: {add", "inputs: [input, stem]\n    layers: {add"),
        (
            "layers: [relu, inner]",
            "inputs: [input, stem]\n    layers: [{op: relu, from: input}, "
            "{block: inner, from: [0, stem]}]",
        ),
        ("outer: outer", "outer: {block: outer, from: [stem, stem]}"),
    ],
    "references/outside_in_outputs": [
        ("from: input", "from: [input, stem], inputs: [input, stem]"),
        ("conv: {", "conv: {from: input, "),
    ],
    "expressions/outside_a_block": [
        (
            "    layers:\n      conv: {",
            "    inputs: [input, weights]\n    layers:\n      conv: {from: input, ",
        ),
        ("from: input}", "from: [input, weights]}"),
    ],
    "expressions/outside_parameter": [
        ("layers: [{op", "params: {planes: int}\n    layers: [{op"),
        ("inner]", "{block: inner, planes: planes}]"),
    ],
    "expressions/outside_index": [
        ("layers: [{op", "params: {number: int}\n    layers: [{op"),
        ("8 + index", "8 + number"),
        ("repeat: 3", "repeat: 3, number: index"),
    ],
    "references/absent_in_cat": [("dim: 1}", "dim: 1, when: aux}")],
    "references/absent_in_cat_of_three": [
        ("when: pooled", "when: pooled\n    repeat: 1"),
        ("point, pool,", "point, pool.*,"),
    ],
    "references/absent_into_a_join": [("[first, b]}", "[first, b], when: aux}")],
    "references/absent_repetitions_in_stack": [("[input, m]", "[input, m.*]")],
    "references/absent_shortcut": [("same]}", "same], when: input.channels == 16}")],
}
"""What to put in the place of what, once each, as the help says."""


def found(text: str) -> list[Problem]:
    """List the errors of a text."""
    try:
        every = check(read(text, "net.yaml")).diagnostics
    except SpecError as error:
        every = error.diagnostics
    return [item for item in every if item.severity == "error"]


@pytest.mark.parametrize("name", MENDED)
def test_what_the_help_asks_for_mends_it(name: str) -> None:
    text = (BAD / f"{name}.yaml").read_text(encoding="utf-8")
    assert len(found(text)) == 1
    for old, new in MENDED[name]:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    assert found(text) == []

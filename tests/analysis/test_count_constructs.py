"""Counts of what is shared, frozen, for training only, or of free sizes, worked out by hand."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.constructs import AGAIN, FREE, INCLUDED, SIAMESE, TAPPED, TRAINING, VALUES, built

from archspec.analysis import count, facts
from archspec.cli.commands.count import LEVELS, lines, present
from archspec.sizes import evaluated


def test_what_is_called_again_has_no_parameters_of_its_own_and_works_again() -> None:
    """The towers: 27·4 weights at 36 places, 36·4 at 16; then 64 weights and a bias for 2 each."""
    found = count(built(SIAMESE))
    tower = 27 * 4 + 36 * 4
    assert found.totals.parameters == tower + 64 * 2 + 2
    assert found.totals.macs.value == 2 * (27 * 4 * 36 + 36 * 4 * 16) + 64 * 2
    rows = {row.name: row for row in found.rows}
    assert (rows["twin"].again, rows["twin"].each.parameters) == ("tower", 0)


@pytest.mark.parametrize("text", [SIAMESE, AGAIN, TAPPED, VALUES, TRAINING, INCLUDED])
@pytest.mark.parametrize("level", LEVELS)
def test_rows_add_up_to_the_total_whatever_is_special_about_them(text: str, level: str) -> None:
    found = count(built(text))
    shown = list(lines(found.rows, level))
    parents = {line.path.rpartition(".")[0] for line in shown}
    leaves = [line.totals for line in shown if line.path not in parents]
    totals = found.totals
    assert sum(leaf.parameters for leaf in leaves) == totals.parameters
    assert sum(leaf.frozen for leaf in leaves) == totals.frozen
    assert sum(leaf.buffers for leaf in leaves) == totals.buffers
    assert sum(leaf.macs.least for leaf in leaves) == totals.macs.value
    assert sum(leaf.activations.least for leaf in leaves) == totals.activations.value
    assert sum(leaf.weighted_layers for leaf in leaves) == totals.weighted_layers


def test_a_tied_weight_is_counted_once_and_a_frozen_one_apart() -> None:
    totals = count(built(VALUES)).totals
    assert totals.parameters == 4 * 6 + (6 * 6 + 6) + (6 * 2 + 2)
    assert (totals.frozen, totals.trainable) == (14, totals.parameters - 14)


def test_what_only_training_needs_counts_in_parameters_alone() -> None:
    found = count(built(TRAINING))
    assert found.totals.parameters == 3 * 4 + 3 * 4 * 4
    assert found.totals.macs.value == 64 * (3 * 4 + 4 * 4)
    assert found.totals.activations.value == 2 * 4 * 64
    assert found.totals.operations == found.totals.weighted_layers == 2


@pytest.mark.parametrize(("height", "width"), [(2, 2), (8, 6), (224, 100)])
def test_free_sizes_count_as_the_fixed_ones_that_are_put_in(height: int, width: int) -> None:
    free, fixed = count(built(FREE)), count(built(_fixed(FREE, height, width)))
    values = {"H": height, "W": width}
    assert evaluated(free.totals.macs.least, values) == fixed.totals.macs.value
    assert evaluated(free.totals.activations.least, values) == fixed.totals.activations.value
    assert evaluated(free.totals.macs.least, values) == 9 * (height // 2) * (width // 2)


def _fixed(text: str, height: int, width: int) -> str:
    return text.replace("[N, 3, H, W]", f"[N, 3, {height}, {width}]")


SPECIAL = {
    "siamese": SIAMESE,
    "again": AGAIN,
    "values": VALUES,
    "training": TRAINING,
    "free": FREE,
    "included": INCLUDED,
}


@pytest.mark.parametrize("name", SPECIAL)
def test_tables_of_what_is_special(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"count/{name}.txt", present(count(built(SPECIAL[name])), "table", "layer"))


@pytest.mark.parametrize("text", SPECIAL.values(), ids=SPECIAL)
def test_json_and_csv_say_the_same_of_what_is_special(text: str) -> None:
    found = count(built(text))
    document = json.loads(present(found, "json", "layer"))
    rows = list(csv.DictReader(io.StringIO(present(found, "csv", "layer"))))
    for row, layer in zip(rows, _flat(document), strict=True):
        keys = ("path", "again", "tied", "training_only", "parameters", "macs_per_sample")
        assert [row[key] for key in keys] == [_cell(layer[key]) for key in keys]


def _flat(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for layer in document["layers"]:
        yield layer
        yield from _flat(layer)


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def test_json_names_outputs_and_tells_those_of_training_apart() -> None:
    document = json.loads(present(count(built(TRAINING)), "json"))
    assert document["outputs"] == {"logits": [4, 8, 8]}
    assert document["training_outputs"] == {"aux": [4, 8, 8]}
    assert json.loads(present(count(built(INCLUDED)), "json"))["outputs"] == [
        [8, 16, 16],
        [8, 8, 8],
    ]


def test_facts_name_the_inputs_and_say_on_what_macs_depend() -> None:
    assert " at left 3×8×8 and right 3×8×8, depth 3" in facts(built(SIAMESE))
    assert "(14 of them frozen)" in facts(built(VALUES))
    assert "MACs that depend on H and W at 3×H×W" in facts(built(FREE))
    head = "input: [N, 3, H, H]\nlayers: [{op: conv2d, out_channels: 400, kernel_size: 1}]"
    assert ", 1,200·H² MACs at 3×H×H, " in facts(built(head))

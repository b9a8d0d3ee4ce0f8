"""Counts against torchvision's published figures, and tables against their own sums."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.hand_built import Body, chain, image, network, resnet
from support.paths import DATA
from support.sizes import number

from archspec.analysis import Count, count, facts
from archspec.cli.commands.count import LEVELS, lines, present
from archspec.graph import Kind, Network, instances
from archspec.operations import FunctionOperation
from archspec.sizes import Tensor, symbol
from archspec.sizes.shapes import Require

STAGES = DATA / "resnet50_per_stage.csv"


class Unruled(FunctionOperation):
    """An operation that says nothing about its multiply-accumulates."""

    torch = "torch.nothing"

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        return inputs


@pytest.fixture(scope="module")
def resnet50() -> Count:
    return count(resnet())


def unruled() -> Network:
    body = Body(input=image(3, 8, 8))
    body.op("conv", "conv2d", out_channels=4, kernel_size=3, bias=False)
    body.op("odd", Unruled())
    return network(body.module(Kind.MODEL, "Odd"))


def test_resnet50_has_the_published_totals(resnet50: Count) -> None:
    assert resnet50.totals.parameters == 25_557_032
    assert resnet50.totals.macs.value == 4_089_184_256
    assert resnet50.totals.weighted_layers == 54
    assert resnet50.depth == 50


def test_each_stage_has_the_published_figures(resnet50: Count) -> None:
    rows = {row.name: row.totals for row in resnet50.rows}
    rows["total"] = resnet50.totals
    published = list(csv.DictReader(STAGES.read_text(encoding="utf-8").splitlines()))
    assert len(published) == 8
    for stage in published:
        totals = rows[stage["stage"]]
        assert totals.parameters == int(stage["params"]), stage
        assert totals.macs.value == int(stage["macs_conv_fc_224"]), stage


def test_batch_norm_of_10_channels_has_20_parameters_and_21_buffer_elements() -> None:
    body = Body(input=image(10, 4, 4))
    body.op("bn", "batch_norm2d")
    totals = count(network(body.module(Kind.MODEL, "Norm"))).totals
    assert (totals.parameters, totals.buffers) == (20, 21)


def test_folded_counts_equal_those_of_every_instance_one_by_one(resnet50: Count) -> None:
    leaves = [leaf for _, leaf in instances(resnet().model)]
    assert resnet50.totals.operations == len(leaves)
    assert resnet50.totals.macs.value == sum(number(leaf.macs) for leaf in leaves)
    samples = [tensor.substitute({"N": 1}).elements for leaf in leaves for tensor in leaf.outputs]
    assert resnet50.totals.activations.value == sum(samples)


def test_a_repetition_counts_as_often_as_it_stands() -> None:
    body = Body(input=image(8, 4, 4))
    body.op("conv", "conv2d", out_channels=8, kernel_size=1, bias=False)
    inner = chain("inner", (body.module(Kind.BLOCK, "unit"), 1000))
    totals = count(network(chain("outer", (chain("middle", (inner, 1000)), 1000)))).totals
    assert totals.parameters == 64 * 10**9
    assert totals.macs.value == 64 * 16 * 10**9
    assert totals.weighted_layers == totals.operations == 10**9


def test_a_chain_of_a_million_is_one_row() -> None:
    found = count(resnet((3, 4, 1_000_000, 3)))
    layer3 = next(row for row in found.rows if row.name == "layer3")
    assert [(row.name, row.count) for row in layer3.children] == [
        ("0", 1),
        ("1…999999", 999_999),
    ]
    each = {row.name: row.each for row in layer3.children}
    assert layer3.totals == each["0"] + each["1…999999"] * 999_999


def test_an_operation_without_a_rule_is_unknown_and_never_0() -> None:
    found = count(unruled())
    macs = {row.name: row.totals.macs for row in found.rows}
    assert macs["odd"].value is None
    assert found.totals.macs.value is None
    assert found.totals.macs.least == macs["conv"].value == 4 * 36 * 27
    table = present(found, "table")
    assert re.search(r"^odd .* unknown$", table, re.M)
    assert re.search(r"^total .* ≥ 3,888$", table, re.M)
    document = json.loads(present(found, "json"))
    assert document["macs_per_sample"] is None
    assert document["macs_per_sample_at_least"] == 3888


def test_facts_say_in_one_line_what_it_is() -> None:
    line = "175 layers, 25,557,032 parameters, 4,089,184,256 MACs at 3×224×224, depth 50"
    assert facts(resnet()) == line
    assert "at least 3,888 MACs at 3×8×8" in facts(unruled())


def test_facts_name_no_number_of_macs_where_none_is_known() -> None:
    body = Body(input=image(3, 8, 8))
    body.op("odd", Unruled())
    line = "1 layer, 0 parameters, an unknown number of MACs at 3×8×8, depth 0"
    assert facts(network(body.module(Kind.MODEL, "Odd"))) == line


# --- the printed table, added up again --------------------------------------------------------


def cells(text: str) -> list[list[str]]:
    """Read a table back: the indent, then the cells, of each row between the rules."""
    body = text.split("─\n", 1)[1].split("\ndepth ", 1)[0].splitlines()
    rows = [re.split(r"  +", line.strip()) for line in body if line.strip()]
    indents = [len(line) - len(line.lstrip()) for line in body if line.strip()]
    return [[str(indent // 2), *row] for indent, row in zip(indents, rows, strict=True)]


def counted(cell: str) -> int:
    return 0 if cell == "–" else int(cell.replace(",", ""))


@pytest.mark.parametrize("level", LEVELS)
def test_the_printed_rows_add_up_to_the_rows_above_them(resnet50: Count, level: str) -> None:
    *rows, total = [row for row in cells(present(resnet50, "table", level))]
    stack: list[list[int]] = []
    sums = [(-1, counted(total[3]), counted(total[4]))]
    sums += [(int(row[0]), counted(row[4]), counted(row[5])) for row in rows]
    for index, (depth, parameters, macs) in enumerate(sums):
        below = list(_below(sums, index))
        if below:
            stack.append([parameters, macs])
            assert parameters == sum(part for part, _ in below), rows[index - 1]
            assert macs == sum(part for _, part in below), (depth, rows[index - 1])
    assert len(stack) == {"stage": 1, "block": 5, "layer": 17}[level]


def _below(sums: list[tuple[int, int, int]], index: int) -> Iterator[tuple[int, int]]:
    depth = sums[index][0]
    for deeper, parameters, macs in sums[index + 1 :]:
        if deeper <= depth:
            return
        if deeper == depth + 1:
            yield parameters, macs


@pytest.mark.parametrize("level", LEVELS)
def test_the_rows_of_each_level_add_up_to_the_total(resnet50: Count, level: str) -> None:
    shown = list(lines(resnet50.rows, level))
    paths = {line.path for line in shown}
    assert len(paths) == len(shown)
    parents = {path.rpartition(".")[0] for path in paths}
    leaves = [line for line in shown if line.path not in parents]
    assert sum(line.totals.parameters for line in leaves) == 25_557_032
    assert sum(line.totals.activations.least for line in leaves) == (
        resnet50.totals.activations.value
    )


def test_table(resnet50: Count, golden: Callable[[str, str], None]) -> None:
    text = present(resnet50, "table")
    assert max(map(len, text.splitlines())) <= 100
    golden("count/resnet50.txt", text)
    golden("count/resnet50_layers.txt", present(resnet50, "table", "layer"))


def test_a_million_blocks_are_readable_at_100_columns() -> None:
    text = present(count(resnet((3, 4, 1_000_000, 3))), "table")
    assert "bottleneck ×999,999" in text
    assert max(map(len, text.splitlines())) <= 100


# --- for programs ------------------------------------------------------------------------------


def test_json_nests_the_rows_and_names_the_units(resnet50: Count) -> None:
    document = json.loads(present(resnet50, "json", "layer"))
    assert document["parameters"] == 25_557_032
    assert document["macs_per_sample"] == 4_089_184_256
    assert document["inputs"] == {"input": [3, 224, 224]}
    layer1 = next(layer for layer in document["layers"] if layer["name"] == "layer1")
    folded = layer1["layers"][1]
    assert (folded["path"], folded["count"]) == ("layer1.1…2", 2)
    assert folded["layers"][0]["path"] == "layer1.1…2.conv1"
    assert folded["layers"][0]["parameters"] == 2 * 256 * 64


def test_csv_is_one_header_and_flat_rows_with_the_figures_of_json(resnet50: Count) -> None:
    rows = list(csv.DictReader(io.StringIO(present(resnet50, "csv", "layer"))))
    layers = {
        layer["path"]: layer for layer in _flat(json.loads(present(resnet50, "json", "layer")))
    }
    assert [row["path"] for row in rows] == list(layers)
    for row in rows:
        layer = layers[row["path"]]
        for key in ("parameters", "buffers", "macs_per_sample", "weighted_layers", "count"):
            assert int(row[key]) == layer[key]


def _flat(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for layer in document["layers"]:
        yield layer
        yield from _flat(layer)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_spreadsheet_reads_no_formula(start: str) -> None:
    body = Body(input=image(3, 4, 4))
    body.op(f"{start}cmd|' /C calc'!A0", "relu")
    text = present(count(network(body.module(Kind.MODEL, "Bad"))), "csv")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["path"].startswith(f"'{start}")


def test_control_characters_do_not_reach_the_terminal() -> None:
    body = Body(input=image(3, 4, 4))
    body.op("relu", "relu")
    text = present(count(network(body.module(Kind.MODEL, "\x1b[31m[bold]red"))), "table")
    assert "\x1b" not in text
    assert "\\x1b[31m[bold]red" in text


def test_shapes_leave_the_batch_out_and_keep_other_symbols() -> None:
    body = Body(input=Tensor((symbol("N"), symbol("T"), 8)))
    body.op("relu", "relu")
    found = count(network(body.module(Kind.MODEL, "Tokens")))
    assert json.loads(present(found, "json"))["outputs"] == [["T", 8]]
    assert str(found.totals.activations.value) == "8*T"
    assert "Tokens: T×8 → T×8" in present(found, "table")

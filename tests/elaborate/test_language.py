"""The core of the language does what its reference says, by figures worked out by hand."""

from pathlib import Path

import networkx as nx
import pytest
from support.paths import SHIPPED

from archspec.analysis import count
from archspec.graph import Call, Leaf, Module, Network, instances
from archspec.pipeline import Settings, compile
from archspec.source import read

HEAD = "archspec: 1\nname: Net\ninput: [N, 3, 32, 32]\n"
CONV = "{op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}"


def build(text: str, settings: Settings = Settings(), head: str = HEAD) -> Network:
    """Compile a spec in which nothing is wrong."""
    outcome = compile(read(head + text, "net.yaml"), settings)
    assert outcome.diagnostics == ()
    assert outcome.network is not None
    return outcome.network


def messages(text: str, settings: Settings = Settings()) -> list[str]:
    """List what is wrong with a spec."""
    return [item.message for item in compile(read(HEAD + text, "net.yaml"), settings).diagnostics]


def paths(network: Network) -> list[str]:
    """Name every operation as its module is named in PyTorch's `named_modules`."""
    return [path for path, _ in instances(network.model)]


def leaf(network: Network, path: str) -> Leaf:
    """Find an operation by its path."""
    return dict(instances(network.model))[path]


def argument(network: Network, path: str, name: str) -> object:
    """Give an argument of an operation."""
    return getattr(leaf(network, path).operation, name)


def shape(network: Network, path: str) -> str:
    """Write the shape that an operation gives."""
    return str(leaf(network, path).outputs[0])


def output(network: Network) -> str:
    """Write the shape that the network gives."""
    return str(network.model.outputs[0])


def parameters(network: Network) -> int:
    """Count the parameters."""
    return count(network).totals.parameters


# --- forms of a layer -------------------------------------------------------------------------


def test_a_list_numbers_its_layers_as_a_sequential_does() -> None:
    network = build(
        f"layers:\n  - {CONV}\n  - relu\n  - [flatten, {{op: linear, out_features: 10}}]\n"
    )
    assert paths(network) == ["0", "1", "2.0", "2.1"]
    assert output(network) == "N×10"
    assert parameters(network) == 8 * 3 * 9 + 8 + 8 * 32 * 32 * 10 + 10


def test_a_mapping_names_its_layers() -> None:
    network = build(f"layers:\n  conv-1: {CONV}\n  7: relu\n  Mixed_5b: {{layers: {{a: relu}}}}\n")
    assert paths(network) == ["conv-1", "7", "Mixed_5b.a"]


def test_a_word_is_a_parameter_else_a_block_else_an_operation() -> None:
    network = build(
        "params: {act: {op: dropout, p: 0.25}}\n"
        "blocks: {twice: {layers: [relu, relu]}}\n"
        "layers: [act, twice, identity]\n"
    )
    assert paths(network) == ["0", "1.0", "1.1", "2"]
    assert argument(network, "0", "p") == 0.25


def test_a_layer_may_have_the_name_of_a_parameter() -> None:
    network = build("params: {act: {op: relu}}\nlayers: {act: act}\n")
    assert leaf(network, "act").operation.op() == "relu"


def test_defaults_are_those_of_torch() -> None:
    layers = (
        "[{op: conv2d, out_channels: 4, kernel_size: 5}, {op: max_pool2d, kernel_size: 2}, dropout]"
    )
    network = build(f"layers: {layers}\n")
    assert shape(network, "0") == "N×4×28×28"
    assert shape(network, "1") == "N×4×14×14"
    assert argument(network, "2", "p") == 0.5
    assert parameters(network) == 4 * 3 * 25 + 4


# --- references -------------------------------------------------------------------------------


def test_a_layer_reads_the_one_above_unless_from_says_otherwise() -> None:
    network = build(
        "layers:\n"
        "  a: {op: conv2d, out_channels: 4, kernel_size: 1}\n"
        "  b: {op: conv2d, out_channels: 5, kernel_size: 1, from: input}\n"
        "  join: {op: cat, from: [a, b, input], dim: 1}\n"
        "  last: {op: conv2d, out_channels: 1, kernel_size: 1}\n"
    )
    assert shape(network, "join") == "N×12×32×32"
    assert leaf(network, "last").inferred == {"in_channels": 12}


def test_a_list_is_referred_to_by_its_numbers() -> None:
    network = build(
        "layers:\n"
        "  - {op: conv2d, out_channels: 4, kernel_size: 1}\n"
        "  - {op: conv2d, out_channels: 5, kernel_size: 1}\n"
        '  - {op: cat, from: [1, "0"], dim: 1}\n'
    )
    assert output(network) == "N×9×32×32"


def test_one_value_may_be_read_twice() -> None:
    network = build("layers:\n  - relu\n  - {op: cat, from: [0, 0], dim: 1}\n")
    assert output(network) == "N×6×32×32"


def test_a_group_reads_its_own_input() -> None:
    network = build(
        "layers:\n"
        "  stem: {op: conv2d, out_channels: 4, kernel_size: 1}\n"
        "  body:\n"
        "    layers:\n"
        "      a: relu\n"
        "      b: {op: cat, from: [a, input], dim: 1}\n"
    )
    assert output(network) == "N×8×32×32"


def test_a_group_may_read_another_layer() -> None:
    network = build(
        "layers:\n"
        "  a: {op: conv2d, out_channels: 4, kernel_size: 1}\n"
        "  b: {op: conv2d, out_channels: 5, kernel_size: 1}\n"
        "  body: {from: a, layers: [relu]}\n"
        "  join: {op: cat, from: [b, body], dim: 1}\n"
    )
    assert shape(network, "body.0") == "N×4×32×32"
    assert output(network) == "N×9×32×32"


# --- repeat -----------------------------------------------------------------------------------


def test_repetitions_are_numbered_and_counted() -> None:
    network = build("layers:\n  conv: {op: conv2d, out_channels: 8, kernel_size: 3, repeat: 3}\n")
    assert paths(network) == ["conv.0", "conv.1", "conv.2"]
    assert output(network) == "N×8×26×26"
    assert parameters(network) == (8 * 3 * 9 + 8) + 2 * (8 * 8 * 9 + 8)


def test_first_differs_in_the_first_repetition() -> None:
    network = build(
        "layers:\n"
        "  stage: {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1, repeat: 3,\n"
        "          first: {stride: 2}}\n"
    )
    assert [shape(network, f"stage.{n}") for n in range(3)] == ["N×8×16×16"] * 3
    assert argument(network, "stage.1", "stride") == (1, 1)


def test_index_counts_from_zero() -> None:
    network = build(
        "layers:\n"
        '  grow: {op: conv2d, out_channels: "4 * (index + 1)", kernel_size: 1, repeat: 3}\n'
    )
    assert [shape(network, f"grow.{n}").split("×")[1] for n in range(3)] == ["4", "8", "12"]


def test_index_is_known_in_the_layers_of_a_repeated_group() -> None:
    network = build(
        "layers:\n"
        "  stage:\n"
        "    repeat: 2\n"
        "    layers:\n"
        "      - {op: conv2d, out_channels: 2 + index, kernel_size: 1, repeat: 1 + index}\n"
    )
    assert [shape(network, path).split("×")[1] for path in paths(network)] == ["2", "2", "3"]


def test_index_reaches_no_block_but_through_its_parameters() -> None:
    spec = (
        "blocks:\n  unit: {params: {width: int}, layers: [{op: conv2d, out_channels: WIDTH, "
        "kernel_size: 1}]}\nlayers: {body: {block: unit, width: 2 + index, repeat: 2}}\n"
    )
    network = build(spec.replace("WIDTH", "width"))
    assert [shape(network, path).split("×")[1] for path in paths(network)] == ["2", "3"]
    assert messages(spec.replace("WIDTH", "index"))[0] == "nothing here is called `index`"


# --- when -------------------------------------------------------------------------------------

SHORTCUT = (
    "blocks:\n"
    "  basic:\n"
    "    params: {planes: int, stride: 1}\n"
    "    layers:\n"
    "      conv: {op: conv2d, out_channels: planes, kernel_size: 3, stride: stride, padding: 1}\n"
    "      downsample:\n"
    "        from: input\n"
    "        when: stride != 1 or input.channels != planes\n"
    "        layers: [{op: conv2d, out_channels: planes, kernel_size: 1, stride: stride}]\n"
    "      add: {op: add, from: [conv, downsample]}\n"
)


def test_a_shortcut_is_there_only_where_the_shape_changes() -> None:
    network = build(
        SHORTCUT
        + "layers: {a: {block: basic, planes: 3}, b: {block: basic, planes: 8, stride: 2}}\n"
    )
    assert paths(network) == ["a.conv", "a.add", "b.conv", "b.downsample.0", "b.add"]
    graph = network.flatten()
    assert set(graph.predecessors("a.add")) == {"a.conv", "input"}
    assert set(graph.predecessors("b.add")) == {"b.conv", "b.downsample.0"}
    assert output(network) == "N×8×16×16"


def test_an_absent_layer_of_a_list_takes_no_number() -> None:
    network = build(
        "params: {expand: 1}\n"
        "layers:\n"
        "  - relu\n"
        "  - {op: dropout, when: expand != 1}\n"
        f"  - {CONV}\n"
    )
    assert paths(network) == ["0", "1"]
    assert leaf(network, "1").operation.op() == "conv2d"
    expanded = ["0", "1", "2"]
    spec = f"params: {{expand: 1}}\nlayers: [relu, {{op: dropout, when: expand != 1}}, {CONV}]\n"
    assert paths(build(spec, Settings({"expand": 6}))) == expanded


def test_who_reads_an_absent_layer_reads_its_first_input() -> None:
    network = build(
        "layers:\n"
        "  a: {op: conv2d, out_channels: 4, kernel_size: 1}\n"
        "  b: {op: conv2d, out_channels: 5, kernel_size: 1}\n"
        "  gone: {op: add, from: [a, b], when: false}\n"
        "  c: {op: cat, from: [gone, b], dim: 1}\n"
    )
    assert output(network) == "N×9×32×32"


def test_a_network_whose_last_layer_is_absent_gives_what_that_reads() -> None:
    network = build("params: {head: false}\nlayers: [relu, {op: flatten, when: head}]\n")
    assert output(network) == "N×3×32×32"


# --- parameters -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "given", "channels"),
    [
        ("width: 8", {}, 8),
        ("width: 8", {"width": 9}, 9),
        ("width: 8", {"width": "2 * 5"}, 10),
        ("width: {type: int, default: 7}", {}, 7),
        ("width: {type: int, choices: [4, 6], default: 6}", {"width": 4}, 4),
        ("width: int", {"width": 5}, 5),
        ("base: 4, width: {type: int, default: 3 * base}", {}, 12),
        ("base: 4, width: {type: int, default: 3 * base}", {"base": 5}, 15),
    ],
)
def test_parameters_of_a_model(declared: str, given: dict[str, object], channels: int) -> None:
    spec = (
        f"params: {{{declared}}}\nlayers: [{{op: conv2d, out_channels: width, kernel_size: 1}}]\n"
    )
    assert output(build(spec, Settings(given))) == f"N×{channels}×32×32"


@pytest.mark.parametrize(
    ("kind", "value", "name", "expected"),
    [
        ("int", "2", "stride", (2, 2)),
        ("size", "[2, 1]", "stride", (2, 1)),
        ("list", "[1, 2]", "stride", (1, 2)),
        ("bool", "false", "bias", False),
        ("bool", "1 > 2", "bias", False),
        ("str", "reflect", "padding_mode", "reflect"),
    ],
)
def test_parameters_of_a_block(kind: str, value: str, name: str, expected: object) -> None:
    network = build(
        f"blocks:\n  unit:\n    params: {{it: {kind}}}\n    layers:\n"
        f"      - {{op: conv2d, out_channels: 4, kernel_size: 3, padding: 1, {name}: it}}\n"
        f"layers: [{{block: unit, it: {value}}}]\n"
    )
    assert argument(network, "0.0", name) == expected


def test_a_float_parameter() -> None:
    spec = (
        "blocks: {unit: {params: {rate: float}, layers: [{op: dropout, p: rate / 2}]}}\n"
        "layers: [{block: unit, rate: 0.5}]\n"
    )
    assert argument(build(spec), "0.0", "p") == 0.25


def test_a_text_with_choices_decides() -> None:
    spec = (
        "params: {shortcut: {type: str, default: none, choices: [none, identity]}}\n"
        "layers: {a: relu, b: {op: add, from: [a, input], when: shortcut == 'identity'}}\n"
    )
    assert paths(build(spec)) == ["a"]
    assert paths(build(spec, Settings({"shortcut": "identity"}))) == ["a", "b"]


def test_layer_parameters_are_words_operations_and_blocks() -> None:
    spec = (
        "blocks:\n"
        "  narrow:\n"
        "    params: {width: 2}\n"
        "    layers: [{op: conv2d, out_channels: width, kernel_size: 1}]\n"
        "  outer: {params: {unit: layer}, layers: [unit]}\n"
        "layers:\n"
        "  a: {block: outer, unit: relu}\n"
        "  b: {block: outer, unit: {op: conv2d, out_channels: 5, kernel_size: 1}}\n"
        "  c: {block: outer, unit: {block: narrow, width: 7}}\n"
        "  d: {block: outer, unit: narrow}\n"
    )
    network = build(spec)
    assert paths(network) == ["a.0", "b.0", "c.0.0", "d.0.0"]
    widths = [shape(network, path).split("×")[1] for path in paths(network)]
    assert widths == ["3", "5", "7", "2"]


def test_arguments_are_laid_over_those_of_a_layer_parameter() -> None:
    network = build(
        "params: {conv: {op: conv2d, out_channels: 4, kernel_size: 3, bias: false}}\n"
        "layers: [conv, {op: conv, kernel_size: 1, out_channels: 6}]\n"
    )
    assert output(network) == "N×6×30×30"
    assert parameters(network) == 4 * 3 * 9 + 6 * 4


def test_a_layer_parameter_is_read_where_it_is_written() -> None:
    network = build(
        "params: {width: 4}\n"
        "blocks:\n"
        "  unit:\n"
        "    params: {width: 9, conv: layer}\n"
        "    layers: [conv, {op: conv, out_channels: width}]\n"
        "layers:\n"
        "  - {block: unit, conv: {op: conv2d, out_channels: width, kernel_size: 1}}\n"
    )
    assert shape(network, "0.0") == "N×4×32×32"
    assert shape(network, "0.1") == "N×9×32×32"


def test_a_block_sees_its_own_parameters_before_those_of_the_model() -> None:
    network = build(
        "params: {width: 4, depth: 2}\n"
        "let: {double: 2 * width}\n"
        "blocks:\n"
        "  unit:\n"
        "    params: {width: 5}\n"
        "    let: {sum: width}\n".replace("sum", "total")
        + "    layers:\n"
        "      - {op: conv2d, out_channels: total + double + depth, kernel_size: 1}\n"
        "layers: [unit]\n"
    )
    assert output(network) == "N×15×32×32"


def test_let_sees_those_before_it_and_the_input_of_a_block() -> None:
    network = build(
        "blocks:\n"
        "  squeeze:\n"
        "    let: {half: input.channels // 2, quarter: half // 2}\n"
        "    layers: [{op: conv2d, out_channels: quarter, kernel_size: 1}]\n"
        "layers: [{op: conv2d, out_channels: 64, kernel_size: 1}, squeeze]\n"
    )
    assert output(network) == "N×16×32×32"


def test_the_input_may_be_an_expression() -> None:
    network = build(
        "layers: [relu]\n",
        head="archspec: 1\nname: Net\nparams: {resolution: 64}\nlet: {half: resolution // 2}\n"
        "input: [N, 3, resolution, half]\n",
    )
    assert output(network) == "N×3×64×32"


def test_input_of_the_command_line_is_laid_over_the_spec() -> None:
    network = build(f"layers: [{CONV}]\n", Settings(inputs={"input": (1, 20, 10)}))
    assert output(network) == "N×8×20×10"
    assert parameters(network) == 8 * 9 + 8


# --- expressions ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("planes * 64 // 64 * 2", 16),
        ("0.5 * 64", 32),
        ("7 // 2 + 7 % 4", 6),
        ("2 ** 5 - 1", 31),
        ("-planes + 10", 2),
        ("planes if deep else 1", 8),
        ("planes if not deep else 1", 1),
        ("depths[0] + depths[-1]", 9),
        ("sum(depths[:2])", 7),
        ("len(depths)", 3),
        ("max(depths)", 6),
        ("min(planes, 5)", 5),
        ("abs(2 - planes)", 6),
        ("ceil(7 / 2)", 4),
        ("floor(7 / 2)", 3),
        ("round(6.4)", 6),
        ("make_divisible(0.35 * 32)", 16),
        ("make_divisible(0.75 * 24)", 24),
        ("input.channels", 3),
        ("input.shape[2]", 32),
        ("input.features", 32),
        ("sum(input.shape[2:])", 64),
        ("stem.channels + 1", 13),
        ("in_channels * 2", 24),
        ("3 if mode == 'nearest' else 4", 3),
        ("3 if 1 < planes <= 8 and deep or false else 4", 3),
    ],
)
def test_expressions(expression: str, expected: int) -> None:
    network = build(
        "params: {planes: 8, depths: [3, 4, 6], deep: true, mode: nearest}\n"
        "layers:\n"
        "  stem: {op: conv2d, out_channels: 12, kernel_size: 1}\n"
        "  all: {op: dropout, p: \"planes / (sum(depths) + 100) if deep and mode != 'x' else 0\"}\n"
        f'  conv: {{op: conv2d, out_channels: "{expression}", kernel_size: 1}}\n'
    )
    assert output(network) == f"N×{expected}×32×32"


def test_a_depthwise_convolution() -> None:
    network = build(
        "layers: [{op: conv2d, out_channels: in_channels, groups: in_channels, kernel_size: 3}]\n"
    )
    assert leaf(network, "0").weights["weight"] == (3, 1, 3, 3)


def test_a_keyword_goes_before_an_expression() -> None:
    network = build("layers: [{op: conv2d, out_channels: 8, kernel_size: [1, 5], padding: same}]\n")
    assert output(network) == "N×8×32×32"


# --- claims and variants ----------------------------------------------------------------------

CLAIMS = "layers: [{op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}]\nexpect: {%s}\n"
"""One convolution: 8·3·9 + 8 = 224 parameters, 8·3·9·32·32 = 221,184 multiply-accumulates."""


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("params: 224", True),
        ("params: 2_24", True),
        ("params: 223", False),
        ("params: 0.2k", True),
        ("params: 0.22k", True),
        ("params: 0.23k", False),
        ("params: <= 224", True),
        ("params: <= 223", False),
        ("macs: 221_184", True),
        ("macs: 221k", True),
        ("macs: 0.2M", True),
        ("macs: 0.3M", False),
        ("macs: <= 1G", True),
        ("depth: 1", True),
        ("depth: 2", False),
        ("output: [N, 8, 32, 32]", True),
        ("output: [N, 8, 32]", False),
        ("params: 224, macs: 221184, depth: 1, source: by hand", True),
    ],
)
def test_claims(claim: str, holds: bool) -> None:
    assert (messages(CLAIMS % claim) == []) is holds


def test_claims_are_compared_at_the_precision_written() -> None:
    # ResNet-101 of the spec in the language reference: 7,801,405,440 MACs are 7.8G and 7.801G.
    assert messages(CLAIMS % "macs: 221.2k") == []
    assert messages(CLAIMS % "macs: 221.1k") != []


VARIANTS = (
    "params: {width: 8}\n"
    "layers: [{op: conv2d, out_channels: width, kernel_size: 1}]\n"
    "expect: {params: 32}\n"
    "variants: {wide: {width: 16, expect: {params: 64}}, same: {}}\n"
)


def test_a_variant_has_its_own_parameters_and_claims() -> None:
    assert output(build(VARIANTS, Settings(variant="wide"))) == "N×16×32×32"
    assert output(build(VARIANTS, Settings(variant="same"))) == "N×8×32×32"


def test_parameters_of_the_command_line_go_before_a_variant_and_suspend_claims() -> None:
    network = build(VARIANTS, Settings({"width": 20}, variant="wide"))
    assert output(network) == "N×20×32×32"


def test_a_claim_on_a_layer_always_holds() -> None:
    spec = (
        "params: {width: 8}\n"
        "layers: [{op: conv2d, out_channels: width, kernel_size: 1, expect: [N, 8, 32, 32]}]\n"
    )
    assert messages(spec) == []
    assert messages(spec, Settings({"width": 9})) == ["the layer gives N×9×32×32, not N×8×32×32"]


# --- equivalent pairs -------------------------------------------------------------------------


def outline(network: Network) -> list[object]:
    """Describe each operation: its path, what it is, what it reads and what it gives."""
    graph = network.flatten()
    described: list[object] = []
    for path, node in instances(network.model):
        reads = sorted(
            (slot, source if "node" in graph.nodes[source] else "input")
            for source, _, slot in graph.in_edges(path, keys=True)
        )
        described.append((path, node.operation, reads, node.inferred, node.outputs))
    return described


UNIT = (
    "blocks:\n"
    "  unit:\n"
    "    params: {planes: int}\n"
    "    layers: [{op: conv2d, out_channels: planes, kernel_size: 1}, relu]\n"
)
THREE = "{op: conv2d, out_channels: 3, kernel_size: 1}"
PAIRS = {
    "repeat is copies": (
        "layers: {a: {op: conv2d, out_channels: 8, kernel_size: 3, repeat: 3}}\n",
        "layers: {{a: [{}]}}\n".format(
            ", ".join(["{op: conv2d, out_channels: 8, kernel_size: 3}"] * 3)
        ),
    ),
    "a repeated block is copies": (
        UNIT + "layers: {a: {block: unit, planes: 4, repeat: 3}}\n",
        UNIT + "layers: {{a: [{}]}}\n".format(", ".join(["{block: unit, planes: 4}"] * 3)),
    ),
    "first is a copy that differs": (
        "layers: {a: {op: relu, repeat: 2, first: {inplace: true}}}\n",
        "layers: {a: [{op: relu, inplace: true}, relu]}\n",
    ),
    "index is written out": (
        "layers: {a: {op: conv2d, out_channels: index + 1, kernel_size: 1, repeat: 2}}\n",
        "layers: {a: [{op: conv2d, out_channels: 1, kernel_size: 1}, "
        "{op: conv2d, out_channels: 2, kernel_size: 1}]}\n",
    ),
    "a block is its group": (
        UNIT + "layers: {a: {block: unit, planes: 4}}\n",
        "layers: {a: [{op: conv2d, out_channels: 4, kernel_size: 1}, relu]}\n",
    ),
    "a list is a mapping of numbers": (
        f"layers: [{THREE}, relu]\n",
        f"layers: {{0: {THREE}, 1: relu}}\n",
    ),
    "a list in place is a group": (
        f"layers: {{a: [{THREE}, relu]}}\n",
        f"layers: {{a: {{layers: [{THREE}, relu]}}}}\n",
    ),
    "when false is absent": (
        f"layers: {{a: {THREE}, b: {{op: relu, when: 1 > 2}}, c: {{op: add, from: [b, input]}}}}\n",
        f"layers: {{a: {THREE}, c: {{op: add, from: [a, input]}}}}\n",
    ),
    "when true is there": (
        f"layers: {{a: {THREE}, b: {{op: relu, when: 2 > 1}}}}\n",
        f"layers: {{a: {THREE}, b: relu}}\n",
    ),
    "repeat of zero is absent": (
        f"layers: [{THREE}, {{op: dropout, repeat: 0}}, relu]\n",
        f"layers: [{THREE}, relu]\n",
    ),
    "a word is an operation without arguments": (
        "layers: {a: batch_norm2d}\n",
        "layers: {a: {op: batch_norm2d}}\n",
    ),
    "a word is a block without parameters": (
        "blocks: {b: {layers: [relu]}}\nlayers: {a: b}\n",
        "blocks: {b: {layers: [relu]}}\nlayers: {a: {block: b}}\n",
    ),
    "from the layer above is no from": (
        f"layers: {{a: {THREE}, b: {{op: relu, from: a}}}}\n",
        f"layers: {{a: {THREE}, b: relu}}\n",
    ),
    "splice of a group": (
        f"layers: [relu, {{layers: [{THREE}, relu], splice: true}}, flatten]\n",
        f"layers: [relu, {THREE}, relu, flatten]\n",
    ),
    "splice of a named group": (
        f"layers:\n  g: {{layers: {{a: {THREE}, b: relu}}, splice: true}}\n"
        "  c: {op: add, from: [a, b]}\n",
        f"layers: {{a: {THREE}, b: relu, c: {{op: add, from: [a, b]}}}}\n",
    ),
    "splice of repetitions keeps their groups": (
        UNIT + "layers: [{block: unit, planes: 4, repeat: 2, splice: true}, flatten]\n",
        UNIT + "layers: [{block: unit, planes: 4}, {block: unit, planes: 4}, flatten]\n",
    ),
    "splice all leaves out both": (
        UNIT + "layers: [{block: unit, planes: 4, repeat: 2, splice: all}, flatten]\n",
        "layers: [{}, flatten]\n".format(
            ", ".join(["{op: conv2d, out_channels: 4, kernel_size: 1}, relu"] * 2)
        ),
    ),
    "let is its expression": (
        "let: {width: 2 * 4}\nlayers: [{op: conv2d, out_channels: width, kernel_size: 1}]\n",
        "layers: [{op: conv2d, out_channels: 8, kernel_size: 1}]\n",
    ),
    "a layer parameter is its layer": (
        "params: {norm: {op: batch_norm2d, eps: 0.01}}\nlayers: [{op: norm, momentum: 0.2}]\n",
        "layers: [{op: batch_norm2d, eps: 0.01, momentum: 0.2}]\n",
    ),
    "a pair is two equal numbers": (
        "layers: [{op: conv2d, out_channels: 8, kernel_size: [3, 3], stride: [2, 2]}]\n",
        "layers: [{op: conv2d, out_channels: 8, kernel_size: 3, stride: 2}]\n",
    ),
    "an alias is a copy": (
        f"layers: {{a: &a {THREE}, b: *a}}\n",
        f"layers: {{a: {THREE}, b: {THREE}}}\n",
    ),
    "a name with a placeholder is filled in": (
        f"params: {{stage: 1}}\nlayers: {{'block{{stage + 1}}': {THREE}, c: relu}}\n",
        f"params: {{stage: 1}}\nlayers: {{block2: {THREE}, c: {{op: relu, when: stage == 1}}}}\n",
    ),
    "repetitions with names of their own are layers written by name": (
        UNIT
        + "layers:\n  'unit{index + 1}': {block: unit, planes: 4 * (index + 1), repeat: 2}\n"
        + "  last: relu\n",
        UNIT
        + "layers:\n  unit1: {block: unit, planes: 4}\n  unit2: {block: unit, planes: 8}\n"
        + "  last: relu\n",
    ),
    "named repetitions in a repeated group are layers written by name": (
        "layers:\n  's{index + 1}':\n    repeat: 2\n    let: {stage: index + 1}\n"
        f"    layers: {{'b{{stage}}-{{index}}': {THREE.replace('}', ', repeat: 2}')}}}\n",
        f"layers:\n  s1: {{layers: {{b1-0: {THREE}, b1-1: {THREE}}}}}\n"
        f"  s2: {{layers: {{b2-0: {THREE}, b2-1: {THREE}}}}}\n",
    ),
    "index in from is each layer written out": (
        f"layers:\n  d0: {THREE}\n  d1: {THREE}\n  d2: {THREE}\n"
        "  'up{index}': {op: add, repeat: 2, from: [d2, 'd{1 - index}']}\n",
        f"layers:\n  d0: {THREE}\n  d1: {THREE}\n  d2: {THREE}\n"
        "  up0: {op: add, from: [d2, d1]}\n  up1: {op: add, from: [up0, d0]}\n",
    ),
    "outputs of the last layer is none": (
        f"layers: {{a: {THREE}, b: relu}}\noutputs: b\n",
        f"layers: {{a: {THREE}, b: relu}}\n",
    ),
    "outputs of a block is none": (
        f"blocks: {{u: {{layers: {{a: {THREE}, b: relu}}, outputs: b}}}}\nlayers: {{u: u}}\n",
        f"blocks: {{u: {{layers: {{a: {THREE}, b: relu}}}}}}\nlayers: {{u: u}}\n",
    ),
    "a group with inputs is its block": (
        f"layers:\n  a: {THREE}\n  g:\n    inputs: [x, skip]\n    from: [a, input]\n"
        f"    layers: {{conv: {THREE.replace('}', ', from: x}')}, "
        "add: {op: add, from: [conv, skip]}}\n",
        f"blocks:\n  join:\n    inputs: [x, skip]\n"
        f"    layers: {{conv: {THREE.replace('}', ', from: x}')}, "
        "add: {op: add, from: [conv, skip]}}\n"
        f"layers:\n  a: {THREE}\n  g: {{block: join, from: [a, input]}}\n",
    ),
    "all repetitions are each of them": (
        f"layers:\n  m: {THREE.replace('}', ', repeat: 3}')}\n"
        "  cat: {op: cat, from: [input, m.*], dim: 1}\n",
        f"layers:\n  m: {THREE.replace('}', ', repeat: 3}')}\n"
        "  cat: {op: cat, from: [input, m.0, m.1, m.2], dim: 1}\n",
    ),
    "a repeated layer is its last repetition": (
        f"layers:\n  m: {THREE.replace('}', ', repeat: 3}')}\n"
        "  cat: {op: cat, from: [m.0, m], dim: 1}\n",
        f"layers:\n  m: {THREE.replace('}', ', repeat: 3}')}\n"
        "  cat: {op: cat, from: [m.0, m.2], dim: 1}\n",
    ),
    "all repetitions of none are nothing": (
        "layers:\n  m: {op: relu, repeat: 0}\n  cat: {op: cat, from: [input, m.*], dim: 1}\n",
        "layers:\n  cat: {op: cat, from: input, dim: 1}\n",
    ),
    "several values are each of them": (
        "layers:\n  split: {op: chunk, chunks: 2, dim: 2}\n  add: {op: add, from: split}\n",
        "layers:\n  split: {op: chunk, chunks: 2, dim: 2}\n"
        "  add: {op: add, from: [split.0, split.1]}\n",
    ),
    "the values above are read without from": (
        "layers:\n  split: {op: chunk, chunks: 2, dim: 2}\n  add: {op: add, from: split}\n",
        "layers:\n  split: {op: chunk, chunks: 2, dim: 2}\n  add: add\n",
    ),
    "a named value is the value of its number": (
        f"layers:\n  g: {{layers: {{a: {THREE}, b: relu}}, outputs: {{low: a, high: b}}}}\n"
        "  add: {op: add, from: [g.high, g.low]}\n",
        f"layers:\n  g: {{layers: {{a: {THREE}, b: relu}}, outputs: [a, b]}}\n"
        "  add: {op: add, from: [g.1, g.0]}\n",
    ),
    "the values of a split that is absent are its input": (
        "layers:\n  split: {op: chunk, chunks: 2, dim: 1, when: 1 > 2}\n"
        f"  a: {THREE.replace('}', ', from: split.1}')}\n"
        "  add: {op: add, from: [a, split.0]}\n",
        f"layers:\n  a: {THREE}\n  add: {{op: add, from: [a, input]}}\n",
    ),
    "order is the order written, where that is the order of flow": (
        f"layers: {{a: {THREE}, b: {{op: batch_norm2d, from: input}}, "
        "add: {op: add, from: [b, a]}}\norder: [b, a]\n",
        f"layers: {{b: batch_norm2d, a: {THREE.replace('}', ', from: input}')}, "
        "add: {op: add, from: [b, a]}}\n",
    ),
    "an order that changes nothing is none": (
        f"layers: {{a: {THREE}, b: batch_norm2d}}\norder: [a, b]\n",
        f"layers: {{a: {THREE}, b: batch_norm2d}}\n",
    ),
    "what a shared weight fixes need not be said": (
        f"layers: {{a: {THREE}, b: {{op: conv2d, share: a}}}}\n",
        f"layers: {{a: {THREE}, b: {THREE.replace('}', ', share: a}')}}}\n",
    ),
    "a label is for drawings alone": (
        f"layers:\n  a: {THREE.replace('}', ', repeat: 3, label: the index of width}')}\n"
        "  b: {share: a, label: once more}\n  c: {layers: [relu], label: '{a} (3, 3)'}\n"
        "  'd{index}': {op: relu, repeat: 2, label: a}\n  label: relu\n",
        f"layers:\n  a: {THREE.replace('}', ', repeat: 3}')}\n"
        "  b: {share: a}\n  c: {layers: [relu]}\n"
        "  'd{index}': {op: relu, repeat: 2}\n  label: relu\n",
    ),
    "a spliced block is what it holds": (
        UNIT + "layers:\n  a: {block: unit, planes: 4, splice: true}\n",
        "layers:\n  0: {op: conv2d, out_channels: 4, kernel_size: 1}\n  1: relu\n",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_equivalent_pair(name: str) -> None:
    one, other = (build(text) for text in PAIRS[name])
    assert outline(one) == outline(other)
    assert output(one) == output(other)
    assert parameters(one) == parameters(other)
    assert nx.is_directed_acyclic_graph(one.flatten())


def test_a_label_hides_no_name_that_nothing_uses() -> None:
    text = "params: {width: 8}\nlayers: [{op: relu, label: width}]\n"
    assert messages(text) == ["nothing uses the parameter `width`"]


def test_a_label_makes_no_repetitions_differ() -> None:
    network = build("layers: {a: {op: relu, repeat: 1_000_000, label: each index}}\n")
    (chain,) = network.model.nodes
    assert isinstance(chain, Call)
    assert [node.count for node in chain.module.nodes] == [1_000_000]


def edges(network: Network) -> set[tuple[str, str, int]]:
    """List who reads whom, repetitions called as layers with names of their own would be."""
    graph = network.flatten()
    return {
        (source.replace(".", ""), reader.replace(".", ""), slot)
        for source, reader, slot in graph.edges(keys=True)
    }


def test_a_shared_layer_in_a_loop_is_each_call_written_out() -> None:
    loop = build(f"layers:\n  a: {THREE}\n  b: {{share: a, repeat: 3}}\n  c: relu\n")
    calls = "".join(f"  b{number}: {{share: a}}\n" for number in range(3))
    written = build(f"layers:\n  a: {THREE}\n{calls}  c: relu\n")
    assert edges(loop) == edges(written)
    assert edges(loop) == {("input", "a", 0), ("a", "b0", 0), ("b0", "b1", 0), ("b1", "b2", 0)} | {
        ("b2", "c", 0)
    }
    assert parameters(loop) == parameters(written) == 3 * 3 + 3
    assert count(loop).totals.macs == count(written).totals.macs


# --- pairs of files ---------------------------------------------------------------------------

BASE = (
    HEAD
    + UNIT
    + "params: {planes: 4, deep: false}\n"
    + "layers: {a: {block: unit, planes: planes}, b: {op: relu, when: deep}, c: flatten}\n"
    + "expect: {params: 16}\nvariants: {wide: {planes: 8, expect: {params: 32}}}\n"
)
TOP = "archspec: 1\nname: Net\n"
FILES = {
    "extends with a parameter": (
        TOP + "extends: base.yaml\nparams: {planes: 6}\n",
        BASE.replace("planes: 4, ", "planes: 6, ").replace("expect: {params: 16}\n", ""),
    ),
    "extends with another block of that name": (
        TOP
        + "extends: base.yaml\n"
        + "blocks: {unit: {params: {planes: int}, layers: [{op: dropout, p: 1 / planes}]}}\n",
        HEAD
        + "params: {planes: 4, deep: false}\n"
        + "blocks: {unit: {params: {planes: int}, layers: [{op: dropout, p: 1 / planes}]}}\n"
        + "layers: {a: {block: unit, planes: planes}, b: {op: relu, when: deep}, c: flatten}\n",
    ),
    "extends with another input": (
        TOP + "extends: base.yaml\ninputs: {image: [N, 5, 8, 8]}\n",
        BASE.replace("input: [N, 3, 32, 32]", "inputs: {image: [N, 5, 8, 8]}").replace(
            "expect: {params: 16}\n", ""
        ),
    ),
    "extends over a file that extends": (
        TOP + "extends: middle.yaml\nparams: {deep: true}\n",
        BASE.replace("planes: 4, deep: false", "planes: 5, deep: true").replace(
            "expect: {params: 16}\n", ""
        ),
    ),
    "a spec as a block": (
        HEAD + "layers: {body: {spec: base.yaml, planes: 5}, last: relu}\n",
        HEAD
        + UNIT
        + "  base:\n    params: {planes: 4}\n"
        + "    layers: {a: {block: unit, planes: planes}, c: flatten}\n"
        + "layers: {body: {block: base, planes: 5}, last: relu}\n",
    ),
    "taps of a spec": (
        HEAD + "layers: {body: {spec: base.yaml, taps: [a]}, last: relu}\n",
        HEAD + UNIT + "layers: {body: {layers: {a: {block: unit, planes: 4}}}, last: relu}\n",
    ),
    "a variant of a shipped spec as a block": (
        HEAD + "layers: {body: {spec: resnet50_paper}}\n",
        HEAD + "layers: {body: {spec: resnet, stride_on_1x1: true}}\n",
    ),
}


def written(text: str, folder: Path) -> Network:
    """Compile a spec that may name files in a folder, and in which nothing is an error."""
    outcome = compile(read(text, "net.yaml", folder=folder))
    assert [item.message for item in outcome.diagnostics if item.severity == "error"] == []
    assert outcome.network is not None
    return outcome.network


def shipped(name: str) -> str:
    """Give the text of a shipped spec."""
    return (SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_equivalent_files(name: str, tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    middle = TOP + "extends: base.yaml\nparams: {planes: 5}\n"
    (tmp_path / "middle.yaml").write_text(middle, encoding="utf-8")
    one, other = (written(text, tmp_path) for text in FILES[name])
    assert outline(one) == outline(other)
    assert output(one) == output(other)
    assert parameters(one) == parameters(other)


INNER = """archspec: 1
name: Inner
params: {width: 1}
input: [N, 8, 8, 8]
layers: [{op: conv2d, out_channels: 8, kernel_size: 1 if width < 2 else 30}]
"""
OUTER = """archspec: 1
name: Outer
params: {times: 1}
input: [N, 8, 8, 8]
layers:
  a: {spec: inner.yaml, repeat: times, width: 1 + index}
  b: {spec: inner.yaml, width: 2}
"""


def test_what_a_further_repetition_would_be_hides_no_mistake(tmp_path: Path) -> None:
    # `a` stands once; that a second one, of width 2, would not fit is no mistake. That `b` is.
    (tmp_path / "inner.yaml").write_text(INNER, encoding="utf-8")
    outcome = compile(read(OUTER.encode(), "outer.yaml", folder=tmp_path))
    assert [item.slug for item in outcome.diagnostics] == ["window-too-large"]


def test_extends_over_a_shipped_spec(tmp_path: Path) -> None:
    text = TOP + "extends: resnet50\nparams: {num_classes: 7}\n"
    whole = shipped("resnet50").replace("num_classes: 1000", "num_classes: 7")
    one = written(text, tmp_path)
    other = written(whole.partition("\nexpect:")[0], tmp_path)
    assert outline(one) == outline(other)
    assert parameters(one) == parameters(other) == 25_557_032 - 993 * 2049


def test_equal_instances_are_built_once() -> None:
    network = build(
        UNIT + "layers: {a: {block: unit, planes: 3, repeat: 1000}, b: {block: unit, planes: 3}}\n"
    )
    blocks = {id(module) for module in network.modules() if module.name == "unit"}
    assert len(blocks) == 1
    assert isinstance(network.model, Module)
    assert parameters(network) == 1001 * (3 * 3 + 3)


# --- initial weights --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        "0",
        "-1.5",
        "zeros",
        "1 / in_channels",
        "{constant: {val: 0.1}}",
        "{normal: {std: 0.01}}",
        "{uniform: {a: -1 / in_channels, b: 1 / in_channels}}",
        "{kaiming_normal: {mode: fan_out, nonlinearity: relu}}",
        "{trunc_normal: {std: 0.02, a: -2, b: 2}}",
        "{orthogonal: {}}",
        "xavier_uniform",
        "{dirac: {groups: groups}}",
    ],
)
def test_initial_weights_are_read(rule: str) -> None:
    assert messages(f"init: {{conv2d: {{weight: {rule}}}}}\nlayers: [{CONV}]\n") == []
    own = CONV.replace("}", f", init: {{weight: {rule}, bias: 0}}}}")
    assert messages(f"layers: [{own}]\n") == []

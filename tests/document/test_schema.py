"""The JSON Schema takes every spec that compiles, and refuses what is wrong in the structure."""

import inspect
import json
import re
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match
from regress import Regex
from ruamel.yaml import YAML
from support.bad_inputs import EXPECTED
from support.constructs import ALL
from support.paths import DATA, DOCS, GOLDEN
from support.sampling import sampled

from archspec.cli.main import main
from archspec.diagnostics import Problem, SpecError
from archspec.document import LAYER_KEYS
from archspec.document.arguments import _ARGUMENTS, _SPECIAL
from archspec.document.forms import BODY_KEYS, CONTROLS, FORMS
from archspec.document.schema import EXPRESSION, language_schema, operation_schema, written
from archspec.expressions import checked, parse
from archspec.operations import load, names
from archspec.source import read
from archspec.source.library import shipped

BAD = GOLDEN / "bad"
SCHEMA = language_schema()
VALIDATOR = Draft7Validator(SCHEMA)
HEAD = "archspec: 1\nname: Net\n"
OPERATIONS = sorted(names())


def ours(text: str) -> object:
    """Read YAML as archspec does."""
    return read(text, "net.yaml").data


def as_editors_do(text: str) -> object:
    """Read YAML 1.2; JSON knows no keys but texts."""
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(StringIO(text))))


def as_yaml_1_1(text: str) -> object:
    """Read YAML 1.1, as PyYAML and much else does."""
    return json.loads(json.dumps(yaml.safe_load(text)))


def refused(data: object) -> str:
    """Say what is wrong with a spec; nothing where nothing is."""
    error = best_match(VALIDATOR.iter_errors(data))
    return "" if error is None else f"{list(error.absolute_path)}: {error.message}"


def layer(text: str) -> str:
    """Say what is wrong with a spec of one layer."""
    return refused(ours(f"{HEAD}input: [N, 3, 8, 8]\nlayers:\n  a: {text}\n"))


# --- what is accepted -------------------------------------------------------------------------


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("reader", [ours, as_editors_do, as_yaml_1_1])
@pytest.mark.parametrize("spec", shipped(), ids=lambda spec: spec.name)
def test_every_shipped_spec_is_accepted(spec: Any, reader: Callable[[str], object]) -> None:
    assert refused(reader(spec.path.read_text("utf-8"))) == ""


def examples() -> Iterator[tuple[str, str]]:
    """Gather the specs of the tests and of the reference that compile."""
    for name, text in ALL.items():
        yield name, HEAD + text
    reference = (DOCS / "language.md").read_text("utf-8")
    for number, text in enumerate(re.findall(r"^```yaml\n((?:.*\n)*?)```$", reference, re.M)):
        yield f"language.md {number}", text
    for path in sorted((DATA / "emission").rglob("*.yaml")):
        yield path.stem, path.read_text("utf-8")


@pytest.mark.parametrize(("name", "text"), list(examples()), ids=lambda value: value[:20])
def test_every_spec_that_compiles_is_accepted(name: str, text: str) -> None:
    assert refused(ours(text)) == ""


def files(category: str) -> list[str]:
    """Name the bad files of a class."""
    return [line.split()[0] for line in EXPECTED[category].strip().splitlines()]


@pytest.mark.parametrize("category", ["claim", "warning"])
def test_what_is_wrong_elsewhere_is_accepted(category: str) -> None:
    found = {name: refused_file(name) for name in files(category)}
    assert {name: told for name, told in found.items() if told} == {}


# --- what is refused --------------------------------------------------------------------------

SEEN = ("schema", "type", "domain", "name")
"""The classes of mistakes that a schema can see. The others are of the YAML (`syntax`, `feature`,
`duplicate`), of names that stand elsewhere (`reference`), or of what comes out (the others)."""

NOT_SEEN: dict[str, str] = {
    "the value of the expression is wrong, not its form": """
        expressions/compare_mixed expressions/complex expressions/fraction expressions/index_text
        expressions/len_of_number expressions/list_channels expressions/list_plus
        expressions/lists_in_order expressions/min_of_empty expressions/nested_lists
        expressions/percent_format expressions/power_negative expressions/round_point
        expressions/shape_alone expressions/slice_text expressions/slice_zero
        expressions/symbol_and_fraction expressions/symbol_and_text expressions/tensor_as_number
        expressions/text_times_number expressions/text_times_number_quoted expressions/truth
        outputs/when_a_size references/size_of_several structure/repeat_list
        structure/when_number_expression values/half_a_channel
        initial/value_a_shape initial/value_no_logarithm
    """,
    "a number is not told from one with a point and a 0 behind it": """
        order/a_point references/begins_with_a_point share/a_point structure/version_point
        values/channels_with_a_point
    """,
    "a key is a text in JSON, however it is written": "yaml/key_truth",
    "the name is not known before its placeholders are filled in": """
        placeholders/a_list placeholders/digit_first placeholders/forward placeholders/fraction
        placeholders/minus_one placeholders/name_above placeholders/name_above_once
        placeholders/name_of_an_input placeholders/negative placeholders/no_index
        placeholders/reference_fraction placeholders/the_same_twice placeholders/too_long
        placeholders/truth repeat/index_in_from_fraction
    """,
    "the type, the choices and the number of parameters are declared elsewhere in the file": """
        structure/block_missing_parameter structure/block_missing_two structure/block_not_a_choice
        structure/block_wrong_type structure/bool_parameter structure/layer_parameter_as_number
        structure/layer_parameter_number structure/list_parameter structure/parameter_not_a_choice
        structure/size_parameter structure/str_parameter structure/variant_wrong_type
    """,
    "another file is wrong, or declares it": """
        extends/base_is_a_list extends/parameter_of_another_type extends/parameter_out_of_range
        specs/parameter_of_another_type specs/parameter_out_of_range specs/required_parameter
        specs/structure_of_its_own
    """,
    "the word may be a parameter or a block, which only the rest of the file can say": """
        operations/norm_as_operation placeholders/unknown_operation structure/block_as_op
        structure/word_of_keras_twice structure/word_with_arguments
        structure/word_without_neighbour values/same_in_pooling values/same_in_pooling_by_two
        values/same_in_transposed values/valid_in_pooling
        structure/layer_parameter_unknown
        structure/parameter_as_layer structure/torch_spelling_word
        structure/word_parameter_as_layer structure/word_without_arguments tie/a_word_and_share
        values/unknown_mode
    """,
    "names are held against others of the same file": """
        extends/block_with_the_name_of_a_parameter inputs/block_layer_of_that_name
        inputs/name_of_a_layer inputs/two_batches structure/block_parameter_and_block
        structure/parameter_and_block structure/splice_twice
    """,
    "a value may be given by a variant or `--set`": "structure/parameter_no_value",
    "it depends on what is shared": "share/splice",
    "a window of one number for both dimensions has one bound": "operations/windows_of_one_row",
    "values of two arguments are held against each other": """
        initial/no_bias kernels/same_with_stride
        operations/interpolate_both operations/interpolate_neither
        operations/interpolate_smooths_nearest operations/pad_value_of_another_mode
        operations/upsample_corners_of_nearest
        operations/attention_masked_twice operations/bag_of_the_largest_with_factors
        operations/bag_sparse_maximum operations/hardtanh_falls operations/lstm_projects_to_more
        operations/channel_pool_padded operations/rrelu_falls shapes/pool_padding
        shapes/same_with_stride
        operations/clamp_without_limits operations/constant_fraction_of_integers
        operations/constant_of_nothing operations/constant_said_twice
        operations/constant_without_value operations/norm_made_twice operations/prod_keeps_all
        operations/roll_shifts_without_dims
    """,
    "a text with a grammar of its own is a text": """
        operations/constant_divides_by_nothing operations/constant_of_five_dimensions
        operations/constant_other_index operations/einsum_digit
        operations/einsum_letter_from_nowhere operations/einsum_out_twice
    """,
    "a number is any number, and lists are as long as they are": """
        operations/fold_of_three_sizes operations/norm_of_no_dimension operations/pad_odd
        kernels/too_large operations/constant_ragged operations/div_by_nothing
        initial/values_uneven
    """,
    "a word that is no rule may be the name of a number": """
        initial/unknown_rule initial/torch_underscore initial/layer_unknown_rule
        initial/arange initial/values_alone
        parameter/init_unknown_rule
    """,
    "the shape of the weight is inferred": """
        initial/value_of_another_dimension initial/value_of_five_dimensions
        initial/values_of_a_parameter initial/values_of_another_shape
        initial/values_of_every_bias initial/values_too_few
    """,
    "the sizes and dtypes that flow are inferred": """
        operations/clamp_beyond_float32 operations/gt_beyond_int32
        operations/instance_norm_of_one operations/masked_fill_infinite_integer
        operations/pow_of_integers_below_0 operations/scatter_infinite_integer
        operations/topk_of_more operations/var_of_one_value
    """,
}


def refused_file(name: str) -> str:
    """Say what the schema finds wrong with a bad file."""
    path = BAD / f"{name}.yaml"
    try:
        return refused(read(path.read_bytes(), path.name).data)
    except SpecError as error:  # no YAML, before any schema looks at it
        return str(error)


@pytest.mark.parametrize("category", SEEN)
def test_mistakes_of_structure_are_refused(category: str) -> None:
    exceptions = {name for listed in NOT_SEEN.values() for name in listed.split()}
    accepted = {name for name in files(category) if not refused_file(name)}
    assert accepted == exceptions & set(files(category))


def test_every_exception_is_a_bad_file() -> None:
    known = {name for category in SEEN for name in files(category)}
    listed = [name for names in NOT_SEEN.values() for name in names.split()]
    assert set(listed) <= known
    assert len(listed) == len(set(listed))


def test_many_broken_expressions_are_refused() -> None:
    """Those left compute with what is not there, or have no value."""
    assert sum(bool(refused_file(name)) for name in files("expression")) >= 40


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "{op: conv2d, out_channels: 8, kernal_size: 3, kernel_size: 3}",
            "'kernal_size' was unexp",
        ),
        ("{op: conv2d, out_channels: 8}", "'kernel_size' is a required property"),
        ("{op: relu, repeats: 3}", "'repeats' was unexpected"),
        ("{op: linear, in_features: 3, out_features: 3}", "'in_features' was unexpected"),
        ("{layers: [relu], init: {weight: 0}}", "'init' was unexpected"),
        ("{op: relu, first: {inplace: true}}", "'repeat' is a dependency of 'first'"),
        ("{op: relu, trainable: 1}", "1 is not of type 'boolean'"),
        ("7", "7 is not of type 'string', 'array', 'object'"),
    ],
)
def test_what_is_told_names_the_key(text: str, told: str) -> None:
    assert told in layer(text)


# --- the operations ---------------------------------------------------------------------------


def form(name: str) -> dict[str, Any]:
    """Give what the schema says of an operation."""
    found: dict[str, Any] = SCHEMA["definitions"][f"op-{name}"]
    return found


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_offers_its_own_arguments_and_no_others(name: str) -> None:
    operation = load(name)
    arguments = form(name)["properties"].keys() - LAYER_KEYS
    assert arguments == operation.model_fields.keys()
    assert form(name)["additionalProperties"] is False
    required = "".join(f", {argument}: [1]" for argument in operation.required())
    for argument in operation.inferred:
        assert f"'{argument}' was unexpected" in layer(f"{{op: {name}, {argument}: 1{required}}}")
    if operation.required():
        assert f"'{operation.required()[0]}' is a required" in layer(f"{{op: {name}}}")


@pytest.mark.parametrize("name", OPERATIONS)
def test_defaults_are_those_of_pytorch(name: str) -> None:
    """Those of `torch.nn`; only that `dim` has none, where PyTorch warns of its own."""
    module = getattr(torch.nn, load(name).torch.removeprefix("nn."), None)
    known = {} if module is None else inspect.signature(module).parameters
    for argument, schema in form(name)["properties"].items():
        if argument in known and argument not in {*LAYER_KEYS, "dim"}:
            wanted = known[argument].default
            assert ("default" not in schema) == (wanted is inspect.Parameter.empty)
            assert schema.get("default") == (None if "default" not in schema else wanted)


@pytest.mark.parametrize("name", sampled(OPERATIONS, sorted(OPERATIONS)[::5]))
def test_one_operation_has_a_schema_of_its_own(name: str) -> None:
    schema = operation_schema(name)
    Draft7Validator.check_schema(schema)
    mentioned = set(re.findall(r'"#/definitions/([^/"]*)', written(schema)))
    assert mentioned == schema["definitions"].keys()


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("{op: dropout, p: 1}", True),
        ("{op: dropout, p: 1.5}", False),
        ("{op: dropout, p: 0.1 * index}", True),
        ("{op: conv2d, out_channels: 8, kernel_size: [3, k], padding: same}", True),
        ("{op: conv2d, out_channels: 8, kernel_size: [3, 3, 3]}", False),
        ("{op: conv2d, out_channels: 8, kernel_size: 3, padding: sam e}", False),
        ("{op: max_pool2d, kernel_size: 3, stride: null}", True),
        ("{op: max_pool2d, kernel_size: null}", False),
        ("{op: adaptive_avg_pool2d, output_size: [null, 1]}", True),
        ("{op: reshape, shape: [x.batch, -1]}", True),
        ("{op: reshape, shape: [0, -1]}", False),
        ("{op: layer_norm, dim: 1, eps: 1e-6}", True),
        ("{op: layer_norm, dim: 2}", False),
        ("{op: layer_norm, eps: 0}", False),
        ("{op: linear, share: a.b, bias: false}", True),
        ("{op: relu, share: a}", False),
        ("{op: conv2d, out_channels: 8, kernel_size: 3, bias: no}", False),
        ("{op: conv2d, out_channels: 8, kernel_size: 3, bias: deep}", True),
        ("{op: conv2d, out_channels: 8, kernel_size: 3, init: {weight: zeros}}", True),
        ("{op: conv2d, out_channels: 8, kernel_size: 3, init: {gain: zeros}}", False),
        ("{op: norm, eps: 0.001}", True),
        ("{block: unit, act: {op: gelu}, planes: [1, 2 * n]}", True),
        ("{block: unit, act: {op: gelu, when: deep}}", False),
        ("{spec: resnet50, taps: [layer1, body.0]}", True),
    ],
)
def test_arguments(text: str, good: bool) -> None:
    assert (layer(text) == "") == good


# --- expressions ------------------------------------------------------------------------------

TOKENS = """
    a b planes x.shape x.channels 0 1 12 1.5 .5 3. 1e-5 017 1_000 true 'text' + - * / // % ** ( ) [
    ] : , == != < >= = and or not if else min( sum( open( lambda is ! & ? { } ; . True yes
""".split()  # noqa: SIM905 - a list literal would be 50 lines


def sound(text: str) -> bool:
    """Say whether our parser takes a text as an expression."""
    try:
        parse(checked(text))
    except Problem:
        return False
    return True


@given(st.lists(st.sampled_from(TOKENS), min_size=1, max_size=9), st.sampled_from(["", " "]))
def test_what_is_an_expression_fits_the_pattern(tokens: list[str], between: str) -> None:
    text = between.join(tokens)
    assert re.search(EXPRESSION, text) or not sound(text)


def test_the_pattern_refuses_what_is_no_expression() -> None:
    texts = (
        "017|0x1F|3:30|2024-10-11|64px|no|True|a b|a =|a +|* a|[1]|a, b|open(1)|x.size|a && b|(a"
    )
    assert [text for text in texts.split("|") if re.search(EXPRESSION, text)] == []
    assert [text for text in texts.split("|") if sound(text)] == []


def patterns(value: object) -> Iterator[str]:
    """Find every pattern in a part of the schema."""
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            yield value["pattern"]
        yield from value.get("patternProperties", ())
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in items:
        yield from patterns(item)


@pytest.mark.parametrize("pattern", sorted(set(patterns(SCHEMA))), ids=lambda text: text[:20])
def test_patterns_say_the_same_to_editors(pattern: str) -> None:
    """Editors read patterns as ECMAScript does, and refuse what Python lets pass."""
    compiled = Regex(pattern, flags="u")
    for text in [
        *TOKENS,
        "a + b",
        "depths[:2]",
        "min(a, b)",
        "layer{index}",
        "m.*",
        "7.8G",
        "a: b",
    ]:
        assert bool(compiled.find(text)) == bool(re.search(pattern, text))


# --- what it says -----------------------------------------------------------------------------


def described(schema: dict[str, Any]) -> bool:
    """Say whether a part of the schema has a description, perhaps where it points to."""
    if "$ref" in schema:
        target: Any = SCHEMA
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return described(target)
    return bool(schema.get("description", "").strip())


def undescribed(value: object, path: str = "") -> Iterator[str]:
    """Find the keys that a spec may have and of which nothing is said."""
    if isinstance(value, list):
        for item in value:
            yield from undescribed(item, path)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key == "properties" and "additionalProperties" in value:
            yield from (f"{path}/{name}" for name in item if not described(item[name]))
        yield from undescribed(item, f"{path}/{key}")


def test_every_key_is_described() -> None:
    rules = {f"/properties/init/{name}" for name in SCHEMA["properties"]["init"]["properties"]}
    assert set(undescribed(SCHEMA)) <= rules | {f"{rule}/weight" for rule in rules}


def test_every_operation_is_described() -> None:
    assert [name for name in OPERATIONS if not described(form(name))] == []


def test_every_description_of_an_argument_is_of_one() -> None:
    known = {(name, argument) for name in OPERATIONS for argument in load(name).model_fields}
    assert _SPECIAL.keys() <= known
    assert _ARGUMENTS.keys() <= {argument for _, argument in known}


# --- every key of a layer -----------------------------------------------------------------------


def test_a_key_of_a_layer_is_of_a_form_of_a_body_or_of_every_layer() -> None:
    assert {*FORMS, *BODY_KEYS, *CONTROLS, "init", "taps"} == LAYER_KEYS


@pytest.mark.parametrize(
    ("name", "never"),
    [
        ("op-relu", ()),
        ("used-block", ()),
        ("used-spec", ()),
        ("group", ("first",)),
        ("shared-layer", ("first", "trainable")),
    ],
)
def test_what_every_layer_may_have_is_offered_by_each_form(
    name: str, never: tuple[str, ...]
) -> None:
    offered = SCHEMA["definitions"][name]["properties"].keys()
    assert offered & {*CONTROLS} == {*CONTROLS} - {*never}


# --- the command and the file beside the specs ------------------------------------------------


def test_the_shipped_schema_is_the_one_of_the_classes(golden: Callable[[str, str], None]) -> None:
    golden("../../specs/archspec.schema.json", written(SCHEMA))


def test_every_shipped_spec_names_it() -> None:
    for spec in shipped():
        first = spec.path.read_text("utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=archspec.schema.json"
        assert spec.path.with_name("archspec.schema.json").exists()


def test_the_command_prints_it(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capfdbinary.readouterr().out) == SCHEMA


def test_the_command_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "archspec.schema.json"
    assert main(["schema", "-o", str(path)]) == 0
    assert path.read_text("utf-8") == written(SCHEMA)


def test_the_command_prints_one_operation(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["schema", "--op", "conv2d"]) == 0
    assert json.loads(capfdbinary.readouterr().out) == operation_schema("conv2d")


def test_the_command_refuses_what_is_no_operation(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--op", "conv2"]) == 2
    assert "there is no operation `conv2`; did you mean `conv2d`?" in capfd.readouterr().err


def test_what_is_no_yaml_has_no_schema() -> None:
    """A mistake of the YAML itself is told by the reader, before any schema is asked."""
    with pytest.raises(SpecError):
        ours("layers: [relu\n")

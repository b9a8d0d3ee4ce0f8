"""The document: what stands at the top of a spec, and what blocks and layers share with it."""

import builtins
import keyword
from typing import get_args

from archspec.document import LAYER_KEYS, MODULE_ATTRIBUTES, Input
from archspec.operations import Operation
from archspec.schema.forms import (
    Schema,
    about,
    either,
    has,
    listed,
    mapping,
    named,
    ref,
    text,
    when,
    without,
)
from archspec.schema.initial import numbers, of_spec, rule
from archspec.schema.texts import (
    BLOCK,
    EXPRESSION,
    FIGURE,
    INPUT,
    KERNEL,
    LAYER,
    LONGEST_EXPRESSION,
    OUTPUT,
    PARAMETER,
    REFERENCE,
    SYMBOL,
    TEMPLATE,
)
from archspec.schema.words import CLAIMS, CONTROLS, INPUTS_OF_BODY, KINDS, TOP
from archspec.schema.words import INPUT as OF_INPUT
from archspec.schema.words import KERNEL as OF_KERNEL
from archspec.schema.words import OUTPUT as OF_OUTPUT

_NULL: Schema = {"type": "null"}
_TAKEN = {*keyword.kwlist, *MODULE_ATTRIBUTES}
_RESERVED = {*keyword.kwlist, *dir(builtins), *LAYER_KEYS, "self", "index", "input"}


def spec(operations: dict[str, type[Operation]]) -> Schema:
    """Describe the whole document; what another file may give is not required beside `extends`."""
    both = has("input") | {"required": ["input", "inputs"]}
    one = either(has("input"), has("inputs"))
    whole = {"required": ["archspec", "name", "layers"], "allOf": [one]}
    properties = _texts() | _parts() | {"init": of_spec(operations)}
    described = mapping(properties, description=KINDS["spec"], title="archspec")
    return described | {"allOf": [{"not": both}, when(without("extends"), whole)]}


def _texts() -> dict[str, Schema]:
    name = text("[A-Za-z]", minLength=1, maxLength=200)
    free: Schema = {"type": ["string", "null"]}
    return {
        "archspec": {"type": "integer", "enum": [1], "description": TOP["archspec"]},
        "name": name | {"description": TOP["name"]},
        "description": free | {"description": TOP["description"]},
        "reference": free | {"description": TOP["reference"]},
        "extends": {"type": "string", "minLength": 1, "description": TOP["extends"]},
    }


def _parts() -> dict[str, Schema]:
    plain = {"type": "object", "propertyNames": ref("input-name")}
    inputs = plain | {"additionalProperties": ref("input"), "minProperties": 1}
    names = either({"not": {"enum": sorted(keyword.kwlist)}, **text(BLOCK)})
    return {
        "params": ref("params"),
        "let": ref("let"),
        "input": about(ref("input"), TOP["input"]),
        "inputs": inputs | {"description": TOP["inputs"]},
        "blocks": named(names, ref("block"), description=TOP["blocks"]),
        "kernels": named(text(KERNEL), ref("kernel"), description=TOP["kernels"]),
        "layers": ref("layers"),
        "outputs": ref("outputs-of-the-model"),
        "order": ref("order"),
        "expect": ref("claims"),
        "variants": _variants(),
    }


def _variants() -> Schema:
    variant = named(text(PARAMETER), ref("value"), description=KINDS["variant"])
    variant["properties"] = {"expect": ref("claims")}
    return {
        "type": "object",
        "additionalProperties": variant,
        "description": TOP["variants"],
    }


def definitions() -> dict[str, Schema]:
    """Define what stands in several places."""
    return _names() | _values() | _bodies() | _given() | _others()


def _others() -> dict[str, Schema]:
    return {"claims": claims(), "rule": rule(), "numbers": numbers(), "kernel": kernel()}


def _names() -> dict[str, Schema]:
    # Without a type: a key written as a number is a number to some editors.
    layer: Schema = {"pattern": LAYER, "not": {"enum": sorted({*_TAKEN, "input"})}}
    reserved = sorted(name for name in _RESERVED if name[0].islower())
    kinds = ["string", "integer"]
    reference: Schema = {"pattern": REFERENCE, "minimum": 0}
    several = reference | listed(ref("reference"), 1)
    return {
        "layer-name": either(layer, {"pattern": TEMPLATE}),
        "parameter-name": text(PARAMETER) | {"not": {"enum": reserved}},
        "input-name": text(INPUT) | {"not": {"enum": sorted(_TAKEN)}},
        "reference": reference | {"type": kinds},
        "from": several | {"type": [*kinds, "array"], "description": CONTROLS["from"]},
    }


def _values() -> dict[str, Schema]:
    expression = text(EXPRESSION, maxLength=LONGEST_EXPRESSION, description=KINDS["expression"])
    kinds = ["string", "number", "boolean", "array"]
    return {
        "expression": expression,
        "condition": either({"type": "boolean"}, ref("expression")),
        "size": either({"type": "integer"}, ref("expression"), description=KINDS["size"]),
        "shape": listed(ref("size")),
        "scalar": {"type": kinds, "items": ref("scalar")},
        "computed": either({"type": ["number", "boolean"]}, ref("expression"), _computed()),
        "let": named(ref("parameter-name"), ref("computed"), description=TOP["let"]),
        "input": _input(),
    }


def _computed() -> Schema:
    return listed(ref("computed"))


def _input() -> Schema:
    size = either({"type": "integer", "minimum": 1}, ref("expression"), description=KINDS["size"])
    sizes: Schema = {"type": "array", "items": [text(SYMBOL)], "additionalItems": size}
    shape = sizes | {"minItems": 1, "description": OF_INPUT["shape"]}
    dtypes = list(get_args(Input.model_fields["dtype"].annotation))
    dtype = {"enum": dtypes, "default": "float32", "description": OF_INPUT["dtype"]}
    keys = mapping({"shape": shape, "dtype": dtype}, ["shape"])
    return sizes | {"minItems": 1} | keys | {"type": ["array", "object"]}


def _bodies() -> dict[str, Schema]:
    layers = named(ref("layer-name"), ref("layer"), minProperties=1)
    layers["patternProperties"] = {"[{]": ref("layer-named-by-placeholders")}
    either_way = layers | listed(ref("layer"), 1) | {"type": ["object", "array"]}
    order = either(text(LAYER), {"type": "integer", "minimum": 0})
    return {
        "layers": either_way | {"description": TOP["layers"]},
        "order": listed(order, uniqueItems=True, description=TOP["order"]),
        "block": _block(),
    }


def _block() -> Schema:
    properties = {
        "params": ref("params"),
        "let": ref("let"),
        "inputs": listed(ref("input-name"), 1, uniqueItems=True, description=INPUTS_OF_BODY),
        "layers": ref("layers"),
        "outputs": ref("outputs"),
        "order": ref("order"),
    }
    return mapping(properties, ["layers"], description=KINDS["block"])


def _given() -> dict[str, Schema]:
    """Define outputs: only those of the model may be for training alone."""
    described = {key: {"description": OF_OUTPUT[key]} for key in OF_OUTPUT}
    condition = {"when": about(either(ref("condition"), _NULL), OF_OUTPUT["when"])}
    keys = {"from": about(ref("reference"), OF_OUTPUT["from"])} | condition
    training = {"training": {"type": "boolean", "default": False} | described["training"]}
    never = {"training": {"const": False} | described["training"]}
    return {
        "output": mapping(keys | never, ["from"]),
        "outputs": _outputs("output"),
        "output-of-the-model": mapping(keys | training, ["from"]),
        "outputs-of-the-model": _outputs("output-of-the-model"),
    }


def _outputs(one: str) -> Schema:
    item = either(ref("reference"), ref(one))
    names: Schema = {"not": {"const": "from"}, "pattern": OUTPUT}
    several = named(names, item, minProperties=1)
    return either(ref("reference"), listed(item, 1), ref(one), several, description=TOP["outputs"])


def kernel() -> Schema:
    """Describe a fixed kernel: rows, or rows for each channel, alone or with a factor."""
    number = either({"type": "number"}, ref("expression"))
    rows = listed(listed(number, 1), 1)
    values = either(rows, listed(rows, 1))
    properties = {
        "values": about(values, OF_KERNEL["values"]),
        "scale": about(number, OF_KERNEL["scale"]) | {"default": 1},
    }
    return either(values, mapping(properties, ["values"]))


def claims() -> Schema:
    """Describe the claims about a network."""
    number = {"type": "integer", "minimum": 0}
    figure = either(number, text(FIGURE), _NULL)
    shapes = {"type": "object", "additionalProperties": ref("shape"), "minProperties": 1}
    output = either(ref("shape"), listed(ref("shape"), 1), shapes)
    properties = {
        key: figure | {"description": CLAIMS[key]}
        for key in ("params", "trainable", "buffers", "macs")
    }
    return mapping(
        properties
        | {
            "depth": figure | {"description": CLAIMS["depth"]},
            "output": output | {"description": CLAIMS["output"]},
            "source": {"type": ["string", "null"], "description": CLAIMS["source"]},
        },
        type=["object", "null"],
        description=TOP["expect"],
    )

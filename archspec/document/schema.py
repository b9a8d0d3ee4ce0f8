"""The JSON Schema of the language, for editors: what pydantic says of the document, and patches.

`model_json_schema` gives keys, descriptions, defaults and choices. What a validator of the document
reads by a grammar of its own names its definition (`WithJsonSchema`), which stands here. So do the
patches, each with its reason. The schema is of draft 7, which the YAML support of editors reads.
"""

import builtins
import json
import keyword
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core import core_schema

from archspec.document.arguments import (
    TIED,
    Schema,
    about,
    either,
    listed,
    mapping,
    operation_form,
    ref,
    text,
    weights,
)
from archspec.document.document import Spec
from archspec.document.forms import BODY_KEYS, CONTROLS, FORMS
from archspec.document.initial import (
    ARGUMENTS,
    ARGUMENTS_OF_RULES,
    CHOICES,
    INDEXED,
    LISTED,
    RULES,
)
from archspec.document.layers import OUTPUT_KEYS, Layer
from archspec.document.names import (
    BLOCK,
    INPUT,
    KERNEL,
    LAYER,
    LAYER_KEYS,
    MODULE_ATTRIBUTES,
    PARAMETER,
    RESERVED,
)
from archspec.document.parameters import TYPES
from archspec.expressions import FUNCTIONS
from archspec.expressions.parse import ATTRIBUTES, LONGEST
from archspec.operations import Operation, load, names

_DRAFT = "http://json-schema.org/draft-07/schema#"

# --- the whole --------------------------------------------------------------------------------


def language_schema() -> Schema:
    """Give the JSON Schema of a spec.

    >>> language_schema()["title"]
    'archspec'
    """
    operations = {name: load(name) for name in sorted(names())}
    models = _derived()
    definitions = _definitions(models, operations)
    return {"$schema": _DRAFT, **_spec(models["spec"], operations), "definitions": definitions}


def operation_schema(name: str) -> Schema:
    """Give the JSON Schema of a layer that is one operation; `name` must be one of the vocabulary.

    >>> operation_schema("linear")["title"]
    'linear'
    """
    definitions = language_schema()["definitions"]
    needed = {key: definitions[key] for key in sorted(_reached(definitions, f"op-{name}"))}
    return {"$schema": _DRAFT, "title": name, "allOf": [ref(f"op-{name}")], "definitions": needed}


def written(schema: Schema) -> str:
    """Write a schema as JSON, the same on every machine.

    >>> print(written({"type": "null"}), end="")
    {
      "type": "null"
    }
    """
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _reached(definitions: Mapping[str, Schema], name: str) -> set[str]:
    """Gather the definitions to which one refers, whatever lies between."""
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in reached:
            reached.add(current)
            waiting += sorted(_mentioned(definitions[current]))
    return reached


def _mentioned(part: object) -> set[str]:
    if isinstance(part, dict):
        own = part.get("$ref")
        mentioned = {own.split("/")[2]} if isinstance(own, str) else set()
        return mentioned.union(*map(_mentioned, part.values()))
    return set().union(*map(_mentioned, part)) if isinstance(part, list) else set()


# --- what pydantic says -----------------------------------------------------------------------


class _Generator(GenerateJsonSchema):
    """Pydantic's own generator, of what may be written instead of what is read."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> Schema:
        """Leave `null` out: `None` is the value of a key that is absent, and not written."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Schema:
        """Leave the default `null` out for the same reason."""
        absent = schema.get("default") is None
        return self.generate_inner(schema["schema"]) if absent else super().default_schema(schema)

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Leave titles out, which say the key again."""
        return False


def _derived() -> dict[str, Schema]:
    """Derive the schemas of the document's models, by their names in lower case."""
    _, schema = models_json_schema(
        [(Spec, "validation"), (Layer, "validation")],
        ref_template="{model}",
        schema_generator=_Generator,
    )
    return {name.lower(): _linked(model) for name, model in schema["$defs"].items()}


def _linked(part: Any) -> Any:
    """Write references to definitions as draft 7 has them: nothing beside `$ref` is read there."""
    if isinstance(part, list):
        return [_linked(item) for item in part]
    if not isinstance(part, dict):
        return part
    name = part.get("definition", part.get("$ref"))
    if isinstance(name, str):
        others = {key: part[key] for key in part.keys() & {"description", "default"}}
        return {"allOf": [ref(name.lower())], **others} if others else ref(name.lower())
    rest = {key: _linked(item) for key, item in part.items() if not isinstance(item, str)}
    texts = {key: item for key, item in part.items() if isinstance(item, str) and key != "title"}
    if "description" in texts:  # of a model it is the docstring: its first paragraph
        texts["description"] = " ".join(texts["description"].split("\n\n")[0].split())
    return texts | rest


def _definitions(
    models: Mapping[str, Schema], operations: Mapping[str, type[Operation]]
) -> dict[str, Schema]:
    layer, expressions = _properties(models["layer"]), _expressions()
    return {
        **_names(),
        **expressions,
        **_rules(),
        **_outputs(),
        "block": models["block"],
        # An empty `expect` claims nothing.
        "claims": models["claims"] | {"type": ["object", "null"]},
        # The shape, or the rows, may stand alone: validators bring the short form into the long.
        "input": models["input"] | expressions["input-shape"] | {"type": ["array", "object"]},
        "kernel": either(ref("rows-of-a-kernel"), models["kernel"]),
        # The parameters of a variant stand beside `expect`.
        "variant": models["variant"] | _values(),
        **_parameters(models["parameter"]),
        **{key: layer[key] for key in _KEYS},
        **_forms(layer, models["body"]),
        **_layers(models["layer"], operations),
        **{f"op-{name}": operation_form(operation) for name, operation in operations.items()},
    }


def _properties(model: Schema) -> dict[str, Schema]:
    properties: dict[str, Schema] = model["properties"]
    return properties


# --- conditions -------------------------------------------------------------------------------


def _when(condition: Schema, then: Schema) -> Schema:
    """Demand one thing where another holds: what editors complete best, and report exactly."""
    return {"if": condition, "then": then}


def _has(key: str, value: Schema | None = None) -> Schema:
    return {"required": [key]} | ({"properties": {key: value}} if value is not None else {})


def _without(*keys: str) -> Schema:
    return {"not": either(*map(_has, keys))}


# --- texts with a grammar, of which pydantic sees a function ------------------------------------

_KEYWORDS = "|".join(sorted(keyword.kwlist))
_NUMBER = r"(?:(?:0|[1-9][0-9_]*)(?:\.[0-9_]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_CALL = rf"(?:{'|'.join(FUNCTIONS)})(?=\s*\()"
_READ = rf"(?:\.(?:{'|'.join(ATTRIBUTES)})\b)?"
_NAME = rf"(?!(?:{_KEYWORDS})\b)[A-Za-z_][A-Za-z0-9_]*\b{_READ}(?!\s*[.(])"
_QUOTED = r"""(?:'[^']*'|"[^"]*")"""
_BEFORE = r"(?:(?:[-+(]|not\b)\s*)*"
_BEHIND = r"(?:\s*(?:,?\s*\)|:{0,2}\s*\]))*"
_OPERAND = rf"{_BEFORE}(?:{_NUMBER}|{_CALL}|{_NAME}|{_QUOTED}){_BEHIND}"
_BETWEEN = r"(?:[*]{1,2}|//?|[-+%]|[=!<>]=|[<>,:(]|\[\s*:{0,2}|\b(?:and|or|if|else)\b)"

_FOREIGN = "|".join(
    form
    for word in ("null", "true", "false", "yes", "no", "on", "off")
    for form in (word, word.capitalize(), word.upper())
    if form not in ("null", "true", "false")
)
_NO_DATE = r"(?![0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt\s]|$))"
_NO_WORD = rf"(?!(?:{_FOREIGN})$)"
_NO_PLUS = r"(?!\+[0-9][0-9_.]*$)"
_IN_BRACKETS = r"""(?![^\['"]*:)(?![^\[('"]*,)"""
_CLOSED = r"""(?![^'"]*\([^)'"]*$)(?![^'"]*\[[^\]'"]*$)"""

EXPRESSION = (
    rf"^{_NO_DATE}{_NO_WORD}{_NO_PLUS}{_IN_BRACKETS}{_CLOSED}\s*{_OPERAND}"
    rf"(?:\s*{_BETWEEN}\s*{_OPERAND})*\s*$"
)
"""An expression: operands with signs between them; what other readers make numbers of is none."""

_TEMPLATE = r"^[A-Za-z0-9_-]*(?:\{[^{}]+\}[A-Za-z0-9_-]*)+$"
_REFERENCE = r"^(?:[A-Za-z0-9_-]|\{[^{}]+\})+(?:\.(?:[^.{}]|\{[^{}]+\})+)*$"
_UNIT = "|".join(rf"(?:\.[0-9]{{1,{3 * n}}})?\s*{unit}" for n, unit in enumerate("kMGT", 1))
_FIGURE = rf"^(?:<=\s*)?[0-9][0-9_]*(?:{_UNIT}|\s*)$"
_SYMBOL = r"^[A-Z][A-Za-z0-9_]*$"


def _names() -> dict[str, Schema]:
    """Define names by their patterns, without the words that have a meaning already."""
    keywords = sorted(keyword.kwlist)
    attributes = {*keyword.kwlist, *MODULE_ATTRIBUTES}
    words = {*keyword.kwlist, *dir(builtins), *LAYER_KEYS, *RESERVED}
    # Without a type: a key written as a number is a number to some editors.
    layer: Schema = {"pattern": LAYER, "not": {"enum": sorted({*attributes, "input"})}}
    reference: Schema = {"pattern": _REFERENCE, "minimum": 0}
    several = reference | listed(ref("reference"), 1)
    layers: Schema = {
        "propertyNames": ref("layer-name"),
        "additionalProperties": ref("layer"),
        "patternProperties": {"[{]": ref("layer-named-by-placeholders")},
        "minProperties": 1,
    }
    return {
        "name": text("[A-Za-z]") | {"minLength": 1, "maxLength": 200},
        "layer-name": either(layer, {"pattern": _TEMPLATE}),
        "input-name": text(INPUT) | {"not": {"enum": sorted(attributes)}},
        "block-name": text(BLOCK) | {"not": {"enum": keywords}},
        "kernel-name": text(KERNEL),
        "parameter-name": text(PARAMETER)
        | {"not": {"enum": sorted(word for word in words if word[0].islower())}},
        "reference": reference | {"type": ["string", "integer"]},
        "references": several | {"type": ["string", "integer", "array"]},
        "order": listed(either(text(LAYER), _AT_LEAST_0), uniqueItems=True),
        "layers": layers | listed(ref("layer"), 1) | {"type": ["object", "array"]},
    }


_AT_LEAST_0: Schema = {"type": "integer", "minimum": 0}
_EXPRESSION = "An expression in Python's syntax, over parameters and sizes."
_SIZE = {"description": "An integer, a symbol such as `H`, or an expression."}


def _expressions() -> dict[str, Schema]:
    """Define what may be an expression in place of a value."""
    expression = text(EXPRESSION) | {"maxLength": LONGEST, "description": _EXPRESSION}
    size = either({"type": "integer", "minimum": 1}, ref("expression"), **_SIZE)
    sizes: Schema = {"type": "array", "items": [text(_SYMBOL)], "additionalItems": size}
    rows = listed(listed(ref("number"), 1), 1)
    value: Schema = {
        "type": ["string", "number", "boolean", "array", "object"],
        "description": "A value, an expression, or a layer.",
        "items": ref("scalar"),
        "allOf": [_when({"type": "object"}, ref("passed-layer"))],
    }
    shapes = {"type": "object", "additionalProperties": ref("shape"), "minProperties": 1}
    flat = {"type": ["number", "boolean"]}
    return {
        "expression": expression,
        "condition": either({"type": "boolean"}, ref("expression")),
        "number": either({"type": "number"}, ref("expression")),
        "count": either(_AT_LEAST_0, ref("expression")),
        "computed": either(flat, ref("expression"), listed(ref("computed"))),
        "scalar": {
            "type": ["string", "number", "boolean", "array"],
            "items": ref("scalar"),
        },
        "value": value,
        "values": _values(),
        "size": either({"type": "integer"}, ref("expression"), **_SIZE),
        "shape": listed(ref("size")),
        "shapes": either(ref("shape"), listed(ref("shape"), 1), shapes),
        "input-shape": sizes | {"minItems": 1},
        "figure": either(_AT_LEAST_0, text(_FIGURE)),
        "rows-of-a-kernel": either(rows, listed(rows, 1)),
    }


def _values(keys: Mapping[str, Schema] | None = None, **others: Any) -> Schema:
    """Describe a mapping of parameters to their values, beside some keys."""
    plain = {"type": "object", "propertyNames": text(PARAMETER)}
    own = {} if keys is None else {"properties": dict(keys)}
    return plain | {"additionalProperties": ref("value")} | own | others


# --- patches of models that are also written in short -------------------------------------------


def _spec(spec: Schema, operations: Mapping[str, type[Operation]]) -> Schema:
    """Add `extends`, which is read before the document, and makes other keys optional.

    Pydantic says neither that one of `input` and `inputs` is there, nor which weights there are,
    nor that outputs of the model may be for training alone.
    """
    base = "Another file, or a shipped spec, from which this one starts."
    extends = {"type": "string", "minLength": 1, "description": base}
    init = _properties(spec)["init"] | mapping(dict(_weights(operations)))
    outputs = _properties(spec)["outputs"] | {"allOf": [ref("outputs-of-the-model")]}
    both = {"not": {"required": ["input", "inputs"]}}
    one = either(_has("input"), _has("inputs"))
    whole = {"required": sorted(spec.pop("required")), "allOf": [one]}
    return spec | {
        "title": "archspec",
        "properties": _properties(spec)
        | {"extends": extends, "init": init | {"type": ["object", "null"]}, "outputs": outputs},
        "allOf": [both, _when(_without("extends"), whole)],
    }


def _weights(operations: Mapping[str, type[Operation]]) -> Iterator[tuple[str, Schema]]:
    for name, operation in operations.items():
        own = weights(operation)
        if own and own != ("",):
            yield name, mapping(dict.fromkeys(own, ref("rule")))


_DEFAULTS: Mapping[str, Schema] = {
    "int": either({"type": "integer"}, ref("expression")),
    "float": ref("number"),
    "bool": {"type": "boolean"},
    "str": {"type": "string"},
    "size": either({"type": "integer"}, listed({"type": "integer"}), ref("expression")),
    "list": {"type": "array"},
    "layer": either(text(BLOCK), ref("passed-layer")),
}
"""What the default of each type may be."""


def _parameters(model: Schema) -> dict[str, Schema]:
    """Allow the default, the type or the layer alone; in full, hold the default to the type."""
    alone = "A type without a default: whoever uses it gives a value."
    required = {"enum": list(TYPES), "description": alone}
    in_full = {
        "if": either(*map(_has, FORMS)),
        "then": ref("passed-layer"),
        "else": ref("parameter-in-full"),
    }
    cases = [
        _when(_has("type", {"const": kind}), {"properties": {"default": schema}})
        for kind, schema in _DEFAULTS.items()
    ]
    untyped = _when(_without("type"), {"properties": {"default": ref("scalar")}})
    one = either(_has("type"), _has("default"))
    words = {"description": model["description"]}
    full = {key: part for key, part in model.items() if key != "required"}
    return {
        "parameter": {
            "type": ["string", "number", "boolean", "array", "object"],
            **words,
            "allOf": [
                _when({"type": "string"}, either(required, {"type": "string"})),
                _when({"type": "array"}, ref("scalar")),
                _when({"type": "object"}, in_full),
            ],
        },
        "parameter-in-full": full | {"allOf": [one, *cases, untyped]},
    }


def _outputs() -> dict[str, Schema]:
    """Define `outputs`, which a validator reads; those of the model may be for training alone."""
    when = either(ref("condition"), {"type": "null"}, description=OUTPUT_KEYS["when"])
    keys = {"from": about(ref("reference"), OUTPUT_KEYS["from"]), "when": when}
    schemas: dict[str, Schema] = {}
    allowed: dict[str, Schema] = {
        "": {"const": False},
        "-of-the-model": {"type": "boolean", "default": False},
    }
    for suffix, training in allowed.items():
        described = training | {"description": OUTPUT_KEYS["training"]}
        item = either(ref("reference"), ref(f"output{suffix}"))
        several = {
            "type": "object",
            "propertyNames": {"not": {"const": "from"}, "pattern": r"^[^.]+$"},
            "additionalProperties": item,
            "minProperties": 1,
        }
        schemas[f"output{suffix}"] = mapping(keys | {"training": described}, ["from"])
        forms = (ref("reference"), listed(item, 1), ref(f"output{suffix}"), several)
        schemas[f"outputs{suffix}"] = either(*forms)
    return schemas


def _rules() -> dict[str, Schema]:
    """Define the rules for initial weights, which a validator reads."""
    alone = sorted(ARGUMENTS.keys() - {"constant"})
    computed = {"allOf": [ref("expression"), {"not": {"const": "constant"}}]}
    each: dict[str, Schema] = {
        INDEXED: about(ref("number"), RULES[INDEXED]),
        LISTED: ref("numbers"),
    }
    full = {name: _rule(name) for name in ARGUMENTS} | each
    one = mapping(full, minProperties=1, maxProperties=1)
    rule = {"description": "A number, or a function of `torch.nn.init` without its underscore."}
    weights = {"type": "object", "additionalProperties": ref("rule")}
    numbers = listed(either({"type": "number"}, ref("numbers")), 1)
    return {
        "rule": either({"enum": alone}, {"type": "number"}, computed, one, **rule),
        "rules": either(ref("rule"), weights, {"type": "null"}),
        "numbers": numbers | {"description": RULES[LISTED]},
    }


def _rule(name: str) -> Schema:
    properties = {
        argument: {"enum": sorted(CHOICES[argument])} if argument in CHOICES else ref("number")
        for argument in ARGUMENTS[name]
    }
    described = {
        argument: about(schema, ARGUMENTS_OF_RULES[argument])
        for argument, schema in properties.items()
    }
    if name == "constant":
        return mapping(described, ["val"], description=RULES[name])
    return mapping(described, description=RULES[name]) | {"type": ["object", "null"]}


# --- layers: pydantic sees one class, whose other keys are the arguments of any operation -------

_SHARED = ("from", "when", "repeat", "splice", "expect", "label")
_ALWAYS = (*_SHARED, "trainable")
_KEYS = (*_ALWAYS, "first", "init", "taps")


def _forms(layer: Mapping[str, Schema], body: Schema) -> dict[str, Schema]:
    """Define the forms that name something else than an operation, and the group."""
    always = {key: ref(key) for key in _ALWAYS}
    block = {"block": layer["block"] | text(BLOCK), "first": ref("first")}
    spec = {"spec": layer["spec"], "first": ref("first"), "taps": ref("taps")}
    shared = {"share": layer["share"]} | {key: ref(key) for key in _SHARED}
    group = _properties(body) | always
    of = {key: layer[key]["description"] for key in ("block", "spec", "share", "body")}
    never = (*BODY_KEYS, "init", "share")
    return {
        "used-block": _values(always | block, description=of["block"]) | _without(*never, "taps"),
        "used-spec": _values(always | spec, description=of["spec"]) | _without(*never),
        "shared-layer": mapping(shared, ["share"], description=of["share"]),
        "group": mapping(group, ["layers"], description=of["body"]),
    }


def _layers(model: Schema, operations: Mapping[str, type[Operation]]) -> dict[str, Schema]:
    """Choose the form of a layer by its kind, and of a mapping by its keys."""
    layer, words = _properties(model), sorted(operations)
    own = {"block": "block", "layers": "body", "share": "share", "spec": "spec"}
    offered = {form: {"description": layer[key]["description"]} for form, key in own.items()}
    # Without a description, which would hide what the operation says of itself.
    offered["op"] = {"type": "string", "examples": words}
    word = either({"enum": words}, text(BLOCK))
    forms = [*_by_key("operation"), _when(_alone("share"), ref("shared-layer"))]
    in_place = {"properties": {"splice": {"const": False}}}
    needs = {"dependencies": {"first": ["repeat"], "label": in_place}}
    keys = needs | {"anyOf": [_has(form) for form in FORMS]}
    short = [
        _when({"type": "string"}, word),
        _when({"type": "array"}, listed(ref("layer"), 1)),
    ]
    plain = in_place | _when(_alone("share"), _without("repeat"))
    passed = "A layer as the value of a parameter."
    op = {"description": layer["op"]["description"]}
    return {
        "layer": {
            "type": ["string", "array", "object"],
            "description": model["description"],
            "examples": words,
            "properties": offered | {key: ref(key) for key in _ALWAYS},
            "allOf": [*short, _when({"type": "object"}, keys | {"allOf": forms})],
        },
        # Each repetition has a name of its own there, so that none can be left out.
        "layer-named-by-placeholders": {
            "allOf": [ref("layer"), _when({"type": "object"}, plain)],
            "description": model["description"],
        },
        # Control keys stand where the parameter is used.
        "passed-layer": {
            "type": "object",
            "description": passed,
            "properties": offered,
            "anyOf": [_has(form) for form in FORMS if form != "share"],
            "allOf": [_without(*CONTROLS), *_by_key("passed-operation")],
        },
        "operation": _choice(operations, complete=True) | op,
        "passed-operation": _choice(operations, complete=False) | op,
        "laid-operation": _laid(layer),
    }


def _by_key(operation: str) -> Iterator[Schema]:
    """Choose by the key that says what the layer is; no two of them stand together."""
    yield _when(_has("op"), ref(operation))
    yield _when(_has("block"), ref("used-block"))
    yield _when(_has("layers"), ref("group"))
    yield _when(_has("spec"), ref("used-spec"))


def _alone(form: str) -> Schema:
    return _has(form) | _without(*(other for other in FORMS if other != form))


_NEVER = ("block", "layers", "spec", "taps", *BODY_KEYS)
"""The keys of a layer that never stand beside `op`."""


def _choice(operations: Mapping[str, type[Operation]], complete: bool) -> Schema:
    """Choose the operation's own form; `complete` demands its required arguments as well."""
    cases = [
        _when(
            _has("op", {"const": name}),
            _complete(name, operation) if complete else ref(f"op-{name}"),
        )
        for name, operation in operations.items()
    ]
    others = _when({"not": _has("op", {"enum": sorted(operations)})}, ref("laid-operation"))
    return {"allOf": [*cases, others, _without(*_NEVER)]}


def _complete(name: str, operation: type[Operation]) -> Schema:
    """Demand what a layer in its place needs, and refuse what means nothing there."""
    elsewhere = {"not": either(_has("share"), _has("first"))}
    needed = _when(elsewhere, {"required": list(operation.required())})
    # An operation holds no layers whose names could be left out, but its repetitions are some.
    spliced = _when(_has("splice", {"enum": [True, "all"]}), _has("repeat"))
    # The weight of another layer begins as that layer says.
    tied = _when({"required": ["share", "init"]}, {"properties": {"init": _without("weight")}})
    parts = [ref(f"op-{name}"), *([needed] if operation.required() else []), spliced, tied]
    return {"allOf": parts}


def _laid(layer: Mapping[str, Schema]) -> Schema:
    """Describe a layer parameter used by `op`, with whatever arguments the operation has."""
    keys = {key: ref(key) for key in (*_ALWAYS, "first", "init")}
    keys |= {"share": about(ref("reference"), TIED)}
    keys |= {"op": about(ref("parameter-name"), layer["op"]["description"])}
    form = _values(
        keys, description="A layer parameter, with arguments that are laid over its own."
    )
    argument = either(ref("value"), {"type": "null"})
    return form | {"additionalProperties": argument} | _without(*_NEVER)

"""The layers: every form in which one may be written, and the control keys."""

from collections.abc import Iterator

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
from archspec.schema.operations import OTHERS, laid_form, operation_form, required
from archspec.schema.texts import BLOCK, PARAMETER
from archspec.schema.words import CONTROLS, FORMS, INPUTS_OF_BODY, KINDS, RULES

Operations = dict[str, type[Operation]]

_SHARED = ("from", "when", "repeat", "splice", "expect")
_ALWAYS = (*_SHARED, "trainable")
_BODY = ("let", "inputs", "outputs", "order")
_MISPLACED = ("from", "when", "repeat", "first", "splice", "trainable", "expect")


def layer_definitions(operations: Operations) -> dict[str, Schema]:
    """Define the layer, its forms and its keys; an operation's form is called after it."""
    forms = {f"op-{name}": operation_form(operation) for name, operation in operations.items()}
    return forms | _controls() | _used() | _layers(operations)


def _layers(operations: Operations) -> dict[str, Schema]:
    return {
        "layer": _layer(operations),
        "layer-named-by-placeholders": _without_splice(),
        "passed-layer": _passed(operations),
        "operation": _operation(operations, complete=True),
        "passed-operation": _operation(operations, complete=False),
        "laid-operation": laid_form(),
    }


# --- the control keys ---------------------------------------------------------------------------


def _controls() -> dict[str, Schema]:
    integer = {"type": "integer", "minimum": 0}
    rule = {"type": "object", "additionalProperties": ref("rule")}
    return {
        "when": about(ref("condition"), CONTROLS["when"]),
        "repeat": either(integer, ref("expression"), description=CONTROLS["repeat"]),
        "first": named(text(PARAMETER), ref("value"), description=CONTROLS["first"]),
        "splice": {"enum": [True, False, "all"], "description": CONTROLS["splice"]},
        "trainable": {"type": "boolean", "description": CONTROLS["trainable"]},
        "expect": about(ref("shape"), CONTROLS["expect"]),
        "taps": listed(ref("reference"), 1, description=CONTROLS["taps"]),
        "init": either(ref("rule"), rule, {"type": "null"}, description=RULES["init"]),
    }


# --- the forms ----------------------------------------------------------------------------------


def _used() -> dict[str, Schema]:
    """Define the forms that name something else than an operation, and the group."""
    return {
        "used-block": _block(),
        "used-spec": _spec(),
        "shared-layer": _share(),
        "group": _group(),
    }


def _block() -> Schema:
    block = text(BLOCK, description=FORMS["block"])
    properties = {"block": block} | {key: ref(key) for key in (*_ALWAYS, "first")}
    form = named(text(PARAMETER), ref("value"), description=FORMS["block"])
    return form | {"properties": properties} | without(*_BODY, "init", "taps", "share")


def _spec() -> Schema:
    spec = {"type": "string", "minLength": 1, "description": FORMS["spec"]}
    properties = {"spec": spec} | {key: ref(key) for key in (*_ALWAYS, "first", "taps")}
    form = named(text(PARAMETER), ref("value"), description=FORMS["spec"])
    return form | {"properties": properties} | without(*_BODY, "init", "share")


def _share() -> Schema:
    properties = {"share": about(ref("reference"), FORMS["share"])}
    keys = {key: ref(key) for key in _SHARED}
    return mapping(properties | keys, ["share"], description=FORMS["share"])


def _group() -> Schema:
    properties = {
        "layers": ref("layers"),
        "let": ref("let"),
        "inputs": listed(ref("input-name"), 1, uniqueItems=True, description=INPUTS_OF_BODY),
        "outputs": ref("outputs"),
        "order": ref("order"),
    }
    controls = {key: ref(key) for key in _ALWAYS}
    return mapping(properties | controls, ["layers"], description=FORMS["layers"])


# --- which form it is ---------------------------------------------------------------------------


def _layer(operations: Operations) -> Schema:
    """Choose the form of a layer by its kind, and of a mapping by its keys."""
    short = [_word(operations), when({"type": "array"}, listed(ref("layer"), 1))]
    forms = [*_forms("operation"), when(_alone("share"), ref("shared-layer"))]
    keys = {"dependencies": {"first": ["repeat"]}, "anyOf": [has(form) for form in FORMS]}
    return {
        "type": ["string", "array", "object"],
        "description": KINDS["layer"],
        "examples": sorted(operations),
        "properties": _offered(operations),
        "allOf": [*short, when({"type": "object"}, keys | {"allOf": forms})],
    }


def _passed(operations: Operations) -> Schema:
    """Describe the value of a layer parameter: control keys stand where it is used."""
    known = {form: schema for form, schema in _offered(operations).items() if form in FORMS}
    return {
        "type": "object",
        "description": KINDS["passed"],
        "properties": known,
        "anyOf": [has(form) for form in ("op", "block", "layers", "spec")],
        "allOf": [without(*_MISPLACED), *_forms("passed-operation")],
    }


def _word(operations: Operations) -> Schema:
    return when({"type": "string"}, either({"enum": sorted(operations)}, text(BLOCK)))


def _forms(operation: str) -> Iterator[Schema]:
    """Choose by the key that says what the layer is; no two of them stand together."""
    yield when(has("op"), ref(operation))
    yield when(has("block"), ref("used-block"))
    yield when(has("layers"), ref("group"))
    yield when(has("spec"), ref("used-spec"))


def _alone(form: str) -> Schema:
    others = [other for other in FORMS if other != form]
    return has(form) | without(*others)


def _offered(operations: Operations) -> dict[str, Schema]:
    """List the keys that an editor offers before it knows which form it is."""
    forms: dict[str, Schema] = {form: {"description": told} for form, told in FORMS.items()}
    # Without a description, which would hide what the operation says of itself.
    forms["op"] = {"type": "string", "examples": sorted(operations)}
    return forms | {key: ref(key) for key in _ALWAYS}


def _operation(operations: Operations, complete: bool) -> Schema:
    """Choose the operation's own form; `complete` asks for its required arguments as well."""
    cases = [
        when(has("op", {"const": name}), _complete(operation) if complete else ref(f"op-{name}"))
        for name, operation in operations.items()
    ]
    others = when({"not": has("op", {"enum": sorted(operations)})}, ref("laid-operation"))
    return {"allOf": [*cases, others, without(*OTHERS)], "description": FORMS["op"]}


def _complete(operation: type[Operation]) -> Schema:
    parts = [ref(f"op-{operation.op()}"), required(operation), _spliced(), _tied()]
    return {"allOf": [part for part in parts if part]}


def _tied() -> Schema:
    """Refuse a rule for the weight of another layer."""
    both = {"required": ["share", "init"]}
    return when(both, {"properties": {"init": without("weight")}})


def _spliced() -> Schema:
    """Ask for `repeat` beside `splice`: an operation by itself holds no layers."""
    return when(has("splice", {"enum": [True, "all"]}), has("repeat"))


def _without_splice() -> Schema:
    """Refuse what cannot be where each repetition has a name of its own."""
    plain = {"properties": {"splice": {"const": False}}} | when(_alone("share"), without("repeat"))
    return {
        "allOf": [ref("layer"), when({"type": "object"}, plain)],
        "description": KINDS["layer"],
    }

"""Bring the forms in which a layer may be written into one shape, before it is validated."""

from typing import Any

from pydantic import BaseModel

from archspec.diagnostics import (
    Instead,
    MisplacedKey,
    MissingKey,
    Problem,
    Remedy,
    Suggestion,
    Value,
    WrongType,
    is_near,
    is_slip,
)
from archspec.document.errors import quoted, unknown_key, wrong
from archspec.document.names import LAYER_KEYS
from archspec.expressions import checked, parse
from archspec.operations import is_operation, load

_SILENT = frozenset({type(None), bool, int, float})
_PROSE = frozenset(["label"])


def texts(value: object) -> list[str]:
    """Gather every text in a part of the document that may name something; keys are not texts.

    >>> sorted(texts({"op": "conv2d", "kernel_size": [1, "k"]}))
    ['conv2d', 'k']
    """
    gathered: list[str] = []
    waiting = [value]
    for item in waiting:  # which grows on the way
        if isinstance(item, str):
            gathered.append(item)
        elif type(item) in _SILENT:
            continue
        elif isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, list | tuple):
            waiting += item
        elif isinstance(item, BaseModel):  # what it was not given says nothing
            waiting += [getattr(item, name) for name in item.model_fields_set - _PROSE]
    return gathered


FORMS = ("op", "block", "layers", "share", "spec")
BODY_KEYS = ("let", "inputs", "outputs", "order")
CONTROLS = ("from", "when", "repeat", "first", "splice", "trainable", "expect", "label")
_SYNONYMS = {"type": "op", "operation": "op", "module": "op", "group": "layers"}


def sorted_keys(data: dict[str, Any]) -> dict[str, Any]:
    """Put the arguments of a layer, and what belongs to a group's body, in one place each."""
    forms = [key for key in FORMS if key in data]
    if forms == ["op", "share"]:
        forms = ["op"]
    if not forms:
        text = "a layer says what it is: `op`, `block`, `layers`, `share` or `spec`"
        raise wrong(MissingKey(text, help=_guess(data)))
    if len(forms) > 1:
        text = f"`{forms[0]}` and `{forms[1]}` cannot stand in one layer"
        raise wrong(MisplacedKey(text), forms[1])
    _check_company(data, forms[0])
    if forms[0] == "layers":
        return _group(data)
    control = {key: value for key, value in data.items() if key in LAYER_KEYS}
    arguments = {key: value for key, value in data.items() if key not in LAYER_KEYS}
    return control | {"arguments": arguments}


def _check_company(data: dict[str, Any], form: str) -> None:
    """Refuse keys that say nothing beside the form of the layer."""
    if "first" in data:
        _check_first(data)
    if "init" in data and form == "spec":
        text = "`init` belongs to an operation, and another spec has its own"
        raise wrong(MisplacedKey(text), "init")
    if "label" in data and data.get("splice"):
        text = "`label` says nothing beside `splice`, which leaves the layer itself out"
        raise wrong(MisplacedKey(text, help="write it at a layer inside"), "label")
    if "taps" in data and form != "spec":
        raise wrong(MisplacedKey("`taps` belongs to a layer with `spec`"), "taps")
    for key in BODY_KEYS if form != "layers" else ():
        if key in data:
            raise wrong(MisplacedKey(f"`{key}` belongs to a group or block with `layers`"), key)
    for key in data if form == "share" else ():
        if key not in LAYER_KEYS or key in ("first", "init", "trainable"):
            problem = MisplacedKey(
                f"`{key}` cannot stand beside `share`: the layer is the earlier one, called again",
                help="write it at the layer that is shared",
            )
            raise wrong(problem, key)


def _check_first(data: dict[str, Any]) -> None:
    if "repeat" not in data:
        raise wrong(MisplacedKey("`first` says nothing without `repeat`"), "first")
    if "layers" in data:
        text = "`first` gives arguments or parameters, and a group has none"
        raise wrong(MisplacedKey(text), "first")
    first = data["first"]
    if not isinstance(first, dict):
        text = f"`first` must be a mapping of arguments or parameters, not {quoted(first)}"
        raise wrong(WrongType(text), "first")
    for key in first:
        if key in LAYER_KEYS:
            raise wrong(
                MisplacedKey(
                    f"`{key}` cannot differ in the first repetition",
                    help="`first` holds arguments or parameters only",
                ),
                *("first", key),
            )


def _group(data: dict[str, Any]) -> dict[str, Any]:
    body = {key: value for key, value in data.items() if key in ("layers", *BODY_KEYS)}
    others = {key: value for key, value in data.items() if key not in body}
    for key in others:
        if key == "init":
            raise wrong(MisplacedKey("`init` belongs to an operation, not to a group"), key)
        if key not in LAYER_KEYS:
            raise wrong(unknown_key(key, [*CONTROLS, "layers", *BODY_KEYS]), key)
    return others | {"body": body}


def _guess(data: dict[str, Any]) -> str | None:
    for key, value in data.items():
        form = _form(key, data)
        if form is not None:
            return Suggestion(f"did you mean `{form}` instead of `{key}`?", key, form)
        if is_operation(key) and isinstance(value, dict):
            return _with_op(key, value)
        if len(data) == 1 and isinstance(value, dict | list):
            return f"layers in a list have no names: write `{key}` without the `-`, in a mapping"
    return None


def _form(key: str, data: dict[str, Any]) -> str | None:
    """Say which key a key stands for that would say what the layer is."""
    if key in LAYER_KEYS:
        return None
    if is_near(key, "op") and _is_operation(data[key], {*data} - LAYER_KEYS - {key}, key):
        return "op"
    return _SYNONYMS.get(key) or next((form for form in FORMS if is_slip(key, form)), None)


def _is_operation(value: object, arguments: set[str], other: str) -> bool:
    """Say whether a value is an operation that has some arguments, and not another one."""
    if not isinstance(value, str) or not is_operation(value):
        return False
    fields = load(value).model_fields
    return arguments <= fields.keys() and other not in fields


def _with_op(name: str, arguments: dict[str, Any]) -> str:
    """Say that an operation stands under `op`, with its arguments beside it."""
    plain = {key: value for key, value in arguments.items() if isinstance(value, str | int | float)}
    written = "".join(f", {key}: {_yaml(value)}" for key, value in plain.items())
    layer = f"{{op: {name}{written}}}"
    return Remedy(f"write `{layer}`", *([Instead(layer)] if len(plain) == len(arguments) else []))


def _yaml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def misplaced_key(raw: object) -> tuple[MisplacedKey, str] | None:
    """Find a control key in the value of a layer parameter: it belongs where that is used."""
    for key in raw if isinstance(raw, dict) else ():
        if key in CONTROLS:
            text = f"the value of a layer parameter may not hold `{key}`"
            return MisplacedKey(text, help="write it at the layer that uses the parameter"), key
    return None


def check_reference(item: object, *below: str | int) -> None:
    """Raise what is wrong about a reference that is no name."""
    problem: Problem | None = None
    if isinstance(item, float):
        text = f"`{item}` is a number here, not a reference"
        problem = WrongType(text, help=Remedy(f'quote it: "{item}"', Value(f'"{item}"')))
    elif isinstance(item, bool) or not isinstance(item, str | int) or item == "":
        problem = WrongType(f"a reference is a name, not {quoted(item)}")
    if problem is not None:
        raise wrong(problem, *below)


def check_references(items: list[object]) -> None:
    """Raise what is wrong about a list of references, at the first that is no name."""
    for index, item in enumerate(items):
        check_reference(item, index)


def check_sizes(shape: list[object], *below: str | int) -> None:
    """Raise what is wrong about a shape, at the first size that is none."""
    for index, size in enumerate(shape):
        if isinstance(size, bool) or not isinstance(size, int | str):
            text = f"a size is an integer, a symbol or an expression, not {quoted(size)}"
            raise wrong(WrongType(text), *below, index)


def check_expression(text: str, *below: str | int) -> None:
    """Raise what is wrong about the form of an expression; its names are looked up later."""
    try:
        parse(checked(text))
    except Problem as problem:
        raise wrong(problem, *below) from None

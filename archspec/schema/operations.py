"""The operations: a layer with `op`, its arguments, and the control keys that it takes."""

from archspec.operations import Operation, load, names
from archspec.schema.arguments import described
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
from archspec.schema.initial import of_layer
from archspec.schema.probing import accepted_by, default_of
from archspec.schema.texts import PARAMETER
from archspec.schema.words import CONTROLS, FORMS, KINDS, SHARED_WEIGHT

_ALWAYS = ("when", "trainable", "expect")
_READING = ("from", "repeat", "splice")

_KERNELS = either(text(PARAMETER), listed(text(PARAMETER), 1))

OTHERS = ("block", "layers", "spec", "taps", "let", "inputs", "outputs", "order")
"""The keys of a layer that never stand beside `op`."""


def operations() -> dict[str, type[Operation]]:
    """Load all operations, by name."""
    return {name: load(name) for name in sorted(names())}


def operation_form(operation: type[Operation]) -> Schema:
    """Describe a layer that is one operation; which arguments it needs is said elsewhere.

    >>> from archspec.operations import load
    >>> sorted(operation_form(load("linear"))["properties"])[:3]
    ['bias', 'expect', 'first']
    """
    op = {"const": operation.op(), "description": _told(operation)}
    properties = {"op": op} | _arguments(operation) | _controls(operation)
    return mapping(properties, description=_told(operation))


def _told(operation: type[Operation]) -> str:
    """Give the documentation of an operation as one paragraph."""
    return " ".join((operation.__doc__ or operation.torch).split())


def _arguments(operation: type[Operation]) -> dict[str, Schema]:
    keywords = operation.keywords()
    kernels = dict.fromkeys(operation.kernels(), _KERNELS)
    return {
        name: kernels.get(name, accepted_by(field, keywords.get(name, frozenset())))
        | {"description": described(operation, name)}
        | default_of(field)
        for name, field in operation.model_fields.items()
    }


def _controls(operation: type[Operation]) -> dict[str, Schema]:
    """Give the control keys: what reads nothing has no `from`, what has no weight no `init`."""
    reads = operation.arity != (0, 0)
    found = {key: ref(key) for key in (*_ALWAYS, *(_READING if reads else ()))}
    if reads:
        found["first"] = _first(operation)
    rules = of_layer(operation)
    if rules is None:
        return found
    tied = {"share": about(ref("reference"), SHARED_WEIGHT)} if reads else {}
    return found | {"init": rules} | tied


def _first(operation: type[Operation]) -> Schema:
    """Let every argument differ in the first repetition."""
    at = f"op-{operation.op()}/properties"
    properties = {name: ref(f"{at}/{name}") for name in operation.model_fields}
    return mapping(properties, description=CONTROLS["first"])


def required(operation: type[Operation]) -> Schema:
    """Ask for the arguments without a default, unless they may come from elsewhere."""
    needed = list(operation.required())
    elsewhere = either(has("share"), has("first"))
    return when({"not": elsewhere}, {"required": needed}) if needed else {}


def laid_form() -> Schema:
    """Describe a layer parameter used by `op`, with whatever arguments the operation has."""
    op = about(ref("parameter-name"), FORMS["op"])
    keys = (*_ALWAYS, *_READING, "first", "init")
    others = {key: ref(key) for key in keys} | {"share": about(ref("reference"), SHARED_WEIGHT)}
    arguments = either(ref("value"), {"type": "null"})
    form = named(text(PARAMETER), arguments, description=KINDS["laid"])
    return form | {"properties": {"op": op} | others} | without(*OTHERS)

"""The rules for initial weights: a number, a function of `torch.nn.init`, or one with arguments."""

from typing import Any

from archspec.document.initial import ARGUMENTS, CHOICES, INDEXED, LISTED
from archspec.operations import Operation
from archspec.schema.forms import Schema, either, mapping, ref
from archspec.schema.probing import accepts
from archspec.schema.words import RULE_ARGUMENTS, RULES

_NUMBER = either({"type": "number"}, ref("expression"))


def rule() -> Schema:
    """Describe one rule."""
    alone = sorted(ARGUMENTS.keys() - {"constant"})
    full = {name: _arguments(name) for name in ARGUMENTS} | _each()
    one = mapping(full, minProperties=1, maxProperties=1)
    computed = {"allOf": [ref("expression"), {"not": {"const": "constant"}}]}
    return either({"enum": alone}, {"type": "number"}, computed, one, description=RULES["rule"])


def _each() -> Schema:
    """Describe the rules that say each number."""
    indexed = dict(_NUMBER) | {"description": RULES[INDEXED]}
    return {INDEXED: indexed, LISTED: ref("numbers")}


def numbers() -> Schema:
    """Describe numbers in lists, in lists, and so on."""
    return {
        "type": "array",
        "minItems": 1,
        "items": either({"type": "number"}, ref("numbers")),
        "description": RULES[LISTED],
    }


def _arguments(name: str) -> Schema:
    properties = {argument: _argument(argument) for argument in ARGUMENTS[name]}
    required = ["val"] if name == "constant" else []
    described = {"description": RULES[name]}
    if required:
        return mapping(properties, required, **described)
    return mapping(properties, **described) | {"type": ["object", "null"]}


def _argument(name: str) -> Schema:
    choices = CHOICES.get(name)
    values = {"enum": sorted(choices)} if choices else dict(_NUMBER)
    return values | {"description": RULE_ARGUMENTS[name]}


def weights(operation: type[Operation]) -> tuple[str, ...]:
    """Name the weights that an operation may have; a lone weight is under the empty name.

    >>> from archspec.operations import load
    >>> weights(load("conv2d")), weights(load("parameter")), weights(load("relu"))
    (('bias', 'weight'), ('',), ())
    """
    fields = operation.model_fields.items()
    flags = {name for name, field in fields if accepts(field)(True) and not accepts(field)(1)}
    flags -= operation.mappings().keys()
    needed: dict[str, Any] = dict.fromkeys(operation.required(), 1)
    found: set[str] = set()
    for switched in (True, False):
        found |= _weights(operation, needed | dict.fromkeys(flags, switched))
    return tuple(sorted(found))


def _weights(operation: type[Operation], values: dict[str, Any]) -> set[str]:
    """Build an operation of ones to see its weights, also with inputs that are unlike."""
    fields = operation.model_fields
    values = {
        name: value if accepts(fields[name])(value) else [value] for name, value in values.items()
    }
    needed = {name: value for name, value in values.items() if fields[name].is_required()}
    try:
        sample = operation.model_validate(values)
    except ValueError:
        sample = operation.model_construct(**needed)
    alike = dict.fromkeys(operation.inferred, 1)
    unlike = {name: number for number, name in enumerate(operation.inferred, 1)}
    return {*sample.filled(alike), *sample.filled(unlike)}


def of_layer(operation: type[Operation]) -> Schema | None:
    """Describe `init` of a layer; `None` where there is no weight to begin with."""
    names = weights(operation)
    described = {"description": RULES["init"]}
    if names == ("",):
        return either(ref("rule"), {"type": "null"}, **described)
    rules = mapping({name: ref("rule") for name in names}, **described)
    return rules | {"type": ["object", "null"]} if names else None


def of_spec(operations: dict[str, type[Operation]]) -> Schema:
    """Describe `init` at the top: rules by operation and weight."""
    known = {name: weights(operation) for name, operation in operations.items()}
    rules = {
        name: mapping({weight: ref("rule") for weight in found})
        for name, found in known.items()
        if found and found != ("",)
    }
    return mapping(rules, description=RULES["all"]) | {"type": ["object", "null"]}

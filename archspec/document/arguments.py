"""The arguments of operations as a spec writes them: what each says, and what it accepts.

An argument's validator is a function more often than a type, so pydantic cannot describe what it
accepts. It is found out by validating samples, for the JSON Schema and for `archspec ops`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from archspec.document.layers import Layer
from archspec.document.names import PARAMETER
from archspec.operations import Operation
from archspec.operations.fields import mapping_of

Schema = dict[str, Any]
"""A JSON Schema, or a part of one."""

Accepts = Callable[[Any], bool]
"""Whether an argument accepts a value."""


def ref(name: str) -> Schema:
    """Point to a definition.

    >>> ref("expression")
    {'$ref': '#/definitions/expression'}
    """
    return {"$ref": f"#/definitions/{name}"}


def either(*schemas: Schema, **others: Any) -> Schema:
    """Allow what any of some schemas allows.

    >>> either({"type": "null"}, ref("layer"), description="Nothing, or a layer.")["description"]
    'Nothing, or a layer.'
    """
    return {"anyOf": list(schemas), **others}


def mapping(
    properties: Mapping[str, Schema], required: Iterable[str] = (), **others: Any
) -> Schema:
    """Describe a mapping that has these keys and no others.

    >>> mapping({"from": ref("reference")}, ["from"])["required"]
    ['from']
    """
    keys = {"type": "object", "additionalProperties": False, "properties": dict(properties)}
    return keys | ({"required": list(required)} if required else {}) | others


def listed(items: Schema, least: int = 0, **others: Any) -> Schema:
    """Describe a list of so many items at least.

    >>> listed(ref("layer"), 1)
    {'type': 'array', 'items': {'$ref': '#/definitions/layer'}, 'minItems': 1}
    """
    return {"type": "array", "items": items} | ({"minItems": least} if least else {}) | others


def about(schema: Schema, description: str) -> Schema:
    """Say what a definition is for where it is used: beside `$ref` nothing else is read."""
    return {"allOf": [schema], "description": description}


def text(pattern: str) -> Schema:
    """Describe a text by a pattern."""
    return {"type": "string", "pattern": pattern}


TIED = "An earlier operation whose weight this one has, as `transformer.wte`."
"""What `share` says beside the arguments of an operation."""

_ARGUMENTS: Mapping[str, str] = {
    "add_bias_kv": "Whether a learnt key and value are added to those that are read.",
    "add_zero_attn": "Whether a key and a value of zeros are added to those that are read.",
    "affine": "Whether it has a weight and a bias for each channel.",
    "align_corners": "Whether the centres of the outermost pixels stay where they are.",
    "alpha": "The factor below 0.",
    "antialias": "Whether it smoothes before it makes smaller.",
    "approximate": "Whether the normal distribution is approximated by `tanh`.",
    "bias": "Whether it has a bias, which is added.",
    "ceil_mode": "Whether a window may begin that does not fit whole: sizes are rounded up.",
    "chunks": "How many pieces.",
    "count_include_pad": "Whether the zeros of the padding are averaged, too.",
    "dilation": "The distance between neighbours in the window.",
    "dim": "The dimension, counted from 0 or back from -1.",
    "dim0": "The one dimension.",
    "dim1": "The other dimension.",
    "dims": "The dimensions in their new order.",
    "divisor_override": "What the sums are divided by, if not by the size of the window.",
    "dropout": "The probability that a weight of the attention is dropped in training.",
    "dropout_p": "The probability that a weight of the attention is dropped.",
    "elementwise_affine": "Whether it has a weight and a bias for each feature.",
    "embedding_dim": "The features of each row of the table.",
    "enable_gqa": "Whether several heads of the query may share a key and a value.",
    "end": "Where it ends; the end itself is not included.",
    "end_dim": "The last dimension that is flattened.",
    "eps": "What is added to the variance, so that nothing is divided by 0.",
    "groups": "Into how many groups the channels are split, each by itself.",
    "index": "Which one is taken, counted from 0 or back from -1.",
    "inplace": "Whether it writes over what it reads.",
    "is_causal": "Whether a place sees only those up to itself.",
    "keepdim": "Whether the dimensions stay, with a size of 1.",
    "kernel_size": "The size of the window: one number, or one for each dimension.",
    "length": "How much is taken.",
    "max_norm": "The largest norm of a row; longer ones are scaled down.",
    "mode": "How it is done.",
    "momentum": "The weight of a batch in the running statistics; null for plain averages.",
    "negative_slope": "The slope below 0.",
    "norm_type": "The norm that `max_norm` bounds.",
    "num_embeddings": "The rows of the table.",
    "num_groups": "Into how many groups the channels are split.",
    "num_heads": "How many heads attend, each to a part of the features.",
    "out_channels": "How many kernels there are, and so feature maps that come out.",
    "out_features": "How many features come out.",
    "output_padding": "What is added to one side of the output.",
    "output_size": "The sizes that come out; null keeps the input's.",
    "p": "The probability.",
    "pad": "How much goes before and after the last dimension, then the one before it, and so on.",
    "padding": "What is added on either side: one number, or one for each dimension.",
    "padding_idx": "The row that is not learnt.",
    "padding_mode": "What is added on either side.",
    "recompute_scale_factor": "Whether the factor is taken from the rounded size.",
    "return_indices": "Whether it gives, too, where each maximum stood.",
    "scale": "What the scores are multiplied by; null for 1 / √E.",
    "scale_factor": "How many times as large: one number, or one for each dimension.",
    "scale_grad_by_freq": "Whether gradients are divided by how often a row was read.",
    "shape": "The sizes that come out.",
    "size": "The sizes that come out.",
    "sparse": "Whether the gradient of the table is sparse.",
    "spectral_norm": "Whether its weight is divided by the largest singular value; or arguments.",
    "split_size_or_sections": "The size of every piece, or a list of sizes.",
    "start": "Where it begins, counted from 0.",
    "start_dim": "The first dimension that is flattened.",
    "step": "The distance from one to the next.",
    "stride": "How far the window moves: one number, or one for each dimension.",
    "track_running_stats": "Whether the statistics of training are kept for evaluation.",
    "unflattened_size": "The sizes that the dimension is split into; -1 for what is left.",
    "value": "What the border is filled with.",
    "weight_norm": "Whether its weight is a direction and lengths, learnt apart; or arguments.",
}
"""By the name of the argument."""

_SPECIAL: Mapping[tuple[str, str], str] = {
    ("expand", "size"): "The sizes that come out; -1 keeps one.",
    ("layer_norm", "dim"): "The dimension that is normalised: -1 is the last, 1 the channels.",
    ("reshape", "shape"): "The sizes that come out; one may be -1, for what is left.",
    ("squeeze", "dim"): "A dimension of size 1, or a list of them.",
    ("stack", "dim"): "Where the new dimension stands.",
    ("unsqueeze", "dim"): "Where the new dimension stands.",
}
"""Where an argument says something else than most of its name."""


def described(operation: type[Operation], argument: str) -> str:
    """Describe an argument; one without words of its own is said to be as in PyTorch.

    >>> from archspec.operations import load
    >>> described(load("stack"), "dim")
    'Where the new dimension stands.'
    """
    text = (
        operation.arguments.get(argument)
        or _SPECIAL.get((operation.op(), argument))
        or _ARGUMENTS.get(argument)
    )
    return text or f"`{argument}` of `{operation.torch}`."


def operation_form(operation: type[Operation]) -> Schema:
    """Describe a layer that is one operation; what reads nothing has no `from`.

    Which arguments it needs is said where it stands, because some may come from elsewhere.

    >>> from archspec.operations import load
    >>> sorted(operation_form(load("linear"))["properties"])[:3]
    ['bias', 'expect', 'first']
    """
    docs = " ".join((operation.__doc__ or operation.torch).split())
    op = {"const": operation.op(), "description": docs}
    keys = {key: ref(key) for key in ("when", "trainable", "expect", "label")}
    reads = operation.arity != (0, 0)
    if reads:
        at = f"op-{operation.op()}/properties"
        first = {name: ref(f"{at}/{name}") for name in operation.model_fields}
        keys |= {key: ref(key) for key in ("from", "repeat", "splice")}
        keys["first"] = mapping(first, description=Layer.model_fields["first"].description)
    if weights(operation):
        keys["init"] = _init(operation)
        keys |= {"share": about(ref("reference"), TIED)} if reads else {}
    return mapping({"op": op} | _arguments(operation) | keys, description=docs)


def _init(operation: type[Operation]) -> Schema:
    rules = dict.fromkeys(weights(operation), ref("rule"))
    form = either(*rules.values(), {"type": "null"}) if "" in rules else mapping(rules)
    form |= {} if "" in rules else {"type": ["object", "null"]}
    return form | {"description": Layer.model_fields["init"].description}


def _arguments(operation: type[Operation]) -> dict[str, Schema]:
    """Describe the arguments of an operation: values, keywords, expressions, defaults."""
    keywords = operation.keywords()
    word = text(PARAMETER)
    kernels = dict.fromkeys(operation.kernels(), either(word, listed(word, 1)))
    return {
        name: (kernels.get(name) or _accepted_by(field, keywords.get(name, frozenset())))
        | {"description": described(operation, name)}
        | default_of(field)
        for name, field in operation.model_fields.items()
    }


def accepts(field: FieldInfo) -> Accepts:
    """Make a function that says whether an argument accepts a value.

    >>> from archspec.operations import load
    >>> is_valid = accepts(load("dropout").model_fields["p"])
    >>> is_valid(0.5), is_valid(1.5)
    (True, False)
    """
    kind: Any = field.annotation
    if field.metadata:
        kind = Annotated[kind, *field.metadata]
    adapter: TypeAdapter[Any] = TypeAdapter(kind, config=ConfigDict(strict=True))

    def is_valid(value: Any) -> bool:
        try:
            adapter.validate_python(value)
        except ValidationError:
            return False
        return True

    return is_valid


def default_of(field: FieldInfo) -> Schema:
    """Give the default as a spec would write it, where there is one.

    >>> from archspec.operations import load
    >>> default_of(load("conv2d").model_fields["stride"])
    {'default': 1}
    """
    if field.is_required():
        return {}
    value = field.default
    if isinstance(value, tuple):
        value = value[0] if len(set(value)) == 1 else list(value)
    return {"default": value}


def choices_of(field: FieldInfo) -> list[Any]:
    """Give the values of which an argument takes one, if it does not take others.

    >>> from archspec.operations import load
    >>> choices_of(load("gelu").model_fields["approximate"])
    ['none', 'tanh']
    """
    return list(get_args(field.annotation)) if get_origin(field.annotation) is Literal else []


def _accepted_by(field: FieldInfo, words: frozenset[str]) -> Schema:
    """Describe what an argument accepts in a spec: values, its keywords, expressions."""
    choices = choices_of(field)
    if choices:
        are_words = all(isinstance(choice, str) for choice in choices)
        return either({"enum": choices}, text(PARAMETER) if are_words else ref("expression"))
    is_valid = accepts(field)
    if field.annotation is str:
        return either(*_values(is_valid), {"type": "string"})
    keywords = [{"enum": sorted(words)}] if words else []
    parts = (*_values(is_valid), *_mappings(field), *_lists(is_valid))
    return either(*keywords, *parts, ref("expression"))


def _mappings(field: FieldInfo) -> Iterator[Schema]:
    """Describe the arguments that stand in a mapping, each of which is a value."""
    cls = mapping_of(field.annotation)
    if cls is None:
        return
    properties = {
        name: either(*_values(accepts(field)))
        | {"description": cls.described[name]}
        | default_of(field)
        for name, field in cls.model_fields.items()
    }
    yield mapping(properties, description=" ".join((cls.__doc__ or "").split()))


def _values(is_valid: Accepts) -> list[Schema]:
    """Describe the single values: truth values, numbers, null."""
    parts: list[Schema] = [{"type": "boolean"}] if is_valid(True) else []
    if is_valid(1):
        parts.append(_number(is_valid))
    return parts + ([{"type": "null"}] if is_valid(None) else [])


def _number(is_valid: Accepts) -> Schema:
    """Describe numbers, with their bounds as far as -1, 0 and 1 are among these."""
    fractions = is_valid(0.5)
    kind: Schema = {"type": "number" if fractions else "integer"}
    kind |= {} if is_valid(2) else {"maximum": 1}
    if is_valid(-2):
        return kind | ({} if is_valid(0) else {"not": {"const": 0}})
    if is_valid(-1):
        return kind | {"minimum": -1} | ({} if is_valid(0) else {"not": {"const": 0}})
    if is_valid(0):
        return kind | {"minimum": 0}
    return kind | ({"exclusiveMinimum": 0} if fractions else {"minimum": 1})


_LONGEST = 6
"""The longest list that is tried; what takes one of this length takes any."""


def _lists(is_valid: Accepts) -> Iterator[Schema]:
    """Describe lists, if there may be one; an empty one would say nothing of its items."""
    lengths = [length for length in range(1, _LONGEST + 1) if is_valid([1] * length)]
    if not lengths:
        return
    items = _values(lambda item: is_valid([item] * lengths[0]))
    items += [{"type": "array"}] if is_valid([[1]]) else []
    most = {} if lengths[-1] == _LONGEST else {"maxItems": lengths[-1]}
    yield listed(either(*items, ref("expression")), lengths[0]) | most


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
    both = (_weights(operation, needed | dict.fromkeys(flags, flag)) for flag in (True, False))
    return tuple(sorted(set().union(*both)))


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

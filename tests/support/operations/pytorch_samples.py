"""PyTorch's own samples of its modules and functions, as far as our language can say them."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from inspect import Parameter, signature
from typing import Any, NamedTuple

import torch
from torch.fx.operator_schemas import normalize_function

from archspec.operations import ModuleOperation, Operation, load
from archspec.sizes import Tensor
from support.operations.contract import NAMES
from support.operations.in_torch import described
from support.operations.operation_cases import Case
from support.operations.without_weights import WITHOUT_WEIGHTS, Unsaid

Arguments = Mapping[str, Any]


class Sample(NamedTuple):
    """A sample as a case of ours, what its module was told to infer, and what PyTorch gives."""

    case: Case
    told: Arguments
    outputs: tuple[Tensor, ...] | None


# --- modules ----------------------------------------------------------------------------------


def modules() -> Iterator[Sample | Unsaid]:
    """Give the samples of modules, and of the mistakes that PyTorch tests."""
    from torch.testing._internal.common_modules import module_db  # it takes seconds

    ours = {load(name).torch: load(name) for name in NAMES}
    for info in module_db:
        cls = ours.get(info.name)
        if cls is not None:
            yield from (_said(_module, cls, info, each) for each in _samples_of_module(info))


def _samples_of_module(info: Any) -> Iterator[Any]:
    options = {"device": "cpu", "dtype": torch.float32, "requires_grad": False}
    yield from info.module_inputs_func(info, **options, training=False)
    if info.module_error_inputs_func is not None:
        mistakes = info.module_error_inputs_func(info, **options, training=False)
        yield from (mistake.module_error_input for mistake in mistakes)


def _module(cls: type[Operation], info: Any, sample: Any) -> Sample:
    """Say a module as an operation, and its inputs."""
    made, passed = sample.constructor_input, sample.forward_input
    if passed is None or not (passed.args or passed.kwargs):
        raise Unsaid("a module that is never called")
    assert issubclass(cls, ModuleOperation)
    arguments = _bound(info.module_cls, *made.args, **made.kwargs)
    always = {name: eval(text) for name, text in cls.always.items()}
    for name, value in always.items():
        if arguments.pop(name, None) != value:
            raise Unsaid(f"`{name}` is always {value}")
    read = _bound(info.module_cls.forward, None, *passed.args, **passed.kwargs)
    tensors = _tensors(cls, read)
    own = {key: value for key, value in arguments.items() if key not in cls.inferred}
    given = _given(cls, own | _unread(read)) | _named(cls, read)
    told = {key: value for key, value in arguments.items() if key in cls.inferred}
    outputs = _outputs(
        lambda: info.module_cls(*made.args, **made.kwargs).eval()(*passed.args, **passed.kwargs)
    )
    return Sample(Case(cls, given, tensors), told, outputs)


def _bound(function: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Name the arguments of a call, leaving out those at their defaults."""
    parameters = signature(function).parameters
    bound = signature(function).bind(*args, **kwargs).arguments
    for name, parameter in parameters.items():
        if parameter.kind is Parameter.VAR_KEYWORD:
            bound |= bound.pop(name, {})
    return {
        name: value
        for name, value in bound.items()
        if name not in parameters or not _same(value, parameters[name].default)
    }


def _same(value: Any, default: Any) -> bool:
    return not isinstance(value, torch.Tensor) and repr(value) == repr(default)


# --- functions --------------------------------------------------------------------------------


def functions() -> Iterator[Sample | Unsaid]:
    """Give the samples of functions, and of the mistakes that PyTorch tests."""
    from torch.testing._internal.common_methods_invocations import op_db  # it takes seconds

    for info in op_db:
        if _operation(info.name, 4) is not None or info.name in _BY_RANK:
            for sample in _samples_of_function(info):
                yield _said(_function, None, info, sample)


def _samples_of_function(info: Any) -> Iterator[Any]:
    yield from info.sample_inputs("cpu", torch.float32, requires_grad=False)
    if info.error_inputs_func is not None:
        yield from (mistake.sample_input for mistake in info.error_inputs("cpu"))


_BY_RANK = ("nn.functional.batch_norm", "nn.functional.instance_norm")


def _operation(name: str, rank: int) -> type[Operation] | None:
    """Find the operation that is a function; some are named by the number of dimensions."""
    bare = name.removeprefix("nn.functional.").replace("logsigmoid", "log_sigmoid")
    if name in _BY_RANK:
        bare = f"{bare}{max(1, rank - 2)}d"
    return load(bare) if bare in NAMES else None


def _function(_: None, info: Any, sample: Any) -> Sample:
    """Say a function as an operation: what is no tensor is an argument."""
    call = (sample.input, *sample.args)
    arguments = _normalised(info, call, sample.kwargs)
    rank = getattr(sample.input, "ndim", 0)
    cls = _operation(info.name, rank)
    if cls is None:
        raise Unsaid(f"no operation for {rank} dimensions")
    said = WITHOUT_WEIGHTS.get(cls.op().rstrip("123d"), dict)(arguments)
    tensors = _tensors(cls, said)
    given = _given(cls, _unread(said)) | _named(cls, said)
    outputs = _outputs(lambda: info.op(*call, **sample.kwargs))
    return Sample(Case(cls, given, tensors), {}, outputs)


def _normalised(info: Any, call: tuple[Any, ...], kwargs: Arguments) -> dict[str, Any]:
    """Name all arguments of a function, as PyTorch's documentation does."""
    if "out" in kwargs:
        raise Unsaid("a tensor that is written to")
    found = _by_name(info, call, kwargs)
    renamed = _RENAMED.get(info.name, {})
    return {renamed.get(name, name): value for name, value in found.items()}


def _by_name(info: Any, call: tuple[Any, ...], kwargs: Arguments) -> dict[str, Any]:
    if info.name.startswith(_CONV):
        names = _TRANSPOSED if "transpose" in info.name else _CONVOLVED
        return {**dict(zip(names, call, strict=False)), **kwargs}
    bare = info.name.removeprefix("nn.functional.")
    function = getattr(torch.nn.functional if bare != info.name else torch, bare, info.op)
    for named in (info.op, function):
        if _has_names(named):
            return _bound(named, *call, **kwargs)
    kinds = tuple(map(type, call)), {key: type(value) for key, value in kwargs.items()}
    found = normalize_function(function, call, dict(kwargs), *kinds, True)  # type: ignore[arg-type]  # a tuple of many
    if found is None:
        raise Unsaid("arguments without names")
    return dict(found.kwargs)


def _has_names(function: Callable[..., Any]) -> bool:
    try:
        kinds = [parameter.kind for parameter in signature(function).parameters.values()]
    except ValueError:
        return False
    return Parameter.VAR_POSITIONAL not in kinds


_CONV = "nn.functional.conv"
_CONVOLVED = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
_TRANSPOSED = (*_CONVOLVED[:5], "output_padding", "groups", "dilation")
_RENAMED = {"unflatten": {"sizes": "unflattened_size"}, "expand": {"shape": "size"}}


# --- what both share --------------------------------------------------------------------------


def _said(
    say: Callable[[Any, Any, Any], Sample], cls: type[Operation] | None, info: Any, sample: Any
) -> Sample | Unsaid:
    try:
        return say(cls, info, sample)
    except Unsaid as why:
        return Unsaid(f"{info.name}: {why}")


def _is_tensor(value: Any) -> bool:
    several = isinstance(value, list | tuple) and value
    return all(map(_is_tensor, value)) if several else isinstance(value, torch.Tensor)


def _unread(arguments: Arguments) -> dict[str, Any]:
    """Take what is no tensor."""
    return {key: value for key, value in arguments.items() if not _is_tensor(value)}


def _named(cls: type[Operation], arguments: Arguments) -> dict[str, Any]:
    """Say which tensors are there, where an operation asks for it: `attn_mask: true`."""
    asked = {key for key, field in cls.model_fields.items() if field.annotation is bool}
    return {key: True for key in arguments if key in asked and _is_tensor(arguments[key])}


def _tensors(cls: type[Operation], arguments: Arguments) -> tuple[Tensor, ...]:
    """Take what is read, in order."""
    found = [value for value in arguments.values() if _is_tensor(value)]
    tensors = tuple(tensor for value in found for tensor in described(value))
    fewest, most = cls.arity
    if not fewest <= len(tensors) <= (most or len(tensors)):
        raise Unsaid(f"{len(tensors)} tensors are read")
    if any(tensor.rank == 0 for tensor in tensors):
        raise Unsaid("a lone number is read")
    if any(0 in tensor.shape for tensor in tensors):
        raise Unsaid("a tensor that holds nothing is read")
    return tensors


def _given(cls: type[Operation], arguments: Arguments) -> dict[str, Any]:
    """Take the arguments that a spec gives; those at their defaults may be unknown to us."""
    fields = cls.model_fields
    unknown = {key: value for key, value in arguments.items() if key not in fields}
    for name, value in unknown.items():
        if value not in (None, False):
            raise Unsaid(f"`{name}` is no argument")
    known = {key: _plain(value) for key, value in arguments.items() if key in fields}
    return {key: value for key, value in known.items() if value != []}


def _plain(value: Any) -> Any:
    return list(map(_plain, value)) if isinstance(value, list | tuple) else value


def _outputs(call: Callable[[], Any]) -> tuple[Tensor, ...] | None:
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        try:
            return described(call())
        except Exception:  # whatever it raises is a refusal
            return None

"""ONNX's own tests of its operators, as cases of ours where PyTorch's arguments can say them."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from archspec.operations import load
from archspec.sizes import Shape, Tensor
from support.operations.contract import NAMES
from support.operations.operation_cases import Case

Given = dict[str, Any]


class NodeTest(NamedTuple):
    """A test of ONNX: its operator, and where our language can say it, the case and its output.

    Of a function `reads` are the numbers that it takes, and `gives` those that come out first.
    """

    operator: str
    name: str
    case: Case | None
    output: Shape
    unsaid: str = ""
    reads: tuple[Any, ...] = ()
    gives: Any = None


class Node(NamedTuple):
    """A node: its attributes, and what it reads by the name that the operator has for it."""

    attributes: Mapping[str, Any]
    shape: Shape
    inputs: tuple[Any, ...]
    outputs: int

    def get(self, name: str, default: Any = None) -> Any:
        """Read an attribute; a text is bytes there."""
        value = self.attributes.get(name, default)
        return value.decode() if isinstance(value, bytes) else value

    @property
    def dimensions(self) -> int:
        """How many dimensions there are behind the channels."""
        return len(self.shape) - 2


class Unsaid(Exception):
    """PyTorch's arguments cannot say it: the text says why."""


def translations() -> Iterator[NodeTest]:
    """Translate the tests of all operators that we know."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tests of other operators overflow on purpose
        from onnx.backend.test.case.node import collect_testcases  # it takes seconds

        found = collect_testcases(None)
    for each in found:
        nodes = [] if each.model is None else each.model.graph.node
        if len(nodes) == 1 and nodes[0].op_type in TRANSLATED:
            yield _translated(each, nodes[0])


def _translated(each: Any, node: Any) -> NodeTest:
    from onnx.helper import get_attribute_value

    values, given = each.data_sets[0]
    read = iter(values)
    inputs = tuple(next(read) if name else None for name in node.input)
    attributes = {item.name: get_attribute_value(item) for item in node.attribute}
    assert inputs[0] is not None
    said = Node(attributes, inputs[0].shape, inputs, len(given))
    output = tuple(given[0].shape)
    try:
        name, arguments = TRANSLATED[node.op_type](said)
        if name not in NAMES:
            raise Unsaid(f"there is no `{name}`")
        for unknown in arguments.keys() - load(name).model_fields:
            raise Unsaid(f"`{unknown}` is no argument")
    except Unsaid as why:
        return NodeTest(node.op_type, each.name, None, output, str(why))
    case = Case(load(name), arguments, _tensors(name, inputs))
    reads = inputs[: len(case.inputs)] if node.op_type in READ else ()
    return NodeTest(node.op_type, each.name, case, output, "", reads, given[0])


def _tensors(name: str, inputs: tuple[Any, ...]) -> tuple[Tensor, ...]:
    if name in FUNCTIONS:
        return tuple(Tensor(x.shape, str(x.dtype)) for x in inputs[: FUNCTIONS[name]])
    taken = inputs[:2] if name.startswith("max_unpool") else inputs[:1]
    dtypes = ("float32", "int64")
    return tuple(Tensor(x.shape, dtype) for x, dtype in zip(taken, dtypes, strict=False))


# --- windows ----------------------------------------------------------------------------------


def _window(node: Node, kernel: tuple[int, ...] = ()) -> Given:
    """Say kernel, stride, padding and dilation; ONNX strides by 1 unless told."""
    ones = [1] * node.dimensions
    return {
        "kernel_size": list(kernel or node.get("kernel_shape")),
        "stride": list(node.get("strides", ones)),
        "padding": _padding(node),
        "dilation": list(node.get("dilations", ones)),
    }


def _padding(node: Node) -> Any:
    automatic = node.get("auto_pad", "NOTSET")
    if automatic in ("SAME_UPPER", "SAME_LOWER"):
        if automatic == "SAME_LOWER" or set(node.get("strides", [1])) != {1}:
            raise Unsaid("padding that makes the sizes those of the input, divided by the stride")
        return "same"
    pads = list(node.get("pads", [0, 0] * node.dimensions))
    before, after = pads[: node.dimensions], pads[node.dimensions :]
    if before != after:
        raise Unsaid("more padding at the end than at the beginning")
    return before


def _without(given: Given, name: str, default: Any) -> Given:
    """Take out an argument that PyTorch does not have, and that has to be at its default."""
    value = given.pop(name)
    if any(item != default for item in (value if isinstance(value, list) else [value])):
        raise Unsaid(f"`{name}` is no argument")
    return given


def _conv(node: Node) -> tuple[str, Given]:
    weight = node.inputs[1].shape
    given = _window(node, weight[2:])
    more = {"out_channels": weight[0], "groups": node.get("group", 1)}
    return f"conv{node.dimensions}d", {**given, **more, "bias": len(node.inputs) == 3}


def _conv_transpose(node: Node) -> tuple[str, Given]:
    weight, groups = node.inputs[1].shape, node.get("group", 1)
    if "output_shape" in node.attributes or node.get("auto_pad", "NOTSET") != "NOTSET":
        raise Unsaid("the padding follows from the size of the output")
    more = {"out_channels": weight[1] * groups, "groups": groups}
    padded = {"output_padding": list(node.get("output_padding", [0] * node.dimensions))}
    return f"conv_transpose{node.dimensions}d", {**_window(node, weight[2:]), **more, **padded}


def _max_pool(node: Node) -> tuple[str, Given]:
    given = {**_window(node), "ceil_mode": bool(node.get("ceil_mode", 0))}
    if given["padding"] == "same":
        raise Unsaid("a pool has no `padding: same`")
    several = {"return_indices": True} if node.outputs > 1 else {}
    return f"max_pool{node.dimensions}d", {**given, **several}


def _average_pool(node: Node) -> tuple[str, Given]:
    name, given = _max_pool(node)
    counted = {"count_include_pad": bool(node.get("count_include_pad", 0))}
    return name.replace("max", "avg"), {**_without(given, "dilation", 1), **counted}


def _lp_pool(node: Node) -> tuple[str, Given]:
    name, given = _max_pool(node)
    given = _without(_without(given, "dilation", 1), "padding", 0)
    alone = {key: value[0] for key, value in given.items() if value in ([1], [2], [3])}
    return name.replace("max", "lp"), {**given, **alone, "norm_type": float(node.get("p", 2))}


def _max_unpool(node: Node) -> tuple[str, Given]:
    if len(node.inputs) > 2:
        raise Unsaid("the size of the output is given")
    return f"max_unpool{node.dimensions}d", _without(_window(node), "dilation", 1)


def _whole(kind: str) -> Callable[[Node], tuple[str, Given]]:
    return lambda node: (f"adaptive_{kind}_pool{node.dimensions}d", {"output_size": 1})


# --- borders and sizes ------------------------------------------------------------------------

_MODES = {"edge": "replicate", "wrap": "circular"}


def _pad(node: Node) -> tuple[str, Given]:
    """Say the borders, which PyTorch counts from the last dimension."""
    if len(node.inputs) > 3:
        raise Unsaid("the dimensions are named")
    pads, mode = [int(n) for n in node.inputs[1]], node.get("mode", "constant")
    half = len(pads) // 2
    pairs = list(zip(pads[:half], pads[half:], strict=True))
    while mode != "constant" and pairs[0] == (0, 0) and len(pairs) > 1:
        pairs = pairs[1:]
    listed = [n for pair in reversed(pairs) for n in pair]
    return "pad", {"pad": listed, "mode": _MODES.get(mode, mode)}


_RESAMPLED = {"linear": ("linear", "bilinear", "trilinear"), "cubic": ("", "bicubic", "")}


def _resize(node: Node) -> tuple[str, Given]:
    mode = node.get("mode", "nearest")
    if mode != "nearest":
        mode = _RESAMPLED[mode][node.dimensions - 1]
    if node.get("coordinate_transformation_mode") == "tf_crop_and_resize" or not mode:
        raise Unsaid("a part of the input is resized")
    if node.get("keep_aspect_ratio_policy", "stretch") != "stretch":
        raise Unsaid("the size follows from another one")
    blurred = {"antialias": True} if node.get("antialias", 0) else {}
    return "interpolate", {**_resized(node), "mode": mode, **blurred}


def _resized(node: Node) -> Given:
    """Say the factors or sizes behind the channels."""
    scales, sizes = (*node.inputs, None, None)[2:4] if len(node.inputs) > 2 else (None, None)
    if len(node.inputs) == 2:
        scales = node.inputs[1]
    by_factor = scales is not None and len(scales) > 0
    kept: list[Any] = [1.0] * len(node.shape) if by_factor else list(node.shape)
    axes = node.get("axes", range(len(node.shape)))
    for axis, value in zip(axes, scales if by_factor else sizes, strict=True):
        kept[axis] = float(value) if by_factor else int(value)
    if kept[:2] != ([1.0, 1.0] if by_factor else list(node.shape[:2])):
        raise Unsaid("batch or channels are resized")
    return {"scale_factor" if by_factor else "size": kept[2:]}


# --- normalisation ----------------------------------------------------------------------------


def _batch_norm(node: Node) -> tuple[str, Given]:
    return f"batch_norm{node.dimensions}d", {"eps": node.get("epsilon", 1e-5)}


def _instance_norm(node: Node) -> tuple[str, Given]:
    given = {"eps": node.get("epsilon", 1e-5), "affine": True}
    return f"instance_norm{node.dimensions}d", given


def _last(name: str) -> Callable[[Node], tuple[str, Given]]:
    def translate(node: Node) -> tuple[str, Given]:
        if node.get("axis", -1) not in (-1, len(node.shape) - 1):
            raise Unsaid("several dimensions are normalised")
        return name, {"eps": node.get("epsilon", 1e-5)}

    return translate


def _group_norm(node: Node) -> tuple[str, Given]:
    return "group_norm", {"num_groups": node.get("num_groups"), "eps": node.get("epsilon", 1e-5)}


def _response_norm(node: Node) -> tuple[str, Given]:
    given = {"size": node.get("size"), "alpha": node.get("alpha", 0.0001)}
    more = {"beta": node.get("beta", 0.75), "k": node.get("bias", 1.0)}
    return "local_response_norm", {**given, **more}


# --- functions --------------------------------------------------------------------------------


def _function(name: str) -> Callable[[Node], tuple[str, Given]]:
    """Say a function that has no arguments, of numbers that a spec may have."""

    def translate(node: Node) -> tuple[str, Given]:
        for x in node.inputs:
            if str(x.dtype) not in ("float32", "int32", "int64", "bool"):
                raise Unsaid(f"no input is of {x.dtype}")
        return name, {}

    return translate


def _one_hot(node: Node) -> tuple[str, Given]:
    indices, depth, _ = node.inputs
    if str(indices.dtype) != "int64" or node.get("axis", -1) % (indices.ndim + 1) != indices.ndim:
        raise Unsaid("the classes are in front, or no integers")
    if (indices < 0).any() or (indices >= depth).any():
        raise Unsaid("a class that is not there")
    return "one_hot", {"num_classes": int(depth)}


def _product(node: Node) -> tuple[str, Given]:
    if len(node.inputs) < 2 or 0 in node.shape:
        raise Unsaid("all dimensions are kept, or there is nothing to multiply")
    (dim,) = node.inputs[1]
    return "prod", {"dim": int(dim), "keepdim": bool(node.get("keepdims", 1))}


def _place(node: Node) -> tuple[str, Given]:
    if node.get("select_last_index", 0):
        raise Unsaid("the last one of several places")
    return "argmin", {"dim": node.get("axis", 0), "keepdim": bool(node.get("keepdims", 1))}


def _scatter(node: Node) -> tuple[str, Given]:
    reduce = {"add": "add", "mul": "multiply", "none": None}
    reduction = node.get("reduction", "none")
    if reduction not in reduce or (node.inputs[1] < 0).any():
        raise Unsaid("the larger one is kept, or an index counts from the end")
    return "scatter", {"dim": node.get("axis", 0), "reduce": reduce[reduction]}


def _top_k(node: Node) -> tuple[str, Given]:
    if str(node.inputs[0].dtype).startswith("uint"):
        raise Unsaid("no input is of numbers without a sign")
    ordered = {name: bool(node.get(name, 1)) for name in ("largest", "sorted")}
    return "topk", {"k": int(node.inputs[1][0]), "dim": node.get("axis", -1), **ordered}


FUNCTIONS: Mapping[str, int] = {
    **dict.fromkeys(("argmin", "cos", "logical_not", "one_hot", "prod", "sign", "sin", "topk"), 1),
    **dict.fromkeys(("eq", "gt", "ge", "lt", "le", "logical_and", "logical_or", "logical_xor"), 2),
    "scatter": 3,
}
"""How many tensors a function reads whose numbers are held, too."""

READ: Mapping[str, Callable[[Node], tuple[str, Given]]] = {
    "And": _function("logical_and"),
    "ArgMin": _place,
    "Cos": _function("cos"),
    "Equal": _function("eq"),
    "Greater": _function("gt"),
    "GreaterOrEqual": _function("ge"),
    "Less": _function("lt"),
    "LessOrEqual": _function("le"),
    "Not": _function("logical_not"),
    "OneHot": _one_hot,
    "Or": _function("logical_or"),
    "ReduceProd": _product,
    "ScatterElements": _scatter,
    "Sign": _function("sign"),
    "Sin": _function("sin"),
    "TopK": _top_k,
    "Xor": _function("logical_xor"),
}

TRANSLATED: Mapping[str, Callable[[Node], tuple[str, Given]]] = {
    "AveragePool": _average_pool,
    "BatchNormalization": _batch_norm,
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "GlobalAveragePool": _whole("avg"),
    "GlobalMaxPool": _whole("max"),
    "GroupNormalization": _group_norm,
    "InstanceNormalization": _instance_norm,
    "LRN": _response_norm,
    "LayerNormalization": _last("layer_norm"),
    "LpPool": _lp_pool,
    "MaxPool": _max_pool,
    "MaxUnpool": _max_unpool,
    "Pad": _pad,
    "RMSNormalization": _last("rms_norm"),
    "Resize": _resize,
    "Upsample": _resize,
    **READ,
}
"""By ONNX's name of an operator: ours, and its arguments."""

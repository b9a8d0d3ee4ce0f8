"""Plant faults in an emitted source that `--verify` must find: shapes and keys mostly stay.

A fault changes one place. `hit` tells whether that place was reached when the module was built or
run: a fault that never is cannot be found, and is not counted.
"""

import ast
import copy
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

Change = Callable[[ast.AST], ast.AST | None]

_hits: list[object] = []


def hit(compute: Callable[[], object]) -> object:
    """Remember that a planted place was reached, and compute what stands there now."""
    _hits.append(compute)
    return compute()


def reached() -> bool:
    """Say whether a planted place was reached since this was asked last."""
    found = bool(_hits)
    _hits.clear()
    return found


class Planted(NamedTuple):
    """A source with one fault; `layer` is the attribute to which the place belongs, if one."""

    fault: str
    source: str
    layer: str | None


def planted(source: str, fault: str) -> Iterator[Planted]:
    """Plant a fault in every place where it can be."""
    tree = ast.parse(source)
    for index, node in enumerate(ast.walk(tree)):
        changed = FAULTS[fault](copy.deepcopy(node))
        if changed is None:
            continue
        other = ast.parse(source)
        place = list(ast.walk(other))[index]
        layer = _layer(other, place)
        text = ast.unparse(ast.fix_missing_locations(_Replacing(place, changed).visit(other)))
        yield Planted(fault, f"import copy\nfrom {__name__} import hit\n{text}\n", layer)


class _Replacing(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, place: ast.AST, changed: ast.AST) -> None:
        self.place, self.changed = place, changed

    def visit(self, node: ast.AST) -> ast.AST:
        """Replace the node; an expression tells that it was reached."""
        if node is not self.place:
            return self.generic_visit(node)
        if not isinstance(self.changed, ast.expr):
            return self.changed
        return ast.parse(f"hit(lambda: {ast.unparse(self.changed)})", mode="eval").body


def _layer(tree: ast.AST, place: ast.AST) -> str | None:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is not place:
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        return target.attr if isinstance(target, ast.Attribute) else None
    return None


# --- what is changed ------------------------------------------------------------------------------


def _called(node: ast.AST, *names: str) -> ast.Call | None:
    """Give a call of one of these."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
        return node
    return None


def _method(node: ast.AST, name: str, count: int) -> ast.Call | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        plain = not ast.unparse(node.func.value).startswith(("nn", "torch"))
        if plain and node.func.attr == name and len(node.args) == count:
            return node
    return None


def _keyword(node: ast.Call, name: str) -> ast.keyword | None:
    return next((item for item in node.keywords if item.arg == name), None)


def _with(node: ast.Call, name: str, text: str) -> ast.Call:
    """Set a keyword."""
    node.keywords = [item for item in node.keywords if item.arg != name]
    node.keywords.append(ast.keyword(name, ast.parse(text, mode="eval").body))
    return node


def setting(names: tuple[str, ...], keyword: str, text: str) -> Change:
    """Give what calls of these take another value for."""

    def change(node: ast.AST) -> ast.AST | None:
        call = _called(node, *names)
        return None if call is None else _with(call, keyword, text)

    return change


def renaming(names: Mapping[str, str]) -> Change:
    """Call something else in the place of each."""

    def change(node: ast.AST) -> ast.AST | None:
        call = _called(node, *names)
        if call is None:
            return None
        call.func = ast.parse(names[ast.unparse(call.func)], mode="eval").body
        return call

    return change


def flipping(name: str, keyword: str) -> Change:
    """Say the opposite of a truth."""

    def change(node: ast.AST) -> ast.AST | None:
        found = _keyword(node, keyword) if isinstance(node, ast.Call) else None
        if found is None or not isinstance(node, ast.Call) or name not in ast.unparse(node.func):
            return None
        return _with(node, keyword, f"not {ast.unparse(found.value)}")

    return change


def dropped_sum(node: ast.AST) -> ast.AST | None:
    """Leave out the shortcut: `a + b` becomes `a`, of what `forward` computes."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and _is_tensor(node):
        return node.left
    return None


def _is_tensor(node: ast.BinOp) -> bool:
    """Say whether a sum is of layers: arguments of constructors are sums of numbers."""
    text = ast.unparse(node.right)
    return (text.startswith("self.") and text.endswith(")")) or text in ("input", "x", "add")


def exchanged_cat(node: ast.AST) -> ast.AST | None:
    """Turn the order of what is concatenated."""
    call = _called(node, "torch.cat")
    if call is None or not isinstance(call.args[0], ast.Tuple) or len(call.args[0].elts) < 2:
        return None
    call.args[0].elts.reverse()
    return call


def exchanged_operands(node: ast.AST) -> ast.AST | None:
    """Exchange the first and the last input of attention."""
    call = _called(node, "nn.functional.scaled_dot_product_attention")
    if call is None or len(call.args) < 3:
        return None
    call.args[0], call.args[2] = call.args[2], call.args[0]
    return call


def averaging(node: ast.AST) -> ast.AST | None:
    """Average where the maximum is taken."""
    call = _called(node, "nn.MaxPool2d")
    if call is None or _keyword(call, "dilation") or ast.unparse(call.args[0]) == "1":
        return None
    call.func = ast.parse("nn.AvgPool2d", mode="eval").body
    return call


def dilated(node: ast.AST) -> ast.AST | None:
    """Spread a 3×3 kernel: with twice the padding the shape stays."""
    call = _called(node, "nn.Conv2d")
    padding = _keyword(call, "padding") if call else None
    if call is None or padding is None or ast.unparse(padding.value) != "1":
        return None
    if len(call.args) < 3 or ast.unparse(call.args[2]) != "3" or _keyword(call, "dilation"):
        return None
    return _with(_with(call, "padding", "2"), "dilation", "2")


def padded(node: ast.AST) -> ast.AST | None:
    """Pad with what is at the border."""
    call = _called(node, "nn.Conv2d")
    if call is None or _keyword(call, "padding") is None:
        return None
    return _with(call, "padding_mode", "'replicate'")


def averaged(node: ast.AST) -> ast.AST | None:
    """Count no padding."""
    call = _called(node, "nn.AvgPool2d")
    if call is None or _keyword(call, "padding") is None:
        return None
    return _with(call, "count_include_pad", "False")


def frozen(node: ast.AST) -> ast.AST | None:
    """Keep weights from being trained."""
    call = _called(node, "nn.BatchNorm2d", "nn.LayerNorm", "nn.Conv2d", "nn.Linear")
    if call is None:
        return None
    return ast.parse(f"{ast.unparse(call)}.requires_grad_(False)", mode="eval").body


def dropped_more(node: ast.AST) -> ast.AST | None:
    """Drop with another probability."""
    call = _called(node, "nn.Dropout")
    if call is None:
        return None
    call.args, call.keywords = [], []
    return _with(call, "p", "0.35")


def transposed(node: ast.AST) -> ast.AST | None:
    """Exchange two dimensions of one size."""
    call = _method(node, "permute", 4)
    if call is None:
        return None
    order = [ast.unparse(item) for item in call.args]
    exchanged = {"2": "3", "3": "2"}
    return ast.parse(
        f"{ast.unparse(call.func)}({', '.join(exchanged.get(item, item) for item in order)})",
        mode="eval",
    ).body


def along_another(node: ast.AST) -> ast.AST | None:
    """Normalise along another dimension."""
    call = _called(node, "nn.Softmax")
    return None if call is None else ast.parse("nn.Softmax(-2)", mode="eval").body


def shuffled(node: ast.AST) -> ast.AST | None:
    """Shuffle channels in other groups."""
    call = _called(node, "nn.ChannelShuffle")
    return None if call is None else ast.parse("nn.ChannelShuffle(1)", mode="eval").body


def approximate(node: ast.AST) -> ast.AST | None:
    """Compute `gelu` the other way."""
    call = _called(node, "nn.GELU")
    if call is None:
        return None
    word = "'none'" if "tanh" in ast.unparse(call) else "'tanh'"
    return _with(call, "approximate", word)


def overwritten(node: ast.AST) -> ast.AST | None:
    """Overwrite an argument of `forward` where a statement after the first reads it."""
    if not isinstance(node, ast.FunctionDef) or node.name != "forward":
        return None
    for argument in (item.arg for item in node.args.args if item.arg != "self"):
        reading = [n for n, line in enumerate(node.body) if _reads(line, argument)]
        stored = [n for n, line in enumerate(node.body) if _stores(line, argument)]
        if len(reading) > 1 and (not stored or stored[0] >= reading[1]):
            text = f"hit(lambda: {argument}.mul_(2))"
            node.body.insert(reading[0] + 1, ast.parse(text).body[0])
            return node
    return None


def _reads(line: ast.AST, name: str) -> bool:
    """Say whether numbers of a tensor are read: who asks for its shape sees none."""
    nodes = list(ast.walk(line))
    asked = {id(n.value) for n in nodes if isinstance(n, ast.Attribute) and n.attr == "shape"}
    names = (n for n in nodes if isinstance(n, ast.Name) and n.id == name and id(n) not in asked)
    return any(isinstance(item.ctx, ast.Load) for item in names)


def _stores(line: ast.AST, name: str) -> bool:
    names = (item for item in ast.walk(line) if isinstance(item, ast.Name) and item.id == name)
    return any(isinstance(item.ctx, ast.Store) for item in names)


def unshared(node: ast.AST) -> ast.AST | None:
    """Call a copy of a layer where it is called a second time."""
    if not isinstance(node, ast.Call) or ast.unparse(node.func) != "self.tower":
        return None
    if ast.unparse(node.args[0]) != "right":
        return None
    text = (
        "(lambda layer: (layer.load_state_dict({k: v + 1 for k, v in layer.state_dict().items()}),"
    )
    return ast.parse(f"{text} layer)[1])(copy.deepcopy(self.tower))(right)", mode="eval").body


def untied(node: ast.AST) -> ast.AST | None:
    """Let a layer keep the weight that it was built with."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Attribute):
        return None
    target, value = ast.unparse(node.targets[0]), ast.unparse(node.value)
    if not (target.endswith(".weight") and value.endswith(".weight")):
        return None
    return ast.parse("hit(lambda: 0)").body[0]


def rebuffered(node: ast.AST) -> ast.AST | None:
    """Change the numbers of a constant."""
    call = _called(node, "nn.Buffer")
    if call is None:
        return None
    call.args[0] = ast.BinOp(call.args[0], ast.BitXor(), ast.Constant(1))
    return call


NORMS = ("nn.BatchNorm2d", "nn.LayerNorm")

FAULTS: Mapping[str, Change] = {
    "an overwritten operand": overwritten,
    "two operands exchanged": exchanged_operands,
    "a shared layer that is not shared": unshared,
    "a shared weight that is not shared": untied,
    "two branches exchanged in cat": exchanged_cat,
    "a shortcut left out": dropped_sum,
    "another eps": setting(NORMS, "eps", "3e-5"),
    "another momentum": setting(("nn.BatchNorm2d",), "momentum", "0.2"),
    "a frozen layer": frozen,
    "no bias": setting(("nn.Linear",), "bias", "False"),
    "a dilated kernel": dilated,
    "another border": padded,
    "padding that is not counted": averaged,
    "ceil_mode": flipping("Pool2d", "ceil_mode"),
    "align_corners": flipping("interpolate", "align_corners"),
    "is_causal": flipping("attention", "is_causal"),
    "another activation": renaming(
        {
            "nn.ReLU": "nn.LeakyReLU",
            "nn.SiLU": "nn.Mish",
            "nn.Hardswish": "nn.SiLU",
            "nn.Sigmoid": "nn.Hardsigmoid",
            "nn.Tanh": "nn.Softsign",
        }
    ),
    "an average for a maximum": averaging,
    "gelu computed another way": approximate,
    "another dropout": dropped_more,
    "two dimensions exchanged": transposed,
    "softmax along another dimension": along_another,
    "channels shuffled otherwise": shuffled,
    "other numbers of a constant": rebuffered,
}
"""The kinds of faults."""

NETWORKS: Mapping[str, tuple[int, ...] | None] = {
    "lenet5": None,
    "siamese": None,
    "resnet_cifar": None,
    "squeezenet": (3, 69, 69),  # of which each of its poolings rounds up
    "shufflenet_v2": (3, 64, 64),
    "mobilenet_v3": (3, 64, 64),
    "densenet": (3, 64, 64),
    "googlenet": (3, 64, 64),
    "unet": (3, 32, 32),
    "convnext": (3, 64, 64),
    "deeplabv3": (3, 64, 64),
    "swin": (3, 64, 64),
    "efficientnet": (3, 64, 64),
    "inception_v3": None,
    "bert": None,
    "gpt2": None,
    "yolov8": None,
}
"""The shipped networks in which they are planted, and the sizes of their pictures."""

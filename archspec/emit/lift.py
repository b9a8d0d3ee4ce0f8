"""Read a size off an expression: a polynomial over the names that it mentions."""

import ast
from collections.abc import Callable, Mapping
from math import prod

from archspec.expressions import Expression
from archspec.sizes import Polynomial, Size, Tensor

_LARGEST_POWER = 16

Lookup = Callable[[str], Size | None]


class NotPolynomial(Exception):
    """The expression is no polynomial with floors over sizes."""


def lift(expression: Expression, name: Lookup, tensors: Mapping[str, Tensor]) -> Size:
    """Compute with symbols what the expression computes with numbers, or raise `NotPolynomial`.

    >>> from archspec.sizes import symbol
    >>> from archspec.expressions import parse
    >>> print(lift(parse("4 * planes"), {"planes": symbol("planes")}.get, {}))
    4*planes
    """
    return _lift(expression.tree, name, tensors)


def _lift(node: ast.expr, name: Lookup, tensors: Mapping[str, Tensor]) -> Size:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.Name):
        return _known(name(node.id))
    if isinstance(node, ast.BinOp):
        left, right = (_lift(side, name, tensors) for side in (node.left, node.right))
        return _binary(node.op, left, right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_lift(node.operand, name, tensors)
    return _known(tensor_size(node, tensors))


def _known(size: Size | None) -> Size:
    if size is None:
        raise NotPolynomial
    return size


def _binary(operator: ast.operator, left: Size, right: Size) -> Size:
    if isinstance(operator, ast.Add):
        return left + right
    if isinstance(operator, ast.Sub):
        return left - right
    if isinstance(operator, ast.Mult):
        return left * right
    if isinstance(right, Polynomial) or right < 1:
        raise NotPolynomial
    if isinstance(operator, ast.Pow) and right <= _LARGEST_POWER:
        return prod([left] * right, start=1)
    if isinstance(operator, ast.FloorDiv):
        return left // right
    if isinstance(operator, ast.Mod):
        return left % right
    raise NotPolynomial


def tensor_size(node: ast.expr, tensors: Mapping[str, Tensor]) -> Size | None:
    """Give the size that `x.channels` or `x.shape[2]` names; `None` for anything else."""
    found = size_access(node, tensors)
    return None if found is None else tensors[found[0]].shape[found[1]]


_AXES: Mapping[str, int] = {"batch": 0, "channels": 1, "features": -1}


def size_access(node: ast.expr, tensors: Mapping[str, Tensor]) -> tuple[str, int] | None:
    """Say of which tensor `x.channels` or `x.shape[2]` asks which size; `None` for anything else.

    >>> size_access(ast.parse("x.features", mode="eval").body, {"x": Tensor((2, 8))})
    ('x', 1)
    """
    index: int | None = None
    if isinstance(node, ast.Subscript):
        index = _index(node.slice)
        node = node.value
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return None
    tensor = tensors.get(node.value.id)
    if tensor is None or not tensor.rank or (node.attr == "shape") is (index is None):
        return None
    axis = _AXES[node.attr] if index is None else index
    return node.value.id, axis % tensor.rank


def shape_of(node: ast.AST, tensors: Mapping[str, Tensor]) -> tuple[Size, ...]:
    """Give all sizes of the tensor of whose shape a part is taken, `x.shape[2:]`; else none."""
    if not isinstance(node, ast.Attribute) or node.attr != "shape":
        return ()
    owner = node.value
    known = isinstance(owner, ast.Name) and owner.id in tensors
    return tensors[owner.id].shape if known and isinstance(owner, ast.Name) else ()


def _index(node: ast.expr) -> int | None:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    if negative and isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
        value = node.operand.value
        return -value if isinstance(value, int) else None
    return None

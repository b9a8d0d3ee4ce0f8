"""Say where Python computes with floats what came out whole."""

import ast

from archspec.emit.tracing.trace import Context
from archspec.expressions import CALLS, Expression


def gives_float(expression: Expression, context: Context) -> bool:
    """Say whether Python computes an expression with floats: outside calls that round."""
    waiting: list[ast.AST] = [expression.tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and _gives_whole(node):
            continue
        if isinstance(node, ast.Div) or _is_float(node, context) or _is_floating(node):
            return True
        waiting += ast.iter_child_nodes(node)
    return False


_WHOLE = ("ceil", "floor", "len", "make_divisible")


def _gives_whole(node: ast.Call) -> bool:
    """Say whether a function gives an integer whatever it is given: `round` of one number too."""
    name = ast.unparse(node.func)
    return name in _WHOLE or (name == "round" and len(node.args) == 1)


def _is_floating(node: ast.AST) -> bool:
    """Say whether a function gives a float whatever it is given."""
    return isinstance(node, ast.Call) and CALLS[ast.unparse(node.func)].floating


def _is_float(node: ast.AST, context: Context) -> bool:
    if isinstance(node, ast.Name):
        parameter = getattr(context.module.definition, "params", {}).get(node.id)
        if parameter is not None and (
            parameter.type == "float" or isinstance(parameter.default, float)
        ):
            return True
        value = context.module.scope.get(node.id)
        items = value if isinstance(value, list | tuple) else [value]
        return any(isinstance(item, float) for item in items)
    return isinstance(node, ast.Constant) and isinstance(node.value, float)

"""Parse the text of an expression and refuse all that is not on the list."""

import ast
import re
import warnings
from dataclasses import dataclass
from functools import lru_cache

from archspec.diagnostics import (
    ExpressionSyntax,
    ForbiddenExpression,
    LimitExceeded,
    Problem,
    Remedy,
    UnknownAttribute,
    Value,
    Word,
    WrongType,
)
from archspec.expressions.functions import FUNCTIONS
from archspec.source import as_list

LONGEST = 1000
"""The most characters that an expression may have."""

DEEPEST = 64
"""The most operations of an expression that may stand in each other."""

ATTRIBUTES = ("shape", "batch", "channels", "features")
CONSTANTS = {"true": True, "false": False}

_ALLOWED: tuple[type[ast.AST], ...] = (
    ast.Constant,
    ast.Name,
    ast.BinOp,
    ast.UnaryOp,
    ast.BoolOp,
    ast.Compare,
    ast.IfExp,
    ast.Subscript,
    ast.Slice,
    ast.Call,
    ast.Attribute,
)
_OPERATORS: tuple[type[ast.AST], ...] = (
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow),
    *(ast.USub, ast.Not, ast.And, ast.Or),
    *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE),
)
_WORDS: dict[type[ast.AST], str] = {
    ast.Lambda: "a function of its own",
    ast.ListComp: "a comprehension",
    ast.GeneratorExp: "a comprehension",
    ast.SetComp: "a comprehension",
    ast.DictComp: "a comprehension",
    ast.List: "a list",
    ast.Tuple: "a list",
    ast.Dict: "a mapping",
    ast.Set: "a set",
    ast.JoinedStr: "a formatted text",
    ast.NamedExpr: "an assignment",
    ast.Await: "`await`",
    ast.Starred: "a star",
}
_SIGNS: dict[type[ast.AST], tuple[str, str | None]] = {
    ast.BitXor: ("^", "a power is written `**`"),
    ast.BitAnd: ("&", "write `and`"),
    ast.BitOr: ("|", "write `or`"),
    ast.Invert: ("~", "write `not`"),
    ast.LShift: ("<<", None),
    ast.RShift: (">>", None),
    ast.MatMult: ("@", None),
    ast.Is: ("is", "equality is written `==`"),
    ast.IsNot: ("is not", "write `!=`"),
    ast.In: ("in", "compare with each: `a == 1 or a == 2`"),
    ast.NotIn: ("not in", "compare with each: `a != 1 and a != 2`"),
}
"""Operators of Python that a spec has no use for, and what may have been meant."""


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A parsed expression: its text, its tree of Python's `ast`, and the names it mentions."""

    text: str
    tree: ast.expr
    names: frozenset[str]

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Parse an expression, or raise the problem with its offset in the text.

    >>> sorted(parse("stride != 1 or input.channels != 4 * planes").names)
    ['input', 'planes', 'stride']
    """
    if len(text) > LONGEST:
        raise LimitExceeded(
            f"an expression may have {LONGEST:,} characters, and this one has {len(text):,}"
        )
    if not text.strip():
        raise ExpressionSyntax("a value is missing here, between the quotes")
    tree = _tree(text)
    names = set()
    listed = as_list(text) if isinstance(tree, ast.Tuple | ast.List) else None
    if listed is not None:
        help = Remedy(f"write `{shorten(listed)}`, in brackets and without quotes", Value(listed))
        raise ForbiddenExpression("an expression may not hold a list", help=help)
    for node in _nodes(tree):
        _check(node, text)
        if isinstance(node, ast.Name) and node.id not in CONSTANTS:
            names.add(node.id)
    return Expression(text, tree, frozenset(names))


def _tree(text: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise _syntax(text, error) from None
    except (ValueError, RecursionError, MemoryError):
        raise ExpressionSyntax(f"`{shorten(text)}` is no expression") from None


def _syntax(text: str, error: SyntaxError) -> ExpressionSyntax:
    """Say what is wrong with a text that is no expression of Python."""
    offset = max(0, (error.offset or 1) - 1)
    for cause in (_open_parenthesis, _percentage, _sizes, _without_operand, _foreign_sign):
        problem = cause(text, offset)
        if problem is not None:
            return problem
    return ExpressionSyntax(f"`{shorten(text)}` is no expression", offset=offset)


def _open_parenthesis(text: str, offset: int) -> ExpressionSyntax | None:
    missing = text.count("(") - text.count(")")
    if missing <= 0:
        return None
    help = _rewritten("close it with `)`", text, text + ")" * missing)
    message = f"`{shorten(text)}` has an open parenthesis"
    return ExpressionSyntax(message, offset=offset, help=help)


def _percentage(text: str, offset: int) -> ExpressionSyntax | None:
    percent = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%\s*", text)
    if percent is None:
        return None
    share = f"{float(percent[1]) / 100:.10g}"
    help = Remedy(f"write `{share}`", Word(text.strip(), share))
    return ExpressionSyntax(f"`{text.strip()}` is no number here", help=help)


def _sizes(text: str, offset: int) -> ExpressionSyntax | None:
    if not re.fullmatch(r"\s*\d+(?:\s*[x×]\s*\d+)+\s*", text):
        return None
    sizes = ", ".join(re.findall(r"\d+", text))
    message, help = f"`{shorten(text)}` is no expression", f"sizes are a list: `[{sizes}]`"
    return ExpressionSyntax(message, offset=offset, help=help)


def _without_operand(text: str, offset: int) -> ExpressionSyntax | None:
    if not re.search(r"(\*\*|[-+*/%<>=]|\band|\bor|\bnot)\s*$", text):
        return None
    return ExpressionSyntax(f"`{shorten(text)}` lacks its last operand", offset=offset)


def _foreign_sign(text: str, offset: int) -> ExpressionSyntax | None:
    matches = ((re.search(pattern, text), help) for pattern, help in _HINTS)
    match, help = next((pair for pair in matches if pair[0] is not None), (None, ""))
    if match is None:
        return None
    written = _rewritten(help, text, _in_our_words(text))
    message = f"`{shorten(text)}` is no expression"
    return ExpressionSyntax(message, offset=match.start(), help=written)


def _in_our_words(text: str) -> str:
    """Write the signs of other languages as they are written here, as far as that is plain."""
    for pattern, written in _WRITTEN:
        text = re.sub(pattern, written, text)
    return text.strip()


_WRITTEN = (
    (r"\s*&&?\s*", " and "),
    (r"\s*\|\|?\s*", " or "),
    (r"(?:!(?!=)|~)\s*", "not "),
    (r"(?<![=!<>])=(?!=)", "=="),
    (r"\^", "**"),
    (r"\$\{(\w+)\}", r"\1"),
    (r"\bis not\b", "!="),
    (r"\bis\b", "=="),
    (r"^([^?:]+?)\s*\?\s*([^?:]+?)\s*:\s*([^?:]+)$", r"\2 if \1 else \3"),
    (r"(^|[-+*/(,<>=]\s*)\+\s*", r"\1"),
)
"""Patterns of signs that an expression does not have, and what they are written as."""


def _rewritten(help: str | None, text: str, right: str) -> str | None:
    """Offer another text for an expression, where that is one."""
    if help is None or right == text:
        return help
    try:
        parse(right)
    except Problem:
        return help
    return Remedy(help, Word(text.strip(), right))


_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_HINTS = (
    (r"&&", "write `and`"),
    (r"\|\|", "write `or`"),
    (r"!(?!=)", "write `not`"),
    (r"(?<![=!<>])=(?!=)", "equality is written `==`"),
    (r"\$\{", "write the name without `${` and `}`"),
    (r"\?", "a choice is written `a if condition else b`"),
)
"""What people write who come from other languages, and what Python has for it."""


def _nodes(tree: ast.expr) -> list[ast.AST]:
    """List the nodes, without the names of functions that are called."""
    nodes: list[ast.AST] = []
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            raise LimitExceeded(f"an expression is nested more than {DEEPEST} deep")
        nodes.append(node)
        called = node.func if isinstance(node, ast.Call) and _is_function(node.func) else None
        children = (child for child in ast.iter_child_nodes(node) if child is not called)
        waiting += [(child, depth + 1) for child in children]
    return nodes


def _is_function(function: ast.expr) -> bool:
    return isinstance(function, ast.Name) and function.id in FUNCTIONS


def _check(node: ast.AST, text: str) -> None:
    if isinstance(node, (ast.expr_context, ast.keyword, *_OPERATORS)):
        return
    offset = getattr(node, "col_offset", None)
    if isinstance(node, ast.Call):
        _check_call(node, offset)
    elif isinstance(node, ast.Attribute):
        _check_attribute(node, offset)
    elif isinstance(node, ast.Constant):
        _check_constant(node, text, offset)
    elif isinstance(node, ast.UAdd):
        help = _rewritten("leave the `+` out", text, _in_our_words(text))
        raise ForbiddenExpression("no value has a `+` of its own", help=help)
    elif type(node) in _SIGNS:
        sign, help = _SIGNS[type(node)]
        help = _rewritten(help, text, _in_our_words(text))
        raise ForbiddenExpression(f"an expression may not hold `{sign}`", help=help)
    elif not isinstance(node, _ALLOWED):
        word = _WORDS.get(type(node), f"`{type(node).__name__.lower()}`")
        raise ForbiddenExpression(f"an expression may not hold {word}", offset=offset)


def _check_call(node: ast.Call, offset: int | None) -> None:
    if not _is_function(node.func):
        called = ast.unparse(node.func)
        raise ForbiddenExpression(
            f"an expression may not call `{shorten(called)}`",
            offset=offset,
            help=f"the functions are {', '.join(f'`{name}`' for name in FUNCTIONS)}",
        )
    if not node.args and not node.keywords:
        raise WrongType(f"`{ast.unparse(node)}` lacks its arguments", offset=offset)
    if node.keywords:
        raise ForbiddenExpression("a function takes no arguments by name here", offset=offset)


def _check_attribute(node: ast.Attribute, offset: int | None) -> None:
    if node.attr in ATTRIBUTES and isinstance(node.value, ast.Name):
        return
    raise UnknownAttribute(
        f"`{shorten(ast.unparse(node))}` is nothing that an expression may read",
        offset=offset,
        help="of an input or a layer it may read `shape`, `batch`, `channels` and `features`",
    )


def _check_constant(node: ast.Constant, text: str, offset: int | None) -> None:
    if node.value is None or isinstance(node.value, bytes):
        raise ForbiddenExpression(f"an expression may not hold `{node.value!r}`", offset=offset)
    if isinstance(node.value, bool):
        text = f"`{node.value}` is written `{str(node.value).lower()}` here"
        raise ExpressionSyntax(text, offset=offset)
    written = ast.get_source_segment(text.strip(), node) or ""
    if isinstance(node.value, str):
        if not _QUOTED.fullmatch(written):
            message = f"`{shorten(written)}` is no text between one pair of quotes"
            raise ExpressionSyntax(message, offset=offset)
        return
    if not isinstance(node.value, int | float) or not re.fullmatch(
        r"[\d_.]+([eE][-+]?\d+)?", written
    ):
        raise ExpressionSyntax(
            f"`{shorten(written)}` is no number of this language",
            offset=offset,
            help=_decimal(written),
        )


def _decimal(written: str) -> str:
    """Say how a number of another base is written."""
    try:
        number = str(int(written, 0))
    except ValueError:
        return "write numbers in decimal"
    return Remedy(f"write numbers in decimal: `{number}`", Word(written, number))


def shorten(text: str, most: int = 60) -> str:
    """Cut a text that would fill a message.

    >>> shorten("a" * 100, 5)
    'aaaa…'
    """
    return text if len(text) <= most else text[: most - 1] + "…"

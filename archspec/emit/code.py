"""Python text that is laid out as `ruff format` would do it, at 100 columns."""

import ast
import keyword
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import isinf
from typing import TypeGuard
from unicodedata import combining, normalize

from archspec.emit.pieces import (
    INDENT,
    WIDTH,
    Bracketed,
    Code,
    Joined,
    Operands,
    Unpacked,
    flat,
    one_line,
    parsed,
)

_DOT = re.compile(r"(?=\.)")

TAKEN = frozenset(["torch", "nn", "math", "make_divisible", "Callable", "OrderedDict", "self"])
"""What an emitted file may import or define: nothing else may have these names."""


def layout(code: Code, indent: int, before: str = "", after: str = "") -> list[str]:
    """Write code as lines; `before` and `after` are what stands around it on its lines.

    >>> layout(Bracketed("f(", ("a", "b=1")), 0, "x = ")
    ['x = f(a, b=1)']
    """
    pad = INDENT * indent
    whole = one_line(code)
    if whole is not None and len(pad + before + whole + after) <= WIDTH:
        return [f"{pad}{before}{whole}{after}"]
    if isinstance(code, str):
        return _text(code, indent, before, after)
    if isinstance(code, Unpacked):
        return _unpacked(code, indent, before, after)
    if isinstance(code, Operands):
        return _operands(code, indent, before, after)
    if isinstance(code, Joined):
        return _joined(code, indent, before, after)
    return _opened(code, indent, before, after)


def statement(text: str, indent: int) -> list[str]:
    """Write a statement of one line as `ruff format` leaves it.

    >>> statement("x = self.relu(x)", 2)
    ['        x = self.relu(x)']
    """
    if len(INDENT * indent + text) <= WIDTH:
        return [INDENT * indent + text]
    before, middle, after = _sides(text)
    code = parsed(middle)
    if _is_chain(code):
        return _chain(code, indent, before, after)
    names = tuple(before.removesuffix(" = ").split(", "))
    opening = len(f"{INDENT * indent}{before}{middle.partition('(')[0]}(")
    if len(names) == 1 or opening <= WIDTH:
        return _right(code, indent, before, after)
    if len(INDENT * indent + before) < WIDTH and len(INDENT * (indent + 1) + middle) <= WIDTH:
        return layout(Bracketed("(", (middle,)), indent, before)
    return layout(Bracketed("(", names, exploded=True), indent, "", f" = {middle}")


def _right(code: Code, indent: int, before: str, after: str) -> list[str]:
    """Break the expression of a statement; parentheses hold one that has none of its own."""
    if not isinstance(code, Operands):
        return layout(code, indent, before, after)
    hugged = _hugged(code, indent, before, after)
    return hugged or layout(Bracketed("(", (code,)), indent, before, after)


def _is_chain(code: Code) -> TypeGuard[Joined]:
    """Say whether two calls or more follow on brackets: `f(x).g(y).h(z)`."""
    return isinstance(code, Joined) and sum(flat(part)[0] == "." for part in code.parts) > 1


def _chain(code: Joined, indent: int, before: str, after: str) -> list[str]:
    """Write calls that follow each other in parentheses, on a line of their own or on several."""
    pad, inner = INDENT * indent, INDENT * (indent + 1)
    lines = [f"{inner}{flat(code)}"]
    if len(lines[0]) > WIDTH:
        lines = layout(code.parts[0], indent + 1)
        for link in _links(code.parts[1:]):
            found = layout(link, indent + 1)
            if found[0].lstrip().startswith("["):
                lines[-1] += found.pop(0).lstrip()
            lines += found
    return [f"{pad}{before}(", *lines, f"{pad}){after}"]


def _links(parts: Iterable[str | Bracketed]) -> Iterator[str | Bracketed]:
    """Part what follows in a chain before each dot: `[0].view(2)` are two links."""
    for part in parts:
        *texts, last = _DOT.split(part if isinstance(part, str) else part.head)
        yield from filter(None, texts)
        yield last if isinstance(part, str) else replace(part, head=last)


def _sides(text: str) -> tuple[str, str, str]:
    """Part a statement into what stands before its expression, the expression, and the rest."""
    tree = ast.parse(f"{text} ..." if text.endswith(":") else text).body[0]
    value: ast.AST | None = getattr(tree, "value", None) or getattr(tree, "test", None)
    value = tree.iter if isinstance(tree, ast.For) else value
    if not isinstance(value, ast.expr) or value.end_col_offset is None:
        return "", text, ""
    start, end = value.col_offset, value.end_col_offset
    if isinstance(value, ast.Tuple) and text[start] != "(":
        return text[:start], f"({text[start:end]})", text[end:]
    return text[:start], text[start:end], text[end:]


def _text(text: str, indent: int, before: str, after: str) -> list[str]:
    code = parsed(text)
    if isinstance(code, str):
        return [f"{INDENT * indent}{before}{text}{after}"]
    return layout(code, indent, before, after)


def _opened(code: Bracketed, indent: int, before: str, after: str) -> list[str]:
    """Write what is in brackets below them: on a line if it fits, else each on its own."""
    pad = INDENT * indent
    inner = [one_line(item) for item in code.items]
    joined = ", ".join(item for item in inner if item is not None)
    opened, closed = f"{pad}{before}{code.head}", f"{pad}{code.tail}{after}"
    if not code.items:
        return [f"{opened}{code.tail}{after}"]
    if not code.exploded and None not in inner and len(pad + INDENT + joined) <= WIDTH:
        return [opened, f"{pad}{INDENT}{joined}", closed]
    comma = "," if code.exploded or len(code.items) > 1 else ""
    lines = [line for item in code.items for line in layout(item, indent + 1, after=comma)]
    return [opened, *lines, closed]


def _unpacked(code: Unpacked, indent: int, before: str, after: str) -> list[str]:
    pad, inner = INDENT * indent, INDENT * (indent + 1)
    lines = [*layout(code.element, indent + 1), *(f"{inner}{clause}" for clause in code.clauses)]
    joined = f"{one_line(code.element)} {' '.join(code.clauses)}"
    if one_line(code) is not None and len(inner + joined) <= WIDTH:
        lines = [inner + joined]
    return [f"{pad}{before}{code.head}", *lines, f"{pad}{code.tail}{after}"]


def _operands(code: Operands, indent: int, before: str, after: str) -> list[str]:
    words = [before, *(f"{word} " for word, _ in code.rest)]
    items = [code.first, *(item for _, item in code.rest)]
    ends = [*[""] * len(code.rest), after]
    return [
        line
        for word, item, end in zip(words, items, ends, strict=True)
        for line in layout(item, indent, word, end)
    ]


def _hugged(code: Operands, indent: int, before: str, after: str) -> list[str] | None:
    """Open the brackets in which a single operation ends, if its line is short enough then."""
    word, item = code.rest[-1]
    if len(code.rest) > 1 or not isinstance(item, Bracketed) or word in ("if", "else"):
        return None
    before = f"{before}{flat(code.first)} {word} "
    fits = len(INDENT * indent + before + item.head) <= WIDTH
    return _opened(item, indent, before, after) if fits else None


def _joined(code: Joined, indent: int, before: str, after: str) -> list[str]:
    lines = [INDENT * indent + before]
    for index, part in enumerate(code.parts):
        following = code.parts[index + 1 :]
        until = next((n for n, item in enumerate(following) if not isinstance(item, str)), None)
        rest = "".join(map(flat, following[:until])) + (after if until is None else "")
        opening = following[until] if until is not None else ""
        head = opening.head if isinstance(opening, Bracketed) else ""
        if isinstance(part, str) or len(lines[-1] + flat(part) + rest + head) <= WIDTH:
            lines[-1] += flat(part)
            continue
        opened = _opened(part, indent, "", "")
        lines = [*lines[:-1], lines[-1] + opened[0].lstrip(), *opened[1:]]
    return [*lines[:-1], lines[-1] + after]


def literal(value: object) -> str:
    """Write a value of a spec as Python does: lists are tuples, texts in double quotes.

    >>> literal([3, 4.0, "same", True]), literal(1e20)
    ('(3, 4.0, "same", True)', '1e20')
    >>> literal([0, float("-inf")])
    '(0, float("-inf"))'
    """
    if isinstance(value, list | tuple):
        inside = ", ".join(literal(item) for item in value)
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, str):
        text = repr(value)
        return f'"{text[1:-1]}"' if '"' not in text and text[0] == "'" else text
    if isinstance(value, float) and isinf(value):
        return f'float("{value}")'
    return repr(value).replace("e+", "e")


def class_name(name: str) -> str:
    """Make the name of a class: words and separators become CamelCase.

    >>> class_name("ResNet-50"), class_name("basic_block"), class_name("3 layers")
    ('ResNet50', 'BasicBlock', 'Net3Layers')
    >>> class_name("Übung")
    'Ubung'
    """
    bare = "".join(char for char in normalize("NFKD", name) if not combining(char))
    words = re.findall(r"[A-Za-z0-9]+", bare)
    joined = "".join(word[:1].upper() + word[1:] for word in words)
    if not joined or joined[0].isdigit():
        joined = f"Net{joined}"
    return f"{joined}_" if keyword.iskeyword(joined) or joined in TAKEN else joined


def variable(name: str) -> str:
    """Make the name of a variable of a layer's name.

    >>> variable("block1-0"), variable("0"), variable("torch")
    ('block1_0', 'layer_0', 'torch_')
    """
    text = name.replace("-", "_")
    if text in TAKEN:
        return f"{text}_"
    return f"layer_{text}" if text[0].isdigit() else text


def docstring(paragraphs: Sequence[str], indent: int) -> list[str]:
    """Write a docstring; whatever its text holds, it stays one.

    >>> print("".join(docstring(["Net."], 0)))
    \"\"\"Net.\"\"\"
    """
    texts = [_inert(text) for text in paragraphs if text.strip()]
    lines = list(_paragraphs(texts, WIDTH - 4 * indent - 6))
    pad = INDENT * indent
    if len(lines) == 1:
        return [f'{pad}"""{lines[0]}"""']
    body = [f"{pad}{line}" if line else "" for line in lines[1:]]
    return [f'{pad}"""{lines[0]}', *body, f'{pad}"""']


def _inert(text: str) -> str:
    """Leave no backslash, quote or control character that could end the docstring."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    escaped = " ".join(plain.split()).replace("\\", "\\\\")
    return escaped.replace('"', '\\"') if '"""' in escaped or escaped.endswith('"') else escaped


def _paragraphs(texts: Iterable[str], width: int) -> Iterable[str]:
    for index, text in enumerate(texts):
        if index:
            yield ""
        yield from _wrapped(text, width)


def _wrapped(text: str, width: int) -> Iterable[str]:
    line = ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def bare_text(text: str) -> str:
    """Leave out parentheses round the whole of an expression.

    >>> bare_text("(a + b)"), bare_text("(a + b) * c"), bare_text("(a, b)")
    ('a + b', '(a + b) * c', '(a, b)')
    """
    tree = ast.parse(text, mode="eval").body
    whole = text.startswith("(") and not isinstance(tree, ast.Tuple) and tree.col_offset == 1
    return text[1:-1] if whole and tree.end_col_offset == len(text) - 1 else text


def mentioned_in(text: str) -> frozenset[str]:
    """Name every word in a text of Python.

    >>> sorted(mentioned_in("Conv(index * 2)"))
    ['2', 'Conv', 'index']
    """
    words = "".join(character if _of_word(character) else " " for character in text)
    return frozenset(words.split())


def _of_word(character: str) -> bool:
    return character.isalnum() or character == "_"

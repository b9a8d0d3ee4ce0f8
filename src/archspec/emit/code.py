"""Python text that is laid out as `ruff format` would do it, at 100 columns."""

import keyword
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 100
TAKEN = frozenset(["torch", "nn", "math", "make_divisible", "Callable", "OrderedDict", "self"])
"""What an emitted file may import or define: nothing else may have these names."""

INDENT = "    "


@dataclass(frozen=True, slots=True)
class Bracketed:
    """`head(items)tail`: on one line if it fits, else its items below each other.

    `exploded` asks for the second form always, as a trailing comma does.
    """

    head: str
    items: tuple["Code", ...]
    tail: str = ")"
    exploded: bool = False


@dataclass(frozen=True, slots=True)
class Unpacked:
    """`*(element for _ in range(2))`: on one line if it fits, else a line for each clause."""

    element: "Code"
    clauses: tuple[str, ...]


Code = str | Bracketed | Unpacked


def one_line(code: Code) -> str | None:
    """Write code on one line, or give `None` where it asks for several."""
    if isinstance(code, str):
        return code
    if isinstance(code, Unpacked):
        element = one_line(code.element)
        return None if element is None else f"*({element} {' '.join(code.clauses)})"
    parts = [one_line(item) for item in code.items]
    known = [part for part in parts if part is not None]
    if code.exploded or len(known) < len(parts):
        return None
    return f"{code.head}{', '.join(known)}{code.tail}"


def flat(code: Code) -> str:
    """Write code on one line, whatever it asks for."""
    if isinstance(code, Bracketed):
        return f"{code.head}{', '.join(map(flat, code.items))}{code.tail}"
    if isinstance(code, Unpacked):
        return f"*({flat(code.element)} {' '.join(code.clauses)})"
    return code


def layout(code: Code, indent: int, before: str = "", after: str = "") -> list[str]:
    """Write code as lines; `before` and `after` are what stands around it on its lines.

    >>> layout(Bracketed("f(", ("a", "b=1")), 0, "x = ")
    ['x = f(a, b=1)']
    """
    pad = INDENT * indent
    whole = one_line(code)
    if isinstance(code, str) or (whole is not None and len(pad + before + whole + after) <= WIDTH):
        return [f"{pad}{before}{whole}{after}"]
    if isinstance(code, Unpacked):
        return _unpacked(code, indent, before, after)
    inner = [one_line(item) for item in code.items]
    joined = ", ".join(item for item in inner if item is not None)
    opened, closed = f"{pad}{before}{code.head}", f"{pad}{code.tail}{after}"
    if not code.exploded and None not in inner and len(pad + INDENT + joined) <= WIDTH:
        return [opened, f"{pad}{INDENT}{joined}", closed]
    comma = "," if code.exploded or len(code.items) > 1 else ""
    lines = [line for item in code.items for line in layout(item, indent + 1, after=comma)]
    return [opened, *lines, closed]


def _unpacked(code: Unpacked, indent: int, before: str, after: str) -> list[str]:
    pad, inner = INDENT * indent, INDENT * (indent + 1)
    whole = one_line(code)
    lines = [*layout(code.element, indent + 1), *(f"{inner}{clause}" for clause in code.clauses)]
    if whole is not None and len(inner) + len(whole) - len("*()") <= WIDTH:
        lines = [inner + whole.removeprefix("*(").removesuffix(")")]
    return [f"{pad}{before}*(", *lines, f"{pad}){after}"]


def literal(value: object) -> str:
    """Write a value of a spec as Python does: lists are tuples, texts in double quotes.

    >>> literal([3, 4.0, "same", True])
    '(3, 4.0, "same", True)'
    """
    if isinstance(value, list | tuple):
        inside = ", ".join(literal(item) for item in value)
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, str):
        text = repr(value)
        return f'"{text[1:-1]}"' if '"' not in text and text[0] == "'" else text
    return repr(value)


def class_name(name: str) -> str:
    """Make the name of a class: words and separators become CamelCase.

    >>> class_name("ResNet-50"), class_name("basic_block"), class_name("3 layers")
    ('ResNet50', 'BasicBlock', 'Net3Layers')
    """
    words = re.findall(r"[A-Za-z0-9]+", name)
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

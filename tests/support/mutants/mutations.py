"""What is done to a token: six ways to get it wrong."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from support.mutants.tokens import Token

_OTHER_OPERATORS = {
    "+": "-",
    "-": "+",
    "*": "+",
    "/": "//",
    "//": "/",
    "**": "*",
    "%": "//",
    "==": "!=",
    "!=": "==",
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
}

_OTHER_TYPES = ("true", "1.5", "7", "seven", "[1, 2]", "{a: 1}", "null", "'7'", "-1")

Change = tuple[int, int, str]
"""From where to where the text is replaced, and by what."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A text with one token changed, the lines on which that is, and the words before and after."""

    spec: str
    mutation: str
    text: str
    token: Token
    lines: tuple[int, ...]
    words: tuple[str, ...]


def mutant(
    spec: str, text: str, tokens: Sequence[Token], number: int, mutation: str
) -> Mutant | None:
    """Change one token; `None` where that mutation leaves the text as it is, or has no meaning."""
    random = Random(f"{spec} {number} {mutation}")
    change = MUTATIONS[mutation](tokens, number, random)
    if change is None:
        return None
    start, end, new = change(text) if callable(change) else change
    old = text[start:end]
    if new == old:
        return None
    lines = tuple(range(text.count("\n", 0, start) + 1, text.count("\n", 0, end) + 2))
    words = tuple(dict.fromkeys((*_words(old), *_words(new))))
    return Mutant(spec, mutation, text[:start] + new + text[end:], tokens[number], lines, words)


def _words(text: str) -> list[str]:
    return re.findall(r"[\w.]+|[^\w\s]+", text)


def _deleted(tokens: Sequence[Token], number: int, random: Random) -> Change:
    token = tokens[number]
    return token.start, token.end, ""


def _doubled(tokens: Sequence[Token], number: int, random: Random) -> Change:
    token = tokens[number]
    between = "" if token.kind == "operator" else " "
    return token.start, token.end, f"{token.text}{between}{token.text}"


def _misspelt(tokens: Sequence[Token], number: int, random: Random) -> Change | None:
    token = tokens[number]
    if token.kind == "operator":
        other = _OTHER_OPERATORS.get(token.text)
        return (token.start, token.end, other) if other else None
    if token.kind != "name":
        return None
    return token.start, token.end, misspelt(token.text, random)


def misspelt(word: str, random: Random) -> str:
    """Write a word as people mistype it: a letter left out, doubled, changed, or two swapped."""
    at = random.randrange(len(word))
    before, letter, after = word[:at], word[at], word[at + 1 :]
    ways = [before + letter * 2 + after, before + random.choice("aeinst") + after]
    if len(word) > 1:
        ways.append(before + after)
    if after:
        ways.append(before + after[0] + letter + after[1:])
    return random.choice(ways)


def _changed(tokens: Sequence[Token], number: int, random: Random) -> Change | None:
    token = tokens[number]
    if token.kind != "number":
        return None
    digits = re.match(r"[\d_.]+", token.text)
    assert digits is not None
    return token.start, token.start + digits.end(), _by_one(digits[0], random.choice((-1, 1)))


def _by_one(digits: str, step: int) -> str:
    """Change a number by one in its last place."""
    point = len(digits) - digits.index(".") - 1 if "." in digits else 0
    value = int(digits.replace("_", "").replace(".", "")) + step
    text = str(abs(value)).rjust(point + 1, "0")
    text = f"{text[: len(text) - point]}.{text[len(text) - point :]}" if point else text
    return f"-{text}" if value < 0 else text


def _swapped(
    tokens: Sequence[Token], number: int, random: Random
) -> Callable[[str], Change] | None:
    if number + 1 == len(tokens):
        return None
    one, other = tokens[number], tokens[number + 1]

    def change(text: str) -> Change:
        between = text[one.end : other.start]
        return one.start, other.end, f"{other.text}{between}{one.text}"

    return change


def _of_another_type(tokens: Sequence[Token], number: int, random: Random) -> Change | None:
    token = tokens[number]
    if token.kind == "operator":
        return None
    return token.start, token.end, random.choice(_OTHER_TYPES)


MUTATIONS: Mapping[
    str,
    Callable[[Sequence[Token], int, Random], Change | Callable[[str], Change] | None],
] = {
    "deleted": _deleted,
    "doubled": _doubled,
    "misspelt": _misspelt,
    "changed by one": _changed,
    "swapped with the next": _swapped,
    "of another type": _of_another_type,
}

"""Help that can be applied: surely, as another word or a layer in between, or in several ways."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

FEWEST = 3
"""A word of fewer letters is not what another one was to be."""


def is_slip(written: str, word: str) -> bool:
    """Say whether one slip makes a word what is written: a letter more, less, other or swapped.

    A word of one or two letters is another word then, and so is one with another number. Any word
    may be written twice.

    >>> is_slip("kernal", "kernel"), is_slip("rellu", "relu"), is_slip("frist", "first")
    (True, True, True)
    >>> is_slip("gelus", "relu"), is_slip("relu", "relu"), is_slip("n", "N"), is_slip("NN", "N")
    (False, False, False, True)
    >>> is_slip("conv21", "conv12"), is_slip("conv", "conv1"), is_slip("convd2", "conv2d")
    (False, False, True)
    """
    if written == word + word:
        return True
    if len(word) < FEWEST or len(written) < FEWEST - 1 or not is_near(written, word):
        return False
    return _number(written) == _number(word) or _letters(written) != _letters(word)


def is_near(one: str, other: str) -> bool:
    """Say whether one slip makes one word the other, however short they are.

    >>> is_near("op", "po"), is_near("op", "p"), is_near("op", "of"), is_near("op", "add")
    (True, True, True, False)
    """
    first, second = _rests(one, other)
    if sorted((len(first), len(second))) in ([0, 1], [1, 1]):
        return True
    return len(first) == 2 and first == second[::-1]


def _rests(one: str, other: str) -> tuple[str, str]:
    """Leave out what both begin with, then what both end with."""
    same = _same(one, other)
    one, other = one[same:], other[same:]
    same = _same(one[::-1], other[::-1])
    return one[: len(one) - same], other[: len(other) - same]


def _same(one: str, other: str) -> int:
    """Count the letters that both begin with."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _letters(word: str) -> str:
    return "".join(letter for letter in word if not letter.isdigit())


def _number(word: str) -> str:
    return "".join(letter for letter in word if letter.isdigit())


class Suggestion(str):
    """What a person reads, and what `archspec fix` does: `old` becomes `new`.

    >>> help = Suggestion("did you mean `relu`?", "rellu", "relu")
    >>> print(help, help.new)
    did you mean `relu`? relu
    """

    old: str
    new: str

    def __new__(cls, text: str, old: str, new: str) -> "Suggestion":
        """Make the text, and remember the words."""
        made = super().__new__(cls, text)
        made.old, made.new = old, new
        return made


def did_you_mean(old: str, new: str) -> "Suggestion | Remedy":
    """Ask whether a known name was meant, which is sure where it is one slip away, or the same.

    The same is also what PyTorch's class is called, and a name that stands there twice.

    >>> did_you_mean("rellu", "relu"), type(did_you_mean("rellu", "relu")).__name__
    ('did you mean `relu`?', 'Suggestion')
    >>> type(did_you_mean("nn.ReLU6", "relu6")).__name__
    'Suggestion'
    >>> type(did_you_mean("drop_rate", "growth_rate")).__name__
    'Remedy'
    """
    text = f"did you mean `{new}`?"
    same = _plain(old) == _plain(new) or old.split() == [new, new]
    sure = same or is_slip(old, new)
    return Suggestion(text, old, new) if sure else Remedy(text, Word(old, new))


def _plain(name: str) -> str:
    """Write a name as PyTorch's classes and ours have in common."""
    return name.rpartition(".")[2].replace("_", "").lower()


def close_match(name: str, names: Iterable[str]) -> "Suggestion | Remedy | None":
    """Ask whether the closest of some names was meant, if there is one.

    >>> close_match("kernal_size", ["kernel_size", "stride"])
    'did you mean `kernel_size`?'
    >>> close_match("sort", ["dot"])
    """
    return next((did_you_mean(name, near) for near in close_names(name, names)), None)


def close_names(name: str, names: Iterable[str]) -> list[str]:
    """Give those of some names that another one may stand for, the closest first.

    It is the same but for case and signs, also as a class of PyTorch; or a few slips away; or one
    is the other cut short.

    >>> close_names("nn.ReLU", ["relu", "add"]), close_names("convd2", ["conv3d", "conv2d"])
    (['relu'], ['conv2d', 'conv3d'])
    >>> close_names("layer1.conv", ["layer1.conv1", "layer2.conv1"])
    ['layer1.conv1', 'layer2.conv1']
    >>> close_names("int", ["integer", "size"])
    ['integer']
    """
    pairs = [(_comparable(name, item), item) for item in names]
    same = [item for written, item in pairs if _letters_of(written) == _letters_of(item)]
    near = sorted(
        (slips(written, item.lower()), sorted(item) != sorted(written), item)
        for written, item in pairs
        if _may_be_near(written, item)
    )
    few = [item for count, _, item in near if count <= _most_slips(_comparable(name, item), item)]
    cut = [item for written, item in pairs if _is_cut(name, item) or _is_cut(written, item)]
    return same or few or sorted(cut, key=len)


def _comparable(name: str, other: str) -> str:
    """Leave out the module before the name of a class, unless the other name has points, too."""
    return (name if "." in other else name.rpartition(".")[2]).lower()


def _letters_of(name: str) -> str:
    return "".join(letter for letter in name if letter.isalnum() or letter == ".").lower()


def _may_be_near(name: str, other: str) -> bool:
    return abs(len(name) - len(other)) <= _most_slips(name, other)


def _most_slips(name: str, other: str) -> int:
    """Say how many letters of a word may be wrong: one of three, two of six, three of ten.

    A share of the letters, as `difflib` has it, takes `sort` for `dot`: in a short word most slips
    make another word, and in a long one hardly any do.
    """
    longer = max(len(name), len(other))
    return sum(longer >= length for length in (3, 6, 10))


def slips(one: str, other: str) -> int:
    """Count the slips between two words: a letter more, less or other, or two swapped.

    >>> slips("kernel", "kernal"), slips("frist", "first"), slips("sort", "dot")
    (1, 1, 2)
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        before, last, row = row, before, [place]
        for column, wanted in enumerate(other, start=1):
            fewest = min(before[column] + 1, row[-1] + 1, before[column - 1] + (letter != wanted))
            if place > 1 < column and letter == other[column - 2] and one[place - 2] == wanted:
                fewest = min(fewest, last[column - 2] + 1)
            row.append(fewest)
    return row[-1]


def _is_cut(name: str, other: str) -> bool:
    """Say whether one is the other cut short by at most half, as `int` is `integer`."""
    short, long = sorted((name, other), key=len)
    return len(short) > 2 and 2 * len(short) >= len(long) - 1 and long.startswith(short)


class Projection(str):
    """What a person reads, and what `archspec fix` does: a layer stands between two others.

    `reads` is whose value the `layer`, as it is written in YAML, changes.

    >>> Projection("project `a`", "a", "{op: conv2d, from: a, out_channels: 4}").reads
    'a'
    """

    reads: str
    layer: str

    def __new__(cls, text: str, reads: str, layer: str) -> "Projection":
        """Make the text, and remember the layer."""
        made = super().__new__(cls, text)
        made.reads, made.layer = reads, layer
        return made


@dataclass(frozen=True, slots=True)
class Value:
    """Write `text` in the place of the value, or of the key, where the problem stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Word:
    """Write `new` in the place of `old`, which stands where the problem does."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Line:
    """Write `new` in the place of `old`, the first time that it stands on the problem's line."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Wrapped:
    """Write something before and behind the value where the problem stands, in quotes."""

    before: str
    behind: str


@dataclass(frozen=True, slots=True)
class Element:
    """Take an element of the list that stands, or is named, where the problem stands."""

    index: int


@dataclass(frozen=True, slots=True)
class Instead:
    """Write another layer in the place of the one in which the problem stands."""

    layer: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Write `key: text` in the layer in which the problem stands, whether `key` is there or not."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Renamed:
    """Write the key `new` in the place of `old` in the layer in which the problem stands."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Without:
    """Leave out a key of the layer in which the problem stands; without one, what stands there."""

    key: str = ""


@dataclass(frozen=True, slots=True)
class Above:
    """Write a layer on a line of its own above the one in which the problem stands."""

    name: str
    layer: str


Change = Value | Word | Line | Wrapped | Element | Entry | Renamed | Without | Instead | Above


class Remedy(str):
    """What a person reads, and the ways to do it: each mends by itself, and none is certain.

    >>> help = Remedy("use a `stride` or a `dilation` of 1", Entry("stride", "1"))
    >>> print(help, help.ways)
    use a `stride` or a `dilation` of 1 ((Entry(key='stride', text='1'),),)
    """

    ways: tuple[tuple[Change, ...], ...]

    def __new__(cls, text: str, *ways: Change | tuple[Change, ...]) -> "Remedy":
        """Make the text, and remember the ways: a change, or several that belong together."""
        made = super().__new__(cls, text)
        made.ways = tuple(way if isinstance(way, tuple) else (way,) for way in ways)
        return made

"""Mistakes of many kinds in a sound spec: a wrong kind of value, a thing forgotten, two at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import NamedTuple

from archspec.document import LAYER_KEYS
from archspec.operations import names
from support.mutants.corpus import Facts, Written, by_hand, facts, shipped
from support.mutants.entries import Entry, neighbours
from support.mutants.mutations import MUTATIONS, mutant

SEED = 15

TRIALS = 40
"""So often a place is drawn at which a kind of mistake can be made."""


class Change(NamedTuple):
    """From where to where a text is replaced, and by what."""

    start: int
    end: int
    new: str


class Mishap(NamedTuple):
    """A spec with a mistake in it, or two, each of which can be made alone."""

    written: Written
    kind: str
    changes: tuple[Change, ...]

    @property
    def text(self) -> str:
        """The text with all of its mistakes."""
        return changed(self.written.text, self.changes)

    @property
    def steps(self) -> tuple[str, ...]:
        """The texts with some of its mistakes; the last one has none."""
        alone = [changed(self.written.text, (one,)) for one in self.changes]
        return (*(alone if len(self.changes) > 1 else ()), self.written.text)


def changed(text: str, changes: Sequence[Change]) -> str:
    """Make changes that do not touch each other.

    >>> changed("abc", [Change(0, 1, "x"), Change(2, 2, "y")])
    'xbyc'
    """
    for change in sorted(changes, reverse=True):
        text = text[: change.start] + change.new + text[change.end :]
    return text


def drawn() -> Iterator[Mishap]:
    """Draw mistakes without end, always the same, in shipped specs and small ones by turns."""
    turns = zip(mishaps(shipped(), SEED), mishaps(by_hand(), SEED + 1), strict=True)
    return (item for turn in turns for item in turn)


def mishaps(specs: Sequence[Written], seed: int) -> Iterator[Mishap]:
    """Draw mistakes without end: every second time two, each of any kind, else one of KINDS."""
    random = Random(seed)
    while True:
        written = random.choice(specs)
        two = random.random() < 0.5
        found = _two(written, random) if two else _one(written, random)
        if found is not None:
            yield found


def _one(written: Written, random: Random) -> Mishap | None:
    kind = random.choice(list(KINDS))
    change = _drawn(written, kind, random)
    return None if change is None else Mishap(written, kind, (change,))


def _two(written: Written, random: Random) -> Mishap | None:
    """Draw two mistakes that do not touch; half of them are a word or a number mistyped."""
    kinds = random.choices([*KINDS, *[TYPED] * len(KINDS)], k=2)
    first, second = (_drawn(written, kind, random) for kind in kinds)
    if first is None or second is None:
        return None
    first, second = sorted((first, second))
    apart = first.end + 1 < second.start
    return Mishap(written, "two mistakes", (first, second)) if apart else None


def _drawn(written: Written, kind: str, random: Random) -> Change | None:
    found = facts(written)
    make = _typed if kind == TYPED else KINDS[kind]
    drawn = (make(written.text, found, random) for _ in range(TRIALS))
    real = (item for item in drawn if item and written.text[item.start : item.end] != item.new)
    return next(real, None)


# --- one token ------------------------------------------------------------------------------------

TYPED = "mistyped"


def _typed(text: str, found: Facts, random: Random) -> Change | None:
    """Make one of the mistakes that are made in one token."""
    number, mutation = random.randrange(len(found.tokens)), random.choice(list(MUTATIONS))
    made = mutant("", text, found.tokens, number, mutation)
    if made is None:
        return None
    shorter = min(len(text), len(made.text))
    start = _same(text, made.text)
    end = min(_same(text[::-1], made.text[::-1]), shorter - start)
    return Change(start, len(text) - end, made.text[start : len(made.text) - end])


def _same(one: str, other: str) -> int:
    """Count the characters that both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


# --- values of a wrong kind -----------------------------------------------------------------------


def _scalars(found: Facts, holds: Callable[[Entry], bool]) -> list[Entry]:
    return [item for item in found.entries if item.scalar is not None and holds(item)]


def _is_number(item: Entry) -> bool:
    text = (item.scalar or "").replace("_", "").replace(".", "").removeprefix("-")
    return text.isdigit() and item.path[0] != "archspec"


def _is_truth(item: Entry) -> bool:
    return item.scalar in ("true", "false")


def _is_expression(item: Entry) -> bool:
    """Say whether a number is wanted: an argument, or a number anywhere."""
    argument = "layers" in item.path and not LAYER_KEYS & set(item.path[-2:])
    plain = item.path[-2:-1] != ("layers",) and not isinstance(item.path[-2:][0], int)
    return _is_number(item) or (argument and plain and item.keyed)


def _is_name(item: Entry) -> bool:
    """Say whether a value names an operation, a block, or a layer."""
    step = item.path[-1] if item.keyed else item.path[-2]
    return step in ("op", "block", "from", "share") or item.path[-2:-1] == ("layers",)


def _keys(found: Facts, around: str) -> list[str]:
    """List the names that stand as keys below one key, as the layers of all bodies do."""
    keys = [item.path[-1] for item in found.entries if item.keyed and around in item.path[-2:-1]]
    return sorted({key for key in keys if isinstance(key, str)})


def _instead(
    found: Facts, random: Random, holds: Callable[[Entry], bool], words: Sequence[str]
) -> Change | None:
    places = _scalars(found, holds)
    if not places or not words:
        return None
    return Change(*random.choice(places).value, random.choice(words))


def _layer_for_number(text: str, found: Facts, random: Random) -> Change | None:
    return _instead(found, random, _is_expression, _keys(found, "layers"))


def _word_for_number(text: str, found: Facts, random: Random) -> Change | None:
    words = ("half", "N", "C", "w", "n", "k", "same", "auto", "none", "seven", "x2", "inf", "None")
    return _instead(found, random, _is_expression, words)


def _percentage(text: str, found: Facts, random: Random) -> Change | None:
    return _instead(found, random, _is_expression, ("50%", "10 %", "0.5%", "25%"))


def _list_for_number(text: str, found: Facts, random: Random) -> Change | None:
    change = _instead(found, random, _is_number, ("",))
    if change is None:
        return None
    old = text[change.start : change.end]
    return change._replace(new=random.choice((f"[{old}, {old}]", f"[{old}]", f"({old}, {old})")))


def _number_for_list(text: str, found: Facts, random: Random) -> Change | None:
    lists = [item for item in found.entries if text[item.value[0]] == "[" and len(item.path) > 1]
    if not lists:
        return None
    item = random.choice(lists)
    first = text[item.value[0] + 1 : item.value[1] - 1].partition(",")[0]
    return Change(*item.value, random.choice((first, "3", "relu")))


def _text_for_truth(text: str, found: Facts, random: Random) -> Change | None:
    """Write a truth value in another way, or something that says nothing of it."""
    change = _instead(found, random, _is_truth, ("nope", "'t'", "None", "bias", "half", "2"))
    if change is None or random.random() < 0.3:
        return change
    words = _WAYS[text[change.start : change.end]]
    return change._replace(new=random.choice(words))


_WAYS = {
    "true": ("yes", "on", "'true'", "1", "ture", "t", "True"),
    "false": ("no", "off", "'false'", "0", "flase", "f", "False"),
}


def _number_for_name(text: str, found: Facts, random: Random) -> Change | None:
    return _instead(found, random, _is_name, ("3", "0", "-1", "1.5", "[1, 2]", "true"))


def _name_of_another_kind(text: str, found: Facts, random: Random) -> Change | None:
    defined = [_keys(found, around) for around in ("layers", "blocks", "params")]
    kinds = (*defined, sorted(names()))
    words = random.choice(kinds)
    return _instead(found, random, lambda item: _is_name(item) or _is_expression(item), words)


def _letter(text: str, found: Facts, random: Random) -> Change | None:
    """Write a letter for a word, at a key or a value."""
    words = [item for item in found.tokens if item.kind == "name" and len(item.text) > 1]
    if not words:
        return None
    token = random.choice(words)
    return Change(token.start, token.end, random.choice("abcdefhiknwxyNCHW"))


def _another_layer(text: str, found: Facts, random: Random) -> Change | None:
    """Read another layer than was meant."""
    reads = _scalars(found, lambda item: "from" in item.path[-2:])
    if not reads:
        return None
    item = random.choice(reads)
    around = item.path[: item.path.index("from") - 1] if item.keyed else item.path[:-3]
    beside = [each.path[-1] for each in found.entries if each.path[:-1] == around]
    return Change(*item.value, str(random.choice([*beside, "input"])))


def _another_size(text: str, found: Facts, random: Random) -> Change | None:
    change = _instead(found, random, lambda item: (item.scalar or "").isdigit(), ("",))
    if change is None:
        return None
    number = int(text[change.start : change.end].strip("'\""), 10)
    new = random.choice((number * 2, number // 2, number + 1, number + 8, number * 10))
    return change._replace(new=str(new))


# --- forgotten, exchanged, repeated ---------------------------------------------------------------


def _out(found: list[Entry], random: Random) -> Change | None:
    return Change(*random.choice(found).whole, "") if found else None


def _forgotten_from(text: str, found: Facts, random: Random) -> Change | None:
    return _out([item for item in found.entries if item.path[-1] == "from"], random)


def _forgotten_layer(text: str, found: Facts, random: Random) -> Change | None:
    return _out([item for item in found.entries if item.path[-2:-1] == ("layers",)], random)


def _forgotten_argument(text: str, found: Facts, random: Random) -> Change | None:
    def holds(item: Entry) -> bool:
        return item.keyed and "layers" in item.path[:-2] and item.path[-2] != "layers"

    return _out([item for item in found.entries if holds(item)], random)


def _forgotten_parameter(text: str, found: Facts, random: Random) -> Change | None:
    return _out([item for item in found.entries if item.path[-2:-1] == ("params",)], random)


def _forgotten_definition(text: str, found: Facts, random: Random) -> Change | None:
    around = ("let", "blocks", "kernels", "inputs", "variants", "outputs")
    top = [item for item in found.entries if item.path[-2:-1] in {(name,) for name in around}]
    return _out([*top, *(item for item in found.entries if len(item.path) == 1)], random)


def _forgotten_item(text: str, found: Facts, random: Random) -> Change | None:
    return _out([item for item in found.entries if not item.keyed], random)


def _exchanged(pairs: list[tuple[Entry, Entry]], text: str, random: Random) -> Change | None:
    if not pairs:
        return None
    one, other = random.choice(pairs)
    between = text[one.own[1] : other.own[0]]
    new = text[slice(*other.own)] + between + text[slice(*one.own)]
    return Change(one.own[0], other.own[1], new)


def _layers_exchanged(text: str, found: Facts, random: Random) -> Change | None:
    pairs = neighbours(found.entries)
    return _exchanged([pair for pair in pairs if "layers" in pair[0].path[-2:-1]], text, random)


def _values_exchanged(text: str, found: Facts, random: Random) -> Change | None:
    pairs = neighbours(found.entries)
    if not pairs:
        return None
    one, other = random.choice(pairs)
    between = text[one.value[1] : other.value[0]]
    new = text[slice(*other.value)] + between + text[slice(*one.value)]
    return Change(one.value[0], other.value[1], new)


def _repeated(text: str, found: Facts, random: Random) -> Change | None:
    """Write an entry twice: a value behind itself, an item twice, a key twice."""
    item = random.choice(found.entries)
    value, own = text[slice(*item.value)], text[slice(*item.own)]
    if item.scalar is not None and random.random() < 0.5:
        return Change(*item.value, f"{value} {value}")
    flow = text[item.whole[0] : item.own[0]].strip(" ") == "" and "\n" not in text[slice(*item.own)]
    between = ", " if flow and item.whole[1] <= item.own[1] + 2 else None
    return None if between is None else Change(*item.own, f"{own}{between}{own}")


Kind = Callable[[str, Facts, Random], Change | None]

KINDS: Mapping[str, Kind] = {
    "a layer for a number": _layer_for_number,
    "a word for a number": _word_for_number,
    "a percentage": _percentage,
    "a list for a number": _list_for_number,
    "a number for a list": _number_for_list,
    "a text for a truth value": _text_for_truth,
    "a number for a name": _number_for_name,
    "a name of another kind": _name_of_another_kind,
    "a letter for a word": _letter,
    "another layer is read": _another_layer,
    "another size": _another_size,
    "a forgotten `from`": _forgotten_from,
    "a forgotten layer": _forgotten_layer,
    "a forgotten argument": _forgotten_argument,
    "a forgotten parameter": _forgotten_parameter,
    "a forgotten definition": _forgotten_definition,
    "a forgotten item": _forgotten_item,
    "layers exchanged": _layers_exchanged,
    "values exchanged": _values_exchanged,
    "repeated": _repeated,
}

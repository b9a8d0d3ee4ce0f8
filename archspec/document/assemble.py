"""Put a spec together from its files: the one that it extends, and those that it uses as blocks."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from archspec.diagnostics import (
    CallSite,
    LimitExceeded,
    Maker,
    MissingKey,
    Path,
    Place,
    Problem,
    Remedy,
    SpecCycle,
    SpecError,
    UnreadableSpec,
    Value,
    WrongType,
)
from archspec.document.document import Spec
from archspec.document.errors import quoted
from archspec.document.read import read_spec, yaml_path
from archspec.expressions import Poisoned
from archspec.source import Limits, Source, read
from archspec.source.files import FileError, read_file
from archspec.source.library import Found, SpecNotFound, find_beside

BY_NAME = frozenset(["params", "let", "blocks", "kernels", "init", "variants"])
"""The keys that are merged by name with those of the file that is extended."""

MOST_CALLS = 4
"""How many of the calls that led to a problem are told."""


@dataclass(frozen=True, slots=True)
class Included:
    """A spec that another one uses: the document, a variant of it, and the specs that it uses.

    `step` is what the places in it begin with, so that they are reported in its own file.
    """

    spec: Spec
    step: str
    variant: str | None = None
    included: Mapping[str, "Included"] = field(default_factory=dict)


Library = Mapping[str, Included]
"""The specs that a spec uses, by the names by which it calls them."""


# --- places: from the document to the file and the line where they stand -----------------------


@dataclass(frozen=True, eq=False)
class Text:
    """The text of a spec, the one that it extends, and the data of both together."""

    source: Source
    base: "Text | None"
    data: object

    def home(self, path: Path) -> Source:
        """Find in which file a part of the data stands."""
        if self.base is None or not path:
            return self.source
        own = self.source.data
        key = path[0]
        if not isinstance(own, dict) or key not in own:
            return self.base.home(path)
        part = own[key]
        if key in BY_NAME and len(path) > 1 and isinstance(part, dict) and path[1] not in part:
            return self.base.home(path)
        return self.source


@dataclass(frozen=True, eq=False)
class Texts:
    """The texts of a spec and of those that it uses, by what the places in them begin with."""

    main: Text
    known: dict[Path, Text] = field(default_factory=dict)

    def locate(self, place: Place) -> tuple[Source, Place | None]:
        """Give the file and the place in its YAML; no place for what the command line said."""
        if place.path and str(place.path[0]).startswith("--"):
            return self.main.source, None
        text, path = self.main_text, place.path
        if place.path[:1] in self.known:
            text, path = self.known[place.path[:1]], place.path[1:]
        found = yaml_path(text.data, path)
        return text.home(found), Place(found, place.key, place.offset)

    @classmethod
    def of(cls, source: Source) -> "Texts":
        """Begin with a text of which no other file is known yet."""
        return cls(Text(source, None, source.data))

    @property
    def main_text(self) -> Text:
        """The spec itself, with what it extends."""
        return self.known.get((), self.main)

    def line(self, path: Path) -> str:
        """Say on which line a layer stands, and in which file where that is another."""
        source, place = self.locate(Place(path, key=True))
        assert place is not None
        other = "" if source is self.main.source else f" of {source.name}"
        return f"line {source.span(place).line}{other}"

    def located(self, problem: Problem) -> Problem:
        """Find a problem in its file, with where its operands come from and who called."""
        assert problem.place is not None
        source, where = self.locate(problem.place)
        if where is None:
            option = " ".join(str(step) for step in problem.place.path)
            notes = (*problem.notes, f"`{option}` was given beside the spec")
            return source.located(replace(problem, notes=notes, place=None, nearby=()))
        homes = [(*self.locate(place), text) for place, text in problem.nearby]
        nearby = tuple((at, text) for home, at, text in homes if at is not None and home is source)
        makers = (self.maker(source, item) for item in problem.makers)
        notes = (*problem.notes, *makers, *self.stack(source, problem.calls))
        return source.located(replace(problem, notes=notes, place=where, nearby=nearby))

    def maker(self, home: Source, item: Maker) -> str:
        """Say which layer of a block made a value."""
        source, place = self.locate(Place(item.path, key=True))
        assert place is not None
        where = "" if source is home else f" of {source.name}"
        line = source.span(place).line
        return f"`{item.name}` is {item.shape}, made at line {line}{where}, in block `{item.block}`"

    def stack(self, home: Source, calls: tuple[CallSite, ...]) -> list[str]:
        """Say in which calls a problem was found, the innermost first; of many not all."""
        notes = [self.call(home, call) for call in reversed(calls)]
        if len(notes) <= MOST_CALLS:
            return notes
        return [*notes[:2], f"and {len(notes) - 3} calls more", notes[-1]]

    def call(self, home: Source, call: CallSite) -> str:
        """Say in which call a problem was found."""
        path = call.path
        if path[-2:-1] == ("blocks",) and path[-1] == call.name:
            return f"in block `{call.name}`, which nothing calls here"
        source, place = self.locate(Place(path, key=True))
        assert place is not None
        line = source.span(place).line
        where = "" if source is home else f" of {source.name}"
        kind = "" if where else "block "
        note = f"in {kind}`{call.name}`, called at line {line}{where}"
        return f"{note}, in its repetition {call.repetition}" if call.repetition else note


# --- putting files together --------------------------------------------------------------------

MOST_FILES = 64
"""The most files of which a spec may be put together."""

_OTHERS = frozenset(["let", "params", "input", "outputs"])
"""What holds keys of other kinds than those of a layer."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """A document with all that it uses, the texts it comes from, and the problems in them."""

    spec: Spec | None
    texts: Texts
    found: tuple[Problem, ...] = ()
    included: Mapping[str, Included] = field(default_factory=dict)


def assemble(source: Source) -> Assembled:
    """Read a spec and whatever other files it names."""
    assembler = _Assembler(Texts.of(source))
    spec, included = assembler.document((), source, ())
    return Assembled(spec, assembler.texts, tuple(assembler.found), included)


@dataclass(slots=True)
class _Assembler:
    """Reads each file once; `texts` and `found` grow."""

    texts: Texts
    found: list[Problem] = field(default_factory=list)
    read: dict[str, Included | None] = field(default_factory=dict)
    files: int = 1

    def document(
        self, root: Path, source: Source, stack: tuple[str, ...]
    ) -> tuple[Spec | None, dict[str, Included]]:
        """Read the document of a text, and the specs that it uses; `stack` are those around it."""
        text = self.extended(root, source, stack)
        whole = text or Text(source, None, _own(source.data))
        self.texts.known[root] = whole
        spec, problems = read_spec(whole.data)
        for problem, place in problems:
            follows = text is None and place.path == () and isinstance(problem, MissingKey)
            if not follows:
                self.report(problem, place, root)
        return (spec, self.included(root, whole, stack)) if text else (None, {})

    def report(self, problem: Problem, place: Place, root: Path) -> None:
        """Keep a problem with its place in the right file."""
        whole = Place((*root, *place.path), place.key, place.offset)
        self.found.append(self.texts.located(problem.at(whole)))

    # --- extends --------------------------------------------------------------------------------

    def extended(self, root: Path, source: Source, stack: tuple[str, ...]) -> Text | None:
        """Lay a text over the one that it extends; `None` where that failed and is reported."""
        data, place = source.data, Place(("extends",))
        if not isinstance(data, dict) or "extends" not in data:
            return Text(source, None, data)
        self.texts.known[root] = Text(source, None, data)
        try:
            name = data["extends"]
            if not isinstance(name, str):
                raise WrongType(f"`extends` names a file or a spec, not {quoted(name)}")
            found, base = self.opened(name, source, stack)
            if found.variant is not None:
                text = f"`{name}` is a variant of `{found.name}`, and a file is extended as a whole"
                stem = found.path.stem
                raise UnreadableSpec(text, help=Remedy(f"write `extends: {stem}`", Value(stem)))
        except Problem as problem:
            self.report(problem, place, root)
            return None
        except Poisoned:
            return None
        below = self.extended(root, base, (*stack, str(found.path)))
        return below and Text(source, below, _merged(below.data, _own(data)))

    def opened(self, name: str, source: Source, stack: tuple[str, ...]) -> tuple[Found, Source]:
        """Find and read a spec by the name that another one has for it."""
        if not name:
            raise UnreadableSpec("the name of a spec is empty")
        self.files += 1
        if self.files > MOST_FILES:
            raise LimitExceeded(f"a spec may be put together from {MOST_FILES} files at most")
        try:
            found = find_beside(name, source.folder)
            if str(found.path) in stack:
                raise SpecCycle(f"`{name}` leads back to itself")
            content = read_file(found.path, Limits().bytes + 1)
        except FileError as error:
            raise UnreadableSpec(f"`{error.name}` {error.reason}") from None
        except SpecNotFound as error:
            raise UnreadableSpec(str(error)) from None
        try:
            inner = read(content, _shown(found, source), folder=found.path.parent)
        except SpecError as error:
            self.found += error.diagnostics
            raise Poisoned from None
        self.found += inner.diagnostics
        if not isinstance(inner.data, dict):
            text = f"a spec is a mapping of keys such as `layers`, not {quoted(inner.data)}"
            self.found.append(inner.located(WrongType(text).at(Place(()))))
            raise Poisoned
        return found, inner

    # --- specs as blocks --------------------------------------------------------------------------

    def included(self, root: Path, text: Text, stack: tuple[str, ...]) -> dict[str, Included]:
        """Read the specs that layers name by `spec`."""
        known: dict[str, Included] = {}
        for path, name in _named(text.data, ()):
            try:
                found = None if name in known else self.one(name, text.home(path), stack)
            except Problem as problem:
                self.report(problem, Place(path), root)
                continue
            except Poisoned:
                continue
            if found is not None:
                known[name] = found
        return known

    def one(self, name: str, source: Source, stack: tuple[str, ...]) -> Included | None:
        """Read one spec, unless that has been done."""
        found, inner = self.opened(name, source, stack)
        key = f"{found.path} {found.variant}"
        if key not in self.read:
            step = f"spec:{len(self.read)}:{found.name}"
            spec, included = self.document((step,), inner, (*stack, str(found.path)))
            failed = spec is None or any(item.severity == "error" for item in inner.diagnostics)
            made = None if failed or spec is None else Included(spec, step, found.variant, included)
            self.read[key] = made
        return self.read[key]


def _shown(found: Found, source: Source) -> str:
    """Name a file from where the one that names it is named, so that both can be opened there."""
    beside = source.folder is not None and found.path == source.folder / found.name
    return os.path.join(os.path.dirname(source.name), found.name) if beside else found.name


def _named(data: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Find every `spec: name` in the data, and where it stands."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "spec" and isinstance(value, str) and value and _is_layer(data, path):
                yield (*path, key), value
            elif isinstance(value, dict | list):
                yield from _named(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _named(value, (*path, index))


def _is_layer(data: dict[str, object], path: Path) -> bool:
    """Say whether a mapping with `spec` is a layer by no other key, and nothing else either."""
    alone = not {"op", "block", "layers", "share"} & data.keys()
    return alone and bool(path) and path[-1] not in _OTHERS


def _own(data: object) -> object:
    """Leave out the key that names another file."""
    if not isinstance(data, dict):
        return data
    return {key: value for key, value in data.items() if key != "extends"}


def _merged(base: object, own: object) -> object:
    """Lay the keys of a file over those of the file that it extends."""
    assert isinstance(base, dict) and isinstance(own, dict)
    merged = {key: value for key, value in base.items() if key != "expect"}
    if isinstance(merged.get("variants"), dict):
        merged["variants"] = {
            name: _without_claims(variant) for name, variant in merged["variants"].items()
        }
    for key in ("input", "inputs") if {"input", "inputs"} & own.keys() else ():
        merged.pop(key, None)
    for key, value in own.items():
        before = merged.get(key)
        by_name = key in BY_NAME and isinstance(before, dict) and isinstance(value, dict)
        merged[key] = _joined(before, value) if by_name else value
    return merged


def _joined(base: object, own: object) -> object:
    assert isinstance(base, dict) and isinstance(own, dict)
    return {**base, **own}


def _without_claims(variant: object) -> object:
    if not isinstance(variant, dict):
        return variant
    return {key: value for key, value in variant.items() if key != "expect"}

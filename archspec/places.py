"""Lead from places in the document to the file and the line where they stand."""

from dataclasses import dataclass, field

from archspec.diagnostics import Diagnostic, Path, Place, Problem
from archspec.elaborate import Finding, Followed, Made
from archspec.source import Source
from archspec.spec import yaml_path

BY_NAME = frozenset(["params", "let", "blocks", "kernels", "init", "variants"])
"""The keys that are merged by name with those of the file that is extended."""

MOST_CALLS = 4
"""How many of the calls that led to a problem are told."""


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

    def told(self, problem: Problem, place: Place) -> Diagnostic:
        """Tell a problem at a place of the document."""
        source, where = self.locate(place)
        if where is None:
            option = " ".join(str(step) for step in place.path)
            problem.notes += (f"`{option}` was given beside the spec",)
        return source.diagnostic(problem, where)

    def told_finding(self, finding: Finding) -> Diagnostic:
        """Tell a finding of the elaboration, with where its operands come from and who called."""
        source, where = self.locate(finding.place)
        if where is None:
            return self.told(finding.problem, finding.place)
        related = []
        for place, text in finding.related:
            home, found = self.locate(place)
            if found is not None and home is source:
                related.append((found, text))
        made = (self.made(source, item) for item in finding.made)
        finding.problem.notes += (*made, *self.stack(source, finding.calls))
        return source.diagnostic(finding.problem, where, tuple(related))

    def made(self, home: Source, item: Made) -> str:
        """Say which layer of a block made a value."""
        source, place = self.locate(Place(item.path, key=True))
        assert place is not None
        where = "" if source is home else f" of {source.name}"
        line = source.span(place).line
        return f"`{item.name}` is {item.shape}, made at line {line}{where}, in block `{item.block}`"

    def stack(self, home: Source, calls: tuple[Followed, ...]) -> list[str]:
        """Say in which calls a problem was found, the innermost first; of many not all."""
        told = [self.call(home, call) for call in reversed(calls)]
        if len(told) <= MOST_CALLS:
            return told
        return [*told[:2], f"and {len(told) - 3} calls more", told[-1]]

    def call(self, home: Source, call: Followed) -> str:
        """Say in which call a problem was found."""
        path = call.path
        if path[-2:-1] == ("blocks",) and path[-1] == call.name:
            return f"in block `{call.name}`, which nothing calls here"
        source, place = self.locate(Place(path, key=True))
        assert place is not None
        line = source.span(place).line
        where = "" if source is home else f" of {source.name}"
        told = f"in `{call.name}`, called at line {line}{where}"
        told = told.replace("in `", "in block `", 1) if not where else told
        return f"{told}, in its repetition {call.repetition}" if call.repetition else told

"""Place what layers have of their own in their class: rules for weights, and shared weights."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from archspec.emit.argument import Tied
from archspec.emit.classes.layer_paths import LayerPaths, everywhere
from archspec.emit.constructing.notes import Notes
from archspec.emit.initial import OwnInit, attribute_text, loops, tying
from archspec.emit.naming.names import Names
from archspec.emit.pieces import INDENT
from archspec.emit.slots import CannotSay
from archspec.emit.tracing.trace import Trace


@dataclass(frozen=True, slots=True)
class PlacedRules:
    """The rules and ties of one class, as they were noted while its layers were written."""

    names: Names
    notes: Notes

    @property
    def paths(self) -> LayerPaths:
        """What finds the ways to layers."""
        return LayerPaths(self.names)

    def initial(self) -> Iterator[OwnInit]:
        """Give the rules that layers have of their own, where they stand in the class."""
        found = [dict(self.rules_in(trace)) for trace in self.names.traces]
        if any(item.keys() != found[0].keys() for item in found):
            raise CannotSay("layers with rules of their own stand elsewhere in some uses")
        yield from found[0].values()
        yield from self.notes.literal_rules

    def rules_in(self, trace: Trace) -> Iterator[tuple[tuple[str, ...], OwnInit]]:
        """Give the rules of layers in one use by the way that leads to them."""
        known = {
            path: own
            for (identity, path), own in self.notes.initial.items()
            if identity == id(trace) and path in trace.nodes and own.rules
        }
        seen = set[tuple[str, ...]]()
        for path, own in known.items():
            for steps in self.paths.ways(trace, path) if everywhere(trace, path) else ():
                seen.add(steps)
                yield steps, replace(own, path=steps)
        for path, own in known.items():
            if everywhere(trace, path) or seen.issuperset(self.paths.ways(trace, path)):
                continue
            for steps in self.paths.ways(trace, path, counted=True):
                yield steps, replace(own, path=steps)

    def ties(self) -> tuple[list[str], tuple[Tied, ...]]:
        """Let layers have the weights of others; those of bodies around are left to their class."""
        lines, outward, trace = dict[str, None](), [], self.names.traces[0]
        for (identity, path), tied in self.notes.ties.items():
            steps = self.paths.attribute_path(trace, path) if identity == id(trace) else None
            if steps is None:
                continue
            bodies = [index for index in range(len(path)) if path[:index] in trace.bodies]
            if tied.up >= len(bodies):
                outward.append(replace(tied, path=steps, up=tied.up - len(bodies)))
                continue
            body = path[: bodies[len(bodies) - 1 - tied.up]]
            lines |= dict.fromkeys(self.tied_in(body, steps, tied))
        return [f"        {line}" for line in lines], tuple(outward)

    def tied_in(self, body: tuple[str, ...], steps: tuple[str, ...], tied: Tied) -> Iterator[str]:
        """Write how the layer at `steps` gets a weight of its body, in loops where that repeats."""
        trace = self.names.traces[0]
        around = self.paths.attribute_path(trace, body) or ()
        heads, owner = loops("self", around)
        source = self.paths.attribute_path(trace, (*body, *tied.source), counted=True) or ()
        text = f"{attribute_text(owner, source[len(around) :])}.{tied.weight}"
        yield from (f"{INDENT * depth}{head}" for depth, head in enumerate(heads))
        for line in tying(owner, steps[len(around) :], tied.weight, text):
            yield f"{INDENT * len(heads)}{line}"

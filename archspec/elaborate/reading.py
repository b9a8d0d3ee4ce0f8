"""What the keys say that are read before a layer is built: `from`, `when` and `repeat`."""

import re

from archspec.diagnostics import LimitExceeded, OutOfRange, Path, Place, Problem, UnknownReference
from archspec.elaborate.chains import MOST_DIFFERENT
from archspec.elaborate.frames import Frame
from archspec.elaborate.keys import mentions
from archspec.elaborate.outside import with_outside
from archspec.elaborate.plain import reads_nothing
from archspec.elaborate.report import Report
from archspec.elaborate.values import integer, number, truth
from archspec.expressions import Poisoned, filled
from archspec.graph import Port
from archspec.spec import Layer, Spec


def asked(
    report: Report, spec: Spec, frame: Frame, layer: Layer, path: Path, index: int = 0
) -> tuple[Port, ...]:
    """Find what a layer, or the repetition `index` of one, reads.

    Each reference that leads nowhere is reported at its place.
    """
    if layer.reads is None:
        return () if reads_nothing(spec, layer) else frame.values.asked(None)
    found: list[Port] = []
    failed = False
    scope = frame.keys if layer.repeat is None else frame.keys.extended({"index": index})
    for place, reference in enumerate(layer.references or ()):
        try:
            found += named(frame, filled(reference, scope))
        except Problem as problem:
            failed = True
            report.add(problem, Place((*path, "from", place)))
        except Poisoned:
            failed = True
    if failed:
        raise Poisoned
    return tuple(found)


def named(frame: Frame, reference: str) -> tuple[Port, ...]:
    """Find what a reference names; of a layer around the body it is told how it is passed."""
    try:
        return frame.values.asked((reference,))
    except UnknownReference as problem:
        name = reference.partition(".")[0]
        known = name in frame.values.gives or name in frame.values.later
        raise problem if known else with_outside(frame, reference, problem) from None


def times(report: Report, frame: Frame, layer: Layer, path: Path) -> int | None:
    """Say how often a layer is repeated: 0 where it is absent, `None` without `repeat`."""
    if layer.when is not None:
        with report.at(Place((*path, "when"))):
            if not truth(layer.when, frame.keys):
                return 0
    if layer.repeat is None:
        return None
    with report.at(Place((*path, "repeat"))):
        return _repeat(frame, layer)


def _repeat(frame: Frame, layer: Layer) -> int:
    count = integer("`repeat`")(number(layer.repeat, frame.keys))
    if count < 0:
        raise OutOfRange(f"`repeat` must be at least 0, not {count}")
    if count > MOST_DIFFERENT and mentions(layer, "index"):
        raise LimitExceeded(
            f"`repeat` makes {count:,} repetitions that differ by `index`, and at most "
            f"{MOST_DIFFERENT:,} may differ"
        )
    return count


def differs(layer: Layer) -> bool:
    """Say whether the repetitions of a layer read different values."""
    return any("{" in item and mentions_index(item) for item in layer.references or ())


def mentions_index(reference: str) -> bool:
    """Say whether a reference differs from repetition to repetition.

    >>> mentions_index("down{depth - index}"), mentions_index("index")
    (True, False)
    """
    return any(re.search(r"\bindex\b", part) for part in re.findall(r"\{([^{}]*)\}", reference))

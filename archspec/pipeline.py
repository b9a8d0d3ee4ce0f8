"""The whole compiler on one screen: the steps from the text of a spec to a checked network."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from operator import or_

from archspec.analysis import check_claims, unused
from archspec.analysis.nearest_sizes import Required, fitted
from archspec.analysis.warnings import Allowances, lint
from archspec.diagnostics import ClaimFails, Place, Problem
from archspec.diagnostics.causes import causes, together
from archspec.document import Included, Spec, Texts, assemble
from archspec.elaborate import Choice, Standing, elaborate
from archspec.graph import Network
from archspec.source import Source


@dataclass(frozen=True, slots=True)
class Settings:
    """What a caller says beside the spec.

    `parameters` are laid over the spec's (values as YAML gives them), after those of `variant`.
    `inputs` are shapes without the batch, with texts for sizes that are free:
    `{"input": (3, 256, "W")}`.
    """

    parameters: Mapping[str, object] = field(default_factory=dict)
    variant: str | None = None
    inputs: Mapping[str, tuple[int | str, ...]] = field(default_factory=dict)

    @property
    def suspends_claims(self) -> bool:
        """Whether the network is another than the one that the spec makes claims about."""
        return bool(self.parameters or self.inputs)

    @property
    def choice(self) -> Choice:
        """The same for the elaboration."""
        return Choice(self.variant, self.parameters, self.inputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What has come of a text: a network where there were no errors, and every problem so far.

    `requirements` say for which sizes the network is valid, where its input has free ones, and
    `standing` which layers were built, in it or in one of its variants.
    """

    source: Source = field(repr=False)
    settings: Settings
    texts: Texts = field(repr=False)
    spec: Spec | None = None
    included: Mapping[str, Included] = field(default_factory=dict, repr=False)
    network: Network | None = None
    standing: Standing = field(default=Standing(), repr=False)
    requirements: tuple[str, ...] = ()
    diagnostics: tuple[Problem, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether one of the diagnostics is an error."""
        return _any_error(self.diagnostics)

    def add(self, problems: Iterable[Problem]) -> "Outcome":
        """Add problems of the document, each of which is looked up in its text."""
        located = map(self.texts.located, problems)
        return replace(self, diagnostics=(*self.diagnostics, *located))


def compile(source: Source, settings: Settings = Settings()) -> Outcome:
    """Compile one spec for one set of parameters; never raises for a bad one.

    A claim that fails is a warning here: the network is there, and what is wrong with it can be
    looked at.
    """
    outcome = _compiled(source, settings)
    kept = Allowances.of(source).kept(outcome.diagnostics) if outcome.diagnostics else []
    return replace(outcome, diagnostics=tuple(map(_lenient, kept)))


def _compiled(source: Source, settings: Settings) -> Outcome:
    outcome = Outcome(source=source, settings=settings, texts=Texts.of(source))
    for step in STEPS:
        outcome = step(outcome)
        if outcome.spec is None:
            break
    return _whole(outcome)


def _assemble(outcome: Outcome) -> Outcome:
    """Read the document, and the files that it names."""
    whole = assemble(outcome.source)
    return replace(
        outcome,
        spec=whole.spec,
        texts=whole.texts,
        included=whole.included,
        diagnostics=whole.found,
    )


def _elaborate(outcome: Outcome) -> Outcome:
    """Build the network, and say which sizes would fit where those of `--input` do not."""
    assert outcome.spec is not None
    build = partial(elaborate, outcome.spec, included=outcome.included)
    elaboration = build(outcome.settings.choice)
    built = replace(outcome, network=elaboration.network, standing=elaboration.standing)
    if not elaboration.problems:
        return built
    return built.add(fitted(build, outcome.settings.choice, elaboration.problems))


def _require(outcome: Outcome) -> Outcome:
    """Say for which sizes the network is valid; that there are none is an error."""
    network = outcome.network
    if network is None or not network.conditions or _broken(outcome.diagnostics):
        return outcome
    required = Required.of(network, outcome.texts.line)
    problems = (problem.at(place) for problem, place in required.problems())
    return replace(outcome, requirements=required.texts()).add(problems)


def _check_claims(outcome: Outcome) -> Outcome:
    """Hold what the spec says of its network against it."""
    spec, variant = outcome.spec, outcome.settings.variant
    if spec is None or outcome.network is None or outcome.settings.suspends_claims:
        return outcome
    if _broken((*outcome.diagnostics, *outcome.source.diagnostics)):
        return outcome
    claims = spec.expect if variant is None else spec.variants[variant].expect
    path = ("expect",) if variant is None else ("variants", variant, "expect")
    if claims is None:
        return outcome
    failing = check_claims(outcome.network, claims, path)
    return outcome.add(problem.at(place) for problem, place in failing)


def _find_unused(outcome: Outcome) -> Outcome:
    """Warn of what nothing mentions, where nothing else is wrong."""
    if outcome.diagnostics or outcome.spec is None:
        return outcome
    whole = outcome.add(problem.at(place) for problem, place in unused(outcome.spec))
    own = (item for item in whole.diagnostics if item.file == outcome.source.name)
    return replace(outcome, diagnostics=tuple(own))


def _keep_causes(outcome: Outcome) -> Outcome:
    """Leave out what follows from something else."""
    if not outcome.diagnostics:
        return outcome
    return replace(outcome, diagnostics=tuple(causes(outcome.diagnostics)))


STEPS: tuple[Callable[[Outcome], Outcome], ...] = (
    _assemble,
    _elaborate,
    _require,
    _check_claims,
    _find_unused,
    _keep_causes,
)
"""What is done with a text that was read, in this order; without a document the rest is idle."""


def _whole(outcome: Outcome) -> Outcome:
    """Add what is wrong with the text itself; what follows from broken YAML on its line goes."""
    own = outcome.source.diagnostics
    lines = {(item.file, item.span.line) for item in own if item.severity == "error" and item.span}
    sound = (
        item
        for item in outcome.diagnostics
        if item.span is None or (item.file, item.span.line) not in lines
    )
    diagnostics = tuple(dict.fromkeys((*own, *sound)))
    network = None if _broken(diagnostics) else outcome.network
    return replace(outcome, network=network, diagnostics=diagnostics)


def check(source: Source, settings: Settings = Settings(), *, strict: bool = False) -> Outcome:
    """Do what `validate` does: without settings also every variant, each with its own claims.

    A claim that fails is an error. Beside errors it looks for what is legal and probably wrong;
    with `strict` that is an error.
    """
    outcome, is_whole = _compiled(source, settings), settings == Settings()
    names = outcome.spec.variants if outcome.spec is not None and is_whole else ()
    others = {name: _compiled(source, Settings(variant=name)) for name in names}
    every = (outcome.diagnostics, *map(_in_variant, others, others.values()))
    problems = together(item for one in every for item in one)
    if not _any_error(problems):
        problems += _warned(outcome, others)
    diagnostics = tuple(Allowances.of(source).applied(problems, is_whole=is_whole))
    if strict:
        diagnostics = tuple(replace(item, counts_as="error") for item in diagnostics)
    network = None if _any_error(diagnostics) else outcome.network
    standing = reduce(or_, (one.standing for one in others.values()), outcome.standing)
    return replace(outcome, network=network, diagnostics=diagnostics, standing=standing)


def _in_variant(name: str, outcome: Outcome) -> Iterator[Problem]:
    """Say of what was found in a variant that it was, unless its line is of the variant."""
    for item in outcome.diagnostics:
        is_plain = item.severity == "warning" or _is_within(item, name, outcome.texts)
        note = f"so it is in the variant `{name}`"
        yield item if is_plain else replace(item, notes=(*item.notes, note))


def _is_within(item: Problem, variant: str, texts: Texts) -> bool:
    source, place = texts.locate(Place(("variants", variant)))
    if place is None or item.span is None or item.file != source.name:
        return False
    span = source.span(place)
    return span.line <= item.span.line <= span.end_line


def _warned(outcome: Outcome, others: Mapping[str, Outcome]) -> Iterator[Problem]:
    """Look for what is probably wrong in all networks; that of another file comes with it."""
    variants = {name: one.network for name, one in others.items() if one.network is not None}
    if outcome.network is None:
        return
    for problem in lint(outcome.network, variants):
        located = outcome.texts.located(problem)
        if located.file == outcome.source.name:
            yield located


def _lenient(item: Problem) -> Problem:
    return replace(item, counts_as="warning") if isinstance(item, ClaimFails) else item


def _any_error(problems: Iterable[Problem]) -> bool:
    return any(item.severity == "error" for item in problems)


def _broken(problems: Iterable[Problem]) -> bool:
    """Say whether there is an error that leaves no network; a claim that fails does not."""
    return any(item.severity == "error" and not isinstance(item, ClaimFails) for item in problems)

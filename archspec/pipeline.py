"""The whole compiler on one screen: text, document, network, claims."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from operator import or_

from archspec.analysis import check_claims, unused
from archspec.analysis.nearest_sizes import Required, fitted
from archspec.analysis.warnings import Allowances, lint
from archspec.assemble import Texts, assemble
from archspec.diagnostics import ClaimFails, Diagnostic, Path, Place
from archspec.diagnostics.causes import causes, together
from archspec.document import Claims, Spec
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a text: a network where there were no errors, and all that was found.

    `requirements` say for which sizes the network is valid, where its input has free ones, and
    `standing` which layers were built, in it or in one of its variants.
    """

    network: Network | None
    diagnostics: tuple[Diagnostic, ...]
    spec: Spec | None = None
    requirements: tuple[str, ...] = ()
    texts: Texts | None = field(default=None, repr=False)
    standing: Standing = field(default=Standing(), repr=False)

    @property
    def failed(self) -> bool:
        """Whether one of the diagnostics is an error."""
        return _any_error(self.diagnostics)


def compile(source: Source, settings: Settings = Settings()) -> Outcome:
    """Read, elaborate and check one spec for one set of parameters; never raises for a bad one.

    A claim that fails is a warning here: the network is there, and what is wrong with it can be
    looked at.
    """
    outcome = _compiled(source, settings)
    if not outcome.diagnostics:
        return outcome
    kept = Allowances.of(source).kept(outcome.diagnostics)
    return replace(outcome, diagnostics=tuple(map(_lenient, kept)))


def _lenient(item: Diagnostic) -> Diagnostic:
    return replace(item, lenient=True) if item.problem is ClaimFails else item


def _compiled(source: Source, settings: Settings) -> Outcome:
    """Do the same, and tell also of what comments allow."""
    whole = assemble(source)
    spec, texts, found = whole.spec, whole.texts, list(whole.found)
    if spec is None:
        return _outcome(source, found, None, spec)
    build = partial(elaborate, spec, included=whole.included)
    elaboration = build(_choice(settings))
    findings = fitted(build, _choice(settings), elaboration.findings)
    found += [texts.told_finding(finding) for finding in findings]
    network = elaboration.network
    requirements: tuple[str, ...] = ()
    if network is not None and network.conditions and not _broken(found):
        requirements, impossible = _sizes(texts, network)
        found += impossible
    if network is not None and not _broken((*found, *source.diagnostics)):
        found += _claims(texts, spec, settings, network)
    if not found:
        told = (texts.told(*problem) for problem in unused(spec))
        found += [item for item in told if item.file == source.name]
    outcome = _outcome(source, causes(found), network, spec, requirements)
    return replace(outcome, texts=texts, standing=elaboration.standing)


def check(source: Source, settings: Settings = Settings(), *, strict: bool = False) -> Outcome:
    """Do what `validate` does: without settings also every variant, each with its own claims.

    A claim that fails is an error.

    Beside errors it looks for what is legal and probably wrong. With `strict` that is an error.
    """
    outcome, is_whole = _compiled(source, settings), settings == Settings()
    names = outcome.spec.variants if outcome.spec is not None and is_whole else ()
    others = {name: _compiled(source, Settings(variant=name)) for name in names}
    every = (outcome.diagnostics, *map(_in_variant, others, others.values()))
    found = together(item for one in every for item in one)
    if not _any_error(found):
        found += _warned(source, outcome, others)
    told = Allowances.of(source).told(found, is_whole=is_whole)
    diagnostics = tuple(replace(item, strict=strict) for item in told) if strict else tuple(told)
    network = None if _any_error(diagnostics) else outcome.network
    standing = reduce(or_, (one.standing for one in others.values()), outcome.standing)
    return replace(outcome, network=network, diagnostics=diagnostics, standing=standing)


def _in_variant(name: str, outcome: Outcome) -> Iterator[Diagnostic]:
    """Say of what was found in a variant that it was, unless its line is of the variant."""
    for item in outcome.diagnostics:
        told = item.severity == "warning" or _is_within(item, name, outcome.texts)
        note = f"so it is in the variant `{name}`"
        yield item if told else replace(item, notes=(*item.notes, note))


def _is_within(item: Diagnostic, variant: str, texts: Texts | None) -> bool:
    source, place = texts.locate(Place(("variants", variant))) if texts else (None, None)
    if source is None or place is None or item.span is None or item.file != source.name:
        return False
    span = source.span(place)
    return span.line <= item.span.line <= span.end_line


def _warned(
    source: Source, outcome: Outcome, others: Mapping[str, Outcome]
) -> Iterator[Diagnostic]:
    """Look for what is probably wrong in all networks; that of another file is told with it."""
    texts = outcome.texts
    variants = {name: one.network for name, one in others.items() if one.network is not None}
    if texts is None or outcome.network is None:
        return
    for finding in lint(outcome.network, variants):
        told = texts.told_finding(finding)
        if told.file == source.name:
            yield told


def _any_error(found: Iterable[Diagnostic]) -> bool:
    return any(item.severity == "error" for item in found)


def _broken(found: Iterable[Diagnostic]) -> bool:
    """Say whether there is an error that leaves no network; a claim that fails does not."""
    return any(item.severity == "error" and item.problem is not ClaimFails for item in found)


def _choice(settings: Settings) -> Choice:
    return Choice(settings.variant, settings.parameters, settings.inputs)


def _sizes(texts: Texts, network: Network) -> tuple[tuple[str, ...], list[Diagnostic]]:
    """Say for which sizes a network is valid, and tell the requirements that no size meets."""
    required = Required.of(network, texts.line)
    return required.texts(), [texts.told(*problem) for problem in required.problems()]


def _claims(texts: Texts, spec: Spec, settings: Settings, network: Network) -> Iterator[Diagnostic]:
    if settings.suspends_claims:
        return
    claims: Claims | None = spec.expect
    path: Path = ("expect",)
    if settings.variant is not None:
        claims, path = (
            spec.variants[settings.variant].expect,
            ("variants", settings.variant, "expect"),
        )
    if claims is not None:
        for problem in check_claims(network, claims, path):
            yield texts.told(*problem)


def _outcome(
    source: Source,
    found: list[Diagnostic],
    network: Network | None,
    spec: Spec | None,
    requirements: tuple[str, ...] = (),
) -> Outcome:
    """Put the findings together; what follows from broken YAML on its line is not told again."""
    errors = [item for item in source.diagnostics if item.severity == "error"]
    lines = {(item.file, item.span.line) for item in errors if item.span is not None}
    sound = (
        item for item in found if item.span is None or (item.file, item.span.line) not in lines
    )
    diagnostics = tuple(dict.fromkeys((*source.diagnostics, *sound)))
    return Outcome(None if _broken(diagnostics) else network, diagnostics, spec, requirements)

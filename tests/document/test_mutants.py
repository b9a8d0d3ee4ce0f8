"""A changed token is a message or another network; a planted mistake is told once, two are both."""

from functools import cache
from itertools import islice

import pytest
from support.mutants.equivalences import REASONS
from support.mutants.mutations import MUTATIONS, Mutant, mutant
from support.mutants.nearness import in_order, leads_to
from support.mutants.originals import original, shown, texts
from support.mutants.planted import Planted, exact, planted, told
from support.mutants.sample import sample
from support.mutants.tokens import tokens
from support.mutants.verdicts import Verdict, judge, messages
from support.sampling import sampled

MUTANTS = 1_000
BATCH = 50
SINGLE = 100
PAIRS = 500
TEXT = "layers: {fc: {op: linear, out_features: 4 * planes}}  # classes\nname: Net\n"


@cache
def drawn() -> tuple[Mutant, ...]:
    return tuple(islice(sample(), MUTANTS))


@pytest.mark.parametrize("first", sampled(range(0, MUTANTS, BATCH), range(0, 200, BATCH)))
def test_a_mutant_is_told_near_its_token_or_is_another_network(first: int) -> None:
    found = [(item, judge(item)) for item in drawn()[first : first + BATCH]]
    assert not [said(*pair) for pair in found if pair[1].kind in ("silent", "traceback")]
    reported = [(item, verdict) for item, verdict in found if verdict.kind == "reported"]
    far = [said(*pair) for pair in reported if not is_near(*pair)]
    assert len(reported) > BATCH // 2
    assert len(far) <= 0.15 * len(reported), "\n\n".join(far)  # 5 % of all is held by the tool


def is_near(item: Mutant, verdict: Verdict) -> bool:
    return leads_to(in_order(verdict.diagnostics)[0], item)


def said(item: Mutant, verdict: Verdict) -> str:
    messages = (f"{each.span} {each.message}" for each in verdict.diagnostics)
    return "\n".join(
        (verdict.kind, item.mutation, shown(item.spec, item.text), verdict.reason, *messages)
    )


def test_the_sample_is_fixed_and_holds_every_mutation_of_every_spec() -> None:
    assert tuple(islice(sample(), 100)) == drawn()[:100]
    assert {item.mutation for item in drawn()} == MUTATIONS.keys()
    assert {item.spec for item in drawn()} == texts().keys()
    assert all(item.text != texts()[item.spec] for item in drawn())


def test_a_mutant_differs_in_one_token_or_two_that_are_swapped() -> None:
    found = [mutant("a.yaml", TEXT, tokens(TEXT), number, "deleted") for number in range(4)]
    assert [item.text[:30] for item in found if item] == [
        ": {fc: {op: linear, out_featur",
        "layers: {: {op: linear, out_fe",
        "layers: {fc: {: linear, out_fe",
        "layers: {fc: {op: , out_featur",
    ]
    swapped = mutant("a.yaml", TEXT, tokens(TEXT), 2, "swapped with the next")
    assert swapped is not None
    assert swapped.text == TEXT.replace("op: linear", "linear: op")


def test_tokens_leave_prose_and_comments_out() -> None:
    found = [token.text for token in tokens("description: a b\nname: c\nlayers: [relu]  # d\n")]
    assert found == ["description", "name", "layers", "relu"]


def test_equal_networks_are_told_from_others() -> None:
    same, other = (
        next(item for item in sample() if judged(item) == kind)
        for kind in ("equivalent", "changed")
    )
    assert messages(same) == ()
    assert judge(same).reason in REASONS
    assert judge(other).reason not in REASONS


def judged(item: Mutant) -> str:
    return judge(item).kind


def test_every_equivalence_has_its_reason() -> None:
    assert len(REASONS) <= 15
    assert all(len(reason.split()) > 3 for reason in REASONS)


def test_a_fingerprint_tells_initial_weights_and_names_apart() -> None:
    resnet, cifar = original("resnet.yaml"), original("resnet_cifar.yaml")
    assert resnet["resnet50"] == resnet[None]._replace(parameters=resnet["resnet50"].parameters)
    assert len({repr(item) for item in cifar.values()}) == len(cifar) - 1  # one is the default


def test_a_planted_mistake_is_told_once() -> None:
    wrong = inexact([planted(seed, 1) for seed in range(SINGLE)])
    assert len(wrong) <= 0.01 * SINGLE, "\n\n".join(wrong)


@pytest.mark.parametrize("first", sampled(range(0, PAIRS, BATCH), range(0, 150, BATCH)))
def test_two_planted_mistakes_are_both_told(first: int) -> None:
    wrong = inexact([planted(seed, 2) for seed in range(first, first + BATCH)])
    assert not wrong, "\n\n".join(wrong)


def inexact(items: list[Planted]) -> list[str]:
    return [item.shown(told(item)) for item in items if not exact(item, told(item))]


def test_misspelt_words_are_other_words() -> None:
    found = {seed: planted(seed, 1).mistakes[0] for seed in range(50)}
    assert all(item.new != item.token.text for item in found.values())
    assert {item.kind for item in found.values()} >= {"operation", "argument", "type"}
    assert planted(7, 2) == planted(7, 2)

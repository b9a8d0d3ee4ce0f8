"""Random specs: what is emitted is what was inferred, and what `--set` builds."""

from collections.abc import Iterator

import pytest
import torch
from support.random_specs import CONSTRUCTS, RandomSpec, random_spec
from support.random_specs.check import failure, network
from support.random_specs.comparing import Difference, same
from support.random_specs.shrink import shrunk
from support.random_specs.sizes import inputs
from support.random_specs.tally import Tally
from support.random_specs.uses import used
from support.sampling import sampled

from archspec.api import Architecture
from archspec.pipeline import Settings
from archspec.source import read

SEEDS = 500
BATCH = 25
LINEAR = "{op: linear, out_features: 3}"


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Take one thread: tests run beside each other, and threads that wait take longer than one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("first", sampled(range(0, SEEDS, BATCH), range(0, 75, BATCH)))
def test_random_specs_are_emitted_and_agree_with_set(first: int) -> None:
    tally = Tally()
    for seed in range(first, first + BATCH):
        hold(random_spec(seed), tally)
    assert tally.specs >= 0.7 * BATCH
    assert tally.overrides > 0


def hold(spec: RandomSpec, tally: Tally) -> None:
    """Check a spec; one that fails is made smaller and shown."""
    wrong = failure(spec, tally)
    if wrong is None:
        return
    small = shrunk(spec, lambda other: failure(other, Tally()) == wrong)
    pytest.fail(f"seed {spec.seed}, {wrong}\n{small.told}{small.overrides}", pytrace=False)


def test_every_construct_is_drawn() -> None:
    found = {construct for seed in range(300) for construct in used(random_spec(seed))}
    assert found == CONSTRUCTS


@pytest.mark.parametrize("construct", sorted(CONSTRUCTS))
def test_a_construct_can_be_switched_off(construct: str) -> None:
    others = CONSTRUCTS - {construct}
    assert not any(construct in used(random_spec(n, 6, others)) for n in range(40))


@pytest.mark.parametrize(
    "layers", ["[gelu, LINEAR]", "[relu, relu, LINEAR]", "[relu, LINEAR, relu]"]
)
def test_the_check_finds_a_difference(layers: str) -> None:
    head = "archspec: 1\nname: Net\ninput: [N, 3]\nlayers: "
    one = built(f"{head}[relu, {LINEAR}]\n")
    other = built(f"{head}{layers}\n".replace("LINEAR", LINEAR))
    with pytest.raises(Difference):
        same(one.to_torch(), other.to_torch(), inputs(one, {}), {})


def built(text: str) -> Architecture:
    """Compile a text."""
    made = network(read(text, "spec.yaml"), Settings())
    assert made is not None
    return made

"""Every help that can be applied is applied: its message goes, and none of its kind comes there."""

import re

import pytest
from support.helps import Told, left, told

STATEMENTS = (
    # what there is, from which only the writer can choose
    r"known (are|here are) ",
    r"(its|the) (functions|parameters|symbols here|variants) are ",
    r"(above stand|there are|a type is|it takes|it has|it gives one value,|it may read) ",
    r"did you mean `down\d`",  # where the name is filled in
    r"it (defines no blocks|stands above|is one weight)",
    r"beside (`op`|numbers) ",
    r"(its layers|its repetitions) are ",
    r"of an input or a layer it may read ",
    # what a name, a value or an entry looks like, with another one as the example
    r"a name (is|begins) ",
    r"write `.*(…|\[x, skip\]|224|values: \[\[|\[\[1, 2, 1\]|dtype: int64|7\.801G)",
    r"write `relu`, ",
    r"(a list is written|operations have PyTorch's names|symbols stand in) ",
    r"a spec has at least ",
    r"or write the number alone",
    r"name the layer in it, as ",
    r"say the size of what the pooling read",
    # how the language works
    r"`(index|init|outputs|first|dim|gather)` ",
    r"`embedding` looks rows up by ",
    r"`weight_norm` is an argument, which stands beside ",
    r"`correction: 0` divides by ",
    r"one of your own is a class ",
    r"(the numbers of a weight are|a list of numbers is|an expression over the indices is) ",
    r"(it says the numbers: |all \d+ numbers may stand |a number that is computed stands )",
    r"its values have no names: ",
    r"a layer reads only what stands above it",
    r"what is shared stands above",
    r"only the last dimensions may differ",
    r"the letters of each value stand between commas",
    r"its arguments are those of ",
    r"(numbers of 2 dimensions|a mask stands behind) ",
    r"`.*`, the next layer, reads something else by `from`",
    r"`upscale_factor: 2` needs ",
    # what takes thought, or changes in several places
    r"(an activation|a normalisation) is a layer of its own",
    r"a `conv2d` with `kernel_size: 1` changes ",
    r"a kernel without channels",
    r"a `conv2d` of the same stride and padding ",
    r"read a third value by `from`, or ",
    r"layers of the same stride ",
    r"(join them before, with|project `.*` with) ",  # in a list, where it would move the numbers
    r"(rename one of them|let one of the letters come out|pad its input, or choose)",
    r"(put the activation behind|leave out `.*` and let `.*` read) ",
    r"layers in a list have no names",
    r"pass (it|them)( on)?: ",
    r"give `.*` `repeat: 1` and read ",
    r"put `.*` (in front of|behind) ",
    r"bring the channels to the end ",
    r"dimension 0 is the batch: ",
    r"give (it a default|the parameter a layer|the output the same `when`|a number as)",
    r"write (a number|numbers) for `",
    r"write the rows as lists:",
    r"write (it|each call|the rule|what layers share|its layers|the name without) ",
    r"name it under `kernels`",
    r"leave it out, or quote the text",  # of a tag with nothing behind it
)
"""What a help begins with that says how things are: no change of the text follows from it."""


def name(one: Told) -> str:
    return f"{one.origin} {one.item.slug}"


WITH_CHANGES = [one for one in told() if one.ways]
WITHOUT = [one for one in told() if one.item.help is not None and not one.ways]


@pytest.mark.parametrize("one", WITH_CHANGES, ids=map(name, WITH_CHANGES))
def test_what_a_help_asks_for_mends(one: Told) -> None:
    for edits in one.ways:
        assert left(one, edits) == [], f"{one.item.help}: {[edit.text for edit in edits]}"


def test_every_other_help_is_a_statement() -> None:
    pattern = re.compile("|".join(STATEMENTS))
    helps = {str(one.item.help): one.origin for one in WITHOUT}
    assert {help: at for help, at in helps.items() if not pattern.match(help)} == {}


def test_no_statement_is_left_that_no_help_makes() -> None:
    helps = [str(one.item.help) for one in WITHOUT]
    assert [text for text in STATEMENTS if not any(re.match(text, item) for item in helps)] == []

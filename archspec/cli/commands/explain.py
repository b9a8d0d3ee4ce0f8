"""`archspec explain`: what a kind of problem is, why it matters, a wrong and a right example."""

import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby

import click

from archspec.cli.failures import Exit, Failure
from archspec.cli.output_options import takes_color
from archspec.cli.terminal import page_width, wants_color, write_result
from archspec.diagnostics import Problem, close_match
from archspec.diagnostics.explanation import Explanation, NotExplained, Part, explanation, problems

_COLORS = {"error": "1;31", "warning": "1;33", "bold": "1", "Wrong": "31", "Right": "32"}
_AS_SHOWN = re.compile(r"(?:error|warning)\[(.*)\]:?")


@click.command("explain")
@click.argument("slug", required=False)
@takes_color
def command(slug: str | None) -> int:
    """Explain a kind of problem, or list all of them.

    The name of a kind, channel-mismatch, stands in brackets in front of a message:
    error[channel-mismatch].
    """
    width, color = page_width(), wants_color(sys.stdout)
    try:
        if slug is None:
            text = overview(problems(), width, color=color)
        else:
            text = explained(_problem(slug), width, color=color)
    except NotExplained as error:
        help = "start it without `-OO`, which leaves the explanations out"
        raise Failure(str(error), "usage", Exit.USAGE, help) from error
    write_result(text)
    return Exit.GOOD


def _problem(slug: str) -> type[Problem]:
    """Find a kind of problem by its name, or by the brackets in which messages show it."""
    shown = _AS_SHOWN.fullmatch(slug)
    slug = shown[1] if shown else slug
    kinds = {problem.slug: problem for problem in problems()}
    if slug in kinds:
        return kinds[slug]
    hint = close_match(slug, kinds)
    message = f"there is no problem `{slug}`" + (f"; {hint}" if hint else "")
    raise Failure(message, "usage", Exit.USAGE, "`archspec explain` lists them all")


def explained(problem: type[Problem], width: int, *, color: bool = False) -> str:
    """Explain a kind of problem: what it is, why it matters, what is wrong and what is right."""
    explains = explanation(problem)
    title = _painted(problem.level, f"{problem.level}[{problem.slug}]", color)
    paragraphs = (explains.what, *explains.why.split("\n\n"))
    prose = (_filled(" ".join(paragraph.split()), width) for paragraph in paragraphs)
    return "\n\n".join([title, *prose, *_examples(explains, color)]) + "\n"


def overview(problems: Iterable[type[Problem]], width: int, *, color: bool = False) -> str:
    """List kinds of problems by category, each with its first line."""
    problems = tuple(problems)
    column = max(len(problem.slug) for problem in problems) + 2
    sections = [
        [_painted("bold", category, color), *(_entry(problem, column, width) for problem in group)]
        for category, group in groupby(problems, lambda problem: problem.category)
    ]
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def _examples(explains: Explanation, color: bool) -> Iterator[str]:
    for side, parts in (("Wrong", explains.wrong), ("Right", explains.right)):
        for part in parts:
            heading = _painted(side, f"{side}{_note(part)}:", color)
            yield f"{heading}\n\n{textwrap.indent(part.text.rstrip(), ' ' * 4)}"


def _note(part: Part) -> str:
    if part.options:
        return f", with `{part.note}`"
    return f", `{part.note}`" if part.note else ""


def _entry(problem: type[Problem], column: int, width: int) -> str:
    return _filled(explanation(problem).what, width, f"  {problem.slug:<{column}}")


def _filled(text: str, width: int, margin: str = "") -> str:
    """Break a text into lines, behind a margin in the first one and below it in the others."""
    wrapper = textwrap.TextWrapper(
        width, margin, " " * len(margin), break_long_words=False, break_on_hyphens=False
    )
    return wrapper.fill(text)


def _painted(kind: str, text: str, color: bool) -> str:
    return f"\x1b[{_COLORS[kind]}m{text}\x1b[0m" if color else text

"""How an explanation is written: for one kind of problem, or a list of all."""

import re
import shutil
import sys
import textwrap
from collections.abc import Iterable
from itertools import groupby

import click

from archspec.cli.exits import Exit, Failure
from archspec.cli.manner import takes_color
from archspec.cli.terminal import wants_color, write_result
from archspec.diagnostics import Problem, close_names
from archspec.diagnostics.explanation import Explanation, NotExplained, Part, explanation, problems

_COLORS = {"error": "1;31", "warning": "1;33", "bold": "1", "Wrong": "31", "Right": "32"}


def explained(problem: type[Problem], width: int, *, color: bool = False) -> str:
    """Explain a kind of problem: what it is, why it matters, what is wrong and what is right."""
    told = explanation(problem)
    title = _painted(problem.severity, f"{problem.severity}[{problem.slug}]", color)
    return "\n\n".join([title, *_prose(told, width), *_examples(told, color)]) + "\n"


def overview(problems: Iterable[type[Problem]], width: int, *, color: bool = False) -> str:
    """List kinds of problems by category, each with its first line."""
    problems = tuple(problems)
    column = max(len(problem.slug) for problem in problems) + 2
    sections = [
        [_painted("bold", category, color), *(_entry(problem, column, width) for problem in group)]
        for category, group in groupby(problems, lambda problem: problem.category)
    ]
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def _prose(told: Explanation, width: int) -> list[str]:
    paragraphs = [told.what, *told.why.split("\n\n")]
    return [_filled(" ".join(paragraph.split()), width) for paragraph in paragraphs]


def _examples(told: Explanation, color: bool) -> list[str]:
    sides = (("Wrong", told.wrong), ("Right", told.right))
    return [_example(side, part, color) for side, parts in sides for part in parts]


def _example(side: str, part: Part, color: bool) -> str:
    heading = _painted(side, f"{side}{_noted(part)}:", color)
    return f"{heading}\n\n{textwrap.indent(part.text.rstrip(), ' ' * 4)}"


def _noted(part: Part) -> str:
    if part.options:
        return f", with `{part.note}`"
    return f", `{part.note}`" if part.note else ""


def _entry(problem: type[Problem], column: int, width: int) -> str:
    margin = f"  {problem.slug:<{column}}"
    what = explanation(problem).what
    return _filled(what, width, initial_indent=margin, subsequent_indent=" " * len(margin))


def _filled(text: str, width: int, *, initial_indent: str = "", subsequent_indent: str = "") -> str:
    return textwrap.fill(
        text,
        width,
        initial_indent=initial_indent,
        subsequent_indent=subsequent_indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _painted(kind: str, text: str, color: bool) -> str:
    return f"\x1b[{_COLORS[kind]}m{text}\x1b[0m" if color else text


# `archspec explain`: what a kind of problem is, why it matters, a wrong and a right example.

_AS_SHOWN = re.compile(r"(?:error|warning)\[(.*)\]:?")


@click.command("explain")
@click.argument("slug", required=False)
@takes_color
def command(slug: str | None) -> int:
    """Explain a kind of problem, or list all of them.

    The name of a kind, channel-mismatch, stands in brackets in front of a message:
    error[channel-mismatch].
    """
    try:
        write_result(_text(slug))
    except NotExplained as error:
        help = "start it without `-OO`, which leaves the explanations out"
        raise Failure(str(error), "usage", Exit.USAGE, help) from error
    return Exit.GOOD


def _text(slug: str | None) -> str:
    width, color = _width(), wants_color(sys.stdout)
    if slug is None:
        return overview(problems(), width, color=color)
    return explained(_found(slug), width, color=color)


def _found(slug: str) -> type[Problem]:
    shown = _AS_SHOWN.fullmatch(slug)
    slug = shown[1] if shown else slug
    known = {problem.slug: problem for problem in problems()}
    if slug in known:
        return known[slug]
    similar = close_names(slug.lower(), known)
    hint = f"; did you mean `{similar[0]}`?" if similar else ""
    message = f"there is no problem `{slug}`{hint}"
    raise Failure(message, "usage", Exit.USAGE, "`archspec explain` lists them all")


def _width() -> int:
    """Take the width of the terminal, within what can be read well."""
    return min(max(shutil.get_terminal_size().columns, 40), 100)

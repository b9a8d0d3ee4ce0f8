"""`archspec explain`: what a kind of problem is, why it matters, a wrong and a right example."""

import re
import shutil
import sys
from difflib import get_close_matches

import click

from archspec.cli.exits import Exit, Failure
from archspec.cli.explain import explained, overview
from archspec.cli.manner import takes_color
from archspec.cli.terminal import wants_color, write_result
from archspec.diagnostics import Problem
from archspec.diagnostics.explanation import NotExplained, problems

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
    similar = get_close_matches(slug.lower(), known, 1)
    hint = f"; did you mean `{similar[0]}`?" if similar else ""
    message = f"there is no problem `{slug}`{hint}"
    raise Failure(message, "usage", Exit.USAGE, "`archspec explain` lists them all")


def _width() -> int:
    """Take the width of the terminal, within what can be read well."""
    return min(max(shutil.get_terminal_size().columns, 40), 100)

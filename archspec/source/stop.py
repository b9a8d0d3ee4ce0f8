"""The end of reading: a problem after which nothing more can be understood."""

from archspec.diagnostics import Problem
from archspec.source.source import Mark


class Stop(Exception):
    """A problem that ends the reading, where it stands, and remarks at other places."""

    def __init__(
        self, problem: Problem, mark: Mark, related: tuple[tuple[Mark, str], ...] = ()
    ) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.mark = mark
        self.related = related

"""The vocabulary as one reads of it: a list of all operations, and a page for each."""

from archspec.reference.examples import Example, NoExample, example
from archspec.reference.pages import argument_page, overview, page

__all__ = ["Example", "NoExample", "argument_page", "example", "overview", "page"]

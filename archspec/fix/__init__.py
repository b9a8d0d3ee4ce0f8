"""The words of a text, which of them are strange, and what they were probably meant to be."""

from archspec.fix.proposals import Proposal, Speller

__all__ = ["Proposal", "Speller"]

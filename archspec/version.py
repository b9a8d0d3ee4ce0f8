"""The version, which the distribution reads from here."""

__version__ = "0.1.0"

"""The version of the installed distribution."""

from importlib.metadata import PackageNotFoundError, version


def current() -> str:
    """Give the version of `archspec-nn`, or `unknown` in a checkout that was never installed."""
    try:
        return version("archspec-nn")
    except PackageNotFoundError:
        return "unknown"

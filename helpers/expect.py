"""Show an error or a warning that a lesson provokes on purpose, on one line.

A raw traceback would store a hundred lines of a library, with the paths of one machine.
"""

import re
import warnings
from contextlib import contextmanager


def _one_line(kind, message):
    first, *more = str(message).strip().splitlines() or [""]
    # From torch 2.15 on, "mm: " and the like stand before some messages; a lesson suits both.
    first = re.sub(r"^[a-z_]+: ", "", first)
    first = re.sub(r"\b(pid(?:\(s\))?) \d+(?:, \d+)*", r"\1 …", first)  # other at each run
    print(f"{kind.__name__}: {first}{' …' if more else ''}")


def _none_came(kind):
    name = kind.__name__
    return AssertionError(f"expected {name}, none came · 本该出现 {name}，却没有")


@contextmanager
def error(kind):
    """Print the error of class `kind` that the block raises; raise AssertionError if none comes."""
    try:
        yield
    except kind as found:
        _one_line(type(found), found)
        # Its frames hold what the block made; worker processes would live on until they are freed.
        found.__traceback__ = None
    else:
        raise _none_came(kind)


@contextmanager
def warning(kind):
    """Print the warning of class `kind` that the block gives; raise AssertionError if none comes.

    Warnings of other classes go their usual way.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    expected = [entry for entry in caught if issubclass(entry.category, kind)]
    for entry in caught:
        if entry not in expected:
            warnings.warn_explicit(entry.message, entry.category, entry.filename, entry.lineno)
    if not expected:
        raise _none_came(kind)
    _one_line(expected[0].category, expected[0].message)

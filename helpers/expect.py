"""Show an error or a warning that a lesson provokes on purpose, on one line.

A raw traceback would store a hundred lines of a library, with the paths of one machine.
"""

import re
import warnings
from contextlib import contextmanager


def _lines(message):
    lines = str(message).strip().splitlines() or [""]
    # From torch 2.15 on, "mm: " and the like stand before some messages; a lesson suits both.
    lines[0] = re.sub(r"^[a-z_]+: ", "", lines[0])
    # The ids of processes are others each time.
    return [re.sub(r"\b(pid(?:\(s\))?) \d+(?:, \d+)*", r"\1 …", line) for line in lines]


def _one_line(kind, lines):
    print(f"{kind.__name__}: {lines[0]}{' …' if lines[1:] else ''}")


def _none_came(kind):
    name = kind.__name__
    return AssertionError(f"expected {name}, none came · 本该出现 {name}，却没有")


@contextmanager
def error(kind):
    """Print the error of class `kind` that the block raises; raise AssertionError if none comes.

    `with expect.error(kind) as lines:` leaves the lines of its message in the list `lines`.
    """
    lines = []
    try:
        yield lines
    except kind as found:
        lines += _lines(found)
        # From torch 2.15 on the mean of integers is a NotImplementedError, which is a RuntimeError.
        more_exact = kind is RuntimeError and isinstance(found, NotImplementedError)
        _one_line(kind if more_exact else type(found), lines)
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
    _one_line(expected[0].category, _lines(expected[0].message))

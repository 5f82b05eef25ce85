"""What the tests of the loaders share: files to read, and what each of our messages must be."""

import re
import string

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# One file for all examples of a property: each example writes it anew.
PROPERTY = settings(derandomize=True, deadline=None, max_examples=100,
                    suppress_health_check=[HealthCheck.function_scoped_fixture])

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0")) | st.text("0123.,-e_\"' \n")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
NOT_A_NUMBER = TEXT.map(str.strip).filter(lambda text: text not in ("", "NA")).filter(
    lambda text: not NUMBER.fullmatch(text)
) | st.sampled_from(["nan", "inf", "-Infinity", "1_0", "1e39", "NA NA", "'NA'"])


@pytest.fixture
def file(tmp_path):
    """Return a function that writes text or bytes into one CSV file and returns its path."""
    path = tmp_path / "企鹅 1.csv"

    def write(content):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def any_bytes(whole):
    """Return a strategy of bytes of every kind, among them those of `whole` with others after."""
    return (st.binary() | st.text(string.printable).map(str.encode)
            | st.binary().map(lambda end: whole.encode() + end))


def damaged(whole):
    """Return a strategy of the bytes of `whole` with up to three of them replaced."""
    content = whole.encode()
    return st.builds(
        lambda at, cut, new: content[:at] + new + content[at + cut:],
        st.integers(0, len(content)), st.integers(0, 3),
        st.text(",\"'\n\r NA1._é", max_size=3).map(str.encode) | st.binary(max_size=3),
    )


def filled_lines(content):
    """Return how many lines of the bytes hold more than spaces and quotation marks."""
    lines = re.split(rb"[\r\n]+", content.removeprefix(b"\xef\xbb\xbf"))
    return sum(bool(line.decode().replace('"', "").strip()) for line in lines)


def refused(load, *parts, kind=ValueError):
    """Load, expect one of our errors with each of `parts`, and return its message.

    English words are looked for in the English half; numbers, names and code in both halves, unless
    the place before the first colon, which belongs to both, has them.
    """
    with pytest.raises(kind) as caught:
        load()
    assert type(caught.value) is kind, "a subclass such as UnicodeDecodeError is not our message"
    assert caught.value.__cause__ is None and (
        caught.value.__context__ is None or caught.value.__suppress_context__
    ), "one message, not a chain of two"
    message = str(caught.value)
    english, separator, chinese = message.rpartition(" · ")
    assert separator and len(message.splitlines()) == 1, message
    assert re.search("[\u4e00-\u9fff]", chinese), message
    place = english.split(": ")[0]
    for part in map(str, parts):
        assert part in english, (part, message)
        assert part in chinese or part in place or re.fullmatch("[a-z ]+", part), (part, message)
    return message


def loaded_or_refused(load):
    """Return what is loaded, or None after one of our errors; anything else is a failure."""
    try:
        return load()
    except (ValueError, FileNotFoundError, IsADirectoryError) as error:
        assert type(error) in (ValueError, FileNotFoundError, IsADirectoryError), error
        assert " · " in str(error) and len(str(error).splitlines()) == 1, error
        assert error.__context__ is None or error.__suppress_context__, error
        return None

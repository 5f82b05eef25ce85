"""Feedback on the exercises: one module per lesson, and here what they share.

A check prints one line, free of language: ✅ right, ⬜ not attempted, ❌ with the smallest
counterexample as code, `neuron(…) → 11 ≠ 16`. It never raises, whatever it is given.
"""

import inspect
import math
import re

import torch

SHORT = 60  # characters of a learner's value that a message shows


def say(mark, name, finding=""):
    """Print the one line of a check."""
    print(mark, " ".join((finding or name).split()))


def plain(value):
    """Return numbers as nested lists of floats: tensors, arrays, lists, tuples alike.

    Raises ValueError where something is no number, or where the rows differ in length.
    """
    try:
        return _nested(value)
    except Exception as error:  # a learner's object may raise anything
        raise ValueError(f"no numbers: {type(value).__name__}") from error


def _nested(value):
    if isinstance(value, torch.Tensor) or hasattr(value, "__array__"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        rows = [_nested(row) for row in value]
        if len({_shape(row) for row in rows}) > 1:
            raise ValueError("rows of different length")
        return rows
    if isinstance(value, (int, float)):
        return float(value)
    raise TypeError(type(value).__name__)


def _shape(nested):
    if not isinstance(nested, list):
        return ()
    return (len(nested), *(_shape(nested[0]) if nested else ()))


def _flat(nested):
    return [v for row in nested for v in _flat(row)] if isinstance(nested, list) else [nested]


def short(value):
    """Write a value as code, cut to what one line of feedback has room for."""
    text = code(value)
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


def shape_of(output):
    """Return the shape of a tensor, or what else a model gave, as code."""
    return tuple(output.shape) if isinstance(output, torch.Tensor) else short(output)


def code(value):
    """Write a value as code, short enough for one line."""
    if isinstance(value, torch.Tensor):
        numbers = code(value.tolist())
        if value.is_floating_point():  # so that pasting it gives floats again
            numbers = re.sub(r"(?<![\w.])(\d+)(?=[],])", r"\1.", numbers)
        return f"torch.tensor({numbers})" if value.ndim else numbers
    if isinstance(value, (list, tuple)):
        inside = ", ".join(map(code, value))
        return f"[{inside}]" if isinstance(value, list) else f"({inside})"
    if inspect.isroutine(value):  # its repr holds an address
        return value.__name__
    if isinstance(value, float):
        return f"{value:.6g}" if math.isfinite(value) else f"float('{value}')"
    try:
        return " ".join(repr(value).split())
    except Exception as error:
        return f"{type(value).__name__}: repr → {type(error).__name__}"


def difference(answer, wanted, tolerance=1e-4):
    """Return "" where `answer` equals `wanted`, else what is wrong, as `11 ≠ 16`.

    Values may be numbers, lists, arrays or tensors; `tolerance`: relative above 1, absolute below.
    """
    try:
        answer_values, wanted_values = plain(answer), plain(wanted)
    except ValueError:
        return f"{short(answer)} ≠ {code(wanted)}"
    if _shape(answer_values) != _shape(wanted_values):
        return f"shape {_shape(answer_values)} ≠ {_shape(wanted_values)}"
    for a, w in zip(_flat(answer_values), _flat(wanted_values), strict=True):
        if not abs(a - w) <= tolerance * max(1, abs(w)):  # so that nan is a difference too
            return f"{short(answer)} ≠ {code(wanted)}"
    return ""


def untouched(*answers):
    """Tell whether any answer is still the `...` of the stub."""
    return any(answer is ... for answer in answers)


def values(name, **pairs):
    """Check named numbers. pairs: name=(answer, wanted, question); the question is written as code.

    The message repeats the question, not its answer: it says where to look, not what to type.
    """
    if untouched(*(answer for answer, _, _ in pairs.values())):
        return say("⬜", name)
    for key, (answer, wanted, question) in pairs.items():
        if difference(answer, wanted):
            return say("❌", name, f"{key}: {question} ≠ {short(answer)}")
    return say("✅", name)


NO_ANSWER = object()


def run(function, name, call, arguments):
    """Return what the learner's function answers, or NO_ANSWER after saying why there is none.

    call: how the call is written in the message.
    """
    if untouched(function):
        say("⬜", name)
    elif not callable(function):
        say("❌", name, f"callable({name}) → False ≠ True  ({name} = {short(function)})")
    else:
        try:
            answer = function(*arguments)
        except (Exception, SystemExit) as error:
            reason = (str(error).strip().splitlines() or [""])[0]
            say("❌", name, f"{call} → {type(error).__name__}: {reason[:150]}")
            return NO_ANSWER
        if not untouched(*answer if isinstance(answer, tuple) else [answer]):
            return answer
        say("⬜", name)
    return NO_ANSWER


def calls(function, name, cases, tolerance=1e-4, form=None):
    """Check a function on cases, smallest first.

    function: the learner's; cases: list of (tuple of arguments, wanted value). Arguments that are
    tensors are copied, so that a function which changes them in place is judged on fresh ones.
    form: how a call is written, with a {} for each argument; None writes name(…, …).
    """
    for arguments, wanted in cases:
        places = form or f"{name}({', '.join(['{}'] * len(arguments))})"
        call = places.format(*map(code, arguments))
        fresh = [a.clone() if isinstance(a, torch.Tensor) else a for a in arguments]
        answer = run(function, name, call, fresh)
        if answer is NO_ANSWER:
            return
        if wrong := difference(answer, wanted, tolerance):
            return say("❌", name, f"{call} → {wrong}")
    return say("✅", name)


def made(kind, name, call, *arguments, length):
    """Return the data set that the learner's class makes, or None after saying what is wrong.

    kind: the class; call: how making it is written; length: what its `len` has to be.
    """
    dataset = run(kind, name, call, arguments)
    if dataset is NO_ANSWER:
        return None
    # Not len(): it would raise where `__len__` is still `...`.
    found = run(lambda: type(dataset).__len__(dataset), name, f"len({call})", ())
    if found is NO_ANSWER:
        return None
    if wrong := difference(found, length):
        return say("❌", name, f"len({call}) → {wrong}")
    return dataset


def item(dataset, i, name, call):
    """Return sample i, or NO_ANSWER after saying why there is none; call: how `dataset` is made."""
    return run(lambda: dataset[i], name, f"{call}[{i}]", ())

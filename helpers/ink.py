"""Measures of a handwritten digit, out of which lesson 01 makes rules.

A digit is a list of rows of True (ink) and False (paper), as `trim` gives it.
"""

import torch


def trim(picture):
    """Return the ink of a picture without its empty margin: a list of rows of True and False.

    picture: (height, width), 0 paper to 1 ink; more than a half counts as ink. Raises ValueError
    for a picture without ink.
    """
    rows, columns = torch.where(picture > 0.5)
    if not len(rows):
        raise ValueError("no ink: picture.max() <= 0.5 · 图里没有笔迹：picture.max() <= 0.5")
    box = picture[rows.min():rows.max() + 1, columns.min():columns.max() + 1]
    return (box > 0.5).tolist()


def holes(ink):
    """Return (top row, bottom row) of each hole: paper with ink all around it.

    Paper is one hole where it is joined along the sides of pixels, not at their corners.
    """
    height, width = len(ink), len(ink[0])
    paper = {(r, c) for r in range(-1, height + 1) for c in range(-1, width + 1)}
    paper -= {(r, c) for r in range(height) for c in range(width) if ink[r][c]}
    found = []
    while paper:
        region = [paper.pop()]
        for r, c in region:  # the list grows while we walk along it
            near = paper & {(r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)}
            paper -= near
            region += near
        rows = [r for r, c in region]
        if min(rows) >= 0:  # row -1 is outside the digit
            found.append((min(rows), max(rows)))
    return found


def strokes(row):
    """Return how many strokes a row crosses: how often a walk along it steps onto ink."""
    return sum(now and not before for before, now in zip([False, *row], row, strict=False))


def on_the_left(row):
    """Return whether the ink of a row lies left of its middle, on average."""
    places = [place for place, is_ink in enumerate(row) if is_ink]
    return sum(places) < len(places) * (len(row) - 1) / 2


def columns(rows):
    """Return in how many columns any of these rows has ink."""
    return sum(map(any, zip(*rows, strict=True)))

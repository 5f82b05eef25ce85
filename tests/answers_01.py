"""What learners answer in lesson 01: for each exercise right answers, and wrong ones with what the
feedback must say. The keys are the names of the checks; an answer is the tuple of its arguments."""

import numpy as np
import torch

from helpers import ink


def middle(picture):
    return 1 if picture[13:15, 13:15].mean() > 0.2 else 0


ANSWERS = {
    "sort": {
        "right": [("AI", "ML", "DL", "AI", "ML"), ("ai", " ML", "dl", "Ai", "ml ")],
        "wrong": {
            "many rules look like learning": (("ML", "ML", "DL", "AI", "ML"),
                                              "❌ heating == 'ML' → False"),
            "many examples make it deep": (("AI", "DL", "DL", "AI", "ML"), "loan == 'DL'"),
            "chess is clever": (("AI", "ML", "DL", "ML", "ML"), "chess == 'ML' → False"),
            "the outermost ring": (("AI", "AI", "AI", "AI", "AI"), "loan == 'AI' → False"),
            "written out": (("artificial intelligence", "ML", "DL", "AI", "ML"),
                            '❌ heating in ("AI", "ML", "DL") → False'),
            "a number": ((1, 2, 3, 1, 2), "(heating = 1)"),
        },
    },
    "enough": {
        "right": [(1500, 5000, 0), (1500.0, torch.tensor(5000), np.int64(0))],
        "wrong": {
            "more data always helps": ((1500, 5000, 5000), "❌ features_60: features(5000) < 60%"),
            "the last point for all": ((5000, 5000, 0), "❌ deep_90:"),
            "linear as early as deep": ((1500, 1500, 0), "❌ linear_90:"),
            "halfway": ((500, 1500, 0), "❌ deep_90: deep(500) < 90%"),
            "never, as None": ((1500, 5000, None), "❌ features_60:"),
            "read at 0.8": ((150, 500, 0), "❌ deep_90:"),
            "a fraction": ((0.9, 0.9, 0.45), "❌ deep_90:"),
        },
    },
    "shape": {
        "right": [((1000, 28, 28), (16, 3, 32, 64), (20, 1, 48, 80)),
                  ([1000, 28, 28], torch.Size([16, 3, 32, 64]), np.array([20, 1, 48, 80]))],
        "wrong": {
            "colour last": (((1000, 28, 28), (16, 32, 64, 3), (20, 48, 80, 1)),
                            "❌ photos: (batch, colour, row, column) ≠ (16, 32, 64, 3)"),
            "columns before rows": (((1000, 28, 28), (16, 3, 64, 32), (20, 1, 80, 48)),
                                    "❌ photos:"),
            "frames a second": (((1000, 28, 28), (16, 3, 32, 64), (10, 1, 48, 80)), "❌ clip:"),
            "pixels in a row": (((1000, 784), (16, 3, 32, 64), (20, 1, 48, 80)), "❌ digits:"),
            "seconds as an axis": (
                ((1000, 28, 28), (16, 3, 32, 64), (2, 10, 1, 48, 80)), "❌ clip:"),
            "one picture": (((28, 28), (16, 3, 32, 64), (20, 1, 48, 80)),
                            "❌ digits: x_test.shape ≠ (28, 28)"),
            "no axis for colour": (((1000, 28, 28), (16, 3, 32, 64), (20, 48, 80)), "❌ clip:"),
            "count at the end": (((28, 28, 1000), (3, 32, 64, 16), (1, 48, 80, 20)), "❌ digits:"),
        },
    },
    "tool": {
        "right": [(True, False, True, False, True), (1, 0, 1, 0, 1)],
        "wrong": {
            "much data to sort": ((True, False, True, False, False), "sorting → False ≠ True"),
            "spam by rules": ((True, True, True, False, True), "spam → True ≠ False"),
            "all learned": ((False,) * 5, "❌ vat → False ≠ True"),
            "the other way round": ((False, True, False, True, False), "❌ vat →"),
            "in words": (("rule", "learn", "rule", "learn", "rule"), "❌ vat → 'rule' ≠ True"),
        },
    },
    "own_rule": {
        "right": [
            (middle,),
            (lambda p: torch.tensor(float(p[13:15, 12:16].mean() > 0.3)),),
            (lambda p: p[12:16, 13:15].mean() > 0.3,),
        ],
        "wrong": {
            "holes alone": ((lambda p: 0 if ink.holes(ink.trim(p)) else 1,),
                            "accuracy → 0.940 < 0.95"),
            "exchanged": ((lambda p: 1 - middle(p),), "❌ zero_or_one(x_train["),
            "a whole row": ((lambda p: 1 if p[14] == 1 else 0,), "→ RuntimeError: Boolean value"),
            "return forgotten": ((lambda p: None if p[14, 14] > 0.5 else 0,), "→ None ≠ 1"),
            "always 0": ((lambda p: 0,), "→ 0 ≠ 1; accuracy → 0.500 < 0.95"),
            "by width": ((lambda p: int(len(ink.trim(p)[0]) < 12),), "< 0.95"),
            "bytes, not 0 to 1": ((lambda p: int(p[13, 13] > 127),), "accuracy → 0.500 < 0.95"),
            "the mean": ((lambda p: p[12:16, 12:16].mean(),), "< 0.95"),
            "a name": ((lambda p: "one",), "→ 'one' ≠"),
            "all the pictures at once": ((lambda p: p[0, 12:16, 12:16].mean(),),
                                         "]) → IndexError"),
        },
    },
}

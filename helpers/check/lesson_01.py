"""The checks of lesson 01, what deep learning is; what they are tried on: tests/answers_01.py."""

from helpers import check, data


def sort(heating, loan, dictation, chess, leaves):
    """Check the innermost ring of five systems: "AI", "ML" or "DL"."""
    answers = {"heating": (heating, "AI"), "loan": (loan, "ML"), "dictation": (dictation, "DL"),
               "chess": (chess, "AI"), "leaves": (leaves, "ML")}
    if check.untouched(*(answer for answer, _ in answers.values())):
        return check.say("⬜", "sort")
    for key, (answer, wanted) in answers.items():
        if not isinstance(answer, str) or answer.strip().upper() not in ("AI", "ML", "DL"):
            return check.say(
                "❌", "sort",
                f'{key} in ("AI", "ML", "DL") → False  ({key} = {check.short(answer)})',
            )
        if answer.strip().upper() != wanted:
            return check.say("❌", "sort", f"{key} == {check.short(answer)} → False")
    return check.say("✅", "sort")


def enough(deep_90, linear_90, features_60):
    """Check how many of 50, 150, 500, 1500, 5000 pictures are enough, or 0 for never."""
    if not check.untouched(deep_90, linear_90, features_60):
        for key, n, least, too_few in [
            ("deep_90", deep_90, 1500, "deep({}) < 90%"),
            ("linear_90", linear_90, 5000, "linear({}) < 90%"),
            ("features_60", features_60, 5001, "features({}) < 60%"),
        ]:
            if type(n) is int and 0 < n < least:
                return check.say("❌", "enough", f"{key}: {too_few.format(n)}")
    check.values(
        "enough",
        deep_90=(deep_90, 1500, "min(n), deep(n) ≥ 90%"),
        linear_90=(linear_90, 5000, "min(n), linear(n) ≥ 90%"),
        features_60=(features_60, 0, "min(n), features(n) ≥ 60%, 0: ∄"),
    )


def shape(digits, photos, clip):
    """Check three shapes: grey pictures, a batch of colour photos, a grey video."""
    check.values(
        "shape",
        digits=(digits, (1000, 28, 28), "x_test.shape"),
        photos=(photos, (16, 3, 32, 64), "(batch, colour, row, column)"),
        clip=(clip, (20, 1, 48, 80), "(frame, colour, row, column)"),
    )


def tool(vat, spam, even, cough, sorting):
    """Check for five tasks whether a rule is the right tool."""
    answers = {"vat": (vat, True), "spam": (spam, False), "even": (even, True),
               "cough": (cough, False), "sorting": (sorting, True)}
    if check.untouched(*(answer for answer, _ in answers.values())):
        return check.say("⬜", "tool")
    for key, (answer, wanted) in answers.items():
        if wrong := check.difference(answer, wanted):
            return check.say("❌", "tool", f"{key} → {wrong}")
    return check.say("✅", "tool")


def own_rule(function, at_least=0.95):
    """Check `zero_or_one(picture)`; (28, 28), 0 to 1.

    Accuracy on the zeros and ones of the test set; the picture named is one of the training set.
    """
    right, first = 0, ""
    for name in ("train", "test"):
        x, y = data.load_digits(name)
        pictures = [int(k) for k in (y < 2).nonzero()]
        for k in pictures:
            call = f"zero_or_one(x_{name}[{k}])"
            answer = check.run(function, "own_rule", call, [x[k] / 255])
            if answer is check.NO_ANSWER:
                return None
            wrong = check.difference(answer, int(y[k]))
            if wrong and name == "train":
                first = f"{call} → {wrong}; "
                break
            right += not wrong and name == "test"
    accuracy = right / len(pictures)
    if accuracy < at_least:
        return check.say("❌", "own_rule", f"{first}accuracy → {accuracy:.3f} < {at_least}")
    return check.say("✅", "own_rule", f"own_rule: accuracy → {accuracy:.3f}")

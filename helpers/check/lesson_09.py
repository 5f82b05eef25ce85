"""The checks of lesson 09, digits; what they are tried on: tests/answers_09.py."""

import math

import torch
from torch import nn

from helpers import check, data


def early_stop(function):
    """Check `early_stop(losses, patience)`: gives (best, trained), two whole numbers."""
    check.calls(function, "early_stop", [
        (([1.0], 1), (0, 1)),
        (([3.0, 2.0, 1.0], 2), (2, 3)),
        (([2.0, 3.0, 1.0], 1), (0, 2)),
        (([3.0, 2.0, 2.5, 2.6, 1.0], 2), (1, 4)),
        (([2.0, 2.0, 2.0, 2.0], 2), (0, 3)),
        (([3.0, 2.0, 2.5, 1.0, 1.5, 1.6, 1.7], 3), (3, 7)),
        (([3.0, 2.0, 2.5, 1.9, 2.0, 2.1, 0.5], 2), (3, 6)),
        (([3.0, 1.0, 2.0, 1.5, 0.5], 2), (1, 4)),
    ])


def rates(study, best_lr):
    """Check a study of learning rates: dict learning rate -> lowest validation loss, and the best.

    It trains nothing: it looks whether the numbers are those of networks made anew.
    """
    name = "rates"
    if check.untouched(study, best_lr):
        return check.say("⬜", name)
    if not isinstance(study, dict):
        return check.say("❌", name, f"type(study) → {type(study).__name__} ≠ dict")
    wanted = (0.00001, 0.0001, 0.001, 0.01, 0.1)
    found = {}
    for lr, loss in study.items():
        try:
            found[check.plain(lr)] = check.plain(loss)
        except (ValueError, TypeError):
            return check.say("❌", name, f"study[{check.short(lr)}] → {check.short(loss)}")
    losses = []
    for lr in wanted:
        near = [loss for key, loss in found.items() if math.isclose(key, lr, rel_tol=1e-6)]
        if len(near) != 1:
            return check.say("❌", name, f"{lr:g} in study → False ≠ True")
        if not isinstance(near[0], float):
            return check.say("❌", name, f"study[{lr:g}] → {check.short(near[0])}")
        losses.append(near[0])
    if any(loss < 0 for loss in losses):
        return check.say("❌", name, f"min(study.values()) → {min(losses):.3g} < 0")
    # After so few epochs the slowest has hardly begun; one that goes on from others has.
    if not 1.8 < losses[0] < 2.6:
        return check.say("❌", name, f"study[1e-05] → {losses[0]:.3g} ≉ math.log(10)")
    if losses[-1] <= 1:  # it may be nan
        return check.say("❌", name, f"study[0.1] → {losses[-1]:.3g} < 1  "
                         "(for lr in …: study_model = make_network())")
    pairs = zip(losses, wanted, strict=True)
    least, best = min((loss, lr) for loss, lr in pairs if not math.isnan(loss))
    if least >= 0.6:
        return check.say("❌", name, f"min(study.values()) → {least:.3g} > 0.6")
    if all(check.difference(best_lr, lr, 1e-9) for lr in wanted):
        return check.say("❌", name, f"{check.short(best_lr)} in study → False ≠ True")
    if check.difference(best_lr, best, 1e-9):
        return check.say("❌", name, f"study[{check.short(best_lr)}] > min(study.values())")
    return check.say("✅", name)


def _slips():
    """Return the set of the 50 places at which the lesson's cell `suspects-data` slips."""
    return set(torch.randperm(1000, generator=torch.Generator().manual_seed(9))[:50].tolist())


def suspects(places, at_least=40):
    """Check 100 places in the test set: of the 50 wrong labels, `at_least` must be among them."""
    name = "suspects"
    if check.untouched(places):
        return check.say("⬜", name)
    try:
        found = check.plain(list(places) if isinstance(places, (set, range)) else places)
    except ValueError:
        return check.say("❌", name, f"suspects → {check.short(places)}")
    if not isinstance(found, list) or any(isinstance(one, list) for one in found):
        shape = tuple(getattr(places, "shape", ()))
        return check.say("❌", name, f"suspects.shape → {shape} ≠ (100,)")
    if len(found) != 100:
        return check.say("❌", name, f"len(suspects) → {len(found)} ≠ 100")
    odd = next((one for one in found if not (0 <= one < 1000 and one == int(one))), None)
    if odd is not None:
        return check.say("❌", name, f"{odd:g} in range(1000) → False ≠ True")
    if len(set(found)) != 100:
        return check.say("❌", name, f"len(set(suspects)) → {len(set(found))} ≠ 100")
    hits = len(_slips() & set(found))
    if hits < at_least:
        return check.say("❌", name, "sum(typed[i] != test_labels[i] for i in suspects)"
                         f" → {hits} < {at_least}")
    return check.say("✅", name, f"{name}: {hits} / 50")


def shift(function):
    """Check `shift(x, right, down)`: (..., H, W), gives the same shape, 0 where it is empty."""
    square = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    wide = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    check.calls(function, "shift", [
        ((square, 0, 0), [[1, 2], [3, 4]]),
        ((square, 1, 0), [[0, 1], [0, 3]]),
        ((square, 0, 1), [[0, 0], [1, 2]]),
        ((square, -1, 0), [[2, 0], [4, 0]]),
        ((wide, 2, -1), [[0, 0, 4], [0, 0, 0]]),
        ((wide, -2, 1), [[0, 0, 0], [3, 0, 0]]),
        ((square.reshape(1, 2, 2), -1, -1), [[[4, 0], [0, 0]]]),
        ((square.reshape(1, 1, 2, 2), 1, 1), [[[[0, 0], [0, 1]]]]),
    ])


def shapes(conv_1, conv_2, flat, weights):
    """Check shapes and the number of parameters that were worked out by hand."""
    check.values(
        "shapes",
        conv_1=(conv_1, (6, 24, 24), "nn.Conv2d(1, 6, 5)(torch.zeros(1, 28, 28)).shape"),
        conv_2=(conv_2, (16, 8, 8), "nn.Conv2d(6, 16, 5)(torch.zeros(6, 12, 12)).shape"),
        flat=(flat, 256, "nn.MaxPool2d(2)(torch.zeros(conv_2)).numel()"),
        weights=(weights, 5142, "sum(p.numel() for p in model.parameters())"),
    )


def small(model, at_most=50_000, at_least=0.95):
    """Check a trained network of few parameters: (N, 1, 28, 28) gives logits (N, 10)."""
    name = "small"
    if check.untouched(model):
        return check.say("⬜", name)
    x, y = data.load_digits("test")
    x = x.unsqueeze(1) / 255
    output = _answers(model, name, "small(x)", x)
    if output is check.NO_ANSWER:
        return None
    if not isinstance(model, nn.Module):
        return check.say("❌", name, "isinstance(small, nn.Module) → False ≠ True")
    # What is kept in buffers counts too, such as a copy of the training set.
    count = sum(value.numel() for value in model.state_dict().values()
                if isinstance(value, torch.Tensor))
    if count > at_most:
        return check.say("❌", name, f"{count} parameters > {at_most}")
    if (shape := check.shape_of(output)) != (1000, 10):
        return check.say("❌", name, f"small(x).shape → {shape} ≠ (1000, 10)")
    accuracy = (output.float().argmax(dim=1).cpu() == y).float().mean().item()
    mark, sign = ("✅", "") if accuracy >= at_least else ("❌", f" < {at_least}")
    return check.say(mark, name, f"{name}: {count} parameters, accuracy → {accuracy:.2f}{sign}")


def project(my_data, my_model, at_least=50, at_most=1000):
    """Check a learner's own data set and model: samples (x, y), logits (N, K), above the baseline.

    at_most: so many samples of a large data set are looked at.
    """
    name = "project"
    if check.untouched(my_data, my_model):
        return check.say("⬜", name)
    size = check.run(lambda: len(my_data), name, "len(my_data)", ())
    if size is check.NO_ANSWER:
        return None
    if size < at_least:
        return check.say("❌", name, f"len(my_data) → {size} < {at_least}")
    pictures, labels = [], []
    # All over the set, for samples may be sorted by class.
    places = torch.linspace(0, size - 1, min(size, at_most), dtype=torch.float64).round()
    for i in places.long().tolist():
        sample = check.item(my_data, i, name, "my_data")
        if sample is check.NO_ANSWER:
            return None
        if not isinstance(sample, (tuple, list)) or len(sample) != 2:
            return check.say("❌", name, f"x, y = my_data[{i}] → {check.short(sample)}")
        x, y = sample
        if not isinstance(x, torch.Tensor) or x.dtype != torch.float32:
            kind = getattr(x, "dtype", type(x).__name__)
            return check.say("❌", name, f"my_data[{i}][0].dtype → {kind} ≠ torch.float32")
        try:
            label = check.plain(y)
        except ValueError:
            label = None
        if not isinstance(label, float) or not (label >= 0 and label == int(label)):
            return check.say("❌", name, f"my_data[{i}][1] → {check.short(y)}")
        if pictures and x.shape != pictures[0].shape:
            return check.say("❌", name, f"my_data[{i}][0].shape → {tuple(x.shape)} ≠ "
                             f"{tuple(pictures[0].shape)}")
        pictures.append(x)
        labels.append(int(label))
    y = torch.tensor(labels)
    logits = _answers(my_model, name, "my_model(x)", torch.stack(pictures))
    if logits is check.NO_ANSWER:
        return None
    shape, classes = check.shape_of(logits), max(labels) + 1
    if not (len(shape) == 2 and shape[0] == len(y) and shape[1] >= max(classes, 2)):
        return check.say("❌", name, f"my_model(x).shape → {shape} ≠ {(len(y), classes)}")
    accuracy = (logits.float().argmax(dim=1).cpu() == y).float().mean().item()
    baseline = y.bincount().max().item() / len(y)
    mark, sign = ("✅", ">") if accuracy > baseline else ("❌", "≤")
    return check.say(mark, name, f"{name}: accuracy → {accuracy:.2f} {sign} {baseline:.2f}")


def _answers(model, name, call, x):
    """Return what a model says to the batch x in evaluation mode, or NO_ANSWER after saying why."""
    def function():
        if not isinstance(model, nn.Module):
            return model(x)
        training = model.training
        first = next(model.parameters(), x)
        try:
            with torch.no_grad():
                return model.eval()(x.to(first.device))
        finally:
            model.train(training)

    if not callable(model):
        return check.run(model, name, call, ())
    return check.run(function, name, call, ())

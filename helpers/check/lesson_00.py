"""The checks of lesson 00, the warm-up; what they are tried on: tests/answers_00.py."""

import torch

from helpers import check


def days(count):
    """Check the number of days in a week."""
    check.values("days", days=(count, 7, "5 + 2"))


def self_test(shape_t, element, shape_sum, shape_product, slope, slope_chain):
    """Check four answers on tensors, shapes as tuples, and two slopes."""
    check.values(
        "self_test",
        shape_t=(shape_t, (5, 2), "torch.zeros(2, 5).T.shape"),
        element=(element, 3, "torch.tensor([[1, 2], [3, 4]])[1, 0]"),
        shape_sum=(shape_sum, (3, 4), "(torch.ones(3, 1) + torch.ones(4)).shape"),
        shape_product=(shape_product, (2, 5), "(torch.ones(2, 3) @ torch.ones(3, 5)).shape"),
        slope=(slope, 6, "(((3 + h)**2 + 1) - (3**2 + 1)) / h"),
        slope_chain=(slope_chain, 8, "((2 * (1 + h))**2 - (2 * 1)**2) / h"),
    )


def column(function):
    """Check `column(x)`: x (N,) becomes (N, 1)."""
    check.calls(function, "column", [
        ((torch.tensor([1.0, 2.0]),), [[1], [2]]),
        ((torch.tensor([5.0, 6.0, 7.0]),), [[5], [6], [7]]),
        ((torch.tensor([4.0]),), [[4]]),
    ])


def center_rows(function):
    """Check `center_rows(x)`: each row of x (N, C) less its mean; a square x is among the cases."""
    check.calls(function, "center_rows", [
        ((torch.tensor([[1.0, 3.0], [10.0, 30.0]]),), [[-1, 1], [-10, 10]]),
        ((torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 6.0]]),), [[-1, 0, 1], [-2, -2, 4]]),
        ((torch.tensor([[1.0], [2.0]]),), [[0], [0]]),
    ])


def scaler(cls):
    """Check the class `Scaler(mean, deviation)`, called as `scaler(x)`, x a number or a tensor."""

    def scale(mean, deviation, x):
        built = cls(mean, deviation)
        return built if built is ... else built(x)

    check.calls(scale if callable(cls) else cls, "Scaler", [
        ((2, 4, 10), 2),
        ((78.0, 8.0, torch.tensor([70.0, 78.0, 90.0])), [-1, 0, 1.5]),
        ((-1, 0.5, torch.tensor([[0.0], [-1.0]])), [[2], [0]]),
    ], form="Scaler({}, {})({})")


def square(x):
    """Return x²."""
    return x * x


def double(x):
    """Return 2x."""
    return 2 * x


def quotient(function):
    """Check `quotient(f, x, h)`, the slope of the line through x and x + h."""
    check.calls(function, "quotient", [
        ((double, 1.0, 1.0), 2.0), ((square, 3.0, 1.0), 7.0), ((square, 3.0, 0.5), 6.5),
        ((square, -1.0, 2.0), 0.0), ((square, 2.0, -1.0), 3.0),
    ])


def chain(my_u, du_dx, dy_du, dy_dx):
    """Check the slopes of y = (2x − 1)³ at x = 1, step by step."""
    check.values(
        "chain",
        my_u=(my_u, 1, "2 * 1 - 1"),
        du_dx=(du_dx, 2, "((2 * (1 + h) - 1) - (2 * 1 - 1)) / h"),
        dy_du=(dy_du, 3, "3 * my_u**2"),
        dy_dx=(dy_dx, 6, "((2 * (1 + h) - 1)**3 - (2 * 1 - 1)**3) / h"),
    )

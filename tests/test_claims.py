"""The claims of the lessons that hold for any seed, tried for others than the one shown."""

import pytest
import torch
from torch import nn

from helpers import data


@pytest.fixture(scope="module")
def bills():
    """Lesson 02: bills of Adelie and Chinstrap penguins, x (219, 2) and y (219, 1)."""
    columns = ["bill_length_mm", "bill_depth_mm"]
    penguins = data.load_penguins(columns, species=["Adelie", "Chinstrap"], missing="drop")
    x = torch.stack([penguins[column] for column in columns], dim=1) - torch.tensor([42.0, 18.0])
    y = torch.tensor([name == "Chinstrap" for name in penguins["species"]])
    return x, y.float().reshape(-1, 1)


@pytest.mark.parametrize("seed", range(1, 11))
def test_02_the_neuron_finds_its_numbers_from_any_start(bills, seed):
    x, y = bills
    torch.manual_seed(seed)
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(300):
        loss = nn.BCEWithLogitsLoss()(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    accuracy = ((model(x) > 0) == (y == 1)).float().mean()
    assert accuracy >= 0.96 and accuracy - (1 - y.mean()) > 0.25
    assert model.weight[0, 0] > 0 > model.weight[0, 1]
    assert loss < 0.1


@pytest.mark.parametrize(("lr", "arrives"), [(0.01, False), (0.1, True), (0.3, True), (0.6, False)])
def test_02_learning_rates_of_the_change_it(lr, arrives):
    penguins = data.load_penguins(["flipper_length_mm", "body_mass_g"], missing="drop")
    x, y = penguins["flipper_length_mm"] / 10 - 20, penguins["body_mass_g"] / 1000
    w = b = 0.0
    for _ in range(40):
        error = w * x + b - y
        w, b = w - lr * 2 * (error * x).mean(), b - lr * 2 * error.mean()
    loss = ((w * x + b - y) ** 2).mean()
    assert (abs(loss - 0.1545) < 0.001) == arrives
    assert (loss > 18.3) == (lr == 0.6)  # it walks away from where it started

"""The claims of the lessons that hold for any seed, tried for others than the one shown."""

import runpy

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


@pytest.fixture(params=["course", 1, 2, 3, 4])
def defence(request):
    """Lesson 07: marks x (600, 6) and classes y (600,) of the course's table, or of another one."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    if request.param == "course":
        table = data.load_marks()
        x, y = table[data.MARKS].to_numpy(), table["等级"].to_numpy()
    else:
        made = runpy.run_path(str(data.DATASETS / "大数据答辩成绩表.py"))
        x, y = made["draw"](600, seed=request.param)
    yield torch.tensor(x, dtype=torch.float32), torch.tensor(y)
    torch.set_num_threads(threads)


def accuracy_07(model, x, y, test):
    """Train on the rows outside `test` as lesson 07 does; return the accuracy on those in it."""
    train = torch.ones(len(x), dtype=torch.bool)
    train[test] = False
    x = (x - x[train].mean(dim=0)) / x[train].std(dim=0)
    x_train, y_train = x[train], y[train]
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    for _ in range(100):
        for rows in torch.randperm(len(x_train)).split(32):
            loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        return (model(x[test]).argmax(dim=1) == y[test]).float().mean()


def test_07_the_network_earns_its_place(defence):
    x, y = defence
    torch.manual_seed(0)
    line, network = [], []
    for test in torch.randperm(len(x)).split(150):
        line.append(accuracy_07(nn.Linear(6, 4), x, y, test))
        deep = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(),
                             nn.Linear(32, 4))
        network.append(accuracy_07(deep, x, y, test))
    line, network = torch.stack(line), torch.stack(network)
    assert 0.33 <= y.bincount().max() / len(y) <= 0.43  # the majority baseline
    assert line.mean() >= 0.72
    assert network.mean() >= 0.88
    assert (network - line).mean() >= 0.08
    assert (network - line).min() > 0.04

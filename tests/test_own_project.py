"""The template for a learner's own project, filled in as it says with two data sets that no lesson
has: a table and a folder of pictures."""

import contextlib
import io
import math
import re

import matplotlib.pyplot as plt
import pytest
import torch
import tqdm.auto
from PIL import Image
from sklearn.datasets import load_digits, load_wine

from helpers import plot
from tests.notebooks import path_of, read

SETTINGS = {"table-settings", "folder-settings", "choose-settings", "save-file", "new-sample"}


def code(edition):
    return [cell for cell in read(path_of(edition, "project")).cells if cell.cell_type == "code"]


def filled_in(edition, without, **values):
    """Run the template with these values for the names in the marked lines, and no cell of the part
    `without`; return what it prints by cell, and all names."""
    names, printed = {}, {}
    for cell in code(edition):
        if cell.id.startswith(f"{without}-"):
            continue
        source = cell.source
        for name, value in values.items():
            # The marked statement goes, from its name to its mark, be it one line or two.
            old = re.compile(rf"^{name} = (?:(?!\n\w).)*?# ←[^\n]*$", re.MULTILINE | re.DOTALL)
            source = old.sub(lambda match, new=f"{name} = {value}": new, source)
        held = io.StringIO()
        with contextlib.redirect_stdout(held):
            exec(compile(source, cell.id, "exec"), names)
        printed[cell.id] = held.getvalue()
    return printed, names


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    """No bar, and no figure: there is no notebook."""
    monkeypatch.setattr(tqdm.auto, "tqdm", lambda steps, **options: steps)
    monkeypatch.setattr(plot, "display", lambda *figure, **metadata: None)
    yield
    plt.close("all")


def scores(printed):
    """Return the baseline and the accuracy on the test set."""
    first, second = printed["test-once"].splitlines()
    return float(first.split()[-1]), float(second.split()[-2])


@pytest.mark.parametrize("edition", ["zh", "en"])
def test_what_is_to_be_changed_is_marked(edition):
    marked = {cell.id for cell in code(edition) if "# ←" in cell.source}
    assert marked == SETTINGS
    for cell in code(edition):
        if cell.id.endswith("-settings"):
            assert all("# ←" in line for line in cell.source.splitlines()), cell.id


@pytest.mark.parametrize("edition", ["zh", "en"])
def test_a_table(edition, tmp_path):
    wine = load_wine(as_frame=True)
    frame = wine.data.assign(品种=[f"品种{k}" for k in wine.target], 编号=range(len(wine.data)))
    frame["颜色"] = ["深" if value > 5 else "浅" for value in frame.pop("color_intensity")]
    frame.to_csv(tmp_path / "葡萄酒.csv", index=False, encoding="gbk")
    row = frame.drop(columns=["品种", "编号"]).iloc[-1].to_dict()
    printed, names = filled_in(
        edition, "folder", table_path=f"{str(tmp_path / '葡萄酒.csv')!r}", table_label="'品种'",
        table_leave_out="['编号']", table_encoding="'gbk'", chosen="from_table", new=repr(row),
        model_path=f"Path({str(tmp_path / 'model.pt')!r})",
    )
    assert names["classes"] == ["品种0", "品种1", "品种2"] and names["x_table"].shape == (178, 14)
    baseline, accuracy = scores(printed)
    assert baseline < 0.6 and accuracy > 0.85
    assert names["probability"].argmax() == 2 and names["saved"]["classes"] == names["classes"]
    assert names["saved"].keys() == {"state_dict", "classes", "mean", "deviation", "columns"}
    assert torch.equal(names["saved"]["mean"], names["mean"])
    assert (tmp_path / "model.pt").exists()
    x, y = names["test_set"][0]
    row = names["whole"].iloc[int(names["test_set"].indices[0])].drop("品种").to_dict()
    assert names["row_to_x"](row).tolist() == pytest.approx(x.tolist(), abs=1e-5)
    for wrong, found in (
        ({name: row[name] for name in row if name != "alcohol"}, "'alcohol'"),
        (row | {"Alcohol": 13.0}, "'Alcohol'"), (row | {"颜色": "红"}, "'颜色_红'"),
        (row | {"alcohol": "13"}, "'alcohol_13'"),
    ):
        with pytest.raises(ValueError, match=found):
            names["row_to_x"](wrong)


@pytest.mark.parametrize("edition", ["zh", "en"])
def test_a_folder_of_pictures(edition, tmp_path):
    names = [f"数字{name}" for name in "零一二三四五六七八九"]
    digits = load_digits()
    for k, (picture, label) in enumerate(zip(digits.images[:800], digits.target, strict=False)):
        path = tmp_path / "图片" / names[label] / f"{k:04d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray((picture * 15).astype("uint8")).save(path)
    printed, found = filled_in(
        edition, "table", folder_path=f"{str(tmp_path / '图片')!r}", folder_augment="[]",
        chosen="from_folder", new=f"{str(path)!r}",
        model_path=f"Path({str(tmp_path / 'model.pt')!r})",
        **{"epochs, lr, batch_size": "8, 0.003, 32"},
    )
    assert found["classes"] == sorted(names) and found["x_batch"].shape == (32, 3, 32, 32)
    baseline, accuracy = scores(printed)
    assert baseline < 0.2 and accuracy > 0.85
    assert found["classes"][found["probability"].argmax()] == names[label]
    assert found["saved"].keys() == {"state_dict", "classes", "mean", "deviation", "side"}


def test_the_three_parts_share_no_sample_and_only_training_is_random():
    _, names = filled_in("en", "none", **{"epochs, lr, batch_size": "1, 0.01, 32"})
    for parts, n in (names["table_parts"], 333), (names["folder_parts"], 108):
        assert sorted(i for part in parts for i in part.tolist()) == list(range(n))
    train, val, test = names["from_folder"]["sets"]
    assert not all((train[0][0] == train[0][0]).all() for _ in range(20)), "it is turned at random"
    assert all((part[0][0] == part[0][0]).all() for part in (val, test) for _ in range(20))
    x_train = names["table_set"].tensors[0][names["table_parts"][0]]
    assert x_train.mean(dim=0).abs().max() < 1e-5 and (x_train.std(dim=0) - 1).abs().max() < 1e-5


def test_a_learning_rate_that_explodes_ends_in_numbers_and_no_error():
    printed, names = filled_in("en", "folder", **{"epochs, lr, batch_size": "2, 1e30, 32"})
    assert math.isnan(names["history"][-1][1]) and "validation set" in printed["choose-best"]

"""The lessons in JupyterLab, driven by keyboard and mouse as a learner does: every cell runs,
widgets move, exercises answer; and as live slides, which jupyterlab-rise shows."""

import inspect
import json
import os
import re
import socket
import subprocess
import time
import urllib.request

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

from conftest import pictures
from helpers import lab
from tests.notebooks import (
    EDITIONS,
    KERNEL_ENVIRONMENT,
    LESSONS,
    NOTEBOOKS,
    TAUGHT,
    canonical,
    code_hidden,
    path_of,
    read,
    tags,
)
from tests.test_draw import network, strokes
from tests.test_exercises import exercises

SECONDS = 60_000  # how long to wait for a page or a cell: a busy machine is slow
CONTROLS = ", ".join(
    f".jupyter-widgets {kind}"
    for kind in ("[role=slider]", "select", "input[type=checkbox]", "input[type=radio]", "button")
)


def is_outside(url, server):
    """Whether a request leaves this computer."""
    return not url.startswith((server, server.replace("http:", "ws:"), "data:", "blob:"))


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """JupyterLab as `make lab` starts it, on a copy of the course; return its address."""
    home = tmp_path_factory.mktemp("lab")
    work = home / "work"
    lab.prepare(NOTEBOOKS, work)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = [
        "--no-browser", f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=",
        "--LabApp.expose_app_in_browser=True",
    ]
    folders = {f"JUPYTER_{kind}_DIR": str(home / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    with open(home / "log", "w") as log:
        process = subprocess.Popen(
            lab.lab_command(work, options), stdout=log, stderr=log,
            env=os.environ | KERNEL_ENVIRONMENT | folders,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/api")
                break
            except OSError:
                assert process.poll() is None, (home / "log").read_text()
                time.sleep(0.25)
        yield address
    finally:
        process.terminate()
        process.wait()


IDLE = """() => {
    const session = window.jupyterapp?.shell.currentWidget?.sessionContext;
    return session?.isReady && session.session?.kernel?.status == 'idle' }"""


class Notebook:
    """A notebook that is open in JupyterLab, a lesson as a rule."""

    CURRENT = "const notebook = jupyterapp.shell.currentWidget.content;"

    def __init__(self, page, cells, edition=None, lesson=None):
        self.page, self.cells, self.edition, self.lesson = page, cells, edition, lesson

    def ask(self, code, argument=None):
        """Return what JavaScript says that may use `notebook`, the widget, and `argument`."""
        return self.page.evaluate(f"async (argument) => {{ {self.CURRENT} {code} }}", argument)

    def cell(self, index):
        """Bring the cell into view, for JupyterLab renders only what is near, and return it."""
        self.ask("notebook.activeCellIndex = argument; notebook.activate();"
                 "await notebook.scrollToItem(argument)", index)
        return self.page.locator(f".jp-Notebook [data-windowed-list-index='{index}']")

    def wait_until_idle(self):
        self.page.wait_for_function(IDLE, timeout=SECONDS)

    def run_all(self):
        # The stored outputs go first: what is there afterwards comes from this run.
        for menu, entry in (("Edit", "Clear Outputs of All Cells"), ("Run", "Run All Cells")):
            self.page.get_by_role("menuitem", name=menu, exact=True).click()
            self.page.get_by_role("menuitem", name=entry, exact=True).click()
        code = [cell for cell in self.cells if cell.cell_type == "code"]
        self.page.wait_for_function(
            f"id => {{ {Notebook.CURRENT} const cells = notebook.model.sharedModel.cells;"
            "return cells.find(cell => cell.id == id).execution_count"
            " || cells.some(cell => cell.outputs?.some(output => output.output_type == 'error')) }",
            arg=code[-1].id,
            timeout=4 * SECONDS,  # the whole lesson, while another process has the other core
        )
        self.wait_until_idle()

    def outputs(self):
        """Return {id: outputs} of the code cells that were run."""
        cells = self.ask("return notebook.model.sharedModel.cells.map(cell => cell.toJSON())")
        return {c["id"]: c["outputs"] for c in cells if c.get("execution_count")}

    def answer(self, index, text):
        """Write `text` into the cell, run it and the one below, and return what that shows."""
        self.cell(index).locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)
        for _ in range(2):
            self.page.keyboard.press("Shift+Enter")
        self.wait_until_idle()
        output = self.cell(index + 1).locator(".jp-OutputArea-output")
        return output.inner_text(timeout=SECONDS)


@pytest.fixture(scope="module")
def notebook(request, browser, server):
    """The lesson after Run > Run All Cells."""
    edition, lesson = request.param
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(SECONDS)
    outside = []
    page.on("request", lambda r: outside.append(r.url) if is_outside(r.url, server) else None)
    # In a workspace of its own, for JupyterLab opens again what was open in the one before.
    page.goto(f"{server}/lab/workspaces/{edition}-{lesson}/tree/{edition}/{lesson}.ipynb")
    notebook = Notebook(page, read(path_of(edition, lesson)).cells, edition, lesson)
    notebook.outside = outside
    notebook.wait_until_idle()
    notebook.run_all()
    yield notebook
    page.close()


every_open_notebook, every_open_lesson = (
    pytest.mark.parametrize(
        "notebook", [(edition, lesson) for lesson in lessons for edition in EDITIONS],
        indirect=True, ids=lambda pair: "-".join(pair),
    )
    for lessons in (LESSONS, TAUGHT)
)


@every_open_notebook
def test_run_all_reaches_the_last_cell(notebook):
    outputs = notebook.outputs()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.id in outputs, f"{cell.id} was not run"
            for output in outputs[cell.id]:
                assert output["output_type"] != "error", f"{cell.id}: {output}"
                assert output.get("name") != "stderr", f"{cell.id}: {output}"
    assert not notebook.outside, "a page of JupyterLab asks the web"


@pytest.mark.parametrize(("file", "text", "path", "cell_id"), [
    # JupyterLab scrolls to a markdown cell, but does not make it the active one.
    ("glossary.md", "广播", "zh/00_warm_up.ipynb", "title"),
    ("errors.ipynb", "05 a worker has died", "en/05_dataloader.ipynb", "dying-mistake"),
])
def test_a_term_and_an_error_lead_to_their_cells(browser, server, file, text, path, cell_id):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(SECONDS)
    page.goto(f"{server}/lab/workspaces/from-{file.split('.')[0]}/tree/{file}")
    page.locator("table").get_by_role("link", name=text, exact=True).click()
    page.wait_for_function(
        "([path, id]) => { const now = window.jupyterapp?.shell.currentWidget;"
        "return now?.context.path == path && now.content.activeCell?.model.id == id &&"
        "now.content.node.querySelector('.jp-WindowedPanel-outer').scrollTop > 1000 }",
        arg=[path, cell_id],
    )
    page.close()


@every_open_notebook
def test_every_control_of_every_widget_changes_its_picture(notebook):
    for index, cell in enumerate(notebook.cells):
        if "try-it" not in tags(cell):
            continue
        place = notebook.cell(index)
        picture = place.locator(".jp-OutputArea-output img").last
        picture.wait_for()
        draw_if_possible(notebook.page, place, picture)
        controls = place.locator(CONTROLS)
        assert controls.count(), f"{cell.id}: a widget without controls"
        for number, control in enumerate(controls.all(), start=1):
            move(notebook, control, picture, f"{cell.id}, control {number}")


def draw(page, canvas, digit):
    """Draw a digit with the mouse."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    for (x, y), *others in strokes(digit):
        page.mouse.move(box["x"] + x, box["y"] + y)
        page.mouse.down()
        for x, y in others:
            page.mouse.move(box["x"] + x, box["y"] + y, steps=3)
        page.mouse.up()


def draw_if_possible(page, place, picture):
    """Draw on the canvases there, whose clear button would change nothing on an empty one."""
    for canvas in place.locator("canvas").all():
        before = picture.get_attribute("src")
        draw(page, canvas, 7)
        assert changes(picture, before), "drawing on the canvas changes nothing"


def has_focus(control):
    return control.evaluate("element => element == document.activeElement")


def move(notebook, control, picture, name):
    """Reach a control with Tab, and change it by a key; its picture has to follow."""
    keyboard = notebook.page.keyboard
    for _ in range(30):
        if has_focus(control):
            break
        keyboard.press("Tab")
    assert has_focus(control), f"{name}: the keyboard does not reach it"
    before = picture.get_attribute("src")
    keyboard.press(key_for(control))
    assert changes(picture, before), f"{name}: changes nothing"


def changes(picture, before, milliseconds=10_000):
    """Whether a picture becomes another than `before`, its source, within that time."""
    try:
        expect(picture).not_to_have_attribute("src", before, timeout=milliseconds)
    except AssertionError:
        return False
    return True


def key_for(control):
    """Return the key that changes a control of this kind."""
    if control.get_attribute("role") == "slider":
        at_end = control.get_attribute("aria-valuenow") == control.get_attribute("aria-valuemax")
        return "ArrowLeft" if at_end else "ArrowRight"
    if control.evaluate("element => element.tagName") == "SELECT":
        return "ArrowDown"
    return "Space"


@every_open_notebook
def test_exercises_answer_to_wrong_and_right(notebook):
    """None is wrong everywhere; plausible wrong answers are tried in test_exercises.py."""
    places = {cell.id: index for index, cell in enumerate(notebook.cells)}
    for name, parts in exercises(notebook.edition, notebook.lesson).items():
        index, stub = places[parts["stub"].id], parts["stub"].source
        assert places[parts["check"].id] == index + 1
        assert notebook.answer(index, stub.replace("...", "None")).startswith("❌"), name
        assert notebook.answer(index, code_hidden(parts["solution"])).startswith("✅"), name


@pytest.mark.parametrize(
    "notebook", [(edition, "03_network") for edition in EDITIONS], indirect=True, ids="-".join
)
def test_the_playground_trains_live_and_stops(notebook):
    index = next(i for i, cell in enumerate(notebook.cells) if cell.id == "playground-live")
    place = notebook.cell(index)
    picture, train = place.locator("img").last, place.locator("button").first

    down = re.compile("mod-active")
    if down.search(train.get_attribute("class")):  # another test has moved every control
        train.click()
    expect(train).not_to_have_class(down)
    train.click()
    expect(train).to_have_class(down)
    for _ in range(3):
        assert changes(picture, picture.get_attribute("src")), "it does not train"
    stub = next(i for i, cell in enumerate(notebook.cells) if cell.id == "n-parameters-stub")
    other = "def n_parameters(sizes):\n    return 0"
    assert notebook.answer(stub, other).startswith("❌"), "no other cell runs while it trains"
    notebook.cell(index)
    assert changes(picture, picture.get_attribute("src")), "running another cell stops it"
    train.click()
    notebook.page.wait_for_timeout(1500)  # for a picture that was under way
    assert not changes(picture, picture.get_attribute("src"), 2000), "it does not stop"


def go_to_slide_of(notebook, index):
    """Turn the live slides until a cell is shown, and return it."""
    slides = notebook.page.frame_locator("iframe")
    cell = slides.locator(f"section .jp-CodeCell[data-windowed-list-index='{index}']")
    cell.wait_for(state="attached")  # before it is there, a key would turn past it
    for _ in range(300):
        section = cell.locator("xpath=ancestor::section[1]")
        if cell.is_visible() and "present" in section.get_attribute("class"):
            # A moment later it is selected by itself, and would take the focus from a control.
            expect(cell).to_have_class(re.compile("jp-mod-active"))
            return cell
        notebook.page.keyboard.press("Space")
        notebook.page.wait_for_timeout(100)  # the slide that comes is marked a moment later
    pytest.fail(f"{notebook.cells[index].id}: on no slide")


@every_open_lesson
def test_live_slides_run_a_cell_and_move_a_slider(notebook):
    """Alt+R starts the show. Run All has run the imports, which are on no slide."""
    shown = [
        index for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and cell.metadata.slideshow.slide_type != "skip"
    ]
    notebook.cell(0)
    keyboard = notebook.page.keyboard
    keyboard.press("Alt+r")
    notebook.page.frame_locator("iframe").locator(".reveal.ready").click()

    cell = go_to_slide_of(
        notebook, next(i for i in shown if not pictures(notebook.cells[i].outputs))
    )
    number = cell.locator(".jp-InputArea-prompt")
    before = number.text_content()
    cell.locator(".cm-content").click()
    keyboard.press("Shift+Enter")
    expect(number).not_to_have_text(before)
    expect(number).to_have_text(re.compile(r"\[\d+\]:"))

    for index in shown:
        if "try-it" in tags(notebook.cells[index]):
            cell = go_to_slide_of(notebook, index)
            control, picture = cell.locator(CONTROLS).first, cell.locator("img").last
            picture.wait_for()
            draw_if_possible(notebook.page, cell, picture)
            slide = control.evaluate("() => location.hash")
            control.focus()
            move(notebook, control, picture, notebook.cells[index].id)
            assert control.evaluate("() => location.hash") == slide, "the key turns the slide"
            break
    assert not notebook.outside, "live slides ask the web"


# Widgets to draw in, for three networks of the lesson, and for one that is wrong.
DRAW = [new_code_cell(source) for source in (
    "import torch\nfrom torch import nn\nfrom helpers import data, draw",
    inspect.getsource(network),
    *[f"draw.canvas(network({seed}))" for seed in range(3)],
    "draw.canvas(nn.Linear(2, 2))",
)]
WIDGETS = range(2, 6)  # their cells


@pytest.fixture(scope="module")
def drawing(browser, server):
    """The notebook of these cells, after Run > Run All Cells."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(SECONDS)
    page.goto(f"{server}/lab/workspaces/draw/tree/start.ipynb")
    page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.context?.isReady")
    page.evaluate(
        "content => jupyterapp.serviceManager.contents.save("
        "'en/draw.ipynb', {type: 'notebook', format: 'json', content})",
        json.loads(canonical(new_notebook(cells=DRAW))),
    )
    page.goto(f"{server}/lab/workspaces/draw-2/tree/en/draw.ipynb")
    notebook = Notebook(page, DRAW)
    notebook.wait_until_idle()
    notebook.run_all()
    yield notebook
    page.close()


def parts(place):
    """Return the canvas, the table, its bold digit, and the button of the widget in a cell."""
    table = place.locator("table")
    bold = table.locator("tr[style*=bold] th")
    return place.locator("canvas"), table, bold, place.get_by_role("button", name="clear")


@pytest.mark.parametrize("index", WIDGETS[:3])
def test_digits_drawn_with_the_mouse_are_read(drawing, index):
    canvas, table, answer, clear = parts(drawing.cell(index))
    for digit in (1, 0, 7):
        draw(drawing.page, canvas, digit)
        expect(answer).to_have_text(str(digit))
        shares = [float(share) for share in table.inner_text().split()[1::2]]
        assert len(shares) == 10 and shares.index(max(shares)) == digit
        clear.click()
        expect(answer).to_have_count(0)
        assert table.inner_text().split() == [text for k in range(10) for text in (str(k), "–")]


def test_a_digit_drawn_with_a_finger_is_read(drawing):
    canvas, _, answer, clear = parts(drawing.cell(WIDGETS[0]))
    touch = drawing.page.context.new_cdp_session(drawing.page)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()

    def send(kind, *points):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [
            {"x": box["x"] + x, "y": box["y"] + y} for x, y in points
        ]})

    for first, *others in strokes(0):
        send("touchStart", first)
        for point in others:
            send("touchMove", point)
        send("touchEnd")
    expect(answer).to_have_text("0")
    assert canvas.bounding_box() == box, "the page scrolls under the finger"
    clear.click()
    expect(answer).to_have_count(0)


def test_a_model_that_does_not_fit_is_answered_below_the_drawing(drawing):
    place = drawing.cell(WIDGETS[3])
    draw(drawing.page, place.locator("canvas"), 1)
    for words in ("x.shape (1, 1, 28, 28), RuntimeError: ",
                  ": mat1 and mat2 shapes cannot be multiplied (28x28 and 2x2)"):
        expect(place.get_by_role("alert")).to_contain_text(words)


def test_the_tab_key_does_not_end_in_the_canvas(drawing):
    canvas, _, _, clear = parts(drawing.cell(WIDGETS[1]))
    canvas.focus()
    drawing.page.keyboard.press("Tab")
    expect(clear).to_be_focused()
    draw(drawing.page, canvas, 1)
    expect(canvas).not_to_be_focused()
    drawing.page.keyboard.press("Tab")
    expect(clear).to_be_focused()


def test_live_slides_show_what_was_drawn_and_draw(drawing):
    place = drawing.cell(WIDGETS[2])
    draw(drawing.page, place.locator("canvas"), 0)
    expect(parts(place)[2]).to_have_text("0")
    place.locator(".jp-InputPrompt").click()
    drawing.page.keyboard.press("Alt+r")
    slides = drawing.page.frame_locator("iframe")
    slides.locator(".reveal.ready").wait_for()
    slide = slides.locator(f".jp-CodeCell[data-windowed-list-index='{WIDGETS[2]}']")
    canvas, _, answer, clear = parts(slide)
    expect(answer).to_have_text("0")
    clear.click()
    expect(answer).to_have_count(0)
    draw(drawing.page, canvas, 7)
    expect(answer).to_have_text("7")

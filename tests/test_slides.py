"""Every slide of every lesson in a real browser, as a class sees it: it fits its page, can be read
from afar, has its formulas and figures, and needs no network. A new lesson is covered by being
there."""

import re
from itertools import combinations

import pytest
from fontTools.ttLib import TTFont
from nbformat import write
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.setup import Problem
from slides import build
from tests.conftest import skip_but_not_in_ci
from tests.notebooks import EDITIONS, NOTEBOOKS, TAUGHT, path_of, read

WIDTH, HEIGHT, MARGIN = 1280, 720, 40
SMALLEST = {"text": 24, "code": 20, "foot": 20}
# The font of the figures is 14 pt; what is seen is 12 pt at least.
SMALLEST_FIGURE = 12 / 14
EMOJI = "✅❌⬜"  # what the checks of the exercises print; each system has its own font for them
DEFAULT_ALT = "No description has been provided"

# What is on the current slide: its pieces of text with their place, their size and the block that
# they belong to, figures and formulas; all in the units of a page of 1280 x 720.
LOOK = """() => {
  const scale = Reveal.getScale();
  const page = document.querySelector(".slides").getBoundingClientRect();
  const unseen = "aside, mjx-assistive-mml, script, style";
  const slide = Reveal.getCurrentSlide(), foot = document.querySelector("footer");
  const blocks = [], pieces = [], cut = [];
  const add = (element, what, kind, rectangle, more) => {
    const block = element.closest("p, li, pre, th, td, h1, h2, h3, img, footer, summary, div");
    if (!blocks.includes(block)) blocks.push(block);
    const seen = document.elementFromPoint(
      (rectangle.left + rectangle.right) / 2, (rectangle.top + rectangle.bottom) / 2);
    const text = block.innerText || what;
    if (!(slide.contains(seen) || foot.contains(seen)) && !cut.includes(text)) cut.push(text);
    pieces.push({
      what, kind, block: blocks.indexOf(block),
      left: (rectangle.left - page.left) / scale, right: (rectangle.right - page.left) / scale,
      top: (rectangle.top - page.top) / scale, bottom: (rectangle.bottom - page.top) / scale,
      ...more,
    });
  };
  for (const root of [slide, foot]) {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node; (node = texts.nextNode()); ) {
      const element = node.parentElement, what = node.data.trim();
      if (!what || element.closest(unseen)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const kind = root == foot ? "foot" : element.closest("code, pre") ? "code" : "text";
      const size = parseFloat(getComputedStyle(element).fontSize);
      for (const rectangle of range.getClientRects()) add(element, what, kind, rectangle, {size});
    }
    for (const element of root.querySelectorAll("*")) {
      const {overflowX, overflowY} = getComputedStyle(element);
      const hidden = (overflowX != "visible" && element.scrollWidth > element.clientWidth + 1)
        || (overflowY != "visible" && element.scrollHeight > element.clientHeight + 1);
      if (hidden && !element.closest(unseen + ", svg")) cut.push(element.innerText);
    }
  }
  for (const image of slide.querySelectorAll("img")) {
    const {clientWidth, clientHeight, naturalWidth, naturalHeight, alt} = image;
    add(image, alt, "figure", image.getBoundingClientRect(),
        {scale: Math.min(clientWidth / naturalWidth, clientHeight / naturalHeight)});
  }
  for (const formula of slide.querySelectorAll("mjx-container > svg"))
    if (!formula.closest("aside"))
      add(formula, "a formula", "formula", formula.getBoundingClientRect());
  return {
    pieces, cut, footTop: (foot.getBoundingClientRect().top - page.top) / scale,
    formulaErrors: [...slide.querySelectorAll("[data-mml-node=merror]")].map(e => e.textContent),
    links: [...slide.querySelectorAll("a")].map(a => a.getAttribute("href")),
    notes: [...slide.querySelectorAll("aside")].map(aside => aside.innerHTML),
  };
}"""


class Deck:
    """The slides of a lesson, opened from disk; `look` goes through all of them."""

    def __init__(self, browser, path):
        self.path, self.requests, self.errors = path, [], []
        self.page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light"
        )
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(path.as_uri())
        self.page.evaluate(
            "async () => { await MathJax.startup.promise; await document.fonts.ready; }"
        )
        self.count = self.page.evaluate("Reveal.getTotalSlides()")

    def slides(self):
        """Show one slide after another, with all its fragments, and yield its number, from 1."""
        for number in range(1, self.count + 1):
            self.page.evaluate(
                "number => { const slide = Reveal.getSlides()[number - 1];"
                "const {h, v} = Reveal.getIndices(slide); Reveal.slide(h, v, 999); }", number,
            )
            yield number

    def look(self):
        return {number: self.page.evaluate(LOOK) for number in self.slides()}


def faults(slide):
    """Return what does not fit on a slide, as sentences."""
    found, blocks = [f"not seen, or cut off: {text[:60]!r}" for text in slide["cut"]], {}
    for piece in slide["pieces"]:
        blocks.setdefault(piece["block"], []).append(piece)
    for pieces in blocks.values():
        text = f"{' '.join(piece['what'] for piece in pieces)[:60]!r}"
        page_end = HEIGHT if pieces[0]["kind"] == "foot" else slide["footTop"]
        too_low = max(piece["bottom"] for piece in pieces) - page_end
        if too_low > 1:
            found.append(f"{too_low:.0f} px too low: {text}")
        if (min(piece["left"] for piece in pieces) < MARGIN
                or max(piece["right"] for piece in pieces) > WIDTH - MARGIN
                or min(piece["top"] for piece in pieces) < 0):
            found.append(f"beyond the margin: {text}")
    for one, other in combinations(blocks.values(), 2):
        a, b = (
            (min(p["left"] for p in ps), min(p["top"] for p in ps),
             max(p["right"] for p in ps), max(p["bottom"] for p in ps))
            for ps in (one, other)
        )
        across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        if across > 2 and down > 2:
            found.append(f"{one[0]['what'][:40]!r} overlaps {other[0]['what'][:40]!r}")
    return found


@pytest.fixture(scope="module")
def assets():
    """What npm brings."""
    try:
        build.install_assets()
    except Problem as problem:
        skip_but_not_in_ci(problem.english)


@pytest.fixture(scope="module")
def made(assets, tmp_path_factory):
    """The folder with the slides of all lessons."""
    folder = tmp_path_factory.mktemp("slides")
    build.build(NOTEBOOKS, folder)
    return folder


@pytest.fixture(scope="module")
def deck(request, browser, made):
    edition, lesson = request.param
    deck = Deck(browser, made / edition / f"{lesson}.html")
    deck.edition, deck.lesson, deck.looks = edition, lesson, deck.look()
    yield deck
    deck.page.close()


every_deck = pytest.mark.parametrize(
    "deck", [(edition, lesson) for lesson in TAUGHT for edition in EDITIONS], indirect=True,
    ids=lambda pair: "-".join(pair),
)


def none_of(found):
    assert not found, "\n" + "\n".join(found)


@every_deck
def test_every_slide_fits_its_page(deck):
    none_of([f"slide {n}: {fault}" for n, slide in deck.looks.items() for fault in faults(slide)])


@every_deck
def test_no_request_leaves_the_page(deck):
    assert deck.requests[0] == deck.path.as_uri()
    none_of([url for url in deck.requests if not url.startswith(("file:", "data:"))])
    none_of(deck.errors)


@every_deck
def test_text_can_be_read_from_the_last_row(deck):
    none_of([
        f"slide {n}: {piece['size']:.0f} px: {piece['what'][:60]!r}"
        for n, slide in deck.looks.items() for piece in slide["pieces"]
        if piece.get("size", 99) < SMALLEST.get(piece["kind"], 0)
    ])
    none_of([
        f"slide {n}: a figure at {piece['scale']:.2f} of its size: {piece['what']!r}"
        for n, slide in deck.looks.items() for piece in slide["pieces"]
        if piece.get("scale", 1) < SMALLEST_FIGURE
    ])


@every_deck
def test_all_formulas_are_rendered(deck):
    found = []
    for n, slide in deck.looks.items():
        found += [f"slide {n}: {error}" for error in slide["formulaErrors"]]
        found += [
            f"slide {n}: not rendered: {piece['what']}" for piece in slide["pieces"]
            if piece["kind"] == "text" and re.search(r"\$|\\[a-z(\[]", piece["what"])
        ]
    none_of(found)
    source = "".join(c.source for c in shown_cells(deck) if c.cell_type == "markdown")
    if "$" in source:
        assert any(piece["kind"] == "formula" for slide in deck.looks.values()
                   for piece in slide["pieces"])


@every_deck
def test_no_glyph_is_missing(deck):
    """Each character is in one of the fonts beside the page, and the page has loaded both."""
    statuses = deck.page.evaluate("[...document.fonts].map(font => font.status)")
    assert statuses == ["loaded"] * len(build.FONTS)
    known = set().union(map(ord, EMOJI), *(TTFont(font).getBestCmap() for font in build.FONTS))
    none_of([
        f"slide {n}: {missing} in {piece['what'][:60]!r}"
        for n, slide in deck.looks.items() for piece in slide["pieces"]
        if (missing := {c for c in piece["what"] if ord(c) not in known and not c.isspace()})
    ])


def shown_cells(deck):
    cells = read(path_of(deck.edition, deck.lesson)).cells
    return [c for c in cells if c.metadata.slideshow.slide_type not in ("skip", "notes")]


@every_deck
def test_figures_carry_the_alt_text_of_the_notebook(deck):
    wanted = [
        output.metadata["image/png"]["alt"] for cell in shown_cells(deck)
        for output in cell.get("outputs", []) if "image/png" in output.get("data", {})
    ]
    shown = [piece["what"] for slide in deck.looks.values() for piece in slide["pieces"]
             if piece["kind"] == "figure"]
    assert shown == wanted and not any(DEFAULT_ALT in alt for alt in shown)


@every_deck
def test_links_lead_somewhere(deck):
    links = [link for slide in deck.looks.values() for link in slide["links"]]
    none_of([
        link for link in links if not link.startswith(("https:", "#"))
        and not (deck.path.parent / link).exists()
    ])


@every_deck
def test_notes_are_in_the_speaker_view_and_unfolded(deck):
    notes = [note for slide in deck.looks.values() for note in slide["notes"]]
    cells = read(path_of(deck.edition, deck.lesson)).cells
    assert len(notes) == sum(c.metadata.slideshow.slide_type == "notes" for c in cells)
    assert not [note for note in notes if "<details" in note or "<summary" in note or "$" in note]
    first = next(n for n, slide in deck.looks.items() if slide["notes"])
    with deck.page.expect_popup() as popup:
        deck.page.keyboard.press("s")
    view = popup.value
    shown = view.locator(".speaker-controls-notes .value")
    for number in deck.slides():
        if number == first:
            break
    shown.locator("p").first.wait_for()
    begin = re.sub(r"<[^>]*>", "", notes[0]).strip()[:20]
    assert begin in shown.inner_text()
    view.close()


@every_deck
def test_a_class_can_guess(deck):
    """Notes do not wait for a key, outputs do, and the foot says which section this is."""
    assert not deck.page.locator(".fragment aside").count()
    none_of(deck.page.evaluate("""() =>
      [...document.querySelectorAll(".jp-OutputArea")].filter(output => {
        const fragment = output.closest(".fragment");
        const alone = fragment && !fragment.querySelector(".jp-InputArea");
        return !alone && !output.querySelector("img");
      }).map(output => output.innerText.slice(0, 60))
    """))
    *_, last = deck.slides()
    headings = deck.page.locator("section h2").all_inner_texts()
    assert last == deck.count
    assert headings[-1].strip("¶") in deck.page.locator("footer .section").text_content()


def violations(page, at_least):
    """Return the rules of axe that the page breaks in light or dark, as sentences.

    at_least: on how many elements the contrast has to be measured, for axe skips what is hidden.
    """
    page.add_script_tag(path=build.ASSETS / "axe-core" / "axe.min.js")
    found = []
    for scheme in ("light", "dark"):
        page.evaluate("scheme => document.documentElement.style.colorScheme = scheme", scheme)
        results = page.evaluate("axe.run()")
        contrasts = [rule for kind in ("passes", "violations") for rule in results[kind]
                     if rule["id"] == "color-contrast"]
        assert sum(len(rule["nodes"]) for rule in contrasts) >= at_least
        for rule in results["violations"]:
            for node in rule["nodes"]:
                reasons = [reason["message"] for reason in node["any"]]
                found.append(f"{scheme}, {rule['id']}: {node['html'][:120]} {reasons}")
    return found


@every_deck
def test_slides_are_accessible_in_light_and_dark(deck):
    """As they are printed, for this shows all slides at once, each with all its fragments."""
    page = deck.page
    page.goto(deck.path.as_uri() + "?print-pdf")
    page.locator(".pdf-page").nth(deck.count - 1).wait_for()
    assert page.locator(".pdf-page").count() == deck.count
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    # Paper is white, but the screen need not be; and what the show hid from axe is seen here.
    page.add_style_tag(content=".pdf-page { background: var(--ground) !important }")
    page.evaluate("document.querySelectorAll('section').forEach(s => s.ariaHidden = null)")
    texts = {(n, p["block"]) for n, slide in deck.looks.items() for p in slide["pieces"]
             if p["kind"] in ("text", "code")}
    none_of(violations(page, at_least=len(texts)))


def test_key_d_turns_dark_and_light(browser, made):
    page = Deck(browser, next(made.glob("en/*.html"))).page
    ground = "getComputedStyle(document.body).backgroundColor"
    grounds = [page.evaluate(ground)]
    for _ in range(2):
        page.keyboard.press("d")
        grounds.append(page.evaluate(ground))
    page.close()
    assert grounds[0] == grounds[2] == "rgb(255, 255, 255)" != grounds[1]


def test_index_lists_every_lesson_and_is_accessible(browser, made):
    page = browser.new_page()
    page.goto((made / "index.html").as_uri())
    links = [a.get_attribute("href") for a in page.locator("a").all()]
    assert links == [f"{edition}/{lesson}.html" for edition in EDITIONS for lesson in TAUGHT]
    assert all((made / link).exists() for link in links)
    none_of(violations(page, at_least=len(links)))
    page.close()


def test_without_npm_a_message_says_what_to_do(tmp_path, monkeypatch):
    (tmp_path / "package-lock.json").touch()
    monkeypatch.setattr(build.shutil, "which", lambda name: None)
    with pytest.raises(Problem) as problem:
        build.install_assets(tmp_path)
    assert "nodejs.org" in problem.value.english and "npm" in problem.value.chinese


# -- the tests are tried themselves ----------------------------------------------------------------


def slide_of(cell):
    cell.metadata["slideshow"] = {"slide_type": "slide"}
    return cell


TOO_FULL = {
    "30 lines of code": new_code_cell("\n".join(f"x{k} = {k}" for k in range(30))),
    "a very long line": new_code_cell("x = [" + ", ".join(str(k) for k in range(60)) + "]"),
    "a long output": new_code_cell("x", outputs=[new_output("stream", text="1\n" * 30)]),
    "much prose": new_markdown_cell("A sentence that is neither short nor long. " * 80),
    "a long word": new_markdown_cell("a" * 200),
    "a wide table": new_markdown_cell(f"|{'a column|' * 20}\n|{'-|' * 20}\n|{'value|' * 20}"),
    "a wide formula": new_markdown_cell("$$" + "x + " * 60 + "x$$"),
}


@pytest.fixture(scope="module")
def planted(browser, assets, tmp_path_factory):
    """What is found on the slides of a lesson with a title, good slides, and those too full."""
    folder = tmp_path_factory.mktemp("planted")
    good = [new_markdown_cell("# 99 · Title"), new_markdown_cell("## Good\n\nOne $x$."),
            new_code_cell("\n".join("x = 1" for _ in range(12)))]
    cells = [slide_of(cell) for cell in [*good, *TOO_FULL.values()]]
    for edition in EDITIONS:
        (folder / edition).mkdir()
        write(new_notebook(cells=cells), folder / edition / "99_planted.ipynb")
    build.build(folder, folder)
    deck = Deck(browser, folder / "en" / "99_planted.html")
    found = [faults(slide) for slide in deck.look().values()]
    deck.page.close()
    return {"good": sum(found[:3], []), **dict(zip(TOO_FULL, found[3:], strict=True))}


def test_a_good_slide_passes(planted):
    none_of(planted["good"])


@pytest.mark.parametrize("name", TOO_FULL)
def test_a_slide_that_is_too_full_is_found(planted, name):
    assert planted[name]

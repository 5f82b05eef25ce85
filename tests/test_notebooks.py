"""What every notebook keeps, read as files: form, lockstep, numbers, terms, links, alt text.

A new notebook is covered by being there.
"""

import ast
import base64
import re
from decimal import Decimal
from itertools import pairwise

import pytest
from fontTools.ttLib import TTFont

from tests.confirm import behind
from tests.notebooks import (
    CJK,
    EDITIONS,
    LESSONS,
    NOTEBOOKS,
    ROLES,
    ROOT,
    TAGS,
    TAUGHT,
    canonical,
    every_lesson,
    every_notebook,
    every_taught_lesson,
    path_of,
    read,
    tags,
    text_of,
)


def cells(edition, lesson, kind=None):
    found = read(path_of(edition, lesson)).cells
    return [cell for cell in found if kind in (None, cell.cell_type)]


def both(lesson):
    return [cells(edition, lesson) for edition in EDITIONS]


# -- form ------------------------------------------------------------------------------------------


def test_each_lesson_stands_in_both_editions():
    found = [sorted(path.name for path in (NOTEBOOKS / e).iterdir()
                    if path.name != ".ipynb_checkpoints") for e in EDITIONS]
    assert found[0] == found[1] == [f"{lesson}.ipynb" for lesson in LESSONS]


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.rglob("*.ipynb")), ids=lambda path: path.stem)
def test_stored_in_canonical_form(path):
    text = path.read_text(encoding="utf-8")
    assert text == canonical(read(path)), f"{path.name}: run `make outputs`"


@every_notebook
def test_cells_are_marked_as_documented(edition, lesson):
    for cell in cells(edition, lesson):
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", cell.id), cell.id
        assert set(tags(cell)) <= TAGS, f"{cell.id}: unknown tag in {tags(cell)}"
        assert cell.metadata.get("slideshow", {}).get("slide_type") in ROLES, cell.id
        if cell.metadata.slideshow.slide_type == "notes":
            assert cell.metadata.get("jupyter", {}).get("source_hidden"), f"{cell.id}: not folded"
            first = {"zh": "教师备注", "en": "For teachers"}[edition]
            assert cell.source.startswith(first + "\n\n<details>"), f"{cell.id}: begins otherwise"
        may_differ = "try-it" in tags(cell) or "timing" in tags(cell)
        assert ("nbval-ignore-output" in tags(cell)) == may_differ, f"{cell.id}: hides a difference"
        if "timing" in tags(cell):
            for output in cell.outputs:
                kinds = set(output.get("data", {"text/plain": ""}))
                assert kinds == {"text/plain"}, f"{cell.id}: a timing hides more than text: {kinds}"
            assert cell.outputs, f"{cell.id}: no times are stored"


@every_notebook
def test_every_code_cell_was_run_and_its_output_is_clean(edition, lesson):
    for cell in cells(edition, lesson, "code"):
        assert cell.execution_count is not None, f"{cell.id}: nbval would not compare it"
        for output in cell.outputs:
            assert output.output_type != "error", cell.id
            assert output.get("name") != "stderr", f"{cell.id}: a warning: {output.get('text')}"
        shown = text_of(cell.outputs)
        noise = re.search(r"/(home|tmp|root|Users|work)/|[A-Z]:\\|0x[0-9a-f]{6,}", shown)
        assert not noise, f"{cell.id}: {noise[0]} belongs to one machine"


@every_notebook
def test_headings_make_a_table_of_contents(edition, lesson):
    levels = []
    for cell in cells(edition, lesson, "markdown"):
        source = re.sub(r"```.*?```", "", cell.source, flags=re.S)
        levels += [len(mark) for mark in re.findall(r"^(#+) ", source, flags=re.M)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels


@every_notebook
def test_code_cells_are_short(edition, lesson):
    for cell in cells(edition, lesson, "code"):
        assert len(cell.source.splitlines()) <= 15, f"{cell.id}: more than 15 lines"


@every_notebook
def test_functions_use_what_they_are_given(edition, lesson):
    """A seed that a function ignores makes chance look like none at all. (What a method is given
    is its base class's to say.)"""
    for cell in cells(edition, lesson, "code"):
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef) and "exercise" not in tags(cell):
                given = {argument.arg for argument in node.args.args + node.args.kwonlyargs}
                body = [name for statement in node.body for name in ast.walk(statement)]
                ignored = given - {name.id for name in body if isinstance(name, ast.Name)}
                assert not ignored, f"{cell.id}: {node.name} ignores {ignored}"


@every_lesson
def test_what_a_slide_asks_a_slide_answers(lesson):
    """A cell that explains, right after what a class has guessed, is not left off the slides."""
    asked = ""
    for cell in cells("en", lesson):
        role = cell.metadata.slideshow.slide_type
        if cell.cell_type == "code" or role == "notes":
            continue
        explains = not re.match(r"#|\*\*", cell.source)
        assert not (asked and explains and role == "skip"), f"{asked} asks, {cell.id} is skipped"
        question = re.search(r"\*\*(Before you (run|look)|On paper first)", cell.source)
        asked = cell.id if question and role != "skip" else ""


@every_taught_lesson
def test_what_a_slide_calls_a_slide_defines(lesson):
    """But for what only draws."""
    code = cells("en", lesson, "code")
    for place, cell in enumerate(code):
        if cell.metadata.slideshow.slide_type != "skip" or "exercise" in tags(cell):
            continue
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef) and "plot." not in ast.unparse(node):
                callers = [later.id for later in code[place + 1 :]
                           if later.metadata.slideshow.slide_type != "skip"
                           and re.search(rf"\b{node.name}\(", later.source)]
                assert not callers, f"{cell.id} is skipped, and {callers[0]} calls {node.name}"


@every_taught_lesson
@pytest.mark.parametrize("edition", EDITIONS)
def test_the_minutes_of_a_plan_add_up(edition, lesson):
    notes = next(cell for cell in cells(edition, lesson) if cell.id == "timing-notes").source
    plans = re.findall(r"^\*\*(\d+) (?:minutes:|分钟：)\*\* ?(.+)$", notes, flags=re.M)
    sums = []
    for whole, plan in plans:
        parts = re.split("[;；]", re.split(r"\. |。", re.sub(r"\(.*?\)|（.*?）", "", plan))[0])
        if len(parts) > 1:
            sums.append((int(whole), sum(int(re.findall(r"\d+", part)[-1]) for part in parts)))
    assert sums and all(whole == total for whole, total in sums), sums


@every_notebook
def test_no_word_that_talks_down(edition, lesson):
    banned = re.compile(
        r"\b(simply|obviously|of course|trivial\w*)\b|显然|显而易见|很简单|不难看出", re.I
    )
    for cell in cells(edition, lesson, "markdown"):
        assert not (found := banned.search(cell.source)), f"{cell.id}: {found[0]}"


# -- two editions ----------------------------------------------------------------------------------


def prose_pair(chinese, english):
    return bool(CJK.search(chinese)) and not CJK.search(english)


def code_differences(one, other, inside_fields=False):
    """Yield what differs between two syntax trees, but for strings that are prose."""
    if type(one) is not type(other):
        yield f"{ast.dump(one)[:80]} / {ast.dump(other)[:80]}"
    elif isinstance(one, ast.Constant) and isinstance(one.value, str):
        if one.value != other.value and (inside_fields or not prose_pair(one.value, other.value)):
            yield f"{one.value!r} / {other.value!r}"
    elif isinstance(one, ast.AST):
        fields = isinstance(one, ast.JoinedStr) and any(
            isinstance(part, ast.FormattedValue) for part in one.values + other.values
        )
        for name in one._fields:
            yield from code_differences(
                getattr(one, name, None), getattr(other, name, None), inside_fields or fields
            )
    elif isinstance(one, list):
        if len(one) != len(other):
            yield f"{len(one)} / {len(other)} parts"
        for a, b in zip(one, other, strict=False):
            yield from code_differences(a, b, inside_fields)
    elif one != other:
        yield f"{one!r} / {other!r}"


@every_lesson
def test_editions_have_the_same_cells(lesson):
    chinese, english = both(lesson)
    look = [[(c.id, c.cell_type, tags(c), c.metadata.slideshow.slide_type,
              c.metadata.get("tolerance")) for c in edition] for edition in (chinese, english)]
    for one, other in zip(*look, strict=False):
        assert one == other
    assert len(chinese) == len(english)


@every_lesson
def test_editions_have_the_same_code(lesson):
    for one, other in zip(*both(lesson), strict=True):
        if one.cell_type == "code":
            found = list(code_differences(ast.parse(one.source), ast.parse(other.source)))
            assert not found, f"{one.id}: {found}"


@every_lesson
def test_editions_print_the_same_numbers(lesson):
    for one, other in zip(*both(lesson), strict=True):
        if one.cell_type == "code":
            numbers = [re.findall(r"\d+(?:\.\d+)?", text_of(c.outputs)) for c in (one, other)]
            assert numbers[0] == numbers[1], one.id


@every_lesson
def test_editions_store_the_same_times(lesson):
    for one, other in zip(*both(lesson), strict=True):
        if "timing" in tags(one):
            trees = [ast.dump(ast.parse(cell.source)) for cell in (one, other)]
            assert trees[0] == trees[1], f"{one.id}: prints in one language"
            assert text_of(one.outputs) == text_of(other.outputs), f"{one.id}: clear both outputs"


@every_lesson
def test_editions_speak_of_the_same_code_and_numbers(lesson):
    """In the prose: what one marks as code or formula, and each number from 10 on, is in the other
    too, but for facts from outside (links), and for code with words in it (one Chinese, one not).
    """
    code = re.compile(r"`([^`]+)`|<code>(.*?)</code>|\$\$(.*?)\$\$|\$([^$]+)\$", re.S)
    for pair in zip(*both(lesson), strict=True):
        if pair[0].cell_type == "code" or pair[0].id == "terms":
            continue
        lacking = []
        for cell, other in (pair, pair[::-1]):
            source = re.sub(r"```.*?```", "", cell.source, flags=re.S)
            spans = {"".join(groups) for groups in code.findall(source)}
            bare = re.sub(r"\[[^]]*\]\([^)]*\)", "", code.sub("", source)).replace(",", "")
            there = re.sub(r"```.*?```", "", other.source, flags=re.S).replace(",", "")
            lacking.append([span for span in spans
                            if not CJK.search(span) and span.replace(",", "") not in there])
            numbers = {number for number in re.findall(r"\d[\d.]*\d", bare) if number not in there}
            assert not numbers, f"{cell.id}: {numbers} in one edition only"
        in_words = sum(bool(CJK.search("".join(span))) for span in code.findall(pair[0].source))
        assert not lacking[0] and len(lacking[1]) <= in_words, f"{pair[0].id}: {lacking}"


@every_lesson
def test_translations_are_confirmed(lesson):
    pair = {edition: read(path_of(edition, lesson)) for edition in EDITIONS}
    late = [f"{cell_id}: changed in {' and '.join(changed)}" for cell_id, changed in behind(pair)]
    assert not late, (
        f"look at the other edition, then `make confirm LESSON={lesson[:2]}`: " + "; ".join(late)
    )


@every_notebook
def test_language_of_the_edition(edition, lesson):
    for cell in cells(edition, lesson, "markdown"):
        # Links to the other edition, and code: a column of a table is called what it is called.
        prose = re.sub(r"`[^`]*`|\[[^]]*\]\([^)]*\)|\*\*[^*]*：\*\*", "", cell.source)
        if edition == "en" and cell.id != "terms":
            assert not CJK.search(prose), f"{cell.id}: Chinese in the English edition"
        elif edition == "zh":
            assert CJK.search(prose), f"{cell.id}: no Chinese"


# -- numbers ---------------------------------------------------------------------------------------

NUMBER = r"\d{1,3}(?:[,\u202f ]\d{3})+(?!\d)|\d+\.\d+|\d+"
SIGNED = re.compile(rf"([-−]\s?)?(?<![\w.])({NUMBER})(\s?%)?")


def numbers_of(text):
    """Yield (number as written, set of signed values that it may stand for)."""
    for sign, digits, percent in SIGNED.findall(text):
        value = Decimal(re.sub(r"[,\u202f ]", "", digits))
        value = -value if sign else value
        values = {value.normalize()} | ({(value / 100).normalize()} if percent else set())
        yield sign.strip() + digits + percent, values


def prose_of(source):
    """Strip what is no prose: code, formulas, and links, whose text may quote a sourced fact."""
    for pattern in (r"```.*?```", r"`[^`]*`", r"<code>.*?</code>", r"\$\$.*?\$\$", r"\$[^$]*\$",
                    r"\[[^]]*\]\([^)]*\)"):
        source = re.sub(pattern, " ", source, flags=re.S)
    return source


def numbers_shown(edition, lesson):
    """Return all numbers in the code of a notebook and in its outputs."""
    shown = set()
    for cell in cells(edition, lesson, "code"):
        printed = "" if "timing" in tags(cell) else text_of(cell.outputs)  # another time each run
        for _, values in numbers_of(cell.source + "\n" + printed):
            shown |= values
    return shown | {abs(value).normalize() for value in shown}


def not_among(shown, prose):
    """Yield each number of the prose that is a decimal, a percentage, or 100 and more, and is not
    among those shown."""
    for written, values in numbers_of(prose):
        size = max(abs(value) for value in values)
        if (size >= 100 or "." in written or "%" in written) and not values & shown:
            yield written


@every_notebook
def test_numbers_in_prose_come_from_the_notebook(edition, lesson):
    shown = numbers_shown(edition, lesson)
    for cell in cells(edition, lesson, "markdown"):
        for written in not_among(shown, prose_of(cell.source)):
            pytest.fail(f"{cell.id}: {written} is in no cell of this notebook; print it, "
                        "or put it into a link to its source")


@every_notebook
def test_numbers_in_a_link_to_a_lesson_come_from_that_lesson(edition, lesson):
    for cell in cells(edition, lesson, "markdown"):
        for text, target in re.findall(r"\[([^]]*)\]\((\d\d_\w+)\.ipynb", cell.source):
            for written in not_among(numbers_shown(edition, target), text):
                pytest.fail(f"{cell.id}: {written} is in no cell of {target}")


@every_notebook
def test_large_numbers_are_written_alike(edition, lesson):
    """In the prose: 1000 and 5994, but 10,000 and 242,762."""
    for cell in cells(edition, lesson, "markdown"):
        prose = prose_of(cell.source)
        assert not (bare := re.search(r"(?<![\w.])\d{5,}", prose)), f"{cell.id}: {bare[0]}"
        small = re.search(r"(?<![\d,])\d,\d{3}(?![\d,])", prose)
        assert not small, f"{cell.id}: {small[0]}"


# -- terms -----------------------------------------------------------------------------------------

GLOSSARY = NOTEBOOKS / "glossary.md"


def glossary():
    """Return (English name, Chinese name, number of the lesson, names not used) of each term."""
    text = re.sub(r"\[(.+?)\]\(.+?\)", r"\1", GLOSSARY.read_text(encoding="utf-8"))
    rows = [[part.strip() for part in line.strip("|\n ").split("|")]
            for line in text.splitlines() if re.match(r"\| [^:]", line)][1:]
    return [(row + [""])[:4] for row in rows]


def test_glossary_has_each_term_once():
    for column in (0, 1):
        names = [row[column] for row in glossary()]
        assert len(names) == len(set(names))


@every_taught_lesson
def test_new_terms_are_those_of_the_glossary(lesson):
    wanted = [(english, chinese) for english, chinese, number, _ in glossary()
              if number == lesson[:2]]
    for edition in EDITIONS:
        table = next(c for c in cells(edition, lesson) if c.id == "terms").source
        rows = re.findall(r"^\| (.+?) \| (.+?) \|$", table, flags=re.M)[1:]
        if edition == "zh":
            rows = [row[::-1] for row in rows]
        assert rows == wanted, edition


@every_notebook
def test_each_new_term_is_introduced_in_bold_where_the_glossary_says(edition, lesson):
    link = r"\[(.+?)\]\((zh|en)/(.+?)#cell-id=(.+?)\)"
    places = {
        (edition, name): (path, place)
        for name, edition, path, place in re.findall(link, GLOSSARY.read_text(encoding="utf-8"))
    }
    bold = {
        cell.id: " ".join(re.findall(r"\*\*(.+?)\*\*", cell.source)).lower()
        for cell in cells(edition, lesson, "markdown") if cell.id != "terms"
    }
    for english, chinese, number, _ in glossary():
        if number == lesson[:2]:
            name = english if edition == "en" else chinese
            path, place = places[edition, name]
            assert (path, place) == (f"{lesson}.ipynb", places["zh", chinese][1]), name
            assert name.lower() in bold[place], f"{name} is not introduced in {place}"


@every_notebook
def test_no_name_off_the_glossary(edition, lesson):
    avoided = [word.strip() for row in glossary() for word in row[3].split(",") if word.strip()]
    for cell in cells(edition, lesson):
        for word in avoided:
            assert word.lower() not in cell.source.lower(), f"{cell.id}: {word}"


@every_lesson
def test_a_term_in_one_edition_stands_in_the_other(lesson):
    """In each section between two H2 headings, so that a swapped term is seen near its place."""
    sections = [[""], [""]]
    for chinese, english in zip(*both(lesson), strict=True):
        if chinese.id == "terms" or chinese.cell_type == "code":
            continue
        for texts, cell in zip(sections, (chinese, english), strict=True):
            if re.search(r"^## ", chinese.source, flags=re.M):
                texts.append("")
            texts[-1] += re.sub(r"`[^`]*`", "", cell.source).lower() + "\n"
    for chinese, english in zip(*sections, strict=True):
        for name, translation, _, _ in glossary():
            if name != translation and len(translation) > 1:
                used = re.search(rf"\b{re.escape(name)}(s|es)?\b", english)
                assert bool(used) == (translation in chinese), (
                    f"{name} / {translation} in one edition only of the section "
                    f"{english.strip().splitlines()[0]!r}"
                )


# -- links, pictures -------------------------------------------------------------------------------

PAGES = sorted({*ROOT.glob("*.md"), *NOTEBOOKS.glob("*.md"), *(ROOT / "datasets").rglob("*.md"),
                *NOTEBOOKS.rglob("*.ipynb")})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".ipynb":
        text = "\n".join(c.source for c in read(page).cells if c.cell_type == "markdown")
    for name, target in re.findall(r"\[([^]]*)\]\(([^)\s]+)[^)]*\)", re.sub(r"`[^`]*`", "", text)):
        assert name.strip(), f"a link or picture without text: {target}"
        if not re.match(r"https?:|mailto:|#", target):
            file, _, place = target.partition("#")
            assert (page.parent / file).exists(), target
            if place:
                ids = [cell.id for cell in read(page.parent / file).cells]
                assert place.removeprefix("cell-id=") in ids, target


@pytest.mark.parametrize("page", ["README.md", "README.zh.md", "notebooks/start.ipynb"])
def test_the_map_and_the_list_of_lessons_are_whole(page):
    text = (ROOT / page).read_text(encoding="utf-8").replace('\\"', '"')
    numbers = [lesson[:2] for lesson in TAUGHT]
    assert sorted(re.findall(r'\bL(\d\d)\["\1 ', text)) == numbers
    assert re.findall(r"\| (\d\d) \| \[", text) == numbers
    for row in re.findall(r"\| \d\d \| \[.+", text):
        links = re.findall(r"\]\((?:notebooks/)?(?:zh|en)/(\d\d)_", row)
        assert links and set(links) == {row[2:4]}, row


def test_every_mistake_is_on_the_page_of_errors():
    """In each edition, under its lesson's number, and with each message that it prints once."""
    text = "\n".join(cell.source for cell in read(NOTEBOOKS / "errors.ipynb").cells)
    row = r"^\| (?:`(.+?)` \| )?\[(\d\d) .+\]\(zh/(.+)\) \| \[(\d\d) .+\]\(en/(.+)\) \|$"
    rows = re.findall(row, text, flags=re.M)
    assert len(rows) == text.count("](zh/") == text.count("](en/")
    mistakes = {
        f"{lesson}.ipynb#cell-id={cell.id}": (cell, cell_en) for lesson in LESSONS
        for cell, cell_en in zip(*both(lesson), strict=True) if "mistake" in tags(cell)
    }
    assert {chinese for _, _, chinese, _, _ in rows} == set(mistakes)
    assert len({(message, chinese) for message, _, chinese, _, _ in rows}) == len(rows)
    for message, number, chinese, number_en, english in rows:
        assert chinese == english and chinese.startswith(number) and number == number_en, chinese
        for cell in mistakes[chinese]:
            output = text_of(cell.outputs).replace('\\"', '"')
            assert not message or message in output, chinese
            error = re.match(r"\w*(Error|Warning): ", output)
            assert message or not error, f"{chinese}: name its message"


@every_notebook
def test_figures_have_alt_text_in_the_language_of_the_edition(edition, lesson):
    seen = []
    for cell in cells(edition, lesson, "code"):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                alt = output.metadata.get("image/png", {}).get("alt", "")
                assert len(alt) > 20 and bool(CJK.search(alt)) == (edition == "zh"), cell.id
                seen.append(alt)
                assert base64.b64decode(output.data["image/png"]).startswith(b"\x89PNG")
    assert len(seen) == len(set(seen)), "two figures with the same alt text"


@every_lesson
def test_widgets_follow_a_still_figure(lesson):
    chinese, _ = both(lesson)
    code = [cell for cell in chinese if cell.cell_type == "code"]
    for before, cell in pairwise(code):
        if "try-it" in tags(cell):
            assert not cell.outputs
            assert any("image/png" in o.get("data", {}) for o in before.outputs), cell.id


@every_notebook
def test_the_font_has_every_character_of_the_figures(edition, lesson):
    """matplotlib only logs some missing glyphs, so it is asked of the font itself."""
    known = set(TTFont(ROOT / "helpers/fonts/NotoSansSC-gb12.ttf").getBestCmap())
    for cell in cells(edition, lesson, "code"):
        if not any("image/png" in o.get("data", {}) for o in cell.outputs):
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = re.sub(r"\$[^$]*\$", "", node.value)
                missing = {c for c in text if ord(c) not in known and c != "\n"}
                assert not missing, f"{cell.id}: {missing}"

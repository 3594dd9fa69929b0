"""A published page, opened from disk in a real browser."""

import shutil
from pathlib import Path

import nbformat
import pytest

import rsnb
from rsnb import reports

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]

CELLS = {
    "title": "# A report <of> things",
    "load": "%load_ext rsnb\n%redshift connect embedded://",
    "table": "%%redshift\nselect 1 as one, 'a & b' as text",
    "chart": "rsnb.datasets['cities'].chart('bar', x='city', y='n')",
    "map": "rsnb.datasets['cities'].chart('map', size='n')",
}
DATASET = """import rsnb
rsnb.datasets['cities'] = rsnb.connect("embedded://").sql('''
    select 'Lima' as city, 3 as n, -12.0::float8 as lat, -77.0::float8 as lon
    union all select 'Oslo', 5, 59.9, 10.7 union all select 'Perth', 2, -31.9, 115.9''')"""


def notebook(*sources: str) -> nbformat.NotebookNode:
    made = nbformat.v4.new_notebook()
    for source in sources:
        cell = nbformat.v4.new_markdown_cell if source.startswith("#") else nbformat.v4.new_code_cell
        made.cells.append(cell(source))
    return made


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    path = folder / "cities.ipynb"
    cells = CELLS["title"], CELLS["load"], DATASET, CELLS["table"], CELLS["chart"], CELLS["map"]
    nbformat.write(notebook(*cells), path)
    return reports.publish(path, folder / "out").page


@pytest.fixture
def browser():
    if CHROMIUM is None:
        pytest.skip("there is no Chromium: tests/install brings one")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield opened
        opened.close()


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_opens_offline(page, browser, theme):
    requests, faults = [], []
    tab = browser.new_context(viewport={"width": 1000, "height": 900}, color_scheme=theme, offline=True).new_page()
    tab.on("request", lambda r: requests.append(r.url))
    tab.on("pageerror", lambda e: faults.append(str(e)))
    tab.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    tab.goto(page.as_uri())
    tab.wait_for_selector(".figure .maplibregl-canvas")
    tab.wait_for_timeout(1500)
    assert tab.locator(".figure .main-svg").count() >= 2
    assert tab.locator("h1").inner_text() == "A report <of> things"
    assert tab.locator(".table td").all_inner_texts() == ["1", "a & b"]
    assert not faults
    assert [u for u in requests if not u.startswith(("file:", "blob:", "data:"))] == []
    dark = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (dark == "rgb(20, 23, 26)") == (theme == "dark")


def test_code_is_folded_and_neighbours_are_one(page):
    text = page.read_text(encoding="utf-8")
    assert text.count("<details>") == 4
    assert "&lt;of&gt;" in text


def test_a_failing_notebook_names_cell_and_reason_and_leaves_no_page(tmp_path):
    path = tmp_path / "bad.ipynb"
    nbformat.write(notebook(CELLS["load"], "%%redshift\nselect * from nowhere"), path)
    with pytest.raises(rsnb.RsnbError, match=r"bad\.ipynb, cell 2: SqlError: there is no table nowhere") as caught:
        reports.publish(path, tmp_path / "out")
    assert "bad.ipynb" in str(caught.value.hint)
    assert (tmp_path / "out" / "bad.ipynb").is_file()
    assert not (tmp_path / "out" / "bad.html").exists()


def test_parameters_reach_the_notebook(tmp_path):
    path = tmp_path / "parameters.ipynb"
    made = notebook("city = 'Lima'", "print(city)")
    made.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(made, path)
    page = reports.publish(path, tmp_path / "out", {"city": "Oslo"}).page
    assert '<div class="note">Oslo</div>' in page.read_text(encoding="utf-8")


def test_an_empty_notebook_makes_a_page_with_its_name(tmp_path):
    page = reports.render(notebook(), "nothing")
    assert "<title>nothing</title>" in page
    assert "plotly" not in page

"""What the tests in a real browser share: the browser."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

CI = bool(os.environ.get("CI"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# As root, as in a container, there is no sandbox; and the browser is to look up nothing by itself.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]


def skip_but_not_in_ci(reason):
    """Skip a test for something that is missing; in CI that is a failure."""
    assert not CI, f"CI must run this test: {reason}"
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser():
    """Debian's chromium or another of its family; Playwright's own would be a large download."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not path:
        skip_but_not_in_ci("no chromium on this computer: the README says how to get it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()

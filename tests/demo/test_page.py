"""The demo's page as a visitor uses it: its buttons answer, in a browser too where one is had."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest

from bot import demo
from bot.cards.actions import Abstract, HotPage, Share, Why
from bot.cards.custom_ids import decode
from tests.pictures.browser import Browser, browser, find

CHROMIUM = find()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page")


@pytest.fixture
async def page(folder: Path) -> Path:
    path = folder / "preview.html"
    if not path.exists():
        await demo.show(folder)
    return path


def test_every_button_has_an_answer(page: Path) -> None:
    html = page.read_text()
    pressed = {unescape(i) for i in re.findall(r'data-press="([^"]*)"', html)}
    answers = [unescape(i) for i in re.findall(r'data-answer="([^"]*)"', html)]
    assert sorted(pressed) == sorted(answers)
    actions = [decode(answer) for answer in answers]
    # Ten cards in the digest, and the other papers on the pages behind "More".
    assert sum(isinstance(action, Abstract) for action in actions) == 24
    assert sum(isinstance(action, Why) for action in actions) == 24
    assert {a.page for a in actions if isinstance(a, HotPage) and not a.query.categories} == {
        1, 2, 3, 4, 5,
    }  # fmt: skip
    assert any(isinstance(action, Share) for action in actions)
    # A disabled button, such as the first page's "Previous", is all that does nothing.
    idle = [
        tag for tag in re.findall(r'<button[^>]*class="button[^>]*>', html) if "press" not in tag
    ]
    assert all(" disabled" in tag for tag in idle)


@pytest.fixture
async def visitor(page: Path) -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here")
    async with browser(CHROMIUM) as visitor:
        await visitor.navigate(page)
        yield visitor


PRESS = """(() => {
  const buttons = [...document.activeElement.querySelectorAll("button")];
  buttons.find((button) => button.textContent === "%s").click();
  return document.activeElement.innerText;
})()"""


@pytest.mark.rehearsal
async def test_buttons_answer_in_a_browser(visitor: Browser) -> None:
    async def press(label: str) -> str:
        return str(await visitor.value(PRESS % label))

    async def private() -> int:
        return int(await visitor.value("document.querySelectorAll('.log .private').length"))

    before = await private()
    assert "space-time tubes" in await press("Abstract")
    assert "2,739 retweets + 330 likes = 3,069" in await press("Why?")
    assert await private() == before + 2
    # The answer goes, and the reader is back at the button.
    assert await press("Dismiss message") == "Why?"
    assert await private() == before + 1

    await visitor.value("document.body.focus(); document.activeElement.blur()")
    assert "Page 1 of 5" in await press("More")
    assert "Page 2 of 5" in await press("Next")
    assert await private() == before + 2
    assert "Only you can see this" not in await press("Share here")
    # Asked twice, it stays one answer.
    await visitor.value("document.activeElement.blur()")
    await press("Abstract")
    assert await private() == before + 2

"""The one table of Discord's answers, and the document that shows it."""

import re
from datetime import timedelta
from pathlib import Path

import aiohttp
import discord
import pytest

from bot.delivery.discord_errors import TABLE, Action, Unclear, judge
from bot.messages.problems import render
from tests.delivery.errors import refused, unreachable

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "delivery.md"


@pytest.mark.parametrize(
    ("error", "action"),
    [
        (unreachable(), Action.RETRY),
        (aiohttp.ServerDisconnectedError(), Action.LOOK),
        (aiohttp.ClientOSError(104, "reset"), Action.LOOK),
        (aiohttp.ClientPayloadError(), Action.LOOK),
        (ConnectionResetError(), Action.LOOK),
        (TimeoutError(), Action.LOOK),
        (Unclear("the answer cannot be read"), Action.LOOK),
        *[(refused(status, page=True), Action.LOOK) for status in (500, 502, 503, 504, 520, 524)],
        (refused(408), Action.LOOK),
        (discord.RateLimited(100.0), Action.RETRY),
        (refused(429), Action.RETRY),
        (refused(429, 20028), Action.RETRY),
        (refused(429, page=True, via=False), Action.HALT),
        (refused(429, via=False), Action.HALT),
        (refused(401), Action.HALT),
        (refused(403, page=True), Action.HALT),
        (refused(404, page=True), Action.HALT),
        (refused(403, 40333, text="internal network error"), Action.HALT),
        (refused(403, 40004), Action.RETRY),
        (refused(400, 40006), Action.RETRY),
        *[
            (refused(status, code), Action.SUSPEND)
            for status, code in (
                (404, 10003), (404, 10004), (400, 40058), (403, 50001), (403, 50007), (400, 50008),
                (403, 50013), (400, 50024), (400, 50083), (403, 50278), (400, 160005),
                (403, 0), (403, 20026), (404, 10015),
            )
        ],
        (refused(404, 10008), Action.CLOSE),
        (refused(400, 50035), Action.GIVE_UP),
        (refused(413, 40005), Action.GIVE_UP),
    ],
    ids=repr,
)  # fmt: skip
def test_what_an_answer_means(error: BaseException, action: Action) -> None:
    assert judge(error).action is action


def test_a_fault_of_our_own_is_not_taken_for_an_answer() -> None:
    with pytest.raises(AttributeError):
        judge(AttributeError())


def test_the_wait_that_discord_asks_for_is_kept() -> None:
    assert judge(discord.RateLimited(100.0)).wait == timedelta(seconds=100)


@pytest.mark.parametrize("error", [refused(401), refused(429, page=True, via=False)], ids=repr)
def test_a_ban_is_left_alone_for_an_hour(error: discord.HTTPException) -> None:
    assert judge(error).wait >= timedelta(hours=1)


def test_a_reason_says_what_discord_said_but_no_proxys_page() -> None:
    assert "Invalid Form Body" in render(
        judge(refused(400, 50035, text="Invalid\nForm Body")).reason
    )
    assert "50035" in render(judge(refused(400, 50035)).reason)
    assert "html" not in render(judge(refused(502, page=True)).reason)
    assert "502" in render(judge(refused(502, page=True)).reason)


def test_the_document_shows_the_table() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    shown = {
        (answer, what): reason
        for answer, what, reason in re.findall(r"^\| `(.+?)` \| (.+?) \| (.+?) \|$", text, re.M)
    }
    assert shown == {
        (answer, verdict.action.value): render(verdict.reason) for answer, verdict in TABLE.items()
    }

"""docs/admin.md says what the bot says."""

import re
from pathlib import Path

from bot import messages
from bot.cli import discord_identity

TEXT = (Path(__file__).parents[1] / "docs" / "admin.md").read_text(encoding="utf-8")


def test_admins_are_told_the_same_reasons() -> None:
    rows = re.findall(r"(?m)^\| ([A-Z][\w ]+) \| ([^|]+) \|$", TEXT)
    assert rows[: len(discord_identity.PERMISSIONS)] == [
        (one.name, one.reason) for one in discord_identity.PERMISSIONS
    ]


def test_what_admins_see_is_quoted_as_it_is_said() -> None:
    seen = [row.split("|")[1] for row in TEXT.splitlines() if row.startswith("| ")]
    said = (
        messages.commands.NOT_SET_UP,
        messages.subscriptions.suspended("reason"),
        messages.cards.nothing_above_bar("span", 1, 50, None, None),
        messages.cards.failed("Mastodon", "reason"),
    )
    quoted = [quote for cell in seen for quote in re.findall('"([^"]+)"', cell)]
    assert len(quoted) == len(said)
    for quote, whole in zip(quoted, said, strict=True):
        assert quote in whole

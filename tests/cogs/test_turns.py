"""One member's questions, however many and dear, take one of the archive's few readers."""

import asyncio
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

import pytest

from bot.app.turns import MemberTurns
from bot.cards import Card
from bot.models import Period, RankingQuery
from cogs.papers import answers
from cogs.papers.commands import Reading
from tests import factories


async def test_a_member_asks_one_thing_after_the_other_and_nobody_else_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate, at_once, answered = asyncio.Event(), [0], []

    async def slow(services: object, query: RankingQuery, **others: object) -> Card:
        if query.period is Period.ALL:
            at_once.append(at_once[-1] + 1)
            await gate.wait()
            at_once.append(at_once[-1] - 1)
        return Card()

    monkeypatch.setattr(answers, "hot", slow)
    client = SimpleNamespace(turns=MemberTurns(), services=None)

    async def ask(member: int, period: Period) -> None:
        interaction: Any = AsyncMock()
        interaction.client, interaction.guild_id = client, None
        interaction.user = SimpleNamespace(id=member)
        hot: Any = Reading.hot.callback
        await hot(Reading(), interaction, date=factories.DAY, period=period)
        answered.append(member)

    asked = [asyncio.ensure_future(ask(1, Period.ALL)) for _ in range(5)]
    await asyncio.sleep(0)
    await ask(2, Period.DAY)
    assert answered == [2]
    gate.set()
    await asyncio.gather(*asked)
    assert max(at_once) == 1
    assert answered == [2, 1, 1, 1, 1, 1]

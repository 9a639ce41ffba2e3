"""Which rules are looked at, and which are left in peace."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlite_utils import Database

from bot import delivery
from bot.delivery import Deliveries, Pacer, suspension
from bot.delivery.agenda import Agenda
from bot.models import DeliveryState
from bot.problems import Code, Problem
from bot.store import rules
from tests.delivery.fake import A_WHILE, TEN, FakePostbox, World
from tests.factories import NOW, rule

HOUR = timedelta(hours=1)


class TestAgenda:
    def test_a_rule_is_looked_at_until_it_is_put_off_and_again_when_its_time_has_come(self) -> None:
        agenda = Agenda()
        agenda.look_at([2, 1])
        assert agenda.due(NOW) == agenda.due(NOW) == [1, 2]
        agenda.put_off(1, NOW + HOUR)
        assert agenda.due(NOW) == [2]
        assert agenda.due(NOW + HOUR) == [1, 2]

    def test_what_is_changed_is_looked_at_at_once_and_its_old_time_forgotten(self) -> None:
        agenda = Agenda()
        agenda.put_off(1, NOW + HOUR)
        agenda.look_at([1])
        assert agenda.due(NOW) == [1]
        agenda.put_off(1, NOW + 2 * HOUR)
        assert agenda.due(NOW + HOUR) == []
        assert agenda.due(NOW + 2 * HOUR) == [1]

    def test_what_is_dropped_never_comes(self) -> None:
        agenda = Agenda()
        agenda.look_at([1])
        agenda.put_off(2, NOW)
        agenda.drop(1)
        agenda.drop(2)
        assert agenda.due(NOW + HOUR) == []


async def test_a_digest_made_moved_and_removed_while_the_bot_runs_is_known_at_the_next_tick(
    world: World,
) -> None:
    await world.due()
    await world.tick()
    await world.add(rule(channel_id=7, guild_id=7))
    await world.tick()
    assert await world.states(2) == [DeliveryState.SENT]
    assert world.postbox.attempts.count(7) == 1
    await world.archive.write(rules.change, await world.rule(2), deleted=True)
    await world.tick(after=A_WHILE)
    assert world.postbox.attempts.count(7) == 1


@pytest.mark.parametrize("is_due", [True, False])
async def test_what_is_due_is_judged_first_and_all_others_in_turn(
    world: World, monkeypatch: pytest.MonkeyPatch, is_due: bool
) -> None:
    """However many there are, a tick judges what is due and a few more."""
    monkeypatch.setattr(suspension, "_JUDGED", 2)
    await world.due(*TEN)
    for channel in range(3, 9):
        await world.add(rule(channel_id=channel, guild_id=channel))
    if not is_due:
        await world.ticks(2)  # posted, and put off
    last = max(one.rule_id for one in await world.archive.read(rules.undeleted))
    world.postbox.problems[8] = Problem(Code.CHANNEL_GONE)
    await world.tick()
    assert ((await world.rule(last)).suspended is not None) is is_due
    await world.ticks(4)
    assert (await world.rule(last)).suspended is not None


async def test_the_first_of_many_are_sent_before_the_last_are_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "FIRST_PLANNED", 2)
    planned: list[int] = []

    class Counting(FakePostbox):
        async def send(self, channel_id: int, body: Mapping[str, object]) -> int:
            planned.append(await world.archive.read(_planned))
            return await super().send(channel_id, body)

    world.postbox = Counting()
    world.deliveries = Deliveries(
        world.archive, world.settings, world.clock, world.postbox, Pacer(1e6), patience=0.2
    )
    for channel in range(3, 10):
        await world.add(rule(channel_id=channel, guild_id=channel))
    await world.due()
    await world.tick()
    assert planned[0] < planned[-1] == 8
    assert set(Counter(world.postbox.attempts).values()) == {1}


def _planned(db: Database) -> int:
    return int(db.conn.execute("SELECT count(DISTINCT rule_id) FROM deliveries").fetchone()[0])

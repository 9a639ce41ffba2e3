"""A member who asks too often waits; nobody else does."""

from datetime import timedelta

import pytest
from discord import app_commands

from bot.app.rate_limit import MemberRateLimiter
from tests.factories import NOW

SECOND = timedelta(seconds=1)


def test_who_asks_too_often_is_told_how_long_to_wait() -> None:
    manners = MemberRateLimiter(3, 10 * SECOND)
    for after in range(3):
        manners.check(1, NOW + after * SECOND)
    with pytest.raises(app_commands.CommandOnCooldown) as raised:
        manners.check(1, NOW + 4 * SECOND)
    assert raised.value.retry_after == 6
    manners.check(2, NOW + 4 * SECOND)


def test_a_refusal_does_not_make_the_wait_longer() -> None:
    manners = MemberRateLimiter(1, 10 * SECOND)
    manners.check(1, NOW)
    for after in (1, 5, 9):
        with pytest.raises(app_commands.CommandOnCooldown):
            manners.check(1, NOW + after * SECOND)
    manners.check(1, NOW + 10 * SECOND)


def test_many_members_are_forgotten_again() -> None:
    manners = MemberRateLimiter(1, 10 * SECOND)
    for member in range(20_000):
        manners.check(member, NOW + member * SECOND)
    assert len(manners._asked) <= 10
    with pytest.raises(app_commands.CommandOnCooldown):
        manners.check(19_999, NOW + 20_000 * SECOND)

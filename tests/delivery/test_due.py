"""What becomes of due slots, by policy, lateness and state. The listing days are plain dates."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.delivery.due import DEADLINE, TOO_OLD, WAIT, SlotOutcome, Step, steps
from bot.delivery.slots import Due
from bot.models import CatchUp, Day, DayState, Era, Rule, Slot
from bot.problems import Code, Problem
from tests.factories import rule

# Three mornings, each with the listing that closed before it.
DAYS = (date(2021, 3, 29), date(2021, 3, 30), date(2021, 3, 31))
SLOTS = tuple(datetime(2021, 3, 30, 7, tzinfo=UTC) + timedelta(days=n) for n in range(3))
DUES = tuple(
    Due(slot=Slot(rule_id=1, at=at, local_date=at.date()), days=(day,))
    for at, day in zip(SLOTS, DAYS, strict=True)
)
HOLIDAY = Due(
    slot=DUES[-1].slot, days=(), missing=(DAYS[-1],), absent=Problem(Code.NO_LISTING_CLOSED)
)
LONG_AGO = datetime(2021, 1, 1, tzinfo=UTC)


def known(*closed: date, open_days: tuple[date, ...] = ()) -> dict[date, Day]:
    states = dict.fromkeys(closed, DayState.CLOSED) | dict.fromkeys(open_days, DayState.OPEN)
    return {
        day: Day(day=day, state=state, era=Era.HOTPAPERS, listed=5) for day, state in states.items()
    }


def decided(
    *dues: Due,
    closed: tuple[date, ...] = DAYS,
    covered: tuple[date, ...] = (),
    earlier: tuple[Due, ...] = (),
    now: datetime | None = None,
    awake_since: datetime = LONG_AGO,
    of: Rule | None = None,
) -> list[tuple[SlotOutcome, tuple[date, ...]]]:
    found = steps(
        of or rule(),
        dues,
        known(*closed),
        covered,
        earlier=earlier,
        now=now or dues[-1].slot.at,
        awake_since=awake_since,
    )
    return [(step.ending, step.days) for step in found]


class TestOneSlot:
    def test_posts_the_day_that_closed_before_it(self) -> None:
        assert decided(DUES[0]) == [(SlotOutcome.POST, DAYS[:1])]

    def test_waits_for_a_day_that_is_still_open_and_then_says_so(self) -> None:
        at = DUES[0].slot.at
        assert decided(DUES[0], closed=(), now=at + WAIT - timedelta(seconds=1)) == []
        assert decided(DUES[0], closed=(), now=at + WAIT) == [(SlotOutcome.NOT_READY, ())]

    def test_names_the_days_it_gave_up_waiting_for(self) -> None:
        (step,) = steps(
            rule(),
            DUES[:1],
            known(open_days=DAYS[:1]),
            (),
            now=DUES[0].slot.at + WAIT,
            awake_since=LONG_AGO,
        )
        assert step == Step(DUES[0], SlotOutcome.NOT_READY, (), DAYS[:1])

    def test_waits_anew_after_the_program_came_back(self) -> None:
        back = DUES[0].slot.at + timedelta(hours=9)
        assert decided(DUES[0], closed=(), now=back, awake_since=back) == []
        end = back + WAIT
        assert decided(DUES[0], closed=(), now=end, awake_since=back) == [
            (SlotOutcome.NOT_READY, ())
        ]

    def test_says_that_there_was_no_listing(self) -> None:
        assert decided(HOLIDAY) == [(SlotOutcome.NO_LISTING, ())]

    def test_has_nothing_new_when_its_day_was_posted_before(self) -> None:
        assert decided(DUES[0], covered=DAYS[:1]) == [(SlotOutcome.NO_LISTING, ())]


class TestDaysThatAreOwed:
    def test_a_late_day_joins_the_next_slot(self) -> None:
        assert decided(DUES[1], earlier=DUES[:1]) == [(SlotOutcome.POST, DAYS[:2])]

    def test_a_day_is_not_owed_twice(self) -> None:
        assert decided(DUES[1], earlier=DUES[:1], covered=DAYS[:1]) == [
            (SlotOutcome.POST, DAYS[1:2])
        ]

    def test_a_day_that_never_comes_delays_only_its_own_slot(self) -> None:
        assert decided(DUES[1], earlier=DUES[:1], closed=DAYS[1:2]) == [
            (SlotOutcome.POST, DAYS[1:2])
        ]

    def test_a_week_later_it_is_not_owed_any_more(self) -> None:
        now = DUES[0].slot.at + TOO_OLD + timedelta(seconds=1)
        late = Due(slot=Slot(rule_id=1, at=now, local_date=now.date()), days=())
        assert decided(late, earlier=DUES[:1]) == [(SlotOutcome.NO_LISTING, ())]


class TestAfterDowntime:
    def test_merge_makes_one_post_for_the_gap(self) -> None:
        assert decided(*DUES) == [
            (SlotOutcome.MERGED, ()),
            (SlotOutcome.MERGED, ()),
            (SlotOutcome.POST, DAYS),
        ]

    def test_each_posts_them_in_order(self) -> None:
        assert decided(*DUES, of=rule(catch_up=CatchUp.EACH)) == [
            (SlotOutcome.POST, DAYS[:1]),
            (SlotOutcome.POST, DAYS[1:2]),
            (SlotOutcome.POST, DAYS[2:]),
        ]

    def test_each_does_not_overtake_a_day_that_is_still_harvested(self) -> None:
        found = decided(
            *DUES, of=rule(catch_up=CatchUp.EACH), closed=DAYS[1:], awake_since=DUES[-1].slot.at
        )
        assert found == []

    def test_skip_posts_the_newest_and_never_the_others(self) -> None:
        assert decided(*DUES, of=rule(catch_up=CatchUp.SKIP)) == [
            (SlotOutcome.SKIPPED, DAYS[:1]),
            (SlotOutcome.SKIPPED, DAYS[1:2]),
            (SlotOutcome.POST, DAYS[2:]),
        ]

    def test_merge_waits_for_the_missed_days_to_be_harvested(self) -> None:
        back = DUES[-1].slot.at
        found = decided(*DUES, closed=DAYS[2:], awake_since=back)
        assert found == [(SlotOutcome.MERGED, ()), (SlotOutcome.MERGED, ())]
        # At the next look the merged slots have ended; their days are waited for all the same.
        waiting = decided(
            DUES[2], earlier=DUES[:2], closed=DAYS[1:], awake_since=back, now=back + WAIT / 2
        )
        assert waiting == []
        assert decided(DUES[2], earlier=DUES[:2], awake_since=back) == [(SlotOutcome.POST, DAYS)]

    @pytest.mark.parametrize("policy", list(CatchUp))
    def test_slots_older_than_a_week_only_reach_the_archive(self, policy: CatchUp) -> None:
        found = decided(
            *DUES, of=rule(catch_up=policy), now=DUES[1].slot.at + TOO_OLD + timedelta(seconds=1)
        )
        assert found == [
            (SlotOutcome.TOO_OLD, ()),
            (SlotOutcome.TOO_OLD, ()),
            (SlotOutcome.POST, DAYS[2:]),
        ]


class TestRulesThatDoNotPost:
    def test_a_paused_rules_slots_end_and_their_days_are_never_owed(self) -> None:
        assert decided(*DUES, of=rule(paused=True)) == [
            (SlotOutcome.PAUSED, (day,)) for day in DAYS
        ]

    def test_a_suspended_rules_slot_waits_for_a_day(self) -> None:
        suspended, at = rule(suspended=Problem(Code.SENDING_NOT_ALLOWED)), DUES[0].slot.at
        assert decided(DUES[0], of=suspended, now=at + DEADLINE - timedelta(seconds=1)) == []
        assert decided(DUES[0], of=suspended, now=at + DEADLINE) == [(SlotOutcome.SUSPENDED, ())]

    def test_what_a_suspended_rule_missed_joins_its_next_post(self) -> None:
        assert decided(DUES[2], earlier=DUES[:2]) == [(SlotOutcome.POST, DAYS)]

    def test_unless_the_channel_wants_to_skip(self) -> None:
        suspended = rule(suspended=Problem(Code.SENDING_NOT_ALLOWED), catch_up=CatchUp.SKIP)
        now = DUES[0].slot.at + DEADLINE
        assert decided(DUES[0], of=suspended, now=now) == [(SlotOutcome.SUSPENDED, DAYS[:1])]

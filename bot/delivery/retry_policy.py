"""What is to be done with an unfinished part now. Pure, but for the waits kept in memory."""

from datetime import datetime, timedelta
from enum import StrEnum

from bot.delivery.discord_errors import Action, Classification
from bot.delivery.due import DEADLINE, TOO_OLD
from bot.models import Delivery, DeliveryState, Rule
from bot.problems import Code, Problem
from bot.store.ledger import NOTICES, Pending

# A message is tried this often, and no longer than DEADLINE after its slot was written down. With
# the waits between, these tries fill that time: Discord, or the way to it, may be out for hours.
ATTEMPTS = 32
FIRST_WAIT = timedelta(seconds=10)
MAX_WAIT = timedelta(hours=1)
# So long at most a digest that is begun keeps the others of its channel waiting.
MAX_HOLD = timedelta(hours=1)


class NextStep(StrEnum):
    SEND = "send"
    LOOK = "look"
    FOUND = "found"
    WAIT = "wait"
    CLOSE = "close"
    GIVE_UP = "give up"


class Waits:
    """What Discord asked us to wait, and how often an unknown message was looked for in vain.

    A restart forgets it, and then asks once more.
    """

    def __init__(self) -> None:
        self._until: dict[int, datetime] = {}
        self._looks: dict[int, int] = {}

    def told(self, delivery: Delivery, until: datetime) -> None:
        self._until[delivery.delivery_id] = until

    def looked(self, delivery: Delivery, now: datetime, at_least: timedelta) -> None:
        looks = self._looks.get(delivery.delivery_id, 0) + 1
        self._looks[delivery.delivery_id] = looks
        self._until[delivery.delivery_id] = now + max(wait_after(looks), at_least)

    def forget(self, delivery: Delivery) -> None:
        self._until.pop(delivery.delivery_id, None)
        self._looks.pop(delivery.delivery_id, None)

    def is_over(self, delivery: Delivery, now: datetime) -> bool:
        until = self._until.get(delivery.delivery_id)
        return until is None or now >= until


def decide(
    pending: Pending,
    rule: Rule | None,
    waits: Waits,
    now: datetime,
    hindrance: Problem | None = None,
) -> tuple[NextStep, Problem | None]:
    """The fate of a part of ``rule`` (None: deleted, or a notice), with its reason if it ends.

    A part that is unknown, or was due before the program came back, is looked for whatever became
    of its rule and of its time: what was posted is sealed.
    ``hindrance`` is why nothing can be sent to its server now.
    """
    delivery = pending.delivery
    may_ask = is_time(delivery, now) and waits.is_over(delivery, now)
    if delivery.state is DeliveryState.UNKNOWN or delivery.unseen_since is not None:
        return (NextStep.LOOK if may_ask else NextStep.WAIT), None
    if rule is None and delivery.rule_id != NOTICES:
        return NextStep.CLOSE, Problem(Code.DELETED_BEFORE_POSTING)
    if rule is not None and rule.paused:
        return NextStep.CLOSE, Problem(Code.PAUSED_BEFORE_POSTING)
    why = _why(delivery, rule, hindrance)
    if delivery.attempts >= ATTEMPTS:
        tries = delivery.attempts
        return NextStep.GIVE_UP, Problem(Code.GIVEN_UP_AFTER_TRIES, tries=tries, why=why)
    if is_overdue(pending, now):
        return NextStep.GIVE_UP, Problem(Code.GIVEN_UP_AFTER_A_DAY, why=why)
    if not may_ask or (rule is not None and rule.suspended):
        return NextStep.WAIT, None
    return NextStep.SEND, None


def act(
    verdict: Classification, rule: Rule | None, home: int, place: int, *, asked: bool
) -> Action:
    """What to do after ``verdict`` on a part of a slot in channel ``home``.

    ``place`` is where it was to go, the channel or a thread in it. Without a message ``asked`` for
    (a thread was, before it) nothing can have been posted. There is nothing to suspend for a
    notice, a digest's own thread that was closed or deleted, or a channel that the rule has left.
    """
    in_own_thread = place != home and verdict.of_the_place
    if verdict.action is Action.LOOK and not asked:
        return Action.RETRY
    has_left = rule is None or rule.channel_id != home
    if verdict.action is Action.SUSPEND and (in_own_thread or has_left):
        return Action.GIVE_UP
    return verdict.action


def holds_channel(first: Pending, now: datetime) -> bool:
    """Whether no other digest may come between the messages of a slot. ``first`` is its first part
    that is not settled."""
    delivery = first.delivery
    is_begun = delivery.part > 0 or delivery.state is DeliveryState.UNKNOWN
    is_digest = delivery.rule_id != NOTICES
    return is_digest and is_begun and now < first.planned_at + MAX_HOLD


def is_time(delivery: Delivery, now: datetime) -> bool:
    """The waits between tries double: 10 s, 20 s, 40 s ... up to an hour.

    A clock that was set back does not make them longer than that.
    """
    if delivery.reserved_at is None or delivery.attempts == 0:
        return True
    since = now - delivery.reserved_at
    return since >= wait_after(delivery.attempts) or since < -MAX_WAIT


def wait_after(tries: int) -> timedelta:
    return min(FIRST_WAIT * (1 << min(tries - 1, 10)), MAX_WAIT)


def is_overdue(pending: Pending, now: datetime) -> bool:
    return now >= pending.planned_at + DEADLINE


def is_unseen_too_long(pending: Pending, now: datetime) -> bool:
    """Whether a part that cannot be looked for counts as posted, as it may have been."""
    since = max(pending.planned_at, pending.delivery.unseen_since or pending.planned_at)
    return now >= since + DEADLINE


def may_be_finished(delivery: Delivery, now: datetime) -> bool:
    """Whether a part that is overdue is worth posting if its digest was begun: it was never tried
    from here, or the program ended as it was, which was away or has an older archive now. Its
    papers would come nowhere."""
    error = delivery.last_error
    is_cut_short = error is not None and error.code is Code.ENDED_WHILE_SENDING
    is_untried = delivery.attempts == 0 or is_cut_short
    return delivery.unseen_since is not None and is_untried and now < delivery.slot_at + TOO_OLD


def _why(delivery: Delivery, rule: Rule | None, hindrance: Problem | None) -> Problem:
    """Why a part was not posted in all the time it had."""
    if delivery.attempts and delivery.last_error:
        return delivery.last_error
    if rule is not None and rule.suspended:
        return rule.suspended
    if hindrance:
        return hindrance
    return Problem(Code.EARLIER_PART_NOT_POSTED if delivery.part else Code.BOT_NOT_CONNECTED)

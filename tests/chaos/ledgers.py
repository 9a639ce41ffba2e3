"""What stands in the channels, compared with what the archive says and with what should."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from bot.config import Settings
from bot.delivery import ContentBuilder
from bot.models import CatchUp, Delivery, DeliveryState, Rule
from bot.store import Archive, days, ledger, posted_digests, rules
from tests.delivery.fake import rows
from tests.discordd import LoopbackDiscord
from tests.discordd.messages import Message

# The listing days of a run, by the slot that has each.
SLOTS = {
    datetime(2021, 3, 31, 7, tzinfo=UTC): date(2021, 3, 30),
    datetime(2021, 4, 1, 7, tzinfo=UTC): date(2021, 3, 31),
    datetime(2021, 4, 2, 7, tzinfo=UTC): date(2021, 4, 1),
}
UNSETTLED = (DeliveryState.PLANNED, DeliveryState.RESERVED, DeliveryState.UNKNOWN)


@dataclass
class Tally:
    """``posted`` counts slots whose messages all stand, once, where they belong; ``wrong_owner``
    what came to, or was kept of, somebody who did not or no longer want it.

    ``unreadable`` are slots of channels into which nobody could look for a day; ``unsure`` those of
    them that the bot calls maybe posted, and of which something does not stand there.
    """

    runs: int = 0
    slots: int = 0
    posted: int = 0
    unreadable: int = 0
    unsure: int = 0
    duplicates: int = 0
    lost: int = 0
    wrong_owner: int = 0
    complaints: list[str] = field(default_factory=list)
    bad: Counter[str] = field(default_factory=Counter)  # what was done to the bot

    def add(self, other: "Tally") -> None:
        self.runs += other.runs
        self.slots += other.slots
        self.posted += other.posted
        self.unreadable += other.unreadable
        self.unsure += other.unsure
        self.duplicates += other.duplicates
        self.lost += other.lost
        self.wrong_owner += other.wrong_owner
        self.bad += other.bad

    def __str__(self) -> str:
        return (
            f"runs {self.runs}, slots {self.slots}, posted {self.posted}, "
            f"unsure {self.unsure} of {self.unreadable} unreadable, "
            f"duplicates {self.duplicates}, lost {self.lost}, wrong owner {self.wrong_owner}"
        )


def newest_slot(at: datetime) -> datetime:
    return max(slot for slot in SLOTS if slot <= at)


async def settled(archive: Archive, count: int, at: datetime) -> bool:
    """Whether each of ``count`` rules has the slots that were due ``at`` that time, and every part
    an end."""
    newest = newest_slot(at)
    for rule_id in range(1, count + 1):
        found = await archive.read(rows, rule_id)
        if not found or found[-1].slot_at < newest:
            return False
        if any(row.state in UNSETTLED for row in found):
            return False
    return True


async def wound(archive: Archive, server: LoopbackDiscord, day: date) -> str:
    """Where the program was when it was killed, as far as the archive and Discord show."""
    found = [row for rule in await archive.read(rules.undeleted) for row in
             await archive.read(rows, rule.rule_id)]  # fmt: skip
    for row in found:
        if row.state is DeliveryState.RESERVED:
            nonces = {m.nonce for m in messages_of(server, row.target_id)}
            return "between send and seal" if row.nonce in nonces else "between reserve and send"
    if found:
        done = all(row.state not in UNSETTLED for row in found)
        return "after the last seal" if done else "between two sends"
    known = await archive.read(days.get, day)
    if known is None or known.harvested_at is None:
        return "in harvest"
    if known.counted_at is None:
        collected = await archive.read(days.outcomes, day, "collect")
        return "in rank" if collected else "in collect"
    return "before the slots"


async def judge(archive: Archive, server: LoopbackDiscord) -> Tally:
    """One run's figures. A slot that is not there, or not as it was planned, is lost."""
    tally = Tally(runs=1)
    for rule in await archive.read(rules.undeleted):
        tally.slots += 1
        found = await archive.read(rows, rule.rule_id)
        messages = messages_of(server, rule.channel_id)
        extra = len(messages) - len({message.nonce for message in messages})
        papers = Counter(papers_on(messages))
        extra += sum(count - 1 for count in papers.values())
        wrong = what_is_wrong(found, messages)
        tally.duplicates += extra
        tally.lost += bool(wrong)
        tally.posted += not extra and not wrong
        if extra or wrong:
            states = [(row.part, row.state.value, row.reason) for row in found]
            tally.complaints.append(
                f"rule {rule.rule_id}: {extra} too many, {wrong or 'none lost'}: {states}"
            )
    tally.lost += len(server.violations)
    tally.complaints += server.violations
    return tally


async def judge_restored(
    archive: Archive, server: LoopbackDiscord, at: datetime, unreadable: Collection[int]
) -> Tally:
    """As ``judge``, of an archive that was older than the channels: by what a channel has of each
    listing day that was due ``at`` that time, as what stands there may be from another archive."""
    tally = Tally(runs=1)
    kitchen = ContentBuilder(archive, Settings())
    newest = newest_slot(at)
    for rule in await archive.read(rules.undeleted):
        messages = messages_of(server, rule.channel_id)
        extra = len(messages) - len({message.nonce for message in messages})
        extra += sum(count - 1 for count in Counter(papers_on(messages)).values())
        tally.duplicates += extra
        for slot, day in SLOTS.items():
            if slot > at:
                continue
            tally.slots += 1
            tally.unreadable += rule.channel_id in unreadable
            wrong, unsure = await _missing(archive, kitchen, rule, day, messages, newest)
            tally.unsure += unsure and rule.channel_id in unreadable
            is_lost = bool(wrong) and not (unsure and rule.channel_id in unreadable)
            tally.lost += is_lost
            tally.posted += not wrong and not extra
            if is_lost or extra:
                states = [(row.slot_at, row.part, row.state.value, row.reason)
                          for row in await archive.read(rows, rule.rule_id)]  # fmt: skip
                tally.complaints.append(
                    f"rule {rule.rule_id}, {day}: {extra} too many, {wrong or 'none lost'}: "
                    f"{rule.catch_up} {states}"
                )
    tally.lost += len(server.violations)
    tally.complaints += server.violations
    return tally


async def _missing(
    archive: Archive,
    kitchen: ContentBuilder,
    rule: Rule,
    day: date,
    messages: list[Message],
    newest: datetime,
) -> tuple[str, bool]:
    """What a channel lacks of a listing day, and whether the bot says that it may have it."""
    slot = await archive.read(posted_digests.covering, rule.rule_id, day)
    if slot is None:
        return "no slot has this day", False
    found = await archive.read(ledger.of_slot, rule.rule_id, slot[0])
    unsure = any(row.may_stand for row in found)
    ended = all(row.state is DeliveryState.DONE for row in found)
    if rule.catch_up is CatchUp.SKIP and ended and slot[0] < newest:
        return "", False  # as this channel asked for
    if slot[1] == (day,):  # of a digest of several days there is less room for each
        fresh = replace(rule, rule_id=0)
        wanted = {one.paper.arxiv_id for one in (await kitchen.digest(fresh, slot[1])).papers}
        standing = {one.rpartition(":")[2] for one in papers_on(messages)}
        if wanted - standing:
            return f"{len(wanted - standing)} papers are missing", unsure
        if wanted:
            return "", False
    return what_is_wrong(found, messages), unsure


def messages_of(server: LoopbackDiscord, channel_id: int) -> list[Message]:
    """In the channel and in the threads of its digests, oldest first."""
    threads = server.world.threads_under(channel_id)
    places = [channel_id, *(thread.id for thread in threads)]
    return [message for place in places for message in server.messages(place)]


def papers_on(messages: list[Message]) -> list[str]:
    """The custom id of each paper's Why? button."""
    return [one for message in messages for one in message.controls if ":why:" in one]


def what_is_wrong(found: list[Delivery], messages: list[Message]) -> str:
    if not found:
        return "no slot was planned"
    bad = [row for row in found if row.state is not DeliveryState.SENT]
    if bad:
        return f"{len(bad)} parts are not sent"
    standing = {message.id for message in messages}
    missing = [row.part for row in found if row.message_id not in standing]
    if missing:
        return f"parts {missing} do not stand in the channel"
    order = [row.message_id or 0 for row in found]
    return "" if order == sorted(order) else "parts are out of order"

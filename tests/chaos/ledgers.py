"""What stands in the channels, compared with what the archive says and with what should."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from bot.models import Delivery, DeliveryState
from bot.store import Archive, days, rules
from tests.delivery.fake import rows
from tests.discordd import LoopbackDiscord
from tests.discordd.messages import Message

UNSETTLED = (DeliveryState.PLANNED, DeliveryState.RESERVED, DeliveryState.UNKNOWN)


@dataclass
class Tally:
    """``posted`` counts slots whose messages all stand, once, where they belong; ``wrong_owner``
    what came to, or was kept of, somebody who did not or no longer want it."""

    runs: int = 0
    slots: int = 0
    posted: int = 0
    duplicates: int = 0
    lost: int = 0
    wrong_owner: int = 0
    complaints: list[str] = field(default_factory=list)
    bad: Counter[str] = field(default_factory=Counter)  # what was done to the bot

    def add(self, other: "Tally") -> None:
        self.runs += other.runs
        self.slots += other.slots
        self.posted += other.posted
        self.duplicates += other.duplicates
        self.lost += other.lost
        self.wrong_owner += other.wrong_owner
        self.bad += other.bad

    def __str__(self) -> str:
        return (
            f"runs {self.runs}, slots {self.slots}, posted {self.posted}, "
            f"duplicates {self.duplicates}, lost {self.lost}, wrong owner {self.wrong_owner}"
        )


async def settled(archive: Archive, count: int) -> bool:
    """Whether each of ``count`` rules has its slot, and every part an end."""
    for rule_id in range(1, count + 1):
        found = await archive.read(rows, rule_id)
        if not found or any(row.state in UNSETTLED for row in found):
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

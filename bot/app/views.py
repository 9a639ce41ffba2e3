"""Messages beside the papers': a copy of what was posted, help, what a rule would do.

Texts that come from people or services are escaped here; channel mentions and Discord's own
timestamps are not, which is why these are no plain notices.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot import phrases
from bot.app.following import Stored
from bot.cards import Card
from bot.cards.build import card, line, paragraph, text
from bot.delivery.rehearsal import Reason
from bot.text import escape_to

_SENTENCE = 600
_MOST_REASONS = 5


class Verbatim(Card):
    """Components as they were once made, for a message that is to look just like that."""

    def __init__(self, components: Sequence[dict[str, Any]]) -> None:
        super().__init__()
        self._verbatim = list(components)

    def has_components_v2(self) -> bool:
        return True

    def to_components(self) -> list[dict[str, Any]]:
        return self._verbatim


def remark(said: str) -> Card:
    """A sentence of ours, with mentions of channels and timestamps as they are."""
    return Card(text(said))


def guide() -> Card:
    """What people can ask, and what admins can set up."""
    return Card(
        text(f"## {phrases.commands.HELP_TITLE}"),
        card(
            text(phrases.commands.HELP_READING),
            line(),
            text(phrases.commands.HELP_FOLLOWING),
            line(),
            text(phrases.commands.HELP_ADMINS),
        ),
        text(f"-# {phrases.commands.HELP_SMALL}"),
    )


def reasons(found: Sequence[Reason], title: str) -> Card:
    """For each digest of a channel: does it have the paper, and if not, where it fell out."""
    parts = [f"### {escape_to(title, 200)}"]
    parts += [_reason(each) for each in found[:_MOST_REASONS]]
    if len(found) > _MOST_REASONS:
        parts.append(f"-# {phrases.verdicts.more_digests(len(found) - _MOST_REASONS)}")
    return Card(card(text("\n\n".join(parts))))


def _reason(found: Reason) -> str:
    head = phrases.verdicts.why_in(found.rule.rule_id, found.rule.channel_id, found.day)
    if found.posted:
        return paragraph(f"**{head}**", phrases.verdicts.was_posted(*found.posted))
    stage = found.verdict.stage
    said = [escape_to(found.verdict.sentence, _SENTENCE)]
    if stage:
        said.insert(0, f"{phrases.verdicts.STAGES[stage]}.")
    elif found.comes:
        said.append(phrases.verdicts.comes_with(found.comes))
    elif found.ended:
        at, reason = found.ended
        said.append(phrases.verdicts.ended_without(at, escape_to(reason, _SENTENCE)))
    elif found.passed and not found.too_old:
        said.append(phrases.verdicts.passed_without(found.passed))
    elif found.rule.paused:
        said.append(phrases.verdicts.DIGEST_PAUSED)
    if found.rule.parked and not (stage or found.ended or found.passed or found.too_old):
        said.append(phrases.wishes.parked(escape_to(found.rule.parked, _SENTENCE)))
    if found.too_old:
        said = [phrases.verdicts.BEFORE_THE_RULE, *said]
    small = f"-# {phrases.verdicts.STILL_OPEN}" if found.still_open else None
    return paragraph(f"**{head}**", " ".join(said), small)


def welcome(needed: Mapping[str, bool]) -> Card:
    """The first message in a server: how to begin, and what is missing for it."""
    missing = [name for name, granted in needed.items() if not granted]
    return Card(
        text(phrases.commands.WELCOME_TITLE),
        card(
            text(phrases.commands.WELCOME),
            line(),
            text(paragraph(phrases.commands.WELCOME_PERMISSIONS, *_permissions(needed))),
            text(
                phrases.commands.how_to_permit_server(missing)
                if missing
                else phrases.commands.ALL_PERMITTED
            ),
        ),
        text(f"-# {phrases.commands.WELCOME_SMALL}"),
    )


def _permissions(needed: Mapping[str, bool]) -> list[str]:
    return [phrases.commands.permission(name, granted=granted) for name, granted in needed.items()]


def stored(found: Stored) -> Card:
    """All that is kept about a member."""
    rule = found.rule
    queries = [escape_to(each.query, 80) for each in found.follows]
    known = [
        phrases.commands.stored_follows(queries) if queries else "",
        phrases.commands.stored_digest(f"{rule.at:%H:%M}", rule.zone) if rule else "",
        phrases.commands.stored_stopped(len(found.stopped)) if found.stopped else "",
        phrases.commands.stored_messages(len(found.messages)) if found.messages else "",
        phrases.commands.stored_set_up(len(found.set_up)) if found.set_up else "",
        phrases.commands.stored_typed(len(found.typed)) if found.typed else "",
    ]
    said = paragraph(*known) or phrases.commands.STORED_NOTHING
    return Card(
        text(phrases.commands.STORED_TITLE),
        card(text(said)),
        text(f"-# {phrases.commands.STORED_SMALL}"),
    )


def set_up_check(channel_id: int, bot_id: int, needed: Mapping[str, bool]) -> Card:
    """What a digest needs in a channel, what of it is missing, and how to give it."""
    missing = [name for name, granted in needed.items() if not granted]
    return Card(
        card(
            text(paragraph(phrases.commands.NOT_SET_UP, phrases.commands.cannot_post(channel_id))),
            text(paragraph(*_permissions(needed))),
            text(phrases.commands.how_to_permit(bot_id, missing)),
            rank=1,
        )
    )

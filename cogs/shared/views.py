"""Messages beside the papers': a copy of what was posted, help, what a rule would do.

Texts that come from people or services are escaped here; channel mentions and Discord's own
timestamps are not, which is why these are no plain notices.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot import messages
from bot.cards import Card
from bot.cards.build import card, line, paragraph, text
from bot.delivery.preview import Reason
from bot.text import escape_to
from cogs.follows.service import Stored

_SENTENCE = 600
_MAX_REASONS = 5


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
        text(f"## {messages.commands.HELP_TITLE}"),
        card(
            text(messages.commands.HELP_READING),
            line(),
            text(messages.commands.HELP_FOLLOWING),
            line(),
            text(messages.commands.HELP_ADMINS),
        ),
        text(f"-# {messages.commands.HELP_SMALL}"),
    )


def reasons(found: Sequence[Reason], title: str) -> Card:
    """For each digest of a channel: does it have the paper, and if not, where it fell out."""
    parts = [f"### {escape_to(title, 200)}"]
    parts += [_reason(each) for each in found[:_MAX_REASONS]]
    if len(found) > _MAX_REASONS:
        parts.append(f"-# {messages.exclusion_reasons.more_digests(len(found) - _MAX_REASONS)}")
    return Card(card(text("\n\n".join(parts))))


def _reason(found: Reason) -> str:
    head = messages.exclusion_reasons.why_in(found.rule.rule_id, found.rule.channel_id, found.day)
    if found.posted:
        return paragraph(f"**{head}**", messages.exclusion_reasons.was_posted(*found.posted))
    stage = found.verdict.stage
    said = [escape_to(found.verdict.sentence, _SENTENCE)]
    if stage:
        said.insert(0, f"{messages.exclusion_reasons.STAGES[stage]}.")
    elif found.comes:
        said.append(messages.exclusion_reasons.comes_with(found.comes))
    elif found.ended:
        at, reason = found.ended
        said.append(messages.exclusion_reasons.ended_without(at, escape_to(reason, _SENTENCE)))
    elif found.passed and not found.too_old:
        said.append(messages.exclusion_reasons.passed_without(found.passed))
    elif found.rule.paused:
        said.append(messages.exclusion_reasons.DIGEST_PAUSED)
    if found.rule.parked and not (stage or found.ended or found.passed or found.too_old):
        said.append(messages.subscriptions.parked(escape_to(found.rule.parked, _SENTENCE)))
    if found.too_old:
        said = [messages.exclusion_reasons.BEFORE_THE_RULE, *said]
    small = f"-# {messages.exclusion_reasons.STILL_OPEN}" if found.still_open else None
    return paragraph(f"**{head}**", " ".join(said), small)


def welcome(needed: Mapping[str, bool]) -> Card:
    """The first message in a server: how to begin, and what is missing for it."""
    missing = [name for name, granted in needed.items() if not granted]
    return Card(
        text(messages.commands.WELCOME_TITLE),
        card(
            text(messages.commands.WELCOME),
            line(),
            text(paragraph(messages.commands.WELCOME_PERMISSIONS, *_permissions(needed))),
            text(
                messages.commands.how_to_permit_server(missing)
                if missing
                else messages.commands.ALL_PERMITTED
            ),
        ),
        text(f"-# {messages.commands.WELCOME_SMALL}"),
    )


def _permissions(needed: Mapping[str, bool]) -> list[str]:
    return [messages.commands.permission(name, granted=granted) for name, granted in needed.items()]


def stored(found: Stored) -> Card:
    """All that is kept about a member."""
    rule = found.rule
    queries = [escape_to(each.query, 80) for each in found.follows]
    known = [
        messages.commands.stored_follows(queries) if queries else "",
        messages.commands.stored_digest(f"{rule.at:%H:%M}", rule.zone) if rule else "",
        messages.commands.stored_stopped(len(found.stopped)) if found.stopped else "",
        messages.commands.stored_messages(len(found.messages)) if found.messages else "",
        messages.commands.stored_set_up(len(found.set_up)) if found.set_up else "",
        messages.commands.stored_typed(len(found.typed)) if found.typed else "",
    ]
    said = paragraph(*known) or messages.commands.STORED_NOTHING
    return Card(
        text(messages.commands.STORED_TITLE),
        card(text(said)),
        text(f"-# {messages.commands.STORED_SMALL}"),
    )


def set_up_check(channel_id: int, bot_id: int, needed: Mapping[str, bool]) -> Card:
    """What a digest needs in a channel, what of it is missing, and how to give it."""
    missing = [name for name, granted in needed.items() if not granted]
    return Card(
        card(
            text(
                paragraph(messages.commands.NOT_SET_UP, messages.commands.cannot_post(channel_id))
            ),
            text(paragraph(*_permissions(needed))),
            text(messages.commands.how_to_permit(bot_id, missing)),
            rank=1,
        )
    )

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
from bot.messages.common import counted, listed, zone
from bot.messages.problems import render
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


def remark(sentence: str) -> Card:
    """A sentence of ours, with mentions of channels and timestamps as they are."""
    return Card(text(sentence))


def guide() -> Card:
    """What people can ask, and what admins can set up."""
    return Card(
        text("## What you can ask me"),
        card(
            text("""\
**/hot** shows the papers of a listing day that people talk about most. All options may be left out:
- `date` is a day as you would say it: *yesterday*, *last tue*, *30 March 2021*
- `period` is the day, or the week, month or year around it, or all time
- `category` is one or several: *cs.CL*, or *cs.CL, cs.IR*, or *cond-mat.\\**
- `top` is how many papers at most
**/why** shows how a paper's score comes about, network by network.
**/paper** finds one paper by its id or by any link to it.
**/search** looks through the archive: `"state space" author:chen cat:cs.CL -survey after:2021`"""),
            line(),
            text("""\
**/follow** sends you papers of an author, a category or words, once a day at most.
**/following list** shows what you follow, **/privacy show** what I store about you."""),
            line(),
            text("""\
**For admins of a server** (Manage Server):
**/digest add** posts a digest into a channel, at an hour you choose.
**/digest list** shows them with buttons to edit, pause, test and delete.
**/digest preview** shows what a digest looks like, to you only.
**/digest why** tells why a paper was not posted.
**/status** tells how I, my sources and your digests are doing."""),
        ),
        text(
            "-# Answers are seen by you alone until you press Share here. A date is "
            "always the one that arXiv prints on its listing."
        ),
    )


def reasons(answers: Sequence[Reason], title: str) -> Card:
    """For each digest of a channel: does it have the paper, and if not, where it fell out."""
    parts = [f"### {escape_to(title, 200)}"]
    parts += [_reason(answer) for answer in answers[:_MAX_REASONS]]
    if len(answers) > _MAX_REASONS:
        parts.append(f"-# {messages.exclusion_reasons.more_digests(len(answers) - _MAX_REASONS)}")
    return Card(card(text("\n\n".join(parts))))


def _reason(answer: Reason) -> str:
    head = messages.exclusion_reasons.why_in(
        answer.rule.rule_id, answer.rule.channel_id, answer.day
    )
    if answer.posted:
        return paragraph(f"**{head}**", messages.exclusion_reasons.was_posted(*answer.posted))
    stage = answer.verdict.stage
    sentences = [escape_to(render(answer.verdict.reason), _SENTENCE)]
    if stage:
        sentences.insert(0, f"{messages.exclusion_reasons.STAGES[stage]}.")
    elif answer.comes:
        sentences.append(messages.exclusion_reasons.comes_with(answer.comes))
    elif answer.ended:
        at, reason = answer.ended
        why = escape_to(render(reason), _SENTENCE) if reason else ""
        sentences.append(messages.exclusion_reasons.ended_without(at, why))
    elif answer.passed and not answer.too_old:
        sentences.append(messages.exclusion_reasons.passed_without(answer.passed))
    elif answer.rule.paused:
        sentences.append(messages.exclusion_reasons.DIGEST_PAUSED)
    if answer.rule.suspended and not (stage or answer.ended or answer.passed or answer.too_old):
        why = escape_to(render(answer.rule.suspended), _SENTENCE)
        sentences.append(messages.subscriptions.suspended(why))
    if answer.too_old:
        sentences = [messages.exclusion_reasons.BEFORE_THE_RULE, *sentences]
    small = f"-# {messages.exclusion_reasons.STILL_OPEN}" if answer.still_open else None
    return paragraph(f"**{head}**", " ".join(sentences), small)


def welcome(needed: Mapping[str, bool]) -> Card:
    """The first message in a server: how to begin, and what is missing for it."""
    missing = [name for name, granted in needed.items() if not granted]
    return Card(
        text("## Good to be here"),
        card(
            text("""\
Every arXiv mailing day I find the papers that people talk about most. Begin with:
- `/digest add` posts them into a channel every day; for admins (Manage Server)
- `/hot` shows them to whoever asks, for any day
- `/help` tells the rest"""),
            line(),
            text(
                paragraph(
                    "For digests I need these, in this server or at least in their channels:",
                    *_permissions(needed),
                )
            ),
            text(
                f"Allow me {listed(missing)} in Server Settings, Roles, or in the channel itself."
                if missing
                else (
                    "All of it is there. A single channel may still forbid something; I check that."
                )
            ),
        ),
        text("-# I read no messages and ping nobody."),
    )


def _permissions(needed: Mapping[str, bool]) -> list[str]:
    return [
        f"- {name}: {'there' if granted else '**missing**'}" for name, granted in needed.items()
    ]


def stored(kept: Stored) -> Card:
    """All that is kept about a member."""
    rule = kept.rule
    queries = [escape_to(follow.query, 80) for follow in kept.follows]
    known = [
        f"- You follow {listed(queries)}" if queries else "",
        f"- Your messages come at {rule.at:%H:%M} {zone(rule.zone)}, in our direct messages"
        if rule
        else "",
        f"- {counted(len(kept.stopped), 'thing')} that you followed and can still take back"
        if kept.stopped
        else "",
        f"- My copies of {counted(len(kept.messages), 'message')} to you" if kept.messages else "",
        f"- You set up {counted(len(kept.set_up), 'digest')} in servers" if kept.set_up else "",
        f"- What you typed into {counted(len(kept.typed), 'form')} that I could not read"
        if kept.typed
        else "",
    ]
    lines = (
        paragraph(*known)
        or "Nothing. I read no messages, and keep only what members ask me to keep."
    )
    return Card(
        text("## What I store about you"),
        card(text(lines)),
        text("-# `/privacy export` sends it to you, `/privacy delete` erases it at once."),
    )


def set_up_check(channel_id: int, bot_id: int, needed: Mapping[str, bool]) -> Card:
    """What a digest needs in a channel, what of it is missing, and how to give it."""
    missing = [name for name, granted in needed.items() if not granted]
    return Card(
        card(
            text(
                paragraph(
                    messages.commands.NOT_SET_UP,
                    f"I may not do everything in <#{channel_id}> that a digest needs, "
                    "so nothing was saved.",
                )
            ),
            text(paragraph(*_permissions(needed))),
            text(
                f"In the channel's settings open Permissions, add <@{bot_id}> or one of its roles, "
                f"allow {listed(missing)}, and send the command again."
            ),
            rank=1,
        )
    )

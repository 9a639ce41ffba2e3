"""What a channel asked for, as its admins see it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import discord
from discord import ui

from bot import messages
from bot.cards import paging
from bot.cards.actions import RuleAction, RulesPage, RuleVerb
from bot.cards.build import Card, Inside, button, card, line, one_line, paragraph, row, text
from bot.messages.common import counted, either, points, short_day, soon, zone
from bot.messages.problems import render
from bot.models import CatchUp, Failure, Layout, Rhythm, Rule
from bot.text import length

PER_PAGE = 4
_SUMMARY = 850  # units: four of them leave room for a head and a foot
_PROBLEMS, _PROBLEM = 5, 400
_MAX_SUSPENDED = 10
_MAX_FAILURE = 160  # units of its reason
_RHYTHMS = {
    Rhythm.MAILING: "every mailing",
    Rhythm.WEEKDAYS: "Monday to Friday",
    Rhythm.WEEKLY: "Mondays, over the week",
    Rhythm.MONTHLY: "the 1st of a month, over the month",
}
_LAYOUTS = {Layout.COMPACT: "compact", Layout.FULL: "full"}
_CATCH_UPS = {
    CatchUp.MERGE: "",  # as is usual
    CatchUp.EACH: "after downtime a digest for each missed day",
    CatchUp.SKIP: "after downtime nothing for missed days",
}


def rule_card(
    rule: Rule,
    next_run: datetime | None = None,
    would_have: Sequence[tuple[date, int]] | None = None,
    problems: Sequence[str] = (),
    suggested_bar: float | None = None,
) -> Card:
    """A rule with its next run, and how many papers it would have had on which listing days.

    Without any such day the card says that it cannot tell yet; with None it says nothing of them.
    ``problems`` (plain sentences) keep it from working until somebody mends them. About five
    papers a day of its categories reach ``suggested_bar``.
    """
    items: list[Inside] = [text(_summary(rule, next_run))]
    if would_have is not None:
        items.append(text(_rehearsal(rule, would_have[-10:], suggested_bar)))
    if problems:
        items += [line(), text(_to_mend(problems))]
    return Card(card(*items, *_buttons(rule)))


def rule_list(
    entries: Sequence[tuple[Rule, datetime | None]],
    *,
    failures: Mapping[int, Failure] | None = None,
    page: int = 1,
) -> Card:
    """A server's rules, each with its next run, PER_PAGE to a page.

    ``failures`` says by a rule's id which are not delivered of late, and why.
    """
    if not entries:
        return Card(text("This server has no digest yet. Add one with `/digest add`."))
    here = paging.at(page, len(entries), PER_PAGE)
    items: list[Inside] = []
    for rule, next_run in here.part(entries):
        failure = (failures or {}).get(rule.rule_id)
        items += [line(), text(_summary(rule, next_run, failure)), *_buttons(rule)]
    return Card(
        text(f"## {counted(len(entries), 'digest')} in this server"),
        card(*items[1:]),
        *paging.foot(here, RulesPage),
    )


def rule_deleted(rule: Rule) -> Card:
    """A rule is gone, and how to have it back."""
    undo = button(messages.cards.UNDO, RuleAction(rule.rule_id, RuleVerb.RESTORE))
    return Card(text(f"Digest {rule.rule_id} in <#{rule.channel_id}> is deleted."), *row(undo))


def rules_suspended(rules: Sequence[Rule]) -> Card:
    """What a server is told when its channels cannot take digests any more."""
    lines = [
        f"**{messages.subscriptions.rule_title(rule.rule_id, rule.channel_id)}**\n"
        f"{_suspended(rule)}"
        for rule in rules[:_MAX_SUSPENDED]
    ]
    if len(rules) > _MAX_SUSPENDED:
        lines.append(f"-# and {(len(rules) - _MAX_SUSPENDED)} more; `/digest list` shows them all")
    return Card(text("\n".join(lines)))


def _summary(rule: Rule, next_run: datetime | None, failure: Failure | None = None) -> str:
    """At most _SUMMARY units; of many words fewer and shorter ones."""
    for max_words, limit in ((8, 60), (4, 40), (2, 20), (1, 12)):
        lines = paragraph(_lines(rule, next_run, max_words, limit), not_delivered(failure))
        if length(lines) <= _SUMMARY:
            break
    return lines


def _lines(rule: Rule, next_run: datetime | None, max_words: int, limit: int) -> str:
    def short(words: Sequence[str]) -> list[str]:
        return [*(one_line(word, limit) for word in words[:max_words]), *words[max_words:]]

    categories = messages.common.listed(short(rule.categories), max_words)
    at = f"{rule.at:%H:%M} {one_line(zone(rule.zone), 40)}, {_RHYTHMS[rule.rhythm]}"
    bar = "the usual bar" if rule.bar is None else points(rule.bar)
    details = [
        f"top {rule.top} above {bar}, {_LAYOUTS[rule.layout]}",
        "" if rule.cross_lists else "no cross-lists",
        "in a thread" if rule.thread else "",
        "" if rule.quiet_lines else "silent when there is nothing",
        _CATCH_UPS[rule.catch_up],
    ]
    words_asked = [
        f"only with {messages.common.either(short(rule.keywords), max_words)}"
        if rule.keywords
        else "",
        f"never with {messages.common.either(short(rule.exclusions), max_words)}"
        if rule.exclusions
        else "",
    ]
    return paragraph(
        f"### {messages.subscriptions.rule_title(rule.rule_id, rule.channel_id)}",
        f"**{categories or 'every category'}** · {at}",
        f"-# {messages.common.sentence(details)}",
        f"-# {asked}" if (asked := messages.common.sentence(words_asked)) else None,
        _state(rule, next_run),
    )


def _state(rule: Rule, next_run: datetime | None) -> str | None:
    if rule.suspended:
        return _suspended(rule)
    if rule.paused:
        return "Paused: nothing is posted until you resume it."
    return f"Next digest {soon(next_run)}" if next_run else None


def not_delivered(failure: Failure | None) -> str | None:
    if failure is None:
        return None
    reason = one_line(render(failure.reason), _MAX_FAILURE)
    return f"Not delivered since {soon(failure.since)}: {reason}"


def _suspended(rule: Rule) -> str:
    reason = render(rule.suspended) if rule.suspended else ""
    return messages.subscriptions.suspended(one_line(reason, 120))


def _rehearsal(rule: Rule, days: Sequence[tuple[date, int]], suggested_bar: float | None) -> str:
    if not days:
        return (
            "-# What it would have brought lately I cannot tell before a first "
            "listing day is complete here."
        )
    empty = sum(1 for _, count in days if not count)
    ways = [
        "lower the bar" if rule.bar != 0 else "",
        "add categories" if rule.categories else "",
        "add keywords" if rule.keywords else "",
    ]
    advice = either([*filter(None, ways)])
    days_without = "that day" if len(days) == 1 else "most of these days"
    warning = f"On {days_without} it would have had nothing."
    if advice:
        warning = f"{warning} {advice[:1].upper()}{advice[1:]}."
    return paragraph(
        "Papers it would have had lately",
        f"-# {' · '.join(f'{short_day(day)}: **{count}**' for day, count in days)}",
        warning if 2 * empty > len(days) else None,
        f"-# A bar of {points(suggested_bar)} gives about five papers a day in these categories."
        if suggested_bar is not None and suggested_bar != rule.bar
        else None,
    )


def _to_mend(problems: Sequence[str]) -> str:
    lines = [f"- {one_line(problem, _PROBLEM)}" for problem in problems[:_PROBLEMS]]
    return paragraph("To be mended first:", *lines)


def _buttons(rule: Rule) -> list[ui.ActionRow[Any]]:
    going = (
        (messages.cards.RESUME, RuleVerb.RESUME)
        if rule.paused
        else (messages.cards.PAUSE, RuleVerb.PAUSE)
    )
    choices = (("Edit", RuleVerb.EDIT), going, ("Test", RuleVerb.TEST))
    return row(
        *(button(label, RuleAction(rule.rule_id, verb)) for label, verb in choices),
        button(
            "Delete",
            RuleAction(rule.rule_id, RuleVerb.DELETE),
            style=discord.ButtonStyle.danger,
        ),
    )

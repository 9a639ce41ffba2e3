"""One walk through all that can be typed and pressed, and a list of what it must have met.

A command, option, completion, button or field that is new fails here until the walk meets it.
What each of them answers is the other files' business; here none may end in a fault of ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

import pytest
from discord import app_commands

from bot.cards.actions import FollowAction, FollowVerb, RuleAction, RuleVerb
from bot.cards.custom_ids import SHAPES, decode
from bot.store import days
from cogs.digests.form_fields import LABELS, RuleFields
from cogs.papers import lookup
from tests import simcord_world
from tests.archive_world import STILL_OPEN, VIVIT
from tests.simcord_world import Answer, Channel, Member, Message, World, seen

RULE = {
    "categories": "cs.CL, cs.IR", "hour": "09:00", "zone": "Europe/Berlin", "days": "mailing",
    "top": 8, "bar": 20.0, "layout": "compact", "cross_lists": True, "keywords": "-",
    "exclusions": "survey", "thread": False, "quiet_lines": True, "catch_up": "merge",
}  # fmt: skip


@dataclass
class Walk:
    """``met`` holds ("option", command, name), ("completion", ...), ("button", ...), ("field", ...)
    and ("command", name).
    """

    world: World
    met: set[tuple[str, ...]] = field(default_factory=set)

    async def ask(self, who: Member, where: Channel, command: str, /, **options: object) -> Answer:
        self.met |= {("command", command), *(("option", command, name) for name in options)}
        return self._sound(await simcord_world.ask(who, where, command, **options))

    async def press(self, who: Member, what: Answer | Message, label: str) -> Answer:
        message = what.message if isinstance(what, Answer) else what
        self.met.add(("button", *spoken(seen(message).buttons[label])))
        return self._sound(await simcord_world.press(who, what, label))

    async def fill_in(self, who: Member, form: Answer, **texts: str) -> Answer:
        self.met |= {("field", name) for name in texts}
        labels = {LABELS[name]: text for name, text in texts.items()}
        return self._sound(await simcord_world.fill_in(who, form, labels))

    async def complete(self, who: Member, command: str, option: str, typed: str = "") -> None:
        self.met.add(("completion", command, option))
        where = self.world.nlp
        assert await simcord_world.complete(who, where, command, option, typed), (command, option)

    def _sound(self, answer: Answer) -> Answer:
        self.world.clock.advance(timedelta(seconds=5))  # or it would be too much at once
        if answer.form is None:
            assert answer.seen.problems == []
            assert "Reference" not in answer.words
        return answer


def spoken(custom_id: str) -> tuple[str, ...]:
    """The kind of a button, and what it does where there are several things."""
    action = decode(custom_id)
    assert action is not None
    verb = [str(action.verb)] if isinstance(action, RuleAction | FollowAction) else []
    return (custom_id.split(":")[1], *verb)


def there_is(world: World) -> Iterator[tuple[str, ...]]:
    for command in world.bot.tree.walk_commands():
        if isinstance(command, app_commands.Command):
            name = command.qualified_name
            yield "command", name
            for option in command.parameters:
                yield "option", name, option.display_name
                if option.autocomplete:
                    yield "completion", name, option.display_name
    verbs: dict[str, type[StrEnum]] = {"rule": RuleVerb, "follow": FollowVerb}
    shares = {f"share-{kind}" for kind in ("paper", "why", "hot", "find")}
    for kind in {*SHAPES, *shares} - {"edit"}:
        if kind in verbs:
            yield from (("button", kind, verb) for verb in verbs[kind])
        else:
            yield "button", kind
    yield from (("field", name) for name in RuleFields._fields)


async def test_all_that_can_be_typed_and_pressed_is_met(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "SOON", 0)  # nobody asks arXiv here
    monkeypatch.setattr(lookup, "PATIENCE", 0)
    walk = Walk(world)
    await _digests(walk)
    await _reading(walk)
    await _following(walk)
    assert walk.met == set(there_is(world))


async def _digests(walk: Walk) -> None:
    world, admin, nlp = walk.world, walk.world.admin, walk.world.nlp
    card = await walk.ask(admin, nlp, "digest add", channel=nlp, **RULE)
    form = await walk.press(admin, card, "Edit")
    refused = await walk.fill_in(admin, form, when="whenever")
    form = await walk.press(admin, refused, "Back to the form")
    await walk.fill_in(
        admin, form, categories="cs.CL", when="9 Berlin", size="8 above 20", keywords="",
        exclusions="",
    )  # fmt: skip
    paused = await walk.press(admin, card, "Pause")
    resumed = await walk.press(admin, paused, "Resume")
    await walk.press(admin, resumed, "Test")
    await walk.press(admin, await walk.press(admin, resumed, "Delete"), "Undo")
    await walk.ask(admin, nlp, "digest edit", digest="1", channel=nlp, **RULE)
    for command in ("digest preview", "digest test"):
        await walk.ask(admin, nlp, command, digest="1")
    await walk.ask(admin, nlp, "digest why", paper=VIVIT, channel=nlp)
    for top in range(11, 15):
        await walk.ask(admin, nlp, "digest add", channel=nlp, **{**RULE, "top": top})
    await walk.press(admin, await walk.ask(admin, nlp, "digest list"), "Next")
    for number in "2345":
        await walk.ask(admin, nlp, "digest remove", digest=number)
    await walk.ask(admin, nlp, "status")
    for option, typed in {"categories": "cs", "hour": "9", "zone": "ber"}.items():
        await walk.complete(admin, "digest add", option, typed)
        await walk.complete(admin, "digest edit", option, typed)
    for command in ("edit", "preview", "test", "remove"):
        await walk.complete(admin, f"digest {command}", "digest")
    await walk.complete(admin, "digest why", "paper")
    world.clock.advance(timedelta(days=1))
    await world.services.archive.write(days.close, STILL_OPEN, now=world.clock.now(), late=False)
    await world.deliver()


async def _reading(walk: Walk) -> None:
    member, nlp = walk.world.member, walk.world.nlp
    today = await walk.ask(member, nlp, "hot", date=STILL_OPEN.isoformat())
    await walk.press(member, today, "As posted that day")
    hot = await walk.ask(member, nlp, "hot", date="30 mar", period="week", category="cs.*", top=9)
    await walk.ask(member, nlp, "hot", period="all", counts="hotpapers", min_score=5)
    await walk.press(member, hot, "Next")
    await walk.press(member, hot, "Abstract")
    why = await walk.press(member, hot, "Why?")
    await walk.press(member, hot, "Share here")
    await walk.press(member, why, "Share here")
    await walk.ask(member, nlp, "why", paper=VIVIT)
    paper = await walk.ask(member, nlp, "paper", paper=VIVIT)
    await walk.press(member, paper, "Share here")
    asked = await walk.ask(member, nlp, "paper", paper="1706.03762")
    await walk.press(member, asked, "Show 1706.03762")
    found = await walk.ask(member, nlp, "search", query="study")
    await walk.press(member, await walk.press(member, found, "Next"), "Share here")
    await walk.ask(member, nlp, "help")
    for option, typed in {"date": "last tue", "category": "cs.cl"}.items():
        await walk.complete(member, "hot", option, typed)
    for command in ("why", "paper"):
        await walk.complete(member, command, "paper", "of today")


async def _following(walk: Walk) -> None:
    member, nlp = walk.world.member, walk.world.nlp
    card = await walk.ask(
        member, nlp, "follow", category="cs.CV", author="example", keyword="study",
        search="title:of", exclude="survey", hour="8", zone="Berlin",
    )  # fmt: skip
    resumed = await walk.press(member, await walk.press(member, card, "Pause"), "Resume")
    await walk.press(member, await walk.press(member, resumed, "Stop this"), "Undo")
    for number in range(8):
        await walk.ask(member, nlp, "follow", keyword=f"word{number}")
    listed = await walk.ask(member, nlp, "following list")
    await walk.press(member, listed, "Next")
    await walk.ask(member, nlp, "following hour", hour="9", zone="Tokyo")
    await walk.ask(member, nlp, "following stop", what="1")
    for option, typed in {"category": "cs.cl", "hour": "9", "zone": "ber"}.items():
        await walk.complete(member, "follow", option, typed)
    for option, typed in {"hour": "9", "zone": "ber"}.items():
        await walk.complete(member, "following hour", option, typed)
    await walk.complete(member, "following stop", "what")
    for command in (
        "following pause", "following resume", "following export",
        "privacy show", "privacy export", "privacy delete",
    ):  # fmt: skip
        await walk.ask(member, nlp, command)

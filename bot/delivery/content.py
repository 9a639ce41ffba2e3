"""What a slot posts: a rule and its days -> the components of its messages, as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec
from discord.ui import LayoutView

from bot import cards, queries
from bot.config import Settings
from bot.delivery import selection
from bot.delivery.due import SlotOutcome, Step
from bot.delivery.follow_digest import FollowDigestBuilder
from bot.delivery.slots import Listings, arxiv_listings, next_due
from bot.messages.problems import render
from bot.models import DayState, Era, Period, RankedPaper, Ranking, Rhythm, Rule
from bot.problems import Code, Problem
from bot.queries import Standing
from bot.store import Archive, posted_digests


def listings_of(settings: Settings) -> Listings:
    """arXiv's days as slots see them, under these settings."""
    return arxiv_listings(settings.schedule.close_after_hours, settings.arxiv.deferred)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The messages of one slot in order, each a JSON list of components.

    ``papers`` are those on the cards; ``reason`` is why there are none, None when there are.
    """

    bodies: tuple[str, ...]
    papers: tuple[RankedPaper, ...] = ()
    reason: Problem | None = None


_MOMENT = timedelta(seconds=1)
_PERIODS = {Rhythm.WEEKLY: Period.WEEK, Rhythm.MONTHLY: Period.MONTH}


class ContentBuilder:
    """Makes contents. One lives as long as one round of planning: digests that are due together
    share the reading of their days, and rules that ask for the same share the whole result."""

    def __init__(self, archive: Archive, settings: Settings) -> None:
        self._archive = archive
        self._settings = settings
        self._listings = listings_of(settings)
        self._letters = FollowDigestBuilder(archive, settings)
        self._standings: dict[tuple[date, ...], Standing] = {}
        self._made: dict[tuple[object, ...], Content] = {}
        self._reaching: dict[tuple[tuple[date, ...], float], frozenset[str]] = {}

    async def build(self, rule: Rule, step: Step, had: frozenset[str] | None = None) -> Content:
        """The content of one slot. Its ``bodies`` are empty where the rule wants silence.

        ``had`` is what ``papers_had`` gives for the rule, where it was asked for many at once.
        """
        if step.ending is SlotOutcome.POST:
            return await self.digest(rule, step.days, had)
        following = next_due(rule, step.due.slot.at + _MOMENT, self._listings).slot.at
        if step.ending is SlotOutcome.NO_LISTING:
            if step.due.days:  # an earlier slot had them all: the rule's hour or rhythm was changed
                return Content(bodies=(), reason=Problem(Code.NOTHING_NEW))
            why = step.due.absent or Problem(Code.NO_LISTING_CLOSED)
            reason = Problem(Code.DIGEST_WITHOUT_LISTING, why=why)
            return _quiet(rule, reason, cards.quiet_no_listing(render(why), following))
        reason = Problem(Code.LISTINGS_NOT_COMPLETE, days=step.waiting)
        card = cards.quiet_down("arXiv", render(reason), following)
        return _quiet(rule, reason, card)

    async def digest(
        self, rule: Rule, days: Sequence[date], had: frozenset[str] | None = None
    ) -> Content:
        """The digest of closed ``days`` (oldest first) for a rule, or why it is empty."""
        standing = await self.standing(days)
        if had is None:
            had = (await self.papers_had([rule], days))[rule.rule_id]
        if rule.is_personal:
            return await self._letter(rule, days, had)
        shape = _shape(rule, tuple(days), had)
        if shape not in self._made:
            self._made[shape] = await self._make(rule, standing, had)
        return self._made[shape]

    async def standing(self, days: Sequence[date]) -> Standing:
        key = tuple(days)
        if key not in self._standings:
            self._standings[key] = await queries.standing(self._archive, key)
        return self._standings[key]

    async def papers_had(
        self, rules: Sequence[Rule], days: Sequence[date]
    ) -> dict[int, frozenset[str]]:
        """By rule, which papers of these days that it could post it has posted before."""
        standing = await self.standing(days)
        asked = {rule.rule_id: self._could_post(rule, standing) for rule in rules}
        stored = [rule_id for rule_id in asked if rule_id]
        arxiv_ids = frozenset().union(*asked.values())
        had = await self._archive.read(posted_digests.papers_had, stored, arxiv_ids)
        return {
            rule_id: had.get(rule_id, frozenset()) & could_post
            for rule_id, could_post in asked.items()
        }

    def _could_post(self, rule: Rule, standing: Standing) -> frozenset[str]:
        if rule.is_personal:  # what a member follows has no bar
            return frozenset(standing.announcements)
        bar = self._settings.ranking.bar if rule.bar is None else rule.bar
        key = tuple(day.day for day in standing.days), bar
        if key not in self._reaching:
            self._reaching[key] = frozenset(
                entry.paper.arxiv_id for entry in standing.ranked if entry.score >= bar
            )
        return self._reaching[key]

    async def _letter(self, rule: Rule, days: Sequence[date], had: frozenset[str]) -> Content:
        letter = await self._letters.write(rule, days, had)
        return Content(
            bodies=tuple(map(components, letter.cards)),
            papers=letter.papers,
            reason=None if letter.papers else Problem(Code.NOTHING_FOLLOWED),
        )

    async def _make(self, rule: Rule, standing: Standing, had: frozenset[str]) -> Content:
        choice = selection.choose(
            rule,
            standing.ranked,
            standing.announcements,
            default_bar=self._settings.ranking.bar,
            already=had,
        )
        if not choice.papers:
            card = cards.quiet_nothing_above(
                standing.days[0].day,
                standing.days[-1].day,
                considered=choice.considered,
                bar=choice.bar,
                nearest=choice.nearest_below,
                missing=queries.filter_by_category(standing.missing, rule.categories),
            )
            return _quiet(rule, Problem(Code.NOTHING_ABOVE_BAR), card)
        papers = await queries.with_posts(self._archive, choice.papers)
        ranking = as_ranking(rule, standing, choice, papers)
        views = cards.digest(ranking, layout=rule.layout)
        return Content(bodies=tuple(components(view) for view in views), papers=papers)


def as_ranking(
    rule: Rule, standing: Standing, choice: selection.Choice, papers: tuple[RankedPaper, ...]
) -> Ranking:
    """What the cards show of a choice."""
    days = standing.days
    return Ranking(
        start=days[0].day,
        end=days[-1].day,
        period=_PERIODS.get(rule.rhythm, Period.DAY),
        era=Era.HOTPAPERS,
        papers=papers,
        listed=choice.considered,
        above_bar=choice.above_bar,
        bar=choice.bar,
        outcomes=standing.outcomes,
        missing=queries.filter_by_category(standing.missing, rule.categories),
        counted_at=max((d.counted_at for d in days if d.counted_at), default=None),
        state=DayState.CLOSED,
        categories=rule.categories,
        late=any(day.late for day in days),
    )


def components(view: LayoutView) -> str:
    """The JSON that the ledger keeps and Discord gets."""
    return msgspec.json.encode([item.to_component_dict() for item in view.children]).decode()


def _quiet(rule: Rule, reason: Problem, card: LayoutView) -> Content:
    return Content(bodies=(components(card),) if rule.quiet_lines else (), reason=reason)


def _shape(rule: Rule, days: tuple[date, ...], had: frozenset[str]) -> tuple[object, ...]:
    """Rules of the same shape get the same messages."""
    return (
        days,
        had,
        rule.categories,
        rule.keywords,
        rule.exclusions,
        rule.cross_lists,
        rule.top,
        rule.bar,
        rule.layout,
        rule.rhythm,
        rule.quiet_lines,
    )

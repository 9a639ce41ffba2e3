"""Invents hostile papers and all that stands beside them on a card.

Everything comes from one ``random.Random``: the same seed gives the same papers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TypeVar

from bot.arxiv import taxonomy
from bot.models import (
    DayState,
    Era,
    Network,
    Outcome,
    Paper,
    Period,
    Post,
    RankedPaper,
    Ranking,
    Rule,
    ScorePart,
    Status,
    Unharvested,
)
from bot.problems import Code, Problem
from tests import factories
from tests.factories import legacy

# What Discord obeys, what TeX leaves behind, and what scripts do to the text around them.
PIECES = (
    "@everyone", "@here", "<@1>", "<@&2>", "<#3>", "<id:home>", "</hot:4>", "<:x:5>", "<t:0:R>",
    "https://evil.example/", "[arXiv](https://evil.example)", "](https://evil.example)",
    "discord.gg/x", "discord.com/invite/x",
    "**", "__", "_", "*", "~~", "||", "`", "```", "\\", "\\\\", "[", "]", "[[", "(", ")", "<", ">",
    "\n", "\r\n", "\n# ", "\n> ", "\n-# ", "\n- ", "1. ", "# ", ">>> ", ":fire:", "#",
    "\\alpha", "$x^2$", "{\\bf x}", "%", "&amp;", "$\\mathcal{O}(n\\log n)$", "\\\"o",
    "שלום", "العربية", "\u202e", "\u2066", "\u2067", "\u200f", "\u061c",
    "e\u0301\u0323", "Z\u0351\u036b\u0343", "\u0301" * 30, "นี้", "क्षि", "ཧྐྵྨླྺྼྻྂ", "각",
    "👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "☺️", "1️⃣", "🏴\U000e0067\U000e0062\U000e007f", "🇩",
    "한국어", "ｆｕｌｌ", "𝔘𝔫𝔦", "\u200b", "\u200d", "\ufeff", "\u2060", "\u00ad", "\x00",
    "\x07", "\x1b[31m", "\x1f", "\x85", "\u2028", "\ufdd0", "\ud83d", "\udc4d", "\U0010ffff",
    "word", "another", " ", " ", " ", "\t", "\u3000", "A* search", "snake_case", "f[x]", "|x|",
    "∗", "ˍ", "＠everyone", "＃", "C#",
)  # fmt: skip
# Any character at all now and then, more often one of these blocks: Latin, combining marks, Hebrew
# and Arabic, Indic and Thai, jamo, punctuation and format characters, emoji and their modifiers.
_BLOCKS = (
    (0x20, 0x17F), (0x300, 0x36F), (0x590, 0x6FF), (0x900, 0xE7F), (0x1100, 0x11FF),
    (0x2000, 0x206F), (0x20D0, 0x20F0), (0xFE00, 0xFE0F), (0x1F1E6, 0x1F1FF), (0x1F3FB, 0x1F64F),
    (0, 0x10FFFF),
)  # fmt: skip

CATEGORIES = [category.id for category in taxonomy.all_categories()]
PATTERNS = sorted({c.split(".")[0] + ".*" for c in CATEGORIES if "." in c}) + CATEGORIES
IDS = ("2103.15691", "hep-th/9901001", "0704.0001", "2312.00001", "math-ph/0001001", "2611.99999")

_FIRST, _LAST = date(1991, 8, 14), date(2100, 1, 1)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Inventor:
    """Makes hostile things. Each call gives another one."""

    random: Random

    def count(self) -> int:
        return self.random.randint(0, 50) if self.random.random() < 0.5 else self._large()

    def _large(self) -> int:
        return self.random.randint(0, 10 ** self.random.randint(1, 12))

    def wild(self) -> str:
        """A text of up to thirty pieces."""
        found = self.random.choices(PIECES, k=self.random.randint(0, 25))
        for _ in range(self.random.randint(0, 5)):
            found.insert(self.random.randint(0, len(found)), self._character())
        return "".join(found)

    def _character(self) -> str:
        return chr(self.random.randint(*self.random.choice(_BLOCKS)))

    def text(self) -> str:
        """As ``wild``, sometimes thousands of characters long."""
        often = self.random.randint(2, 60) if self.random.random() < 0.1 else 1
        return (self.wild() * often)[:6000]

    def maybe(self, make_one: Callable[[], T]) -> T | None:
        return make_one() if self.random.random() < 0.5 else None

    def several(self, make_one: Callable[[], T], most: int) -> list[T]:
        return [make_one() for _ in range(self.random.randint(0, most))]

    def some(self, among: Sequence[T], most: int) -> tuple[T, ...]:
        return tuple(self.random.sample(among, self.random.randint(0, min(most, len(among)))))

    def one_of(self, among: Sequence[T]) -> T:
        return self.random.choice(among)

    def address(self) -> str:
        kind = self.random.randrange(3)
        if kind == 0:
            return "https://x.com/someone/status/1"
        tail = "".join(self.wild().split())[:60]
        return f"https://x.com/{tail}" if kind == 1 else self.wild()

    def post(self, *arxiv_ids: str) -> Post:
        return factories.post(
            str(self.random.randrange(10_000)),
            *arxiv_ids,
            network=self.one_of(list(Network)),
            url=self.address(),
            author=self.text(),
            author_id=self.one_of("abcdef"),
            reposts=self.count(),
            likes=self.count(),
            text=self.wild(),
        )

    def paper(self, arxiv_id: str) -> Paper:
        many = 500 if self.random.random() < 0.2 else 1
        return factories.paper(
            arxiv_id,
            title=self.text(),
            authors=tuple(self.several(self.text, 6) * many),
            categories=self.some(CATEGORIES, 20),
            abstract=self.text(),
            comment=self.maybe(self.text),
            journal_ref=self.maybe(self.text),
        )

    def ranked(self, arxiv_id: str, place: int) -> RankedPaper:
        paper = self.paper(arxiv_id)
        score = self.random.uniform(0, 10 ** self.random.randint(1, 12))
        return RankedPaper(
            rank=place,
            paper=paper,
            score=score,
            exact_score=score,
            parts=tuple(self._part(network) for network in self.some(list(Network), 5)),
            people=self._large(),
            posts=tuple(self.several(lambda: self.post(arxiv_id), 4)),
            day=factories.DAY,
        )

    def _part(self, network: Network) -> ScorePart:
        return ScorePart(
            network=network, reposts=self.count(), likes=self.count(), rate=1, points=1, posts=1,
            people=1,
        )  # fmt: skip

    def ranking(self) -> Ranking:
        """Of six papers."""
        first = self.one_of([1, 4, 100])
        start = _FIRST + timedelta(days=self.random.randrange((_LAST - _FIRST).days))
        return Ranking(
            start=start,
            end=start + timedelta(days=self.random.randrange((_LAST - start).days + 1)),
            period=self.one_of(list(Period)),
            era=self.one_of(list(Era)),
            papers=tuple(self.ranked(name, first + n) for n, name in enumerate(IDS)),
            listed=self.count(),
            above_bar=self.count(),
            bar=self.random.uniform(0, 10**6),
            outcomes=tuple(self.several(self._outcome, 7)),
            counted_at=self.maybe(lambda: factories.NOW),
            state=self.one_of(list(DayState)),
            categories=self.some(PATTERNS, 30),
            late=self.random.random() < 0.5,
            missing=self.missing(),
            left_out=tuple((era, self.count()) for era in self.some(list(Era), 3)),
            unharvested=self.maybe(self.unharvested),
        )

    def unharvested(self) -> Unharvested:
        asked, harvested = (self.random.sample(PATTERNS, 10) for _ in range(2))
        return Unharvested(asked=tuple(asked), harvested=tuple(harvested))

    def missing(self) -> tuple[Outcome, ...]:
        if self.random.random() < 0.6:
            return ()
        return tuple(
            Outcome(
                source=source,
                status=status,
                at=factories.NOW,
                reason=legacy(self.text()),
            )
            for source in self.some(CATEGORIES, 20)
            for status in (self.one_of([Status.FAILED, Status.INCOMPLETE]),)
        )

    def _outcome(self) -> Outcome:
        known = self.random.random() < 0.7
        return Outcome(
            source=self.one_of(list(Network)) if known else self.wild(),
            status=self.one_of(list(Status)),
            at=factories.NOW,
            reason=legacy(self.text()),
        )

    def rule(self) -> Rule:
        return factories.rule(
            rule_id=self.random.randint(1, 2**63 - 1),
            channel_id=self.random.randint(1, 2**63 - 1),
            categories=self.some(PATTERNS, 200),
            at=time(self.random.randrange(24), self.random.randrange(60)),
            zone=self.one_of(["America/New_York", "Etc/GMT+12", self.text()]),
            keywords=tuple(self.several(self.text, 30)),
            exclusions=tuple(self.several(self.text, 30)),
            suspended=Problem(Code.LEGACY, text=self.text()),
            bar=self.maybe(lambda: self.random.uniform(0, 10**6)),
            thread=self.random.random() < 0.5,
            cross_lists=self.random.random() < 0.5,
            quiet_lines=self.random.random() < 0.5,
        )

    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.random.randrange(2**32), UTC)

"""What the arXiv double knows: papers, their listing days, and which category sees them how.

The rules are arXiv's own (arXiv/arxiv-feed feed/database.py; facts read, nothing copied): one
announcement per paper, day and request; ``new`` if a wanted category is its primary, else
``cross``; replacements from version 6 on are not announced.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, overload
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")

Kind = Literal["new", "cross", "replace", "replace-cross"]
KINDS: tuple[Kind, ...] = ("new", "cross", "replace", "replace-cross")
MAX_ANNOUNCED_VERSION = 5

_SUBJECTS = {
    "astro-ph": "CO EP GA HE IM SR",
    "cond-mat": "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con",
    "cs": "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE"
    " NI OH OS PF PL RO SC SD SE SI SY",
    "econ": "EM GN TH",
    "eess": "AS IV SP SY",
    "math": "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA"
    " RT SG SP ST",
    "nlin": "AO CD CG PS SI",
    "physics": "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph"
    " flu-dyn gen-ph geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph",
    "q-bio": "BM CB GN MN NC OT PE QM SC TO",
    "q-fin": "CP EC GN MF PM PR RM ST TR",
    "stat": "AP CO ME ML OT TH",
    **dict.fromkeys(("gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph"), ""),
    **dict.fromkeys(("nucl-ex", "nucl-th", "quant-ph"), ""),
}
ARCHIVES = {
    archive: frozenset({archive, *(f"{archive}.{name}" for name in names.split())})
    for archive, names in _SUBJECTS.items()
}
CATEGORIES = {name.lower(): name for names in ARCHIVES.values() for name in names}
_TWINS = ["math.MP math-ph", "stat.TH math.ST", "math.IT cs.IT", "q-fin.EC econ.GN"]
_TWINS += ["cs.SY eess.SY", "cs.NA math.NA"]
_TWIN = {name: other for pair in _TWINS for name, other in (pair.split(), pair.split()[::-1])}
PHYSICS = frozenset(ARCHIVES) - {"cs", "econ", "eess", "math", "q-bio", "q-fin", "stat"}


def wanted(query: str) -> frozenset[str] | None:
    """The categories behind ``cs.AI``, ``CS.ai+cs.LG`` or ``cs``; None if one is unknown."""
    found: set[str] = set()
    for part in query.split("+"):
        name = CATEGORIES.get(part.lower())
        if name is None:
            return None
        found |= ARCHIVES.get(name, frozenset({name}))
    return frozenset(found | {_TWIN[name] for name in found if name in _TWIN})


@dataclass(frozen=True, slots=True)
class Replacement:
    """A later version: when it came in, and the day that listed it."""

    version: int
    submitted: datetime
    listed: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """``listed`` is the listing day of version 1; ``crossed`` are categories added later.

    ``changed`` is OAI-PMH's datestamp; without it, the last day on which anything was listed.
    """

    id: str
    title: str
    categories: tuple[str, ...]
    submitted: datetime
    listed: date
    authors: tuple[str, ...] = ("Ada Inventa", "Bo Fictus")
    abstract: str = "We invent a thing and measure it."
    replaced: tuple[Replacement, ...] = ()
    crossed: tuple[tuple[date, str], ...] = ()
    comments: str = ""
    doi: str = ""
    journal_ref: str = ""
    license: str = "http://creativecommons.org/licenses/by/4.0/"
    deleted: bool = False
    changed: date | None = None

    @property
    def primary(self) -> str:
        return self.categories[0]

    @property
    def versions(self) -> list[tuple[int, datetime]]:
        return [(1, self.submitted), *((r.version, r.submitted) for r in self.replaced)]

    @property
    def datestamp(self) -> date:
        if self.changed is not None:
            return self.changed
        later = [r.listed for r in self.replaced] + [day for day, _ in self.crossed]
        return max([self.listed, *later])


@dataclass(frozen=True, slots=True)
class Announced:
    """A paper on a listing day, as seen from the categories that were asked for."""

    kind: Kind
    paper: Paper
    version: int


@dataclass(slots=True)
class World:
    """All papers of the double. A day without papers is a weekend or a holiday."""

    papers: list[Paper] = field(default_factory=list)

    def add(self, *papers: Paper) -> None:
        self.papers += papers

    def days(self) -> set[date]:
        """Every day on which anything was announced."""
        return {day for paper in self.papers if not paper.deleted for day in _days(paper)}

    def announced(self, day: date, names: frozenset[str]) -> list[Announced]:
        """New first, then by id."""
        found = [row for paper in self.papers for row in _announced(paper, day, names)]
        return sorted(found, key=lambda row: (KINDS.index(row.kind), row.paper.id))


def _days(paper: Paper) -> Iterator[date]:
    yield paper.listed
    yield from (r.listed for r in paper.replaced)
    yield from (day for day, _ in paper.crossed)


def _announced(paper: Paper, day: date, names: frozenset[str]) -> Iterator[Announced]:
    """At most one: new before cross before replacement."""
    if paper.deleted:
        return
    late = {category for _, category in paper.crossed}
    seen = names.intersection(set(paper.categories) - late)
    mine = paper.primary in names
    current = max([1, *(r.version for r in paper.replaced if r.listed <= day)])
    if paper.listed == day and seen:
        yield Announced("new" if mine else "cross", paper, current)
    elif any(when == day and category in names for when, category in paper.crossed):
        yield Announced("cross", paper, current)
    elif names.intersection(paper.categories):
        for r in paper.replaced:
            if r.listed == day and r.version <= MAX_ANNOUNCED_VERSION:
                yield Announced("replace" if mine else "replace-cross", paper, r.version)
                return


def submitted_for(day: date, second: int = 0) -> datetime:
    """A submission time whose listing is ``day``: 10:00 New York time on the weekday before."""
    return _ten_before(day) + timedelta(seconds=second)


@lru_cache
def _ten_before(day: date) -> datetime:
    eve = day - timedelta(days=3 if day.weekday() == 0 else 1)
    return datetime.combine(eve, time(10), NEW_YORK).astimezone(UTC)


_ADJECTIVES = ("Sparse", "Patient", "Noisy", "Causal", "Latent", "Robust", "Silent", "Elastic")
_NOUNS = ("Attention", "Kernels", "Graphs", "Lattices", "Agents", "Spectra", "Flows", "Markets")


def invent(
    count: int, day: date, categories: Sequence[str] = ("cs.AI cs.LG", "cs.CL", "cs.CV cs.AI")
) -> list[Paper]:
    """New papers of one listing day. ``categories`` are taken in turn, each with its primary first.

    Ids are in order and differ from those of other days; at most 3,000 a day.
    """
    first = 1 + (day.day - 1) * 3000
    return [
        invented_paper(
            f"{day:%y%m}.{first + n:05d}", n, day, tuple(categories[n % len(categories)].split())
        )
        for n in range(count)
    ]


def invented_paper(arxiv_id: str, n: int, day: date, categories: tuple[str, ...]) -> Paper:
    noun, adjective = _NOUNS[n % 8], _ADJECTIVES[n // 8 % 8]
    return Paper(
        id=arxiv_id,
        title=f"{adjective} {noun} and How to Find Them, Part {n}",
        categories=categories,
        submitted=submitted_for(day, n),
        listed=day,
        authors=(f"Ada Inventa{n}", "Bo Fictus"),
        abstract=f"We study {adjective.lower()} {noun.lower()} with $n={n}$ samples. "
        "The method needs 12% of the usual budget, and p < q holds throughout. " * 6,
    )


class Endless(Sequence[Paper]):
    """``count`` papers that exist only while somebody looks: for harvests of any length.

    In the order of their datestamps, ``per_day`` papers a day from ``first`` on.
    """

    def __init__(self, count: int, first: date = date(2020, 1, 1), per_day: int = 1000) -> None:
        self._count, self._first, self._per_day = count, first, per_day

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Paper: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Paper]: ...
    def __getitem__(self, index: int | slice) -> Paper | Sequence[Paper]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(self._count))]
        if not 0 <= index < self._count:
            raise IndexError(index)
        age, n = divmod(index, self._per_day)
        day = self._first + timedelta(days=age)
        number = (day.day - 1) * self._per_day + n + 1
        return invented_paper(f"{day:%y%m}.{number:05d}", index, day, ("cs.LG", "stat.ML"))

"""What X is asked for: search queries inside its limits. Pure.

From X's operators page (2026-08): ``url:`` stands alone and matches the address behind a short
link; values with punctuation are quoted; ``min_likes`` and ``min_reposts`` (back since 2026-05-04)
need a standalone operator beside them. ``-is:retweet`` keeps repost objects out, which would carry
their original's counts. Quotes and replies are posts of their own and stay in.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

LONGEST = 512  # characters of a recent search on pay-per-use

# Links to arXiv and to the two mirrors that people post most.
_ANY_PAPER = '(url:"arxiv.org" OR url:"alphaxiv.org" OR url:"huggingface.co/papers")'
_ORIGINAL = "-is:retweet"


@dataclass(frozen=True, slots=True)
class Floor:
    """A post must have so many likes or so many reposts. Zero in either asks for every post."""

    likes: int = 0
    reposts: int = 0

    def __bool__(self) -> bool:
        return self.likes > 0 and self.reposts > 0

    def raised(self, factor: int) -> "Floor":
        return Floor(self.likes * factor, self.reposts * factor)


ANY = Floor()


def broad(floor: Floor = ANY) -> str:
    """Every original post that links any paper and reaches the floor."""
    query = f"{_ANY_PAPER} {_ORIGINAL}"
    return f"{query} (min_likes:{floor.likes} OR min_reposts:{floor.reposts})" if floor else query


def exact(arxiv_ids: Iterable[str]) -> Iterator[str]:
    """Queries that together name every one of these papers, as few as their length allows.

    An id alone also matches the mirrors that keep it in their addresses.
    """
    terms: list[str] = []
    for term in dict.fromkeys(f'url:"{arxiv_id}"' for arxiv_id in arxiv_ids):
        if terms and len(_joined([*terms, term])) > LONGEST:
            yield _joined(terms)
            terms = []
        terms.append(term)
    if terms:
        yield _joined(terms)


def _joined(terms: Sequence[str]) -> str:
    return f"({' OR '.join(terms)}) {_ORIGINAL}"

"""What X is asked for: search queries inside its limits. Pure.

From X's operators page (2026-08): ``url:`` stands alone and matches the address behind a short
link; values with punctuation are quoted; ``min_likes`` and ``min_reposts`` (back since 2026-05-04)
need a standalone operator beside them. ``-is:retweet`` keeps repost objects out, which would carry
their original's counts. Quotes and replies are posts of their own and stay in.
"""

from dataclasses import dataclass

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

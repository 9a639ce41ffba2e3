"""What buttons and forms ask for. ``custom_ids`` writes and reads them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.models import RankingQuery


@dataclass(frozen=True, slots=True)
class Abstract:
    """Show the abstract, to who pressed it."""

    arxiv_id: str


@dataclass(frozen=True, slots=True)
class Why:
    """Show how the score came about, to who pressed it."""

    arxiv_id: str


@dataclass(frozen=True, slots=True)
class PaperCard:
    """Show the paper's card, looked up at arXiv where the archive lacks it, to who pressed it."""

    arxiv_id: str


@dataclass(frozen=True, slots=True)
class HotPage:
    """Show a page (from 1) of a ranking; also of a neighbouring day.

    In a private message in its place, from a public one as a new private answer.
    """

    query: RankingQuery
    page: int = 1


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Show a page (from 1) of what a search finds. ``query`` is as it was typed."""

    query: str
    page: int = 1


@dataclass(frozen=True, slots=True)
class Share:
    """Post in the channel what ``action`` shows."""

    action: PaperCard | Why | HotPage | SearchPage


@dataclass(frozen=True, slots=True)
class EditionRef:
    """One digest as it was posted: its rule, and the slot's time (UTC, whole seconds)."""

    rule_id: int
    slot_at: datetime


@dataclass(frozen=True, slots=True)
class AsPosted:
    """Show a digest as it was posted, to who pressed it."""

    edition: EditionRef


class RuleVerb(StrEnum):
    """What an admin can do with a rule.

    ``RETYPE`` opens the form of ``EDIT`` again as it was sent; ``RESTORE`` takes a ``DELETE`` back.
    """

    EDIT = "edit"
    RETYPE = "retype"
    PAUSE = "pause"
    RESUME = "resume"
    TEST = "test"
    DELETE = "delete"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class RuleAction:
    """Do something with a rule. Whoever presses it must be allowed to: check again."""

    rule_id: int
    verb: RuleVerb


@dataclass(frozen=True, slots=True)
class RuleForm:
    """The form that changes a rule; no button says it."""

    rule_id: int


@dataclass(frozen=True, slots=True)
class RulesPage:
    """Show a page (from 1) of the server's rules."""

    page: int = 1


class FollowVerb(StrEnum):
    """What a member can do with something followed. ``RESTORE`` takes a ``STOP`` back."""

    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class FollowAction:
    """Do something with what a member follows. Only that member may."""

    follow_id: int
    verb: FollowVerb


@dataclass(frozen=True, slots=True)
class FollowsPage:
    """Show a page (from 1) of what the member follows."""

    page: int = 1


Plain = (
    Abstract | Why | PaperCard | HotPage | SearchPage | AsPosted | RuleAction | RuleForm
    | RulesPage | FollowAction | FollowsPage
)  # fmt: skip
Action = Plain | Share

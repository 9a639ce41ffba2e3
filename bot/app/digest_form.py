"""A rule as the text fields of a form, and back; reading raises InputError. And what was typed
into forms that were refused."""

from typing import Any, NamedTuple

from bot.messages.common import rate
from bot.models import Rule
from bot.parsing import lists
from bot.search.keywords import joined, read_keywords


class RuleFields(NamedTuple):
    """As they are typed; see ``typed``. At most five, as a form of Discord's holds no more."""

    categories: str
    when: str
    size: str
    keywords: str
    exclusions: str


def fields_of(rule: Rule) -> RuleFields:
    bar = "" if rule.bar is None else f" above {rate(rule.bar)}"
    return RuleFields(
        categories=", ".join(rule.categories),
        when=f"{rule.at:%H:%M} {rule.zone}",
        size=f"{rule.top}{bar}",
        keywords=", ".join(rule.keywords),
        exclusions=", ".join(rule.exclusions),
    )


def changes(fields: RuleFields) -> dict[str, Any]:
    """What the fields say, by the names of a Rule's; everything else of a rule stays."""
    at, zone = lists.when(fields.when)
    top, bar = lists.size(fields.size)
    categories = lists.category_choice(fields.categories)
    return {
        "categories": categories.wanted,
        "at": at,
        "zone": zone,
        "top": top,
        "bar": bar,
        "keywords": read_keywords(fields.keywords),
        "exclusions": joined(read_keywords(fields.exclusions), categories.exclusions),
    }


class Drafts:
    """What members typed into forms that were refused, until the forms are sent again.

    A custom id is too short for it, and nobody asked to have it stored: a restart forgets it.
    """

    def __init__(self, most: int = 1000) -> None:
        self._most = most
        self._typed: dict[tuple[int, int], RuleFields] = {}

    def keep(self, member_id: int, rule_id: int, fields: RuleFields) -> None:
        """In place of what the member typed about this rule before. Of too many the oldest goes."""
        self.drop(member_id, rule_id)
        self._typed[member_id, rule_id] = fields
        if len(self._typed) > self._most:
            del self._typed[next(iter(self._typed))]

    def find(self, member_id: int, rule_id: int) -> RuleFields | None:
        return self._typed.get((member_id, rule_id))

    def of(self, member_id: int) -> dict[int, RuleFields]:
        """All that the member typed, by digest."""
        return {key[1]: typed for key, typed in self._typed.items() if key[0] == member_id}

    def drop(self, member_id: int, rule_id: int) -> None:
        self._typed.pop((member_id, rule_id), None)

    def forget(self, member_id: int) -> None:
        """All that the member typed."""
        self._typed = {key: typed for key, typed in self._typed.items() if key[0] != member_id}

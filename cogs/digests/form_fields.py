"""A digest as the text fields of its form, and back; reading raises InputError."""

from typing import Any, NamedTuple

from bot.messages.common import rate, zone
from bot.models import Rule
from bot.parsing import lists
from bot.search.keywords import joined, read_keywords


class RuleFields(NamedTuple):
    """As they are typed. At most five, as a form of Discord's holds no more."""

    categories: str
    when: str
    size: str
    keywords: str
    exclusions: str


# At most 45 characters each.
LABELS = {
    "categories": "Categories (empty for all)",
    "when": "Hour and time zone",
    "size": "Papers at most, and the bar: 8 above 40",
    "keywords": "Only papers that say one of these",
    "exclusions": "Never papers that say one of these",
}


def fields_of(rule: Rule) -> RuleFields:
    bar = "" if rule.bar is None else f" above {rate(rule.bar)}"
    return RuleFields(
        categories=", ".join(rule.categories),
        when=f"{rule.at:%H:%M} {zone(rule.zone)}",
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

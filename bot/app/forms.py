"""A rule as the text fields of a form, and back. Pure; reading raises InputError."""

from dataclasses import replace
from typing import NamedTuple

from bot.app import typed
from bot.models import Rule
from bot.phrases.common import rate


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


def changed(rule: Rule, fields: RuleFields) -> Rule:
    """The rule as the fields say; everything else stays."""
    at, zone = typed.when(fields.when)
    top, bar = typed.size(fields.size)
    return replace(
        rule,
        categories=typed.categories(fields.categories),
        at=at,
        zone=zone,
        top=top,
        bar=bar,
        keywords=typed.keywords(fields.keywords),
        exclusions=typed.keywords(fields.exclusions),
    )

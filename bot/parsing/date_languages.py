"""Dates as people write them in other languages, in the English that ``bot.parsing.dates`` reads.

The names of months and weekdays are CLDR's, by Babel. How one says "yesterday", "3 days ago" or
"last Tuesday" stands here, as patterns of text without accents in small letters.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from bot.models import Language
from bot.parsing.date_words import MONTHS, WEEKDAYS
from bot.text.fold import without_accents


class _Grammar(NamedTuple):
    """Patterns, in which ``{count}``, ``{unit}``, ``{weekday}`` and ``{month}`` stand for words."""

    phrases: Mapping[str, str]
    """What English says, to what this language says."""
    units: Mapping[str, str]
    counts: str
    """One to ten, separated by spaces; a slash separates forms of one number."""
    ago: str
    last: str
    this: str
    next: str
    of_last_week: str
    day: str
    """A day with its month, named or (``{number}``) as a number; ``{year}`` is the year."""
    month: str
    """A month with its year, or alone."""
    in_year: str = "{year}"
    names: Mapping[str, str] = {}
    """Further names of months and weekdays, to the English ones."""


# The day's number stands before the month's; a dot, a slash or a hyphen separates them.
_NUMERIC = r"{d} ?[./-] ?{number}(?: ?[./-] ?(?:{year})?)?"
_ROMANCE_DAY = (
    r"(?:(?:le|el|o|a|no|na|em) )?(?:{weekday},? )?(?:(?:le|el|o|dia) )?"
    r"(?:{d}(?:er|º|ª|°|\.)?[ -](?:de )?{month}(?:,?[ -](?:del? )?{year})?|" + _NUMERIC + ")"
)
_ROMANCE_MONTH = r"(?:(?:en|em) )?{month}(?: (?:del? )?{year})?"
_UNIT_OF_ROMANCE = {"day": "dias?", "week": "semanas?", "year": "anos?"}

_EAST_ASIAN = (
    r"(?:(?:{{year}}{year} ?)?{{number}}{month} ?{{d}}{day}"
    r"|(?:{{year}}\. ?)?{{number}}\. ?{{d}}\.?|(?:{{year}}/)?{{number}}/{{d}})"
    r"(?: ?\(?{{weekday}}\)?)?"
)

_GRAMMARS: Mapping[Language, _Grammar] = {
    Language.GERMAN: _Grammar(
        phrases={
            "today": "heute|jetzt",
            "yesterday": "gestern",
            "day before yesterday": "vorgestern",
            "tomorrow": "morgen",
            "latest": "(?:am )?(?:neuest|letzt|aktuell)e[nrs]?(?: tag)?|zuletzt",
        },
        units={
            "day": "tag(?:en?)?", "week": "wochen?", "month": "monat(?:en?|s)?",
            "year": "jahr(?:en?|es)?",
        },
        counts="ein/eine/einem/einer zwei drei vier funf sechs sieben acht neun zehn",
        ago="vor {count} {unit}",
        last="(?:am |im |in der )?(?:letzt|vorig|vergangen)e[mnrs]? {what}",
        this="(?:am |im |in )?diese[mnrs]? {what}",
        next="(?:am )?(?:nachst|kommend)e[mnrs]? {what}",
        of_last_week=(
            "(?:am )?{weekday}(?: der)? (?:letzte|vorige)[nr]? woche|"
            "(?:letzte|vorige) woche {weekday}"
        ),
        day=(
            r"(?:am )?(?:{weekday},? )?(?:(?:de[nmr]|am) )?"
            r"(?:{d}\.? ?{month}(?: {year})?|" + _NUMERIC + ")"
        ),
        month="(?:im )?{month}(?: {year})?",
        names={
            "maerz": "march", "janner": "january", "feber": "february", "sonnabend": "saturday",
        },
    ),
    Language.FRENCH: _Grammar(
        phrases={
            "today": "aujourd'?hui|maintenant",
            "yesterday": "hier",
            "day before yesterday": "avant[ -]hier",
            "tomorrow": "demain",
            "latest": "(?:les? )?(?:plus recents?|derniers?)(?: jour)?",
        },
        units={"day": "jours?", "week": "semaines?", "month": "mois", "year": "ans?|annees?"},
        counts="un/une deux trois quatre cinq six sept huit neuf dix",
        ago="(?:il )?y a {count} {unit}",
        last="(?:(?:le|la|l') ?)?{what} (?:derniere?|passee?)",
        this="cet(?:te)? {what}|ce {what}",
        next="(?:le )?{what} prochaine?",
        of_last_week="(?:le )?{weekday} de la semaine (?:derniere|passee)",
        day=_ROMANCE_DAY,
        month=_ROMANCE_MONTH,
    ),
    Language.SPANISH: _Grammar(
        phrases={
            "today": "hoy|ahora",
            "yesterday": "ayer",
            "day before yesterday": "anteayer|antes de ayer|antier",
            "tomorrow": "manana",
            "latest": "(?:lo |el )?(?:mas reciente|ultimo)(?: dia)?",
        },
        units={**_UNIT_OF_ROMANCE, "month": "mes(?:es)?"},
        counts="un/una/uno dos tres cuatro cinco seis siete ocho nueve diez",
        ago="hace {count} {unit}|{count} {unit} atras",
        last="(?:(?:el|la) )?{what} (?:pasad[oa]|anterior)|(?:(?:el|la) )?ultim[oa] {what}",
        this="est[ea] {what}",
        next="(?:el )?(?:proximo {what}|{what} (?:que viene|proximo))",
        of_last_week="(?:el )?{weekday} de la semana (?:pasada|anterior)",
        day=_ROMANCE_DAY,
        month=_ROMANCE_MONTH,
        names={"setiembre": "september"},
    ),
    Language.PORTUGUESE: _Grammar(
        phrases={
            "today": "hoje|agora",
            "yesterday": "ontem",
            "day before yesterday": "anteontem|antes de ontem",
            "tomorrow": "amanha",
            "latest": "(?:o )?(?:mais recente|ultimo)(?: dia)?",
        },
        units={**_UNIT_OF_ROMANCE, "month": "mes(?:es)?"},
        counts="um/uma dois/duas tres quatro cinco seis sete oito nove dez",
        ago="(?:ha|faz) {count} {unit}(?: atras)?|{count} {unit} atras",
        last="(?:(?:n?[oa]) )?(?:{what} passad[oa]|{what} anterior|ultim[oa] {what})",
        this="(?:n?est|n?ess)[ea] {what}",
        next="(?:n?a )?(?:proxim[oa] {what}|{what} que vem)",
        of_last_week="{weekday} da semana (?:passada|anterior)",
        day=_ROMANCE_DAY,
        month=_ROMANCE_MONTH,
        names={
            "segunda": "monday", "terca": "tuesday", "quarta": "wednesday", "quinta": "thursday",
            "sexta": "friday",
        },
    ),
    Language.JAPANESE: _Grammar(
        phrases={
            "today": "今日|きょう|本日|今",
            "yesterday": "昨日|きのう|前日",
            "day before yesterday": "一昨日|おととい",
            "tomorrow": "明日|あした",
            "latest": "最新|最近",
            "last week": "先週", "last month": "先月", "last year": "去年|昨年",
            "this week": "今週", "this month": "今月", "this year": "今年|ことし",
        },
        units={"day": "日", "week": "週間?", "month": "[かヶヵカケ箇]月", "year": "年"},
        counts="一 二 三 四 五 六 七 八 九 十",
        ago="{count} ?{unit}前",
        last="(?:この)?前の{what}",
        this="今週の?{what}|今度の{what}",
        next="次の{what}|来週の?{what}",
        of_last_week="先週の?{weekday}",
        day=_EAST_ASIAN.format(year="年", month="月", day="日"),
        month="(?:{year}年 ?)?{number}月",
        in_year="{year}年",
        names=dict(zip((f"{letter}曜" for letter in "月火水木金土日"), WEEKDAYS, strict=True)),
    ),
    Language.KOREAN: _Grammar(
        phrases={
            "today": "오늘|지금",
            "yesterday": "어제",
            "day before yesterday": "그저께|그제|엊그제",
            "tomorrow": "내일",
            "latest": "최신|최근",
            "last week": "지난 ?주|저번 ?주", "last month": "지난 ?달|저번 ?달",
            "last year": "작년|지난 ?해",
            "this week": "이번 ?주", "this month": "이번 ?달", "this year": "올해|금년",
        },
        units={"day": "일", "week": "주일?", "month": "개월|달", "year": "년"},
        counts="일/한 이/두 삼/세 사/네 오/다섯 육/여섯 칠/일곱 팔/여덟 구/아홉 십/열",
        ago="{count} ?{unit} ?전",
        last="(?:지난|저번) ?{what}",
        this="이번 ?{what}",
        next="다음 ?{what}",
        of_last_week="(?:지난|저번) ?주 ?{weekday}",
        day=_EAST_ASIAN.format(year="년", month="월", day="일"),
        month="(?:{year}년 ?)?{number}월",
        in_year="{year}년",
    ),
    Language.CHINESE: _Grammar(
        phrases={
            "today": "今天|今日|现在|現在",
            "yesterday": "昨天|昨日",
            "day before yesterday": "前天|前日",
            "tomorrow": "明天|明日",
            "latest": "最新|最近",
            "last week": "上(?:个|個)?(?:周|週|星期|礼拜|禮拜)", "last month": "上(?:个|個)?月",
            "last year": "去年",
            "this week": "(?:本|这|這)(?:个|個)?(?:周|週|星期|礼拜|禮拜)",
            "this month": "(?:本|这|這)(?:个|個)?月", "this year": "今年|本年",
        },
        units={
            "day": "天|日", "week": "(?:个|個)?(?:周|週|星期|礼拜|禮拜)", "month": "(?:个|個)月",
            "year": "年",
        },
        counts="一 二/两/兩 三 四 五 六 七 八 九 十",
        ago="{count} ?{unit}(?:之|以)?前",
        last="上一?(?:个|個){what}",
        this="(?:本|这|這)(?:个|個)?{what}",
        next="下(?:个|個)?{what}",
        of_last_week="上(?:个|個)?{weekday}",
        day=_EAST_ASIAN.format(year="年", month="月", day="[日号號]"),
        month="(?:{year}年 ?)?{number}月",
        in_year="{year}年",
        names={
            f"{week}{letter}": weekday
            for week in ("周", "週", "星期", "礼拜", "禮拜")
            for letter, weekday in zip(
                "一二三四五六日天", (*WEEKDAYS, "sunday"), strict=True
            )
        },
    ),
}  # fmt: skip


def in_english(text: str, language: Language) -> str | None:
    """What ``text`` says in ``language``, as ``bot.parsing.dates`` reads it; None: no date there.

    "dimanche 28 mars 2021" becomes "sunday 28 march 2021". Whether there is such a day is not
    asked. English stays as it is.
    """
    if language is Language.ENGLISH:
        return text
    typed = " ".join(without_accents(text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
    return next(filter(None, _readings(typed, language)), None)


def beginnings(language: Language) -> dict[str, str]:
    """What one may begin to type, to English: names of days and months, "yesterday" and so on."""
    if language not in _GRAMMARS:
        return {}
    plain = {
        pattern.partition("|")[0]: english
        for english, pattern in _GRAMMARS[language].phrases.items()
    }
    words = {word: english for word, english in plain.items() if not re.search(r"[(\[?]", word)}
    return {**_months(language), **_weekdays(language), **words}


def _readings(typed: str, language: Language) -> Iterator[str | None]:
    grammar, forms = _GRAMMARS[language], _forms(language)
    for english, pattern in grammar.phrases.items():
        if re.fullmatch(pattern, typed):
            yield english
    for form, compiled in forms.items():
        if found := compiled.fullmatch(typed):
            yield _english_of(form, found, language)


def _english_of(form: str, found: re.Match[str], language: Language) -> str | None:
    parts = {name: text for name, text in found.groupdict().items() if text}
    # A group has a number behind its name where a pattern has it twice.
    of = {name.rstrip("0123456789"): text for name, text in parts.items()}
    weekday = _weekdays(language).get(of.get("weekday", ""), "")
    unit = next(
        (u for u, p in _GRAMMARS[language].units.items() if re.fullmatch(p, of.get("unit", ""))), ""
    )
    match form:
        case "ago":
            return f"{_count(of['count'], language)} {unit}s ago"
        case "weekday":
            return weekday
        case "of_last_week":
            return f"last week {weekday}"
        case "last" | "this" | "next":
            return f"{form} {weekday or unit}"
        case "year":
            return of["year"]
    month = _months(language).get(of["month"], "") if "month" in of else _month(of["number"])
    year = of.get("year", "")
    return month and " ".join(filter(None, [weekday, of.get("d", ""), month, year]))


def _month(number: str) -> str:
    return MONTHS[int(number) - 1] if 1 <= int(number) <= 12 else ""


def _count(typed: str, language: Language) -> int:
    if typed.isdecimal():
        return int(typed)
    counts = _GRAMMARS[language].counts.split()
    return next(place for place, forms in enumerate(counts, 1) if typed in forms.split("/"))


@cache
def _forms(language: Language) -> dict[str, re.Pattern[str]]:
    """The patterns of a language, by what they say."""
    grammar = _GRAMMARS[language]
    counts = grammar.counts.replace(" ", "/").split("/")
    groups = {
        "count": rf"[0-9]{{1,6}}|{_any_of(counts)}",
        "unit": "|".join(grammar.units.values()),
        "weekday": rf"(?:{_any_of(_weekdays(language))})",
        "month": rf"(?:{_any_of(_months(language))})",
        "number": "[0-9]{1,2}",
        "d": "[0-9]{1,2}",
        "year": "[12][0-9]{3}|[0-9]{2}",
    }
    patterns = {
        "weekday": "{weekday}",
        "ago": grammar.ago,
        "of_last_week": grammar.of_last_week,
        "last": grammar.last,
        "this": grammar.this,
        "next": grammar.next,
        "day": grammar.day,
        "month": grammar.month,
        "year": grammar.in_year,
    }
    return {form: re.compile(_filled(pattern, groups)) for form, pattern in patterns.items()}


def _filled(pattern: str, groups: Mapping[str, str]) -> str:
    """``{name}`` as a named group; "{what}" is a unit or a weekday."""
    pattern = pattern.replace("{what}", "(?:{unit}|{weekday})")
    number = iter(range(1000))
    dot = r"\.?"

    def group(found: re.Match[str]) -> str:
        name = found[1]
        after = dot if name in ("weekday", "month") else ""
        return rf"(?P<{name}{next(number)}>{groups[name]}){after}"

    return re.sub(r"\{([a-z]+)\}", group, pattern)


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@cache
def _months(language: Language) -> dict[str, str]:
    return _named(language, "months", ("wide", "abbreviated"), dict(enumerate(MONTHS, 1)))


@cache
def _weekdays(language: Language) -> dict[str, str]:
    return _named(language, "days", ("wide", "abbreviated", "short"), dict(enumerate(WEEKDAYS)))


def _named(
    language: Language, kind: str, widths: Sequence[str], english: Mapping[int, str]
) -> dict[str, str]:
    """Every name that CLDR and we have, as texts are compared here, to the English one."""
    from babel import Locale  # no start waits for it

    names = getattr(Locale.parse(language), kind)
    theirs = {
        without_accents(name).rstrip("."): english[number]
        for context in ("format", "stand-alone")
        for width in widths
        for number, name in names[context][width].items()
    }
    ours = _GRAMMARS[language].names.items()
    return theirs | {name: meant for name, meant in ours if meant in english.values()}

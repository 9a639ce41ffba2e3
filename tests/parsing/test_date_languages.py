"""Dates and hours as people write them in their own languages."""

from datetime import date, time, timedelta

import pytest
from babel.dates import format_date, format_skeleton

from bot.models import Language, Period
from bot.parsing import DoubtfulDate, TypedDate, complete, parse, parse_span
from bot.parsing.times import parse_hour

TUESDAY = date(2021, 3, 30)
TODAY = date(2026, 12, 1)  # a Tuesday
LANGUAGES = [language for language in Language if language is not Language.ENGLISH]
# Every month and every weekday, one figure and two.
DAYS = [date(2021, month, day) for month, day in zip(range(1, 13), range(1, 32, 2), strict=False)]
DAYS += [date(2026, 11, 28) - timedelta(days) for days in range(7)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", ["full", "long", "medium", "short"])
def test_the_date_forms_of_cldr_are_read_back(language: Language, width: str) -> None:
    for day in DAYS:
        written = format_date(day, width, locale=language)
        assert parse(written, TODAY, language) == day, written


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("skeleton", ["yMMMEd", "yMMMd", "yMd", "yMEd", "yMMMMd"])
def test_so_are_their_shorter_ones(language: Language, skeleton: str) -> None:
    for day in DAYS:
        written = format_skeleton(skeleton, day, locale=language)
        assert parse(written, TODAY, language) == day, written


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("skeleton", ["MMMd", "MMMMd", "Md", "MMMEd"])
def test_without_a_year_it_is_the_latest_such_day(language: Language, skeleton: str) -> None:
    for day in DAYS[-7:]:
        written = format_skeleton(skeleton, day, locale=language)
        assert parse(written, TODAY, language) == day, written


@pytest.mark.parametrize("language", LANGUAGES)
def test_months_and_weekdays_alone(language: Language) -> None:
    for day in DAYS[-7:]:
        weekday = format_date(day, "EEEE", locale=language)
        assert parse_span(weekday, day, language) == TypedDate(day)
    month = format_skeleton("yMMMM", TUESDAY, locale=language)
    assert parse_span(month, TODAY, language) == TypedDate(date(2021, 3, 31), Period.MONTH)


PHRASES = {
    Language.GERMAN: {
        "heute": 0, "gestern": 1, "vorgestern": 2, "vor drei Tagen": 3, "vor 3 Tagen": 3,
        "vor einer Woche": 7, "vor zwei Wochen": 14, "Sonntag": 2, "letzten Dienstag": 7,
        "am letzten Montag": 1, "diesen Donnerstag": -2, "nächsten Freitag": -3,
        "Mittwoch letzter Woche": 6, "morgen": -1, "Sonnabend": 3,
    },
    Language.FRENCH: {
        "aujourd'hui": 0, "aujourd’hui": 0, "hier": 1, "avant-hier": 2, "il y a 3 jours": 3,
        "il y a trois jours": 3, "il y a une semaine": 7, "dimanche": 2, "mardi dernier": 7,
        "ce jeudi": -2, "vendredi prochain": -3, "mercredi de la semaine dernière": 6,
        "demain": -1, "mar.": 0, "lun": 1,
    },
    Language.SPANISH: {
        "hoy": 0, "ayer": 1, "anteayer": 2, "hace 3 días": 3, "hace tres dias": 3,
        "hace una semana": 7, "domingo": 2, "el martes pasado": 7, "este jueves": -2,
        "el próximo viernes": -3, "miércoles de la semana pasada": 6, "mañana": -1, "mar": 0,
        "3 días atrás": 3, "el lunes pasado": 1,
    },
    Language.PORTUGUESE: {
        "hoje": 0, "ontem": 1, "anteontem": 2, "há 3 dias": 3, "três dias atrás": 3,
        "há uma semana": 7, "domingo": 2, "terça-feira passada": 7, "última terça": 7,
        "nesta quinta": -2, "próxima sexta": -3, "quarta da semana passada": 6, "amanhã": -1,
        "segunda": 1, "faz 2 semanas": 14,
    },
    Language.JAPANESE: {
        "今日": 0, "本日": 0, "昨日": 1, "きのう": 1, "一昨日": 2, "おととい": 2, "3日前": 3,
        "三日前": 3, "1週間前": 7, "日曜日": 2, "日曜": 2, "前の火曜日": 7, "先週の水曜日": 6,
        "明日": -1, "今週の木曜日": -2,
    },
    Language.KOREAN: {
        "오늘": 0, "어제": 1, "그저께": 2, "3일 전": 3, "3일전": 3, "일주일 전": 7, "2주 전": 14,
        "일요일": 2, "지난 화요일": 7, "지난주 수요일": 6, "이번 목요일": -2, "내일": -1,
        "월요일": 1, "두 주 전": 14, "다음 금요일": -3,
    },
    Language.CHINESE: {
        "今天": 0, "昨天": 1, "前天": 2, "3天前": 3, "三天前": 3, "一周前": 7, "两个星期前": 14,
        "星期日": 2, "周日": 2, "星期天": 2, "上周三": 6, "上星期三": 6, "本周四": -2, "明天": -1,
        "周一": 1,
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text", "days_ago"),
    [(language, text, ago) for language, table in PHRASES.items() for text, ago in table.items()],
)
def test_days_are_counted_from_today(language: Language, text: str, days_ago: int) -> None:
    assert parse(text, TODAY, language) == TODAY - timedelta(days_ago)


@pytest.mark.parametrize(
    ("language", "text", "period"),
    [
        (Language.GERMAN, "letzte Woche", Period.WEEK),
        (Language.GERMAN, "dieses Jahr", Period.YEAR),
        (Language.FRENCH, "la semaine dernière", Period.WEEK),
        (Language.FRENCH, "le mois dernier", Period.MONTH),
        (Language.SPANISH, "la semana pasada", Period.WEEK),
        (Language.SPANISH, "este mes", Period.MONTH),
        (Language.PORTUGUESE, "semana passada", Period.WEEK),
        (Language.PORTUGUESE, "no mês passado", Period.MONTH),
        (Language.JAPANESE, "先週", Period.WEEK),
        (Language.JAPANESE, "先月", Period.MONTH),
        (Language.JAPANESE, "2020年", Period.YEAR),
        (Language.KOREAN, "지난주", Period.WEEK),
        (Language.KOREAN, "작년", Period.YEAR),
        (Language.CHINESE, "上周", Period.WEEK),
        (Language.CHINESE, "上个月", Period.MONTH),
    ],
)
def test_spans_set_the_period(language: Language, text: str, period: Period) -> None:
    assert parse_span(text, TODAY, language).period is period


@pytest.mark.parametrize(
    "text", ["neueste", "plus récent", "lo último", "mais recente", "最新", "최신"]
)
def test_the_newest_day_is_asked_for(text: str) -> None:
    assert parse_span(text, TODAY) == TypedDate(None)


class TestWhichLanguage:
    def test_the_readers_own_comes_first(self) -> None:
        """Tuesday in Spanish, March in English; the day first, where English asks back."""
        assert parse_span("mar", TODAY, Language.SPANISH) == TypedDate(TODAY)
        assert parse_span("mar", TODAY).period is Period.MONTH
        assert parse("03/04/2021", TODAY, Language.FRENCH) == date(2021, 4, 3)
        with pytest.raises(DoubtfulDate):
            parse("03/04/2021", TODAY)

    @pytest.mark.parametrize("language", Language)
    def test_english_and_all_others_are_read_too(self, language: Language) -> None:
        assert parse("march 30 2021", TODAY, language) == TUESDAY
        assert parse("2021-03-30", TODAY, language) == TUESDAY
        assert parse("3月30日", TODAY, language) == date(2026, 3, 30)
        assert parse("vorgestern", TODAY, language) == date(2026, 11, 29)

    def test_a_day_that_does_not_exist_is_no_other_languages_business(self) -> None:
        with pytest.raises(DoubtfulDate) as doubt:
            parse("31. Februar 2021", TODAY, Language.GERMAN)
        assert doubt.value.readings == (date(2021, 2, 28),)
        with pytest.raises(DoubtfulDate):
            parse("Montag, 30. März 2021", TODAY, Language.GERMAN)  # it was a Tuesday


@pytest.mark.parametrize(
    ("language", "typed", "day"),
    [
        (Language.GERMAN, "gest", date(2026, 11, 30)),
        (Language.GERMAN, "30 mä", date(2026, 3, 30)),
        (Language.FRENCH, "dima", date(2026, 11, 29)),
        (Language.PORTUGUESE, "terç", TODAY),
        (Language.JAPANESE, "昨", date(2026, 11, 30)),
        (Language.JAPANESE, "3月", date(2026, 3, 31)),
        (Language.KOREAN, "일요", date(2026, 11, 29)),
        (Language.CHINESE, "周日", date(2026, 11, 29)),
        (Language.CHINESE, "march 3", date(2026, 3, 3)),
    ],
)
def test_beginnings_are_completed(language: Language, typed: str, day: date) -> None:
    assert complete(typed, TODAY, language=language)[0] == day


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("9 Uhr", time(9)), ("9.30 Uhr", time(9, 30)), ("9 Uhr 30", time(9, 30)),
        ("um 18 Uhr", time(18)), ("Mittag", time(12)), ("9h", time(9)), ("9h30", time(9, 30)),
        ("à 9 h", time(9)), ("9 heures", time(9)), ("midi", time(12)), ("a las 9", time(9)),
        ("3 de la tarde", time(15)), ("mediodía", time(12)), ("às 9h", time(9)),
        ("9 da manhã", time(9)), ("meia-noite", time(0)), ("朝9時", time(9)),
        ("午後3時半", time(15, 30)), ("9時30分", time(9, 30)), ("正午", time(12)),
        ("오전 9시", time(9)), ("오후 9시 30분", time(21, 30)), ("上午9点", time(9)),
        ("下午3点半", time(15, 30)), ("晚上8点", time(20)),
    ],
)  # fmt: skip
def test_hours_are_read(text: str, hour: time) -> None:
    assert parse_hour(text) == hour

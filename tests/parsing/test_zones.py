"""Time zones as admins type them."""

import zoneinfo
from importlib import resources
from zoneinfo import ZoneInfo

import pytest

from bot.errors import InputError
from bot.messages.common import zone
from bot.messages.problems import words_of
from bot.parsing.zones import find_zone, search_zones, zone_names


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("America/New York", "America/New_York"),
        (" utc ", "UTC"),
        ("Tokyo", "Asia/Tokyo"),
        # every name of the database
        *((name, name) for name in ("EST", "Etc/UTC", "GMT", "US/Eastern", "Japan", "CET", "MST")),
        # with and without accents
        ("São Paulo", "America/Sao_Paulo"),
        ("sao paulo", "America/Sao_Paulo"),
        ("Zürich", "Europe/Zurich"),
        ("zurich", "Europe/Zurich"),
        ("Bogotá", "America/Bogota"),
        ("Asunción", "America/Asuncion"),
        ("Reykjavík", "Atlantic/Reykjavik"),
        # two names of one clock
        ("Indianapolis", "America/Indiana/Indianapolis"),
        ("Louisville", "America/Kentucky/Louisville"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("Kiev", "Europe/Kyiv"),
        ("Saigon", "Asia/Ho_Chi_Minh"),
        ("calcutta", "Asia/Kolkata"),
        ("Córdoba", "America/Argentina/Cordoba"),
        # cities that are no zone
        ("Munich", "Europe/Berlin"),
        ("München", "Europe/Berlin"),
        ("Mumbai", "Asia/Kolkata"),
        ("Bombay", "Asia/Kolkata"),
        ("Beijing", "Asia/Shanghai"),
        ("Boston", "America/New_York"),
        ("Seattle", "America/Los_Angeles"),
        ("Osaka", "Asia/Tokyo"),
        ("Geneva", "Europe/Zurich"),
        ("Munich, Germany", "Europe/Berlin"),
        # countries with one clock
        ("japan", "Japan"),
        ("india", "Asia/Kolkata"),
        ("germany", "Europe/Berlin"),
        ("South Korea", "Asia/Seoul"),
        ("uk", "Europe/London"),
        # offsets, and abbreviations of one clock
        ("UTC+2", "Etc/GMT-2"),
        ("utc -5", "Etc/GMT+5"),
        ("GMT+1", "Etc/GMT-1"),
        ("+9", "Etc/GMT-9"),
        ("UTC+0", "UTC"),
        ("JST", "Asia/Tokyo"),
    ],
)
def test_finds(typed: str, meant: str) -> None:
    assert find_zone(typed) == meant


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("Berln", "Did you mean Europe/Berlin?"),
        ("PST", "Did you mean America/Los_Angeles or"),
        ("IST", "Asia/Jerusalem or Asia/Kolkata or Europe/Dublin?"),
        ("usa", "America/New_York"),
        ("Birmingham", "Europe/London or America/Chicago?"),
        ("UTC+5:30", "Did you mean Asia/Kolkata?"),
        ("ESX", "One is named like Europe/Berlin"),
        ("UTC+15", "One is named like Europe/Berlin"),
        ("", "One is named like Europe/Berlin"),
        ("../../etc/passwd", "One is named like Europe/Berlin"),
    ],
)
def test_says_what_it_cannot_find(typed: str, hint: str) -> None:
    with pytest.raises(InputError) as raised:
        find_zone(typed)
    assert hint in words_of(raised.value)


def test_completes_cities_before_regions() -> None:
    assert search_zones("ber")[0] == "Europe/Berlin"
    assert search_zones("mun")[1] == "Europe/Berlin"
    assert search_zones("EST")[0] == "EST"
    assert search_zones("us/e")[0] == "US/East-Indiana"
    assert search_zones("pst")[0] == "America/Los_Angeles"
    assert search_zones("")[:3] == ["UTC", "Europe/London", "Europe/Berlin"]
    assert len(search_zones("a")) == 25
    assert search_zones("xyzzy") == []


def test_each_city_of_the_table_is_in_a_zone_that_exists() -> None:
    rows = (resources.files("bot.parsing") / "data" / "cities.csv").read_text("utf-8").split("\n")
    zones = {row.partition(",")[0] for row in rows if row and not row.startswith("#")}
    assert zones <= zoneinfo.available_timezones()


def test_offers_only_zones_that_exist() -> None:
    assert all(ZoneInfo(name) for name in search_zones(""))
    assert "Asia/Tokyo" in zone_names()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("UTC+2", "UTC+2"), ("utc -5", "UTC-5"), ("berlin", "Europe/Berlin"), ("UTC", "UTC")],
)
def test_an_offset_is_shown_as_it_was_typed(typed: str, shown: str) -> None:
    assert zone(find_zone(typed)) == shown

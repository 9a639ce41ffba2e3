"""Time zones as admins type them."""

from zoneinfo import ZoneInfo

import pytest

from bot.errors import InputError
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
    ],
)
def test_finds(typed: str, meant: str) -> None:
    assert find_zone(typed) == meant


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("Berln", "Did you mean Europe/Berlin?"),
        ("Indianapolis", "America/Indiana/Indianapolis or America/Indianapolis?"),
        ("CET", "One is named like Europe/Berlin"),
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
    assert search_zones("")[:3] == ["UTC", "Europe/London", "Europe/Berlin"]
    assert len(search_zones("a")) == 25
    assert search_zones("xyzzy") == []


def test_offers_only_zones_that_exist() -> None:
    assert all(ZoneInfo(name) for name in search_zones(""))
    assert "Asia/Tokyo" in zone_names()

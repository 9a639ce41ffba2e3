#!/bin/sh
# One would guess that a library that reads "3月5日" (5 March, as every Japanese reader writes it)
# reads "12月1日" as 1 December.
# dateparser gives a day of the year 2012: from October on, where the month has two figures, it is
# taken for the year, with the day for the month or the day and today's for the rest, and nothing
# says so. The same text in Chinese, spelt alike, is not read at all, though with its year it is.
# A digest asked for by such a date would silently be of another decade; so we read dates of other
# languages ourselves (bot/parsing/date_languages.py, docs/decisions.md).
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check dateparser==1.5.0

cat > "$folder/try.py" <<'PYTHON'
from datetime import datetime

import dateparser

print("dateparser", dateparser.__version__)


def read(text: str, language: str) -> str:
    """As somebody means it on 15 June 2026."""
    settings = {"RELATIVE_BASE": datetime(2026, 6, 15)}
    moment = dateparser.parse(text, languages=[language], settings=settings)
    seen = str(moment and moment.date())
    print(f"{text} in {language}: {seen}")
    return seen


as_described = (
    read("3月5日", "ja") == "2026-03-05"
    and read("9月5日", "ja") == "2026-09-05"
    and read("10月3日", "ja") == "2010-03-15"
    and read("11月25日", "ja") == "2011-06-25"
    and read("12月1日", "ja") == "2012-01-15"
    and read("12월 1일", "ko") == "2026-12-01"
    and read("3月5日", "zh") == read("12月1日", "zh") == "None"
    and read("2021年12月1日", "zh") == "2021-12-01"
)
print("as described" if as_described else "CHANGED")
raise SystemExit(not as_described)
PYTHON
"$folder/venv/bin/python" "$folder/try.py"

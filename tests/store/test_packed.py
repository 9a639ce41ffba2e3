"""What was packed is unpacked as it was; what was not is told to be so."""

import hashlib
import zlib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store import packed

ABSTRACT = (
    "We propose a method for an invented problem, and show that it outperforms the state of the "
    "art on several datasets. Extensive experiments demonstrate its effectiveness. " * 2
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
def test_every_text_is_the_same_again(text: str) -> None:
    assert packed.unpack(packed.pack(text)) == text
    assert packed.unpack(packed.pack(text * 20)) == text * 20


@given(TEXTS, TEXTS)
def test_every_text_beside_another_is_the_same_again(text: str, other: str) -> None:
    assert packed.unpack_beside(packed.pack_beside(text, other), other) == text
    wrapped = (text + "\n") * 20
    assert packed.unpack_beside(packed.pack_beside(wrapped, text * 20), text * 20) == wrapped


def test_an_abstract_takes_a_third_and_the_same_text_beside_it_nothing() -> None:
    assert len(packed.pack(ABSTRACT)) < len(ABSTRACT) / 3
    assert packed.pack_beside(ABSTRACT, ABSTRACT) == b""
    wrapped = ABSTRACT.replace(". ", ".\n")
    assert len(packed.pack_beside(wrapped, ABSTRACT)) < 40


def test_a_text_that_packing_does_not_shorten_stays_a_text() -> None:
    assert packed.pack("") == ""
    assert packed.pack("Qx") == "Qx"
    assert packed.pack_beside("Qx", "") == "Qx"


def test_the_dictionary_never_changes() -> None:
    """Archives were written with it."""
    file = resources.files("bot.store") / "data" / "abstracts.txt"
    assert hashlib.sha256(file.read_bytes()).hexdigest() == (
        "056cef53c5a1cc0e72cdebead516d153f526d5996c3bc4df1085682f7d4329b9"
    )


WHOLE = packed.pack(ABSTRACT)
assert isinstance(WHOLE, bytes)
DAMAGED = {
    "of no dictionary": b"\x07" + WHOLE[1:],
    "empty": b"",
    "cut off": WHOLE[:-3],
    "with something behind": WHOLE + b"x",
    "no deflate": b"\x01\xff\xff",
    "no UTF-8": b"\x01" + zlib.compress(b"\xff" * 20, wbits=-15),
    "a number": 7,
    "nothing": None,
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_is_damaged_is_told(name: str) -> None:
    with pytest.raises(ValueError, match=r"^(is|'utf-8')"):
        packed.unpack(DAMAGED[name])


def test_what_is_damaged_beside_another_is_named() -> None:
    with pytest.raises(ValueError, match=r"^raw_title is a blob"):
        packed.unpack_all_beside(["raw_title"], [b"\xff\xff"], ["A Title"])


def test_nothing_unpacks_to_more_than_is_ever_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MAX_BYTES", 1000)
    longest = "a" * 1000
    assert packed.unpack(packed.pack(longest)) == longest
    assert packed.pack(longest + "a") == longest + "a"
    bomb = b"\x01" + zlib.compress(b"a" * 1001, wbits=-15)
    with pytest.raises(ValueError, match="unpacks to too much"):
        packed.unpack(bomb)

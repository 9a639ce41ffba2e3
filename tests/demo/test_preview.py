"""The preview page: Discord's components, and nothing from outside but text."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import discord
import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.preview import PreviewMessage, page
from bot.demo.preview.page import Theme
from tests.demo.html_reader import HOSTILE, TEXT_TAGS, Reader

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2021, 3, 31, 12, 0, tzinfo=UTC)


def message(
    payload: Mapping[str, object],
    *,
    author: str = "hotpapers",
    at: datetime = NOON,
    ephemeral: bool = False,
    note: str = "",
) -> PreviewMessage:
    return PreviewMessage(author=author, at=at, payload=payload, ephemeral=ephemeral, note=note)


def show(
    *messages: PreviewMessage,
    channel: str = "papers",
    title: str = "Preview",
    theme: Theme = "both",
    answers: Mapping[str, PreviewMessage] | None = None,
) -> str:
    return page(
        messages, channel=channel, title=title, zone=BERLIN, theme=theme, answers=answers or {}
    )


def drawn(*components: object) -> Reader:
    return Reader(show(message({"components": components})))


def components_of(view: ui.LayoutView) -> Sequence[object]:
    """The components as discord.py sends them."""
    return [item.to_component_dict() for item in view.children]


def everywhere(text: str) -> str:
    """A page with ``text`` in every place where a text can stand."""
    option = {"label": text, "value": text, "default": True}
    components: list[object] = [
        {"type": 10, "content": text},
        {"type": text},
        {
            "type": 17,
            "accent_color": text,
            "components": [
                {"type": 14, "spacing": text},
                {
                    "type": 9,
                    "components": [{"type": 10, "content": f"### {text}"}],
                    "accessory": {"type": 11, "media": {"url": text}, "description": text},
                },
                {
                    "type": 1,
                    "components": [
                        {"type": 2, "style": 1, "label": text, "emoji": {"name": text}},
                        {"type": 2, "style": 5, "label": text, "url": text},
                        {"type": 2, "style": 5, "label": text, "url": f"https://a.example/{text}"},
                        {"type": 3, "placeholder": text, "options": [option]},
                    ],
                },
                {"type": 12, "items": [{"media": {"url": text}, "description": text}]},
                {"type": 13, "file": {"url": f"attachment://{text}"}, "name": text},
            ],
        },
    ]
    sent = message({"content": text, "components": components}, author=text, note=text)
    return show(sent, channel=text, title=text)


def shape(html: str) -> set[tuple[str, tuple[str, ...]]]:
    return {(tag, tuple(sorted(attributes))) for tag, attributes in Reader(html).elements}


@given(HOSTILE)
def test_hostile_text_adds_nothing_to_the_page(text: str) -> None:
    html = everywhere(text)
    html.encode("utf-8")
    read = Reader(html)
    harmless = Reader(everywhere("harmless"))
    assert [a for tag, a in read.elements if tag == "script"] == [{}]
    assert read.raw["script"] == harmless.raw["script"]
    assert read.raw["style"] == harmless.raw["style"]
    for _, attributes in read.elements:
        assert not [name for name in attributes if name.startswith("on")]
        assert (attributes.get("href") or "https://").startswith(("http://", "https://"))
    page_tags = {tag for tag, _ in shape(everywhere("harmless"))}
    assert read.tags() <= page_tags | TEXT_TAGS


def test_the_page_loads_nothing() -> None:
    html = everywhere("https://a.example/picture.png")
    read = Reader(html)
    for tag, attributes in read.elements:
        assert tag not in {"img", "link", "iframe", "object", "embed", "base", "audio", "video"}
        if tag != "a":
            assert attributes.keys().isdisjoint({"src", "srcset", "href", "data", "action"})
    assert "url(" not in read.raw["style"]
    assert "@import" not in read.raw["style"]
    policy = next(a["content"] for tag, a in read.elements if a.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none';")


KEYS = (
    "type", "components", "accessory", "content", "style", "label", "emoji", "url", "options",
    "items", "media", "file", "flags", "accent_color", "spacing",
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.integers(-1, 20) | st.sampled_from(["", "x", "https://["]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["components", "content", "flags"]), JSON))
def test_no_payload_is_too_broken_to_look_at(payload: Mapping[str, object]) -> None:
    assert show(message(payload)).endswith("</html>\n")


def test_an_unknown_component_is_a_labelled_box() -> None:
    read = drawn({"type": 99, "components": []})
    assert len(read.of_class("unknown")) == 1
    assert "type 99" in read.shown


def test_buttons() -> None:
    view = ui.LayoutView()
    styles = [style for style in discord.ButtonStyle if style.value < 5]
    row = [ui.Button[ui.LayoutView](style=s, label=s.name, custom_id=s.name) for s in styles]
    row[0].emoji = "🔥"
    row[3].disabled = True
    view.add_item(ui.ActionRow(*row, ui.Button(label="pdf", url="https://a.example/1")))
    read = drawn(*components_of(view))
    assert [a["class"] for _, a in read.of_class("button")] == [
        "button primary",
        "button secondary",
        "button success",
        "button danger",
        "button secondary",
    ]
    tag, link = read.of_class("button")[4]
    assert (tag, link["href"]) == ("a", "https://a.example/1")
    assert ["disabled" in a for _, a in read.of_class("button")] == [False] * 3 + [True, False]
    assert "🔥primary" in read.shown


def test_a_button_with_an_answer_carries_its_id_and_others_do_not() -> None:
    row = [{"type": 2, "style": 2, "label": i, "custom_id": i} for i in ("why", '"><b>', "none")]
    answers = {
        "why": message({"content": "because"}, ephemeral=True),
        '"><b>': replace(message({"content": "page 2"}, ephemeral=True), in_place=True),
    }
    read = Reader(show(message({"components": [{"type": 1, "components": row}]}), answers=answers))
    assert [a.get("data-press") for _, a in read.of_class("button")] == ["why", '"><b>', None]
    templates = [a for tag, a in read.elements if tag == "template"]
    assert [(a["data-answer"], "data-in-place" in a) for a in templates] == [
        ("why", False),
        ('"><b>', True),
    ]
    assert "b" not in read.tags()
    assert "because" in read.shown


def test_a_disabled_link_button_leads_nowhere() -> None:
    read = drawn({"type": 2, "style": 5, "label": "pdf", "url": "https://a", "disabled": True})
    [(tag, attributes)] = read.of_class("button")
    assert tag == "button"
    assert "href" not in attributes


def test_container_with_its_parts() -> None:
    view = ui.LayoutView()
    thumbnail = ui.Thumbnail[ui.LayoutView]("https://a.example/1.png", description="first page")
    view.add_item(
        ui.Container(
            ui.Section("### Title", "words", accessory=thumbnail),
            ui.Separator(spacing=discord.SeparatorSpacing.large, visible=False),
            ui.Separator(),
            ui.ActionRow(ui.Select(placeholder="Pick a day", options=[])),
            accent_colour=0x00A0FF,
        )
    )
    read = drawn(*components_of(view))
    [(_, container)] = read.of_class("container")
    assert container["style"] == "--accent: #00a0ff"
    assert [a["class"] for _, a in read.of_class("separator")] == [
        "separator large",
        "separator line",
    ]
    assert len(read.of_class("thumbnail")) == len(read.of_class("select")) == 1
    assert all(text in read.shown for text in ("Title", "words", "first page", "Pick a day"))


def test_gallery_and_file() -> None:
    view = ui.LayoutView()
    view.add_item(ui.MediaGallery(discord.MediaGalleryItem("attachment://plot.png")))
    view.add_item(ui.File("attachment://day.csv"))
    read = drawn(*components_of(view))
    assert len(read.of_class("media")) == 1
    assert "plot.png" in read.shown
    assert "day.csv" in read.shown


def test_a_select_shows_what_is_chosen() -> None:
    options = [{"label": "cs.CV", "default": True}, {"label": "cs.CL"}]
    shown = drawn({"type": 3, "placeholder": "Pick", "options": options}).shown
    assert "cs.CV" in shown
    assert "cs.CL" not in shown
    assert "Pick" not in shown


def classes_of(messages: Sequence[PreviewMessage]) -> list[str | None]:
    return [a["class"] for _, a in Reader(show(*messages)).of_class("message")]


def test_messages_in_one_breath_share_a_name() -> None:
    later = [message({"content": "x"}, at=NOON + timedelta(minutes=m)) for m in (0, 1, 2, 30)]
    noted = message({"content": "x"}, at=NOON + timedelta(minutes=31), note="/hot")
    other = message({"content": "x"}, at=NOON + timedelta(minutes=32), author="somebody")
    assert classes_of([*later, noted, other]) == [
        "message",
        "message follows",
        "message follows",
        "message",
        "message",
        "message",
    ]


def test_a_day_is_the_readers_day() -> None:
    late = datetime(2021, 3, 30, 21, 59, tzinfo=UTC)
    days = [message({"content": "x"}, at=late + timedelta(minutes=m)) for m in (0, 1)]
    read = Reader(show(*days))
    assert len(read.of_class("day")) == 2
    assert "30 March 2021" in read.shown
    assert "31 March 2021" in read.shown
    assert "31/03/2021, 00:00" in read.shown


@pytest.mark.parametrize(
    "private", [message({"content": "x"}, ephemeral=True), message({"content": "x", "flags": 64})]
)
def test_a_private_answer_says_so(private: PreviewMessage) -> None:
    assert "Only you can see this" in Reader(show(private)).shown
    assert "Only you can see this" not in Reader(show(message({"content": "x"}))).shown


def test_a_fixed_theme_has_no_switches() -> None:
    for theme in ("dark", "light"):
        fixed = Reader(show(message({"content": "x"}), theme=theme))
        assert dict(fixed.elements)["html"]["data-theme"] == theme
        assert "script" not in fixed.tags()
    both = Reader(show(message({"content": "x"})))
    assert "data-theme" not in dict(both.elements)["html"]
    assert {(a["data-set"], a["data-to"]) for _, a in both.elements if "data-set" in a} == {
        ("theme", "dark"),
        ("theme", "light"),
        ("width", "desktop"),
        ("width", "phone"),
    }


def test_the_page_names_its_channel_and_title() -> None:
    read = Reader(show(channel="hot-papers", title="Digest of 2021-03-30"))
    assert read.raw["title"] == "Digest of 2021-03-30"
    assert "hot-papers" in read.shown

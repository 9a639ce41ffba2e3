"""The wire: what stands on messages that were posted long ago is read as it was meant."""

from datetime import UTC, date, datetime

import pytest

from bot.cards.actions import (
    Abstract,
    Action,
    AsPosted,
    EditionRef,
    FollowAction,
    FollowsPage,
    FollowVerb,
    HotPage,
    PaperCard,
    RuleAction,
    RuleForm,
    RulesPage,
    RuleVerb,
    SearchPage,
    Share,
    Why,
)
from bot.cards.custom_ids import decode, encode
from bot.models import Era, Period, RankingQuery

DAY = date(2021, 3, 30)
MONTH = RankingQuery(DAY, Period.MONTH, ("cs.CL", "cs.IR", "quant-ph", "cond-mat.*"), 25)

# Literally as released versions wrote them; none of these lines may ever change.
POSTED: dict[str, Action] = {
    "hp1:abs:2103.15691": Abstract("2103.15691"),
    "hp1:abs:hep-th/9901001": Abstract("hep-th/9901001"),
    "hp1:why:2103.15691": Why("2103.15691"),
    "hp1:why:0704.0001": Why("0704.0001"),
    "hp1:share-paper:2103.15691": Share(PaperCard("2103.15691")),
    "hp1:share-why:math/0211159": Share(Why("math/0211159")),
    "hp1:hot:1:20210330:d::": HotPage(RankingQuery(DAY)),
    "hp1:hot:3:20210330:w:10:cs.CL": HotPage(RankingQuery(DAY, Period.WEEK, ("cs.CL",), 10), 3),
    "hp1:hot:2:20210330:m:25:cs.CL+IR,quant-ph,cond-mat.*": HotPage(MONTH, 2),
    "hp1:hot:1:20210330:y::": HotPage(RankingQuery(DAY, Period.YEAR)),
    "hp1:hot:1:20210330:a:100:": HotPage(RankingQuery(DAY, Period.ALL, top=100)),
    "hp1:hot:1:20210330:mr::": HotPage(RankingQuery(DAY, Period.MONTH, era=Era.BLOG_REPOSTS_ADDED)),
    "hp1:hot:1:20210330:d0::math.AG": HotPage(
        RankingQuery(DAY, categories=("math.AG",), min_score=0.0)
    ),
    "hp1:hot:2:20210330:mh12.5::": HotPage(
        RankingQuery(DAY, Period.MONTH, era=Era.HOTPAPERS, min_score=12.5), 2
    ),
    "hp1:share-hot:1:20210330:d::cs.*": Share(HotPage(RankingQuery(DAY, categories=("cs.*",)))),
    "hp1:share-hot:2:20210330:m:25:cs.CL+IR,quant-ph,cond-mat.*": Share(HotPage(MONTH, 2)),
    "hp1:find:2:author:chen cat:cs.CL": SearchPage("author:chen cat:cs.CL", 2),
    "hp1:find:1:": SearchPage("", 1),
    'hp1:share-find:1:"state space" -survey': Share(SearchPage('"state space" -survey', 1)),
    "hp1:posted:7:1617091200": AsPosted(EditionRef(7, datetime(2021, 3, 30, 8, tzinfo=UTC))),
    "hp1:rule:7:edit": RuleAction(7, RuleVerb.EDIT),
    "hp1:rule:7:retype": RuleAction(7, RuleVerb.RETYPE),
    "hp1:rule:7:pause": RuleAction(7, RuleVerb.PAUSE),
    "hp1:rule:7:resume": RuleAction(7, RuleVerb.RESUME),
    "hp1:rule:7:test": RuleAction(7, RuleVerb.TEST),
    "hp1:rule:7:delete": RuleAction(7, RuleVerb.DELETE),
    "hp1:rule:7:restore": RuleAction(7, RuleVerb.RESTORE),
    "hp1:edit:7": RuleForm(7),
    "hp1:rules:2": RulesPage(2),
    "hp1:follow:9:pause": FollowAction(9, FollowVerb.PAUSE),
    "hp1:follow:9:resume": FollowAction(9, FollowVerb.RESUME),
    "hp1:follow:9:stop": FollowAction(9, FollowVerb.STOP),
    "hp1:follow:9:restore": FollowAction(9, FollowVerb.RESTORE),
    "hp1:follows:3": FollowsPage(3),
}


@pytest.mark.parametrize("custom_id", POSTED)
def test_what_was_posted_is_still_read_and_written_alike(custom_id: str) -> None:
    assert decode(custom_id) == POSTED[custom_id]
    assert encode(POSTED[custom_id]) == custom_id


@pytest.mark.parametrize(
    "custom_id",
    ["hp1:share-abs:2103.15691", "hp1:share-rule:7:delete", "hp1:share-edit:7", "hp1:share-:1"],
)
def test_only_answers_are_shared(custom_id: str) -> None:
    assert decode(custom_id) is None

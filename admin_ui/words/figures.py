"""Words of the month's figures (M6)."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "place.figures": ("外访成效", "Figures"),
    "figures.title": ("{month} 外访成效", "What visits brought in {month}"),
    "figures.visits": ("外访次数", "Visits"),
    "figures.met": ("见到本人或直系亲属", "Met the debtor or a relative"),
    "figures.reached": ("见到或联系到人", "Reached someone"),
    "figures.of": ("{count} / {all} 次", "{count} of {all}"),
    "figures.per_visit": ("每次外访回款", "Repaid a visit"),
    "figures.per_kilometre": ("每公里回款", "Repaid a kilometre"),
    "figures.kilometre": ("公里", "Kilometres"),
    "figures.kilometres": ("{count} 公里", "{count} km"),
    "figures.unplaced": (
        "{count} 次外访没有定位，不计入公里数。",
        "{count} visits have no place and no kilometres.",
    ),
    "figures.what": (
        "公里数为同组当天各站之间的直线距离；回款为本月计外访的金额；一次外访两名外访员各计一次。",
        "Kilometres lead from stop to stop of a team's day as the crow flies; repaid is what the month credits; "
        "a visit counts for both who made it.",
    ),
    "figures.as_of": ("统计截至 {at}", "Counted as of {at}"),
    "figures.behind": (
        "之后的变化正在统计，约一分钟后刷新",
        "what changed since is being counted; reload in a minute",
    ),
    "figures.none": ("本月没有外访", "No visits this month"),
    "figures.none_what": (
        "在您的范围内本月还没有开始过的外访。计划公布后，外访员签到即计入。",
        "Within what you may see no visit began this month. One counts as soon as its agents check in.",
    ),
}

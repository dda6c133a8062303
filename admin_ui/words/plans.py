"""Words of plans: the days, a day's teams, what forbids publication."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "plan.day": ("外访日", "Day"),
    "plan.new_day": ("新计划的日期", "Day of a new plan"),
    "plan.open": ("新建计划", "Open a plan"),
    "plan.published_at": ("发布时间", "Published"),
    "plan.not_published": ("尚未发布", "not yet"),
    "plan.none": ("还没有计划", "No plans yet"),
    "plan.none_what": (
        "外访客服为某一天新建计划，编组并发布后，外访员才能开始外访。",
        "Dispatchers open a plan for a day; once teams are formed and it is published, visits may begin.",
    ),
    "plan.title": ("{day} 外访计划", "Plan of {day}"),
    "plan.publish": ("发布计划", "Publish"),
    "plan.publish_sure": (
        "发布这份计划？名单会发给法务、外访员和行政。",
        "Publish this plan? Collectors, agents and the gate are told.",
    ),
    "plan.print": ("打印本页", "Print this page"),
    "plan.forbidden": ("以下问题解决前不能发布：", "It cannot be published before this is solved:"),
    "plan.warnings": ("请留意：", "To be known before:"),
    "plan.with_trainee": ("（实习 {name}）", " (trainee {name})"),
    "plan.trainee": ("实习", "Trainee"),
    "plan.take_off": ("移出", "Take off"),
    "plan.no_stops": ("还没有外访", "no visits yet"),
    "plan.add_visit": ("加入待排程的外访", "Add a visit that waits"),
    "plan.add": ("加入", "Add"),
    "plan.no_teams": ("还没有小组", "No teams yet"),
    "plan.no_teams_what": ("在下面选两名外访员编组。", "Form one of two agents below."),
    "plan.new_team": ("编组", "Form a team"),
    "plan.lead": ("组长", "Lead"),
    "plan.partner": ("搭档", "Partner"),
    "plan.no_certificate": ("无有效上岗证", "no certificate in force"),
    "plan.starts": ("开始", "From"),
    "plan.ends": ("结束", "To"),
    "plan.add_team": ("加入小组", "Add the team"),
    "plan.waiting": ("待排程 {count}", "To plan: {count}"),
    "plan.nothing_waits": ("没有待排程的外访", "nothing waits for a plan"),
}

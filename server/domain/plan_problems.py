"""The refusals of plans, teams and leases, in words (R6, R11, R12, R14 to R16, V1, V9, V11, V13)."""

from __future__ import annotations

from server.domain.problems import Category, kind

PLAN_DAY_PAST = kind(
    "plan_day_past",
    Category.REFUSED,
    "{day} 已过去，外访须提前申请",
    "{day} is past; visits are planned in advance",
    remedy=("请选择今天或以后的日期。", "Choose today or a later day."),
    clause="R15",
)
PLAN_EXISTS = kind(
    "plan_exists",
    Category.CONFLICT,
    "本分公司 {day} 已有外访计划",
    "The branch has a plan for {day} already",
    remedy=("请在已有计划上继续排程。", "Go on with that plan."),
)
ROUTE_DIFFERS = kind(
    "route_differs",
    Category.CONFLICT,
    "该路线已不是系统当前建议的较短路线",
    "This is not the shorter route that is shown by now",
    remedy=(
        "请重新查看路线后再采用，或直接调整顺序。",
        "Look at the route again, or set the order yourself.",
    ),
)
TEAM_PUBLISHED = kind(
    "team_published",
    Category.CONFLICT,
    "该小组已有发布的外访，不能更改或移除",
    "Visits of the team are published, so it can be neither changed nor removed",
    remedy=("请换人，或撤回其外访。", "Swap a person, or withdraw its visits."),
)
PUBLISHED_STAYS = kind(
    "published_stays",
    Category.CONFLICT,
    "该外访已发布，须说明原因后撤回",
    "The visit is published; it is withdrawn with a reason",
    remedy=("请先撤回该外访。", "Withdraw it first."),
)
ALREADY_PLANNED_AGAIN = kind(
    "already_planned_again",
    Category.CONFLICT,
    "该地址的外访已重新等待排程",
    "A visit to that address waits already",
    remedy=("请在计划页直接排程该外访。", "Put that one on a plan."),
)
NOT_ON_TEAM = kind(
    "not_on_team",
    Category.REFUSED,
    "此人不在该小组中",
    "That person is not on the team",
    remedy=("请核对小组成员。", "Check who is on the team."),
)
PLAN_EMPTY = kind(
    "plan_empty",
    Category.REFUSED,
    "计划中没有待发布的外访",
    "Nothing on the plan waits to be published",
    remedy=("请先为小组分配外访。", "Assign visits to a team first."),
    clause="R12",
)
TEAM_NOT_TWO = kind(
    "team_not_two",
    Category.REFUSED,
    "必须有 {needed} 名外访人员同时参加，且不得重复",
    "A team is {needed} different agents, and a trainee is a further person",
    remedy=(
        "请选择互不相同的组长、搭档和实习人员。",
        "Choose different people as lead, partner and trainee.",
    ),
    clause="V1",
)
NOT_AN_AGENT = kind(
    "not_an_agent",
    Category.REFUSED,
    "{name} 不是本分公司的在职外访员",
    "{name} is no field agent in service of this branch",
    remedy=("请选择本分公司的外访员。", "Choose a field agent of the branch."),
    clause="V11",
)
CERTIFICATE_MISSING = kind(
    "certificate_missing",
    Category.REFUSED,
    "{name} 在 {day} 没有有效的上岗考核，只能作为实习人员",
    "{name} has no certificate in force on {day} and may only come as trainee",
    remedy=(
        "请换人，或登记考核成绩、批准和本月考核。",
        "Choose somebody else, or record score, approval and the monthly test.",
    ),
    clause="V11",
)
AGENT_ON_LEAVE = kind(
    "agent_on_leave",
    Category.REFUSED,
    "{name} 在 {day} 请假，两人必须同时在场",
    "{name} is on leave on {day}; both agents are present all the time",
    remedy=(
        "请换人；假期有变的，由人事撤销请假。",
        "Choose somebody else, or have personnel withdraw the leave.",
    ),
    clause="V1",
)
AGENT_BOOKED_TWICE = kind(
    "agent_booked_twice",
    Category.REFUSED,
    "{name} 在 {from} 至 {until} 已安排在另一小组，两人必须同时在场",
    "{name} is on another team from {from} to {until}; both agents are present all the time",
    remedy=("请错开时段或换人。", "Move one of the intervals or choose somebody else."),
    clause="V1",
)
TEAM_OUTSIDE_HOURS = kind(
    "team_outside_hours",
    Category.REFUSED,
    "小组时段 {from} 至 {until} 须在 {day} 的 {opens} 至 {closes} 之内",
    "The team's hours {from} to {until} must lie within {opens} to {closes} of {day}",
    remedy=("请调整小组的开始和结束时间。", "Change when the team starts or ends."),
    clause="V9",
)
TEAM_OVER = kind(
    "team_over",
    Category.REFUSED,
    "小组时段已于 {until} 结束，外访须提前申请",
    "The team's hours ended at {until}; visits are planned in advance",
    remedy=("请调整小组的时段。", "Change the team's hours."),
    clause="R15",
)
VISIT_ON_HOLD = kind(
    "visit_on_hold",
    Category.REFUSED,
    "案件 {case_number} 的外访已暂停（{reason}）",
    "The visit of case {case_number} is on hold ({reason})",
    remedy=("请移出计划，或先解除暂停。", "Take it off the plan, or have the hold released."),
    clause="V13",
)
VISIT_PERSON_BLOCKED = kind(
    "visit_person_blocked",
    Category.REFUSED,
    "案件 {case_number} 的债务人已列为禁止联系",
    "The debtor of case {case_number} must not be contacted",
    remedy=("请移出计划。", "Take it off the plan."),
    clause="V13",
)
VISIT_AFTER_END = kind(
    "visit_after_end",
    Category.REFUSED,
    "案件 {case_number} 的委案期于 {end} 结束，{day} 不得外访",
    "The placement of case {case_number} ends on {end}; no visit on {day}",
    remedy=("请移出计划，或改在委案期内。", "Take it off the plan, or choose an earlier day."),
    clause="R14",
)
VISIT_ADDRESS_INVALID = kind(
    "visit_address_invalid",
    Category.REFUSED,
    "案件 {case_number} 的地址已登记为无效",
    "The address of case {case_number} is recorded as invalid",
    remedy=(
        "请移出计划，由法务提交其他地址。",
        "Take it off the plan; the collector may file another address.",
    ),
    clause="R6",
)
TRAVEL_NOT_APPROVED = kind(
    "travel_not_approved",
    Category.REFUSED,
    "计划前往 {cities}，不在本市，须经经理批准或先电话告知经理",
    "The plan goes to {cities}, outside the branch's city: the manager must approve or be told by phone first",
    remedy=(
        "请申请经理批准，或登记电话告知。",
        "Ask for the manager's approval, or record the notice by phone.",
    ),
    clause="R16",
)
TRAVEL_NOT_NEEDED = kind(
    "travel_not_needed",
    Category.REFUSED,
    "计划中的外访都在本市，无须出差审批",
    "Every visit waiting on the plan is in the branch's city; no approval is needed",
    remedy=("请直接发布计划。", "Publish the plan."),
    clause="R16",
)
VISIT_NOT_PLANNED = kind(
    "visit_not_planned",
    Category.REFUSED,
    "该外访不在已发布的计划中（状态 {state}）",
    "The visit is on no published plan (it is {state})",
    remedy=("请由外访客服排入计划并发布。", "Have the dispatcher put it on a plan and publish it."),
    clause="R12",
)
LEASE_NOT_YET = kind(
    "lease_not_yet",
    Category.REFUSED,
    "该外访自 {from} 起有效",
    "The visit may start from {from} on",
    remedy=("请在计划时段内开始。", "Start within the planned hours."),
    clause="R12",
)
LEASE_EXPIRED = kind(
    "lease_expired",
    Category.REFUSED,
    "该外访有效至 {until}，已过期",
    "The visit could be started until {until}; that is over",
    remedy=("请由外访客服重新排程。", "Have the dispatcher plan it again."),
    clause="R12",
)
PROMISE_PENDING = kind(
    "promise_pending_on_plan",
    Category.REFUSED,
    "案件 {case_number} 已承诺 {due_on} 前还款，{day} 的外访不计入业绩",
    "Case {case_number} has promised to pay by {due_on}; a visit on {day} will not count",
    remedy=(
        "请改在承诺日期之后，或补交书面说明。",
        "Choose a day after it, or have an explanation accepted.",
    ),
    clause="R11",
)

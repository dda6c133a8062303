"""The named cast: who appears in the tests, each with a post and a place, all invented.

李敏 and 赵凯 are collectors of 一组 (lead 孙琳), 周航 of 二组 (lead 顾宁); 陈磊, 王强 and 何伟 are field agents.
Everybody is of 郑州分公司 but the outsiders, who are of 洛阳分公司. 路遥 leads the project of 示例银行, 秦朗 another
client's.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from server.domain.access import Post
from server.domain.people import Account, Branch, Certificate, Team
from server.services.accounts import install_grants
from server.services.ports.people import PasswordHasher
from server.services.ports.unit_of_work import UnitOfWork

PASSWORD = "lantern2026"


def known_id(name: str) -> str:
    """The same UUID for the same name, so that a failing test can be read."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"fieldvisit:{name}"))


BRANCH = Branch(known_id("branch"), "郑州分公司", "4101", "郑州市")
OTHER_BRANCH = Branch(known_id("other branch"), "洛阳分公司", "4103", "洛阳市")
TEAM = Team(known_id("team"), BRANCH.id, "法务一组")
OTHER_TEAM = Team(known_id("other team"), BRANCH.id, "法务二组")
OUTSIDE_TEAM = Team(known_id("outside team"), OTHER_BRANCH.id, "法务三组")
CLIENT_ID, CLIENT = known_id("client"), "示例银行"
PROJECT_ID, PROJECT = known_id("project"), "信用卡"
OTHER_CLIENT_ID, OTHER_CLIENT = known_id("other client"), "样本银行"
OTHER_PROJECT_ID, OTHER_PROJECT = known_id("other project"), "消费贷"


@dataclass(frozen=True)
class Member:
    username: str
    name: str
    posts: tuple[Post, ...]
    branch: Branch = BRANCH
    team: Team | None = None
    project_id: str | None = None

    @property
    def id(self) -> str:
        return known_id(self.username)


COLLECTOR = Member("limin", "李敏", (Post.COLLECTOR,), team=TEAM)
COLLEAGUE = Member("zhaokai", "赵凯", (Post.COLLECTOR,), team=TEAM)
OTHER_COLLECTOR = Member("zhouhang", "周航", (Post.COLLECTOR,), team=OTHER_TEAM)
TEAM_LEAD = Member("sunlin", "孙琳", (Post.TEAM_LEAD,), team=TEAM)
OTHER_TEAM_LEAD = Member("guning", "顾宁", (Post.TEAM_LEAD,), team=OTHER_TEAM)
AGENT = Member("chenlei", "陈磊", (Post.FIELD_AGENT,))
PARTNER = Member("wangqiang", "王强", (Post.FIELD_AGENT,))
OTHER_AGENT = Member("hewei", "何伟", (Post.FIELD_AGENT,))
TRAINEE = Member("xutong", "徐彤", (Post.FIELD_AGENT,))
DISPATCHER = Member("wangdan", "王丹", (Post.DISPATCHER,))
MANAGER = Member("gaofeng", "高峰", (Post.MANAGER,))
PROJECT_LEAD = Member("luyao", "路遥", (Post.PROJECT_LEAD,), project_id=PROJECT_ID)
OTHER_PROJECT_LEAD = Member("qinlang", "秦朗", (Post.PROJECT_LEAD,), project_id=OTHER_PROJECT_ID)
DIRECTOR = Member("fangbo", "方博", (Post.BUSINESS_DIRECTOR,))
GENERAL_MANAGER = Member("jiangtao", "江涛", (Post.GENERAL_MANAGER,))
QA = Member("shenyue", "沈越", (Post.QA,))
IT = Member("taoran", "陶然", (Post.IT,))
TRAINER = Member("yanwei", "严巍", (Post.TRAINER,))
PERSONNEL = Member("qiaoxin", "乔欣", (Post.PERSONNEL,))
ADMINISTRATION = Member("baiyun", "白云", (Post.ADMINISTRATION,))
OUTSIDE_COLLECTOR = Member("luofan", "罗帆", (Post.COLLECTOR,), branch=OTHER_BRANCH, team=OUTSIDE_TEAM)
OUTSIDE_TEAM_LEAD = Member("sumei", "苏梅", (Post.TEAM_LEAD,), branch=OTHER_BRANCH, team=OUTSIDE_TEAM)
OUTSIDE_AGENT = Member("dengke", "邓可", (Post.FIELD_AGENT,), branch=OTHER_BRANCH)
OUTSIDE_PARTNER = Member("fangyuan", "方远", (Post.FIELD_AGENT,), branch=OTHER_BRANCH)
OUTSIDE_DISPATCHER = Member("mengqi", "孟琪", (Post.DISPATCHER,), branch=OTHER_BRANCH)
OUTSIDE_MANAGER = Member("panyi", "潘毅", (Post.MANAGER,), branch=OTHER_BRANCH)

CAST = (
    COLLECTOR, COLLEAGUE, OTHER_COLLECTOR, TEAM_LEAD, OTHER_TEAM_LEAD, AGENT, PARTNER, OTHER_AGENT, TRAINEE, DISPATCHER,
    MANAGER, PROJECT_LEAD, OTHER_PROJECT_LEAD, DIRECTOR, GENERAL_MANAGER, QA, IT, TRAINER, PERSONNEL, ADMINISTRATION,
    OUTSIDE_COLLECTOR, OUTSIDE_TEAM_LEAD, OUTSIDE_AGENT, OUTSIDE_PARTNER, OUTSIDE_DISPATCHER, OUTSIDE_MANAGER,
)  # fmt: skip
CERTIFIED = (AGENT, PARTNER, OTHER_AGENT, OUTSIDE_AGENT)  # 徐彤 has no certificate: only as trainee (V11)


def enter(uow: UnitOfWork, passwords: PasswordHasher, now: datetime) -> None:
    """Put the cast on stage: branches, teams, client, project, accounts, certificates, the permission table."""
    install_grants(uow)
    for branch in (BRANCH, OTHER_BRANCH):
        uow.organisation.add_branch(branch)
    for team in (TEAM, OTHER_TEAM, OUTSIDE_TEAM):
        uow.organisation.add_team(team)
    uow.organisation.add_client(CLIENT_ID, CLIENT)
    uow.organisation.add_client(OTHER_CLIENT_ID, OTHER_CLIENT)
    uow.organisation.add_project(PROJECT_ID, CLIENT_ID, PROJECT)
    uow.organisation.add_project(OTHER_PROJECT_ID, OTHER_CLIENT_ID, OTHER_PROJECT)
    password_hash = passwords.hash(PASSWORD)
    uow.accounts.add_all([account(member, password_hash, now) for member in CAST])
    for member in CERTIFIED:
        uow.certificates.add(
            Certificate(
                known_id(f"certificate {member.username}"), member.id, 92, "江涛", date(2026, 1, 5), date(2026, 1, 5),
                True, date(2099, 1, 1), 1,
            )
        )  # fmt: skip


def account(member: Member, password_hash: str, now: datetime) -> Account:
    return Account(
        id=member.id,
        username=member.username,
        display_name=member.name,
        posts=member.posts,
        employee_number=f"N-{member.username}",
        branch_id=member.branch.id,
        team_id=member.team.id if member.team else None,
        project_id=member.project_id,
        telephone="13800005678",
        agreement_signed_on=date(2025, 6, 1),
        password_hash=password_hash,
        password_changed_at=now,
        wrong_tries=0,
        locked_until=None,
        left_on=None,
        created_at=now,
        version=1,
    )

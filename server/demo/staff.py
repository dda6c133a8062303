"""The people of the demo branch: who holds which post, under which login."""

from __future__ import annotations

from dataclasses import dataclass

from server.demo.names import Inventor
from server.domain.access import Post

PASSWORD = "fieldvisit2026"  # noqa: S105 - printed by the command that makes the demo; outside it nothing has a default
BRANCH = ("郑州分公司", "4101", "郑州市")
TEAMS = ("法务一组", "法务二组", "法务三组")
CLIENTS = {"示例银行": ("信用卡", "消费贷"), "样例银行": ("信用卡",)}
AGENTS = 12
COLLECTORS = 30


@dataclass(frozen=True, slots=True)
class Member:
    """One login of the demo. `team` and `project` where the post has one."""

    username: str
    name: str
    post: Post
    employee_number: str
    telephone: str
    team: str | None = None
    project: tuple[str, str] | None = None


def staff(inventor: Inventor) -> list[Member]:
    """Everybody, in the order of the README: agents, collectors, dispatchers, the other posts."""
    members: list[Member] = []

    def engage(post: Post, prefix: str, count: int = 1) -> None:
        for index in range(1, count + 1):
            team = TEAMS[(index - 1) % len(TEAMS)] if post in (Post.COLLECTOR, Post.TEAM_LEAD) else None
            project = ("示例银行", "信用卡") if post is Post.PROJECT_LEAD else None
            members.append(
                Member(
                    username=f"{prefix}{index}",
                    name=inventor.unique_name(),
                    post=post,
                    employee_number=f"FV{len(members) + 1:04d}",
                    telephone=inventor.mobile(),
                    team=team,
                    project=project,
                )
            )

    engage(Post.FIELD_AGENT, "agent", AGENTS)
    engage(Post.COLLECTOR, "collector", COLLECTORS)
    engage(Post.DISPATCHER, "dispatcher", 2)
    engage(Post.TEAM_LEAD, "teamlead", len(TEAMS))
    engage(Post.PROJECT_LEAD, "projectlead")
    engage(Post.MANAGER, "manager")
    engage(Post.BUSINESS_DIRECTOR, "director")
    engage(Post.GENERAL_MANAGER, "gm")
    engage(Post.QA, "qa")
    engage(Post.IT, "it")
    engage(Post.ADMINISTRATION, "admin")
    engage(Post.TRAINER, "trainer")
    engage(Post.PERSONNEL, "personnel")
    return members

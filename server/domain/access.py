"""Who may do what (S4) to whose rows (S13): posts, permissions, scopes and the table the product ships.

The handbook's table of posts and modules has blank cells; `SHIPPED` fills them and a firm edits it. A grant is a
permission with a scope; the scope says whose rows it reaches. Pure: looking rows up is the query modules' business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.domain.problems import FORBIDDEN, problem
from server.domain.value_words import Several


class Post(StrEnum):
    """The handbook's posts (岗位). An account may hold several."""

    COLLECTOR = "collector"  # 法务
    TEAM_LEAD = "team_lead"  # 法务组长
    FIELD_AGENT = "field_agent"  # 外访员
    DISPATCHER = "dispatcher"  # 外访客服
    MANAGER = "manager"  # 经理
    PROJECT_LEAD = "project_lead"  # 项目负责人
    BUSINESS_DIRECTOR = "business_director"  # 业务总监
    QA = "qa"  # 品管
    TRAINER = "trainer"  # 培训师
    PERSONNEL = "personnel"  # 人事部
    ADMINISTRATION = "administration"  # 行政
    IT = "it"
    GENERAL_MANAGER = "general_manager"  # 总经理


class Permission(StrEnum):
    """What a route asks for: `module.act`. The handbook's module stands behind each group."""

    # 催收管理
    PLACEMENTS_READ = "placements.read"
    PLACEMENTS_WRITE = "placements.write"  # retention, recall, another collector
    FACTS_WRITE = "facts.write"  # call notes, promises, referrals, relays, acknowledgements, confirmations
    PERSONAL_UNMASK = "personal.unmask"
    # 外访管理
    REQUESTS_READ = "requests.read"
    REQUESTS_WRITE = "requests.write"
    REQUESTS_DECIDE = "requests.decide"
    REQUESTS_MARK_PROMISING = "requests.mark_promising"
    PLANS_READ = "plans.read"
    PLANS_WRITE = "plans.write"
    ATTENDANCE_READ = "attendance.read"  # R15: who is out and where, for the gate; no case
    TRAVEL_APPROVE = "travel.approve"
    VISITS_READ = "visits.read"
    VISITS_CONDUCT = "visits.conduct"
    VISITS_CONFIRM = "visits.confirm"  # V1: a manager confirms a visit signed at the desk
    LETTERS_RECEIVE = "letters.receive"  # V6: counterfoils and papers back
    PAPERS_RELEASE = "papers.release"  # V21: the manager lets papers leave the office
    PAPERS_SHRED = "papers.shred"
    MESSAGES_SEND = "messages.send"
    MESSAGES_BATCH = "messages.batch"  # hand queued messages to the channel: a file with clear numbers (S5)
    TEMPLATES_WRITE = "templates.write"
    TEMPLATES_APPROVE = "templates.approve"  # V15
    EVIDENCE_READ = "evidence.read"
    EVIDENCE_LISTEN = "evidence.listen"
    EVIDENCE_UPLOAD = "evidence.upload"
    EVIDENCE_IMPORT = "evidence.import"
    EVIDENCE_COUNTERSIGN = "evidence.countersign"  # S16: IT, on what the desk took in
    EVIDENCE_VOID = "evidence.void"
    EVIDENCE_INTEGRITY = "evidence.integrity"  # S6, S22: what differs between the store and its record
    QUALITY_READ = "quality.read"  # S12: the samples and what was found
    QUALITY_WRITE = "quality.write"  # S12: QA draws and checks
    PACKS_READ = "packs.read"  # S8, S16: the register of what left the house
    PACKS_MAKE = "packs.make"  # S16: one of the dispatchers and one of IT
    DEVICES_READ = "devices.read"
    DEVICES_WRITE = "devices.write"
    DEVICES_ENROL = "devices.enrol"  # the key by which a device in the own hands signs; IT of any
    CONTACTS_HOLD = "contacts.hold"  # V13: stop a case, block a number or a person
    HOLDS_RELEASE = "holds.release"
    INCIDENTS_READ = "incidents.read"
    INCIDENTS_REPORT = "incidents.report"
    INCIDENTS_CLOSE = "incidents.close"
    # 统计报表
    CREDIT_READ = "credit.read"
    STATEMENTS_EXPORT = "statements.export"
    LISTS_EXPORT = "lists.export"  # S5, S11: a list of the desk as a file
    STATEMENTS_RULE = "statements.rule"  # M3: the manager alone
    DISPUTES_FILE = "disputes.file"  # M2
    DISPUTES_READ = "disputes.read"  # M2: no dispatcher
    STATEMENTS_CLOSE = "statements.close"  # M4: the manager
    POLICY_SIMULATE = "policy.simulate"  # section 9: what another rule would have credited
    STATEMENTS_PUBLISH = "statements.publish"  # M1: the dispatcher
    PAY_READ = "pay.read"  # F1 to F3: the own payslip, a manager those of the branch
    PAY_TARGETS = "pay.targets"  # F1: the manager
    FINES_READ = "fines.read"  # F4: the own ones, those of a team or a branch
    FINES_WRITE = "fines.write"  # F4, F5: who supervises an entry of the catalogue
    INCIDENTS_DECIDE = "incidents.decide"  # F7: the manager
    # 员工管理
    PEOPLE_READ = "people.read"
    PEOPLE_WRITE = "people.write"
    CERTIFICATES_WRITE = "certificates.write"
    LEAVE_READ = "leave.read"  # R15: who is away and why; who plans is told only that
    LEAVE_WRITE = "leave.write"
    # 数据管理
    IMPORTS_READ = "imports.read"
    IMPORTS_UPLOAD = "imports.upload"
    IMPORTS_CONFIRM = "imports.confirm"
    IMPORTS_UNDO = "imports.undo"  # S20: to ask for it; another person confirms
    # 系统设置
    POLICY_PROPOSE = "policy.propose"  # section 9: a document of editions, or a client's overlay (S21)
    POLICY_APPROVE = "policy.approve"  # M5: another person
    ORGANISATION_WRITE = "organisation.write"  # branches, teams, clients, projects
    ACCOUNTS_UNLOCK = "accounts.unlock"
    ACCOUNTS_CHECK = "accounts.check"  # S17: IT compares persons, machines and accounts each day
    PERMISSIONS_READ = "permissions.read"
    PERMISSIONS_WRITE = "permissions.write"
    WEBHOOKS_WRITE = "webhooks.write"
    AUDIT_READ = "audit.read"
    JOBS_READ = "jobs.read"
    JOBS_RUN = "jobs.run"  # one that was given up, again
    # everybody with an account
    SELF = "self"


class Scope(StrEnum):
    """Whose rows a grant reaches; the order is from narrow to wide."""

    OWN = "own"  # a collector's cases, an agent's visits
    TEAM = "team"  # those of a team lead's collectors
    PROJECT = "project"  # those of one client and product
    BRANCH = "branch"
    ALL = "all"


_WIDTH = {scope: width for width, scope in enumerate(Scope)}

Grants = Mapping[Permission, Scope]


def _grants(**scopes: str) -> dict[Permission, Scope]:
    """`own="a.b c.d", branch="e.f"` as a mapping, so that the shipped table reads like one."""
    return {Permission(name): Scope(scope) for scope, names in scopes.items() for name in names.split()}


SHIPPED: Mapping[Post, Grants] = {
    Post.COLLECTOR: _grants(
        own="placements.read facts.write requests.read requests.write visits.read credit.read "
        "messages.send contacts.hold incidents.report plans.read disputes.file disputes.read pay.read "
        "fines.read",
    ),
    Post.TEAM_LEAD: _grants(
        team="placements.read facts.write requests.read requests.write visits.read credit.read "
        "messages.send contacts.hold incidents.report incidents.read plans.read fines.read fines.write",
    ),
    Post.FIELD_AGENT: _grants(
        own="plans.read visits.read visits.conduct evidence.upload evidence.read credit.read facts.write "
        "contacts.hold incidents.report devices.read devices.enrol disputes.file disputes.read pay.read fines.read",
    ),
    Post.DISPATCHER: _grants(
        branch="placements.read placements.write requests.read requests.decide plans.read plans.write "
        "visits.read letters.receive messages.send messages.batch templates.write "
        "evidence.read evidence.listen evidence.import packs.read packs.make "
        "contacts.hold holds.release incidents.report incidents.read credit.read people.read imports.read "
        "imports.upload imports.undo devices.read devices.write statements.publish fines.read fines.write",
    ),
    Post.MANAGER: _grants(
        branch="placements.read placements.write facts.write personal.unmask requests.read requests.mark_promising "
        "plans.read travel.approve visits.read visits.confirm evidence.read evidence.listen evidence.void "
        "contacts.hold holds.release incidents.report incidents.read incidents.close credit.read statements.export "
        "people.read devices.read imports.read papers.release templates.write templates.approve packs.read "
        "statements.close statements.rule disputes.read pay.read pay.targets fines.read fines.write incidents.decide "
        "policy.propose policy.simulate quality.read lists.export leave.read",
    ),
    Post.PROJECT_LEAD: _grants(
        project="placements.read requests.read plans.read visits.read evidence.read contacts.hold incidents.report "
        "incidents.read credit.read policy.simulate",
    ),
    Post.BUSINESS_DIRECTOR: _grants(
        all="placements.read requests.read plans.read visits.read incidents.read incidents.report credit.read "
        "statements.export lists.export people.read pay.read policy.propose policy.approve policy.simulate",
    ),
    Post.QA: _grants(
        all="placements.read requests.read requests.mark_promising plans.read visits.read evidence.read "
        "evidence.listen incidents.report incidents.read incidents.close credit.read imports.read imports.confirm "
        "imports.undo evidence.integrity people.read packs.read disputes.read policy.simulate quality.read "
        "quality.write lists.export",
    ),
    Post.TRAINER: _grants(branch="people.read certificates.write incidents.report"),
    Post.PERSONNEL: _grants(own="imports.read", all="people.read people.write leave.write incidents.report"),
    Post.ADMINISTRATION: _grants(
        branch="devices.read devices.write people.read incidents.report attendance.read papers.shred",
    ),
    Post.IT: _grants(
        all="people.read people.write accounts.unlock permissions.read permissions.write webhooks.write audit.read "
        "messages.batch jobs.read jobs.run devices.read devices.write imports.read incidents.report statements.export "
        "accounts.check devices.enrol evidence.countersign evidence.integrity organisation.write "
        "packs.read packs.make lists.export",
    ),
    Post.GENERAL_MANAGER: _grants(
        all="placements.read requests.read plans.read travel.approve visits.read evidence.read incidents.read "
        "incidents.report credit.read statements.export people.read certificates.write permissions.read audit.read "
        "packs.read pay.read policy.propose policy.approve policy.simulate quality.read "
        "lists.export",
    ),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: an account with what its posts grant together, and where it stands in the firm."""

    account_id: str
    username: str
    display_name: str
    posts: frozenset[Post]
    grants: Grants
    branch_id: str | None
    team_id: str | None
    project_id: str | None
    session_id: str | None = None
    device_id: str | None = None

    def scope_of(self, permission: Permission) -> Scope | None:
        """How far the permission reaches for this actor; None when it is not granted."""
        if permission is Permission.SELF:
            return Scope.OWN
        return self.grants.get(permission)

    def may(self, permission: Permission) -> bool:
        return self.scope_of(permission) is not None


def widest(grants: Iterable[Grants]) -> dict[Permission, Scope]:
    """What several posts grant together: each permission with its widest scope."""
    together: dict[Permission, Scope] = {}
    for one in grants:
        for permission, scope in one.items():
            held = together.get(permission)
            if held is None or _WIDTH[scope] > _WIDTH[held]:
                together[permission] = scope
    return together


def require(actor: Actor, *permissions: Permission) -> Scope:
    """The widest scope among those of `permissions` that the actor holds; refuses with S4 when it holds none."""
    held = [scope for permission in permissions if (scope := actor.scope_of(permission)) is not None]
    if not held:
        raise problem(FORBIDDEN, permission=Several(permissions))
    return max(held, key=_WIDTH.__getitem__)


@dataclass(frozen=True, slots=True)
class Reach:
    """A scope made concrete: whose rows a query may return. `permission` only explains where it comes from."""

    scope: Scope
    account_id: str
    team_id: str | None
    project_id: str | None
    branch_id: str | None


def reach(actor: Actor, *permissions: Permission) -> Reach:
    """The reach of the widest of `permissions` that the actor holds (S13: rows too, not only modules)."""
    return Reach(
        require(actor, *permissions), actor.account_id, actor.team_id, actor.project_id, actor.branch_id
    )


@dataclass(frozen=True, slots=True)
class Owned:
    """Where a row belongs, as far as scopes ask. `own_ids`: the accounts whose own row it is."""

    own_ids: frozenset[str]
    team_id: str | None = None
    project_id: str | None = None
    branch_id: str | None = None


def within(reach_: Reach, row: Owned) -> bool:
    """Whether the row is within reach; an account without a team, project or branch reaches no row by it."""
    if reach_.account_id in row.own_ids:
        return True
    match reach_.scope:
        case Scope.ALL:
            return True
        case Scope.BRANCH:
            return reach_.branch_id is not None and reach_.branch_id == row.branch_id
        case Scope.PROJECT:
            return reach_.project_id is not None and reach_.project_id == row.project_id
        case Scope.TEAM:
            return reach_.team_id is not None and reach_.team_id == row.team_id
        case Scope.OWN:
            return False

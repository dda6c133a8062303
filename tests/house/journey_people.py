"""The journey's first part: an empty house gets its first account, its frame, its people and its cases, by file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from datetime import date, timedelta

from server.domain.calendar import local_day
from server.domain.people import Branch
from tests.support.builders import identity_number
from tests.support.cast import (
    AGENT,
    BRANCH,
    CERTIFIED,
    CLIENT,
    COLLECTOR,
    DISPATCHER,
    GENERAL_MANAGER,
    IT,
    MANAGER,
    OTHER_AGENT,
    OTHER_COLLECTOR,
    OTHER_TEAM,
    PARTNER,
    PROJECT,
    QA,
    TEAM,
    TEAM_LEAD,
    TRAINEE,
    Member,
)
from tests.support.over_http import Firm, fresh

FIRST_PASSWORD = "firststep2026"  # pragma: allowlist secret
OWN_PASSWORD = "lantern2026"  # pragma: allowlist secret
STAFF = (
    COLLECTOR, OTHER_COLLECTOR, TEAM_LEAD, AGENT, PARTNER, OTHER_AGENT, TRAINEE, DISPATCHER, MANAGER, QA,
    GENERAL_MANAGER,
)  # fmt: skip
_POSTS = {
    "collector": "法务",
    "team_lead": "法务组长",
    "field_agent": "外访员",
    "dispatcher": "外访客服",
    "manager": "经理",
    "qa": "品管",
    "general_manager": "总经理",
}

JINSHUI = "河南省郑州市金水区"
YUANYANG = "河南省新乡市原阳县"


def command(environment: Mapping[str, str], *words: str) -> str:
    """A command of the product, run as an operator would."""
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", *words],
        env={**environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def offset_of(environment: Mapping[str, str]) -> timedelta:
    return timedelta(seconds=int(environment["FIELDVISIT_CLOCK_OFFSET"]))


def first_account(environment: Mapping[str, str], today: date) -> None:
    """S23: nobody has an account before an operator makes the first, with the day of the signed agreement."""
    signed = (today - timedelta(days=30)).isoformat()
    told = command(
        environment, "user", "create", "--username", IT.username, "--name", IT.name, "--employee-number",
        f"N-{IT.username}", "--post", "it", "--agreement-signed-on", signed, "--password", FIRST_PASSWORD,
    )  # fmt: skip
    assert told.startswith(f"{IT.username} ")


def frame(firm: Firm) -> None:
    """The branch with its city, the teams, the client and its project, by IT."""
    branch = Branch(fresh(), BRANCH.name, BRANCH.city_code, BRANCH.city_name)
    firm.create(
        IT,
        "/branches",
        id=branch.id,
        name=branch.name,
        city_code=branch.city_code,
        city_name=branch.city_name,
    )
    for team in (TEAM, OTHER_TEAM):
        firm.create(IT, "/teams", branch_id=branch.id, name=team.name)
    client = firm.create(IT, "/clients", name=CLIENT)
    firm.create(IT, "/projects", client_id=client["id"], name=PROJECT)
    firm.ids["branch"] = branch.id
    assert [held["name"] for held in firm.get(IT, "/organisation")["teams"]] == sorted(
        (TEAM.name, OTHER_TEAM.name)
    )


def people(firm: Firm, today: date) -> None:
    """Everybody by one file, with certificates where the post asks for one; each changes the first password."""
    shown = firm.bring(IT, "people", [_person(member, today) for member in STAFF])
    assert shown["created"] == {"accounts": len(STAFF), "certificates": 3}
    for member in STAFF:
        firm.enter(member, FIRST_PASSWORD, OWN_PASSWORD)
    again = firm.settled(
        IT, firm.upload(IT, "people", [_person(member, today) for member in STAFF]), "unchanged"
    )
    assert again["applied_before"] == shown["file"]["id"]


def _person(member: Member, today: date) -> dict[str, object]:
    row: dict[str, object] = {
        "工号": f"N-{member.username}",
        "用户名": member.username,
        "姓名": member.name,
        "岗位": "、".join(_POSTS[post.value] for post in member.posts),
        "分公司": BRANCH.name,
        "法务组": member.team.name if member.team else "",
        "电话": "13800005678",
        "保密协议签订日期": (today - timedelta(days=20)).isoformat(),
        "初始密码": FIRST_PASSWORD,
    }
    if member in CERTIFIED:
        row |= {
            "考核分数": "92",
            "批准人": GENERAL_MANAGER.name,
            "批准日期": (today - timedelta(days=10)).isoformat(),
            "月度考核日期": (today - timedelta(days=5)).isoformat(),
            "月度考核合格": "是",
            "上岗证有效期至": (today + timedelta(days=25)).isoformat(),
        }
    return row


# the cases: each is made for what it meets at filing
CASES: Mapping[str, Mapping[str, str]] = {
    "J-FOLLOWED": {"户籍地址": f"{JINSHUI}花园路38号院3号楼"},
    "J-RELAYED": {"户籍地址": f"{JINSHUI}文化路66号院2号楼"},
    "J-UNVISITED": {"户籍地址": f"{JINSHUI}经三路15号院1号楼"},
    "J-R1": {"户籍地址": f"{JINSHUI}花园路40号院1号楼"},
    "J-R2": {"户籍地址": "河南省郑州市高新区科学大道100号院5号楼"},
    "J-R3": {"户籍地址": "郑州市原阳县福宁集镇建设路1号"},
    "J-R4": {"户籍地址": f"{JINSHUI}花园路42号院1号楼"},
    "J-R5": {"户籍地址": f"{JINSHUI}花园路44号院1号楼"},
    "J-R6": {"家庭地址": f"{YUANYANG}福宁集镇建设路9号"},
    "J-R7": {"户籍地址": f"{JINSHUI}花园路46号院1号楼"},
    "J-R11": {"户籍地址": f"{JINSHUI}花园路48号院1号楼"},
}


def cases(firm: Firm, today: date) -> None:
    """S20: the dispatcher uploads, QA confirms, and only then they are there; the job tells how far it is."""
    rows = [_case(number, name, today) for number, name in enumerate(CASES)]
    waiting = firm.settled(DISPATCHER, firm.upload(DISPATCHER, "placements", rows), "waiting")
    assert firm.get(COLLECTOR, "/placements")["items"] == []
    confirmed = firm.post(QA, f"/imports/{waiting['file']['id']}/confirm", status=202)
    shown = firm.settled(QA, confirmed, "applied")
    assert shown["created"]["placements"] == len(CASES)
    assert shown["progress"]["done"] == shown["progress"]["total"] > 0
    path = f"/imports/{confirmed['file']['id']}"
    firm.until(lambda: firm.get(QA, path)["file"]["destroyed_at"], lambda seen: seen is not None)
    assert {problem["row"] for problem in shown["warnings"]["items"]} == {
        list(CASES).index("J-R2") + 2,
        list(CASES).index("J-R3") + 2,
    }
    for brief in firm.get(COLLECTOR, "/placements")["items"]:
        firm.ids[brief["case_number"]] = brief["id"]
        assert brief["debtor_name"] == "张*"
    assert firm.get(OTHER_COLLECTOR, "/placements")["items"] == []


def _case(number: int, name: str, today: date) -> dict[str, object]:
    opened = today + timedelta(days=1) if name == "J-R1" else today - timedelta(days=20)
    recall = today + timedelta(days=10 if name == "J-R4" else 160)
    return {
        "案件编号": name,
        "委托方": CLIENT,
        "项目": PROJECT,
        "分公司": BRANCH.name,
        "批次": "journey",
        "债务人姓名": "张三",
        "身份证号": identity_number(700 + number),
        "委案金额": "10,000.00",
        "开案日期": opened.isoformat(),
        "退案日期": recall.isoformat(),
        "法务工号": f"N-{COLLECTOR.username}",
        "债务人电话": f"1390000{number:04d}",
        **CASES[name],
    }


def facts(firm: Firm, today: date) -> None:
    """Contacts, addresses, promises and call notes, one of them as a workbook with days as days."""
    friend = {
        "案件编号": "J-RELAYED",
        "电话": "0371-66001234",
        "机主": "其他",
        "机主姓名": "李四",
        "与债务人关系": "前妻",
    }
    assert firm.bring(DISPATCHER, "phones", [friend])["created"] == {"phones": 1}
    confirmed = {"确认人": "物业", "确认日期": today - timedelta(days=2), "确认方式": "电话"}
    addresses = [
        {"案件编号": "J-R5", "地址类型": "家庭", "地址": f"{JINSHUI}黄河路8号院6号楼", **confirmed},
        {"案件编号": "J-R7", "地址类型": "家庭", "地址": f"{YUANYANG}福宁集镇建设路7号", **confirmed},
    ]
    shown = firm.bring(DISPATCHER, "addresses", addresses, workbook=True)
    assert shown["created"] == {"addresses": 2, "address_confirmations": 2}
    promise = {
        "案件编号": "J-R11", "承诺日期": (today - timedelta(days=1)).isoformat(),
        "承诺还款日期": (today + timedelta(days=5)).isoformat(), "承诺金额": "500.00", "电话承诺": "是",
        "有能力还款": "是",
    }  # fmt: skip
    firm.bring(DISPATCHER, "promises", [promise])
    note = {
        "案件编号": "J-RELAYED", "电话": "13900000001", "是否接通": "是", "通话秒数": "35",
        "通话时间": f"{today - timedelta(days=3)} 10:20", "呼叫人工号": f"N-{COLLECTOR.username}",
    }  # fmt: skip
    firm.bring(DISPATCHER, "call_notes", [note])
    broken = firm.settled(
        DISPATCHER, firm.upload(DISPATCHER, "call_notes", [note, note | {"通话时间": "昨天"}]), "refused"
    )
    (problem,) = broken["problems"]["items"]
    assert (problem["row"], problem["column"]) == (3, "通话时间")


def today_of(firm: Firm) -> date:
    return local_day(firm.now())

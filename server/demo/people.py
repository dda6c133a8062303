"""Day one of the demo firm: branch, teams, clients, accounts, certificates, devices, message templates, its policy."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

from server.demo.firm import Firm
from server.demo.phones import Phone
from server.demo.staff import AGENTS, BRANCH, CLIENTS, PASSWORD, TEAMS, Member
from server.domain.consents import CONSENT_VERSION
from server.domain.people import Branch, Team
from server.services import accounts, consents, devices, enrolment, message_templates
from server.services.ports.unit_of_work import UnitOfWork
from storage.phone_keys import PhoneKey

POLICY = """\
# The demo's policy: the handbook's, but passwords do not expire, so that the printed logins go on working.
password_days = 0
"""
TEMPLATES = {
    "还款提醒": "{debtor_name}您好，您在{client}的欠款余额为{balance}元，请尽快联系我们处理。{agent_name}",
    "还款告知函": (
        "{debtor_name}：\n我公司受{client}委托，就您的欠款与您联系。\n"
        "一、欠款事由与依据：您因使用{client}信用卡（案件 {case_number}）产生欠款，依据为您与{client}签订的领用合约。"
        "截至{date}，余额为人民币{balance}元。\n"
        "二、权利和义务：您有权核对账务、要求说明、提出异议和投诉；您有义务按合约归还欠款。\n"
        "三、咨询、还款与异议：请致电{client}客服热线核对和咨询；还款请只存入您本人的原卡账户，任何人上门不收现金；"
        "对金额有异议的，请在收到本函后向{client}提出。\n"
        "四、委托方联系：请拨打卡片背面的{client}客服电话，说明您收到本函。\n"
        "送达地址：{address}\n外访员：{agent_name}\n{seal}\n{date}"
    ),
    "来访留言": "{debtor_name}您好，{client}委托人员{agent_name}今日曾到访，请回电联系。案件{case_number}",
}
LAPSED = ("agent11", "agent12")  # V11: their monthly test is over by the end of the demo


def open_firm(firm: Firm, members: list[Member]) -> None:
    """Everything that stands before the first case comes."""
    with firm.house.units.write() as uow:
        accounts.install_grants(uow)
        uow.policy_documents.publish(firm.new_id(), POLICY, uow.now, None)
        places = _organisation(firm, uow)
        password_hash = firm.house.passwords.hash(PASSWORD)
        for member in members:
            _open_account(firm, uow, member, places, password_hash)
        uow.commit()
    _certify(firm)
    _register_devices(firm)
    _write_templates(firm)


def _organisation(firm: Firm, uow: UnitOfWork) -> dict[str, str]:
    """Ids by name of the branch, the teams and the projects."""
    name, city_code, city_name = BRANCH
    places = {"branch": firm.new_id()}
    uow.organisation.add_branch(Branch(places["branch"], name, city_code, city_name))
    for team in TEAMS:
        places[team] = firm.new_id()
        uow.organisation.add_team(Team(places[team], places["branch"], team))
    for client, projects in CLIENTS.items():
        client_id = firm.new_id()
        uow.organisation.add_client(client_id, client)
        for project in projects:
            places[f"{client}/{project}"] = firm.new_id()
            uow.organisation.add_project(places[f"{client}/{project}"], client_id, project)
    return places


def _open_account(
    firm: Firm, uow: UnitOfWork, member: Member, places: dict[str, str], password_hash: str
) -> None:
    account = accounts.open_account(
        uow,
        {
            "username": member.username,
            "display_name": member.name,
            "posts": [member.post],
            "employee_number": member.employee_number,
            "branch_id": places["branch"],
            "team_id": places[member.team] if member.team else None,
            "project_id": places["/".join(member.project)] if member.project else None,
            "telephone": member.telephone,
            "agreement_signed_on": firm.now.date() - timedelta(days=firm.inventor.dice.randint(30, 900)),
        },
        password_hash,
    )
    # In a demo nobody is made to change the printed password at the first login.
    account = uow.accounts.save(dataclasses.replace(account, password_changed_at=uow.now))
    firm.engage(uow, account)


def _certify(firm: Firm) -> None:
    """V11: the trainer records score, approval and test of every agent; two lapse half-way."""
    first: date = firm.now.date()
    firm.lapses_on = first + timedelta(days=45)
    with firm.acting("trainer1") as (uow, _actor):
        for number in range(1, AGENTS + 1):
            username = f"agent{number}"
            lapses = username in LAPSED
            accounts.set_certificate(
                uow,
                uow.accounts.need(firm.actors[username].account_id),
                {
                    "score": firm.inventor.dice.randint(82, 99),
                    "approved_by": firm.actors["gm1"].display_name,
                    "approved_on": first - timedelta(days=2),
                    "tested_on": first - timedelta(days=1),
                    "test_passed": True,
                    "valid_until": firm.lapses_on if lapses else first + timedelta(days=365),
                },
            )


def _register_devices(firm: Firm) -> None:
    """V20: a company phone for each agent, handed out until after the demo; agent12 has none and shows a code (V1)."""
    with firm.acting("admin1") as (uow, actor):
        for number in range(1, AGENTS):
            device = devices.register(
                uow,
                actor,
                {
                    "id": firm.new_id(),
                    "label": f"外访机{number:02d}",
                    "serial": f"FV-DEMO-{number:04d}",
                    "kind": "phone",
                    "branch_id": None,
                    "last_maintained_on": None,
                },
            )
            devices.hand_out(
                uow,
                actor,
                device,
                {
                    "id": firm.new_id(),
                    "account_id": firm.actors[f"agent{number}"].account_id,
                    "condition": "完好",
                    "due_at": firm.now + timedelta(days=400),
                },
            )
            phone = Phone(device.id, firm.new_id(), PhoneKey())
            code = enrolment.make_code(uow, actor, device).code
            key = {"id": phone.key_id, "jwk": phone.key.jwk, "code": code}
            enrolment.enrol_by_code(uow, firm.house.signatures, firm.actors[f"agent{number}"], device, key)
            firm.phones[f"agent{number}"] = phone
    for holder in firm.phones:
        with firm.acting(holder) as (uow, actor):
            consents.give(uow, actor, {"id": firm.new_id(), "version": CONSENT_VERSION})


def _write_templates(firm: Firm) -> None:
    with firm.acting("dispatcher1") as (uow, _):
        drafts = [message_templates.draft(uow, firm.new_id(), name, body) for name, body in TEMPLATES.items()]
    with firm.acting("manager1") as (uow, actor):
        for template in drafts:
            message_templates.approve(uow, actor, template)

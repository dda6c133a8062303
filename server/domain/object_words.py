"""Owns the Chinese names of the things that are asked for by an id and are not there; use cases name them in English.
Refuses to guess: what it has no name for stays as it was said."""

from __future__ import annotations

_NAMES = {
    "account": "账号", "address": "地址", "address_confirmation": "地址确认", "address_error": "地址错误",
    "address_point": "地址坐标", "audit_line": "日志", "branch": "分公司", "call_note": "催记",
    "capture": "采集记录", "capture_manifest": "采集清单", "case": "案件", "certificate": "上岗证",
    "certificate of": "上岗证：", "check_in": "签到", "client": "委托方", "collector": "法务", "consent": "同意书",
    "contact_block": "号码屏蔽", "contact_restoration": "恢复联系", "credit_line": "业绩明细", "credit_run": "计算",
    "credit_share": "业绩份额", "daily_check": "每日核对", "debtor": "债务人", "demolition_check": "拆迁核实",
    "desk import": "桌面补录",
    "device": "设备", "device_handout": "设备领用", "device_key": "设备密钥", "device_unsent": "未上传项",
    "dispute": "异议", "dispute_withdrawal": "撤回异议", "edition of": "制度版本：", "enrolment_code": "登记码",
    "employee number": "工号",
    "evidence": "证据", "evidence_difference": "证据差异", "evidence_flag": "提示", "evidence_item": "证据",
    "evidence_pack": "证据包", "fact_snapshot": "事实记录", "finding": "发现", "fine": "罚款", "fingerprint": "指纹",
    "first_answer": "提交记录", "former_password": "旧密码", "hold": "停催", "import": "导入", "import_file": "导入",
    "import_change": "导入更正",
    "inbox_message": "消息", "incident": "合规事件", "incident_decision": "处理决定", "job": "后台任务", "key": "密钥",
    "leave": "请假", "letter": "信函", "login_session": "登录", "message_template": "模板",
    "month_counting": "月度统计", "month_figure": "外访成效", "month_line_sum": "薪酬合计",
    "month_moving_line": "佣金转移明细", "month_target": "指标",
    "kept_list": "保存的筛选",
    "monthly_statement": "月结", "outbox_message": "待发消息", "paper": "材料", "payslip of": "薪酬单：",
    "phone": "电话", "placement": "案件", "police_referral": "报经侦", "policy": "制度版本",
    "policy_document": "制度文件", "policy_proposal": "制度修订", "policy_reading": "制度阅读", "post": "岗位",
    "post_grant": "岗位权限", "preflight": "出发前自检", "presence_secret": "在场口令", "project": "项目",
    "promise": "承诺", "quality_check": "抽查结果", "quality_item": "抽查项", "quality_sample": "抽查",
    "recording_coverage": "录音覆盖", "recording_gap": "录音中断", "recording_mark": "录音标记",
    "refresh_token": "登录凭证", "repayment": "回款",
    "request_address": "申请地址", "ruling": "裁决", "statement_file": "月结文件", "statement_line": "月结明细",
    "statement_share": "月结份额", "supervisor": "监督人", "team": "法务组", "template": "模板", "text_message": "短信",
    "text_message_batch": "短信批次", "travel_approval": "出差申请", "upload": "上传", "upload_piece": "上传片段",
    "visit": "外访", "visit_answer": "外访问答", "visit_contact": "沟通记录", "visit_plan": "外访计划",
    "visit_request": "报外访", "visit_team": "外访小组", "waiver": "例外申请", "webhook": "群机器人",
    "zone_choice": "分区选择",
}  # fmt: skip


def object_in_chinese(said: str) -> str:
    """`visit 0195…` as 「外访 0195…」; the id stays, for it is what the reader can look up."""
    head, _, id_ = said.rpartition(" ")
    name = _NAMES.get(head) or _NAMES.get(_one_of(head))
    return said if name is None else f"{name}{'' if name.endswith('：') else ' '}{id_}"


def _one_of(several: str) -> str:
    """A table is named for all its rows."""
    for ending, instead in (("ches", "ch"), ("addresses", "address"), ("s", "")):
        if several.endswith(ending):
            return several.removesuffix(ending) + instead
    return several

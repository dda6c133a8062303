"""Names of states, kinds and posts in both languages: one for every value that a page shows or a refusal names.

Owns the words of values that are codes. Refuses to be asked for what has no name: `named` hands it back as it is.
"""

from __future__ import annotations

from enum import Enum, StrEnum

from server.domain.permission_words import WORDS as PERMISSIONS


class Past(StrEnum):
    """What has happened to a thing that keeps no state of its own, so that it cannot happen again."""

    ACCEPTED = "accepted"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    APPROVED = "approved"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    CONFIRMED = "confirmed"
    COUNTERSIGNED = "countersigned"
    DECIDED = "decided"
    DECLINED = "declined"
    DISABLED = "disabled"
    GRANTED = "granted"
    LIFTED = "lifted"
    NOT_EXPLAINED = "not_explained"
    NOT_TAKEN = "not_taken"
    PROMISING = "promising"
    RELAYED = "relayed"
    RELEASED = "released"
    REPORTED = "reported"
    RETIRED = "retired"
    REVOKED = "revoked"


class Several(tuple[Enum, ...]):
    """Values of which any one would do; programs read them as their codes."""

    def __str__(self) -> str:
        return " / ".join(str(one.value) for one in self)


WORDS: dict[str, tuple[str, str]] = {
    "RequestState.draft": ("草稿", "draft"),
    "RequestState.filed": ("待审批", "to approve"),
    "RequestState.returned": ("退回修改", "returned"),
    "RequestState.accepted": ("已同意", "accepted"),
    "RequestState.refused": ("已拒绝", "refused"),
    "RequestState.withdrawn": ("已撤回", "withdrawn"),
    "RequestState.cancelled": ("已取消", "cancelled"),
    "VisitState.accepted": ("待排程", "to plan"),
    "VisitState.planned": ("排程中", "on a draft plan"),
    "VisitState.published": ("已排程", "planned"),
    "VisitState.in_progress": ("进行中", "running"),
    "VisitState.completed": ("已完成", "completed"),
    "VisitState.failed": ("未能外访", "not done"),
    "VisitState.cancelled": ("已取消", "cancelled"),
    "OutboxState.waiting": ("待发送", "waiting"),
    "OutboxState.sent": ("已发送", "sent"),
    "OutboxState.failed": ("发送失败", "failed"),
    "RobotFlavour.wecom": ("企业微信", "WeCom"),
    "RobotFlavour.dingtalk": ("钉钉", "DingTalk"),
    "RobotFlavour.feishu": ("飞书", "Feishu"),
    "JobState.waiting": ("等待", "waiting"),
    "JobState.running": ("运行中", "running"),
    "JobState.done": ("完成", "done"),
    "JobState.failed": ("已放弃", "given up"),
    "AddressKind.household": ("户籍", "registered"),
    "AddressKind.home": ("家庭", "home"),
    "AddressKind.work": ("单位", "work"),
    "AddressKind.other": ("其他", "other"),
    "AddressStanding.unknown": ("未核实", "not verified"),
    "AddressStanding.valid": ("有效", "valid"),
    "AddressStanding.invalid": ("无效", "invalid"),
    "WaiverKind.recall_blackout": ("临近退案仍要外访", "visit near the recall"),
    "WaiverKind.address_order": ("先访低级别地址", "a lower-ranked address first"),
    "WaiverKind.demolished": ("街道办称已拆迁仍要外访", "visit although said to be demolished"),
    "WaiverKind.no_urban_village": ("此地址不是城中村", "not an urban village"),
    "WaiverKind.promise": ("承诺还款日前外访", "visit before the promised day"),
    "DemolitionAnswer.standing": ("未拆迁", "still standing"),
    "DemolitionAnswer.demolished": ("已拆迁", "demolished"),
    "DemolitionAnswer.no_answer": ("无人接听", "no answer"),
    "AddressOutcome.found": ("找到本人或亲属", "debtor or relative found"),
    "AddressOutcome.nobody": ("无人", "nobody there"),
    "AddressOutcome.moved": ("已搬离", "moved away"),
    "AddressOutcome.demolished": ("已拆迁", "demolished"),
    "AddressOutcome.wrong": ("地址错误", "wrong address"),
    "AddressOutcome.refused": ("拒绝沟通", "refused"),
    "ContactWho.debtor": ("本人", "the debtor"),
    "ContactWho.direct_relative": ("直系亲属", "a direct relative"),
    "ContactWho.other_contact": ("其他联系人", "another contact"),
    "ContactWho.village_committee": ("村委会或居委会", "the village or residents' committee"),
    "ContactWho.stranger": ("陌生人", "a stranger"),
    "ContactChannel.in_person": ("当面", "In person"),
    "ContactChannel.phone_on_site": ("现场电话", "By telephone from the place"),
    "CheckInWay.own_device": ("本人设备", "own device"),
    "CheckInWay.partner_code": ("搭档代录口令", "code read to the partner"),
    "CheckInWay.desk": ("回单位补签", "signed at the desk"),
    "MessageState.queued": ("待发送", "queued"),
    "MessageState.batched": ("已交通道", "handed over"),
    "MessageState.sent": ("已发送", "sent"),
    "MessageState.failed": ("发送失败", "failed"),
    "EvidenceKind.photo_far": ("远景", "from afar"),
    "EvidenceKind.photo_number": ("门牌", "house number"),
    "EvidenceKind.photo_door": ("门口", "door"),
    "EvidenceKind.letter_address": ("留函地址", "letter's address"),
    "EvidenceKind.letter_manner": ("留函方式", "how it was left"),
    "EvidenceKind.recording": ("录音", "recording"),
    "EvidenceKind.attachment": ("附件", "attachment"),
    "GapCause.call": ("来电", "a call"),
    "GapCause.lock": ("锁屏", "the screen was locked"),
    "GapCause.other_app": ("切换应用", "another app"),
    "GapCause.microphone_lost": ("麦克风被占用", "the microphone was lost"),
    "GapCause.silence": ("无声", "silence"),
    "GapCause.crash": ("手机异常中断", "the phone broke off"),
    "GapCause.storage": ("手机空间已满", "the phone was full"),
    "GapCause.unknown": ("原因不明", "cause unknown"),
    "FlagState.raised": ("待答复", "to answer"),
    "FlagState.answered": ("已答复", "answered"),
    "FlagState.decided": ("已结论", "decided"),
    "FlagDecision.upheld": ("属实", "upheld"),
    "FlagDecision.dismissed": ("不成立", "dismissed"),
    "HoldReason.complaint": ("投诉倾向", "complaint"),
    "HoldReason.do_not_contact": ("要求不得联系", "do not contact"),
    "HoldReason.repaid": ("已还清", "repaid in full"),
    "HoldReason.ended": ("委案结束", "the case has ended"),
    "HoldReason.address_withdrawn": ("地址已撤回", "address withdrawn"),
    "PhoneOwner.debtor": ("本人电话", "Debtor's telephone"),
    "PhoneOwner.relative": ("亲属电话", "Relative's telephone"),
    "PhoneOwner.other": ("其他电话", "Other telephone"),
    "PlaceVerdict.inside": ("在外访地址", "at the address"),
    "PlaceVerdict.unsure": ("不能确定", "unsure"),
    "PlaceVerdict.outside": ("不在外访地址", "not at the address"),
    "RulingOutcome.upheld": ("支持", "upheld"),
    "RulingOutcome.partly": ("部分支持", "upheld in part"),
    "RulingOutcome.dismissed": ("驳回", "dismissed"),
    "PlanState.draft": ("草稿", "draft"),
    "PlanState.published": ("已发布", "published"),
    "MonthPhase.draft": ("草稿", "draft"),
    "MonthPhase.objections": ("异议期", "objections"),
    "MonthPhase.rulings": ("裁决期", "rulings"),
    "MonthPhase.closed": ("已关账", "closed"),
    "StatementState.draft": ("草稿", "draft"),
    "StatementState.published": ("已公布", "published"),
    "StatementState.closed": ("已关账", "closed"),
    "EvidenceLabel.provisional": ("暂定", "provisional"),
    "EvidenceLabel.held": ("待补", "held"),
    "EvidenceLabel.confirmed": ("已确认", "confirmed"),
    "Post.collector": ("法务", "collector"),
    "Post.team_lead": ("法务组长", "team lead"),
    "Post.field_agent": ("外访员", "field agent"),
    "Post.dispatcher": ("外访客服", "dispatcher"),
    "Post.manager": ("经理", "manager"),
    "Post.project_lead": ("项目负责人", "project lead"),
    "Post.business_director": ("业务总监", "business director"),
    "Post.qa": ("品管", "QA"),
    "Post.trainer": ("培训师", "trainer"),
    "Post.personnel": ("人事部", "personnel"),
    "Post.administration": ("行政", "administration"),
    "Post.it": ("IT", "IT"),
    "Post.general_manager": ("总经理", "general manager"),
    "TravelKind.approval": ("请经理批准", "the manager's approval"),
    "TravelKind.phone_notice": ("已电话告知经理，事后补办", "the manager was told by phone"),
    "FineState.found": ("待核实", "to verify"),
    "FineState.dropped": ("不成立", "dropped"),
    "FineState.due": ("已通知，待缴", "notified, due"),
    "FineState.paid": ("已缴", "paid"),
    "ImportState.checking": ("检查中", "checking"),
    "ImportState.refused": ("未导入", "refused"),
    "ImportState.checked": ("检查通过", "in order"),
    "ImportState.waiting": ("待确认", "to confirm"),
    "ImportState.applying": ("导入中", "importing"),
    "ImportState.applied": ("已导入", "imported"),
    "ImportState.unchanged": ("无改动", "nothing new"),
    "ImportState.undone": ("已撤回", "undone"),
    "PackState.proposed": ("待确认", "to confirm"),
    "PackState.declined": ("未确认", "declined"),
    "PackState.packing": ("打包中", "packing"),
    "PackState.ready": ("可取用", "ready"),
    "PackState.failed": ("失败", "failed"),
    "PackState.expired": ("已过期", "expired"),
    "ProposalState.proposed": ("待批准", "Waits for approval"),
    "ProposalState.published": ("已公布", "Published"),
    "ProposalState.declined": ("未批准", "Declined"),
    "PaperState.issued": ("已领用", "issued"),
    "PaperState.released": ("已批准带出", "released"),
    "PaperState.left": ("已留置", "left"),
    "PaperState.returned": ("已交回", "returned"),
    "PaperState.shredded": ("已销毁", "shredded"),
}
# What pages show nowhere but in a refusal.
IN_REFUSALS: dict[str, tuple[str, str]] = {
    "UploadState.open": ("上传中", "on its way"),
    "UploadState.kept": ("已保存", "kept"),
    "UploadState.refused": ("未接受", "refused"),
    "UploadState.closed": ("已中止", "broken off"),
    "PointState.waiting": ("待定位", "waiting"),
    "PointState.found": ("已定位", "found"),
    "PointState.unfit": ("坐标不可用", "unfit"),
    "PointState.not_found": ("未能定位", "not found"),
    "PointState.failed": ("定位失败", "failed"),
    "Verdict.ok": ("完整", "complete"),
    "Verdict.incomplete": ("不完整", "incomplete"),
    "Verdict.no_county": ("没有区县", "no county"),
    "Verdict.ambiguous": ("有歧义", "ambiguous"),
    "Verdict.wrong_parent": ("上级区划不符", "not in that city"),
    "Verdict.historical": ("旧区划名", "a former name"),
    "Verdict.functional": ("功能区", "no administrative division"),
    "Verdict.typo": ("疑似错字", "likely misspelt"),
    "Verdict.unknown": ("无法识别", "unknown"),
    "Verdict.review": ("待人工核对", "to be looked at"),
    "Verdict.special": ("特殊区划", "a special division"),
    "Past.accepted": ("已接受说明", "accepted"),
    "Past.acknowledged": ("已登记回电", "acknowledged"),
    "Past.answered": ("已回答", "answered"),
    "Past.approved": ("已批准", "approved"),
    "Past.cancelled": ("已作废", "cancelled"),
    "Past.closed": ("已关闭", "closed"),
    "Past.confirmed": ("已确认", "confirmed"),
    "Past.countersigned": ("已复核", "countersigned"),
    "Past.decided": ("已决定", "decided"),
    "Past.declined": ("未同意", "declined"),
    "Past.disabled": ("已停用", "disabled"),
    "Past.granted": ("已同意", "granted"),
    "Past.lifted": ("已解除屏蔽", "lifted"),
    "Past.not_explained": ("未说明原因", "not explained"),
    "Past.not_taken": ("未交通道", "not taken"),
    "Past.promising": ("已标记有还款可能", "marked as promising"),
    "Past.relayed": ("已登记转告", "relayed"),
    "Past.released": ("已解除", "released"),
    "Past.reported": ("已报备", "reported"),
    "Past.retired": ("已停用", "retired"),
    "Past.revoked": ("已吊销", "revoked"),
}


NAMES = WORDS | IN_REFUSALS | PERMISSIONS


def named(value: object, language: str) -> object:
    """A value of a refusal as its reader reads it: a code by its name, several by theirs, anything else untouched."""
    if isinstance(value, Several):
        return " / ".join(str(named(one, language)) for one in value)
    if not isinstance(value, Enum):
        return value
    words = NAMES.get(f"{type(value).__name__}.{value.value}")
    return value.value if words is None else words[0 if language == "zh" else 1]

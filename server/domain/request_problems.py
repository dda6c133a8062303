"""The words in which a visit request is refused: by clause, with the fact that failed and what to do next."""

from __future__ import annotations

from server.domain.problems import Category, kind

REQUEST_BEFORE_OPENING = kind(
    "request_before_opening",
    Category.REFUSED,
    "案件 {opened_on} 开案，{requested_on} 还不能报外访",
    "The case opens on {opened_on}; a visit cannot be asked for on {requested_on}",
    remedy=("请在开案日起再提交。", "File it from the opening day on."),
    clause="R1",
)
REQUEST_AFTER_END = kind(
    "request_after_end",
    Category.REFUSED,
    "委案已于 {placement_end} 结束",
    "The placement ended on {placement_end}",
    remedy=(
        "如甲方同意留案，请先登记留案日期再提交。",
        "If the client agreed to a retention, record it first.",
    ),
    clause="R1",
)
REQUEST_WITHOUT_ADDRESS = kind(
    "request_without_address",
    Category.REFUSED,
    "还没有填写外访地址",
    "The request names no address",
    remedy=("请选择至少一个地址。", "Choose at least one address."),
    clause="R2",
)
ADDRESS_INCOMPLETE = kind(
    "address_incomplete",
    Category.REFUSED,
    "“{address}”：{says_zh}",
    "“{address}”: {says_en}",
    remedy=(
        "请按“xx省xx市xx区/县＋详细地址”更正地址。参考：{suggested}",
        "Correct it to province, city, county and detail. Suggested: {suggested}",
    ),
    clause="R2",
)
ADDRESS_DETAIL_MISSING = kind(
    "address_detail_missing",
    Category.REFUSED,
    "“{address}”只写到区县，缺少详细地址",
    "“{address}” ends with the county; the detail is missing",
    remedy=(
        "请补写路名门牌、小区、村、组或楼栋。",
        "Add road and number, estate, village, group or building.",
    ),
    clause="R2",
)
ADDRESS_TO_ACCEPT = kind(
    "address_to_accept",
    Category.REFUSED,
    "“{address}”：{says_zh}",
    "“{address}”: {says_en}",
    remedy=(
        "如无误，请确认采用“{normalized}”后提交。",
        "If it is right, accept “{normalized}” (accept_normalized) and file again.",
    ),
    clause="R2",
)
ADDRESS_DIVISIONS_WRONG = kind(
    "address_divisions_wrong",
    Category.REFUSED,
    "“{address}”：{says_zh}",
    "“{address}”: {says_en}",
    remedy=("请更正行政区划。参考：{suggested}", "Correct the divisions. Suggested: {suggested}"),
    clause="R3",
)
ADDRESS_RENAMED = kind(
    "address_renamed",
    Category.REFUSED,
    "“{address}”：{says_zh}",
    "“{address}”: {says_en}",
    remedy=(
        "如无误，请确认采用今名“{normalized}”后提交。",
        "If it is right, accept today's name “{normalized}” (accept_normalized) and file again.",
    ),
    clause="R3",
)
RECALL_TOO_NEAR = kind(
    "recall_too_near",
    Category.REFUSED,
    "{placement_end} 退案，{requested_on} 提交只剩 {days_left} 天（须多于 {limit} 天）",
    "Recall is on {placement_end}, {days_left} days after {requested_on}; more than {limit} are needed",
    remedy=(
        "特殊情况，请先申请例外，由外访客服批准后再提交。",
        "In a special case ask for an exception; a dispatcher must grant it before you file.",
    ),
    clause="R4",
)
HIGHER_ADDRESS_OPEN = kind(
    "higher_address_open",
    Category.REFUSED,
    "“{address}”之前还有应先外访的{rank_zh}：{higher}",
    "Before “{address}” comes the {rank_en}: {higher}",
    remedy=(
        "请先提交该地址或一并提交；确有原因的，请申请调整顺序，由外访客服批准。",
        "File that one first or with it; or ask for another order, with a reason that a dispatcher accepts.",
    ),
    clause="R5",
)
ADDRESS_NOT_CONFIRMED = kind(
    "address_not_confirmed",
    Category.REFUSED,
    "“{address}”不是户籍地址，且没有确认记录",
    "“{address}” is no household registration and nobody has confirmed it",
    remedy=(
        "请登记由谁、何时、如何确认该地址有效。",
        "Record who confirmed the address, when and how.",
    ),
    clause="R6",
)
ADDRESS_INVALID = kind(
    "address_recorded_invalid",
    Category.REFUSED,
    "“{address}”已记为无效（{why}）",
    "“{address}” is on record as invalid ({why})",
    remedy=(
        "如有新的确认，请先登记；否则请提交其他地址。",
        "Record a new confirmation if there is one; otherwise choose another address.",
    ),
    clause="R6",
)
COUNTIES_DIFFER = kind(
    "counties_differ",
    Category.REFUSED,
    "一次只能提报同一区县的地址，本次有：{counties}",
    "The addresses of a request share one county; these are in {counties}",
    remedy=("请保留一个区县的地址，其余另行提交。", "Keep those of one county and file the others later."),
    clause="R7",
)
OTHER_REQUEST_OPEN = kind(
    "other_request_open",
    Category.REFUSED,
    "该债务人在{county}已有未完成的报外访（{filed_on} 提交）",
    "A request for this debtor is open in {county} (filed on {filed_on})",
    remedy=(
        "请等其完成或撤回后再提交，或改报同一区县的地址。",
        "Wait until it is done or withdrawn, or choose an address in that county.",
    ),
    clause="R7",
)
DEMOLITION_UNCHECKED = kind(
    "demolition_unchecked",
    Category.REFUSED,
    "“{address}”按规定视为城中村，尚未致电确认是否拆迁",
    "“{address}” counts as an urban village and nobody has asked whether it was demolished",
    remedy=(
        "请致电办事处或乡镇，登记单位、电话、时间和答复；如不是城中村，请外访客服注明理由。",
        "Call the sub-district or town office and record the call; or have a dispatcher record that it is none.",
    ),
    clause="R8",
)
ADDRESS_DEMOLISHED = kind(
    "address_demolished",
    Category.REFUSED,
    "“{address}”已拆迁（{office} {called_on} 答复）",
    "“{address}” was demolished, said {office} on {called_on}",
    remedy=(
        "请提交其他地址；确需外访的，请说明理由，由外访客服批准。",
        "Choose another address, or give a reason that a dispatcher accepts.",
    ),
    clause="R8",
)
PROMISE_NOT_DUE = kind(
    "promise_not_due",
    Category.REFUSED,
    "债务人承诺 {due_on} 前还款且有能力，{requested_on} 不建议外访",
    "The debtor promised by phone to pay by {due_on} and is able to; {requested_on} is not after it",
    remedy=(
        "请在承诺日之后提交；有特殊情况请提交书面说明，由外访客服认可。",
        "File it after that day, or write an explanation that a dispatcher accepts.",
    ),
    clause="R11",
)
REQUEST_ON_HOLD = kind(
    "request_on_hold",
    Category.REFUSED,
    "案件或该地址已暂停外访（{reason}）",
    "The case or this address is on hold ({reason})",
    remedy=("请等暂停解除后再办理。", "Wait until the hold has been released."),
    clause="V13",
)
WAIVER_PENDING = kind(
    "waiver_asked_already",
    Category.CONFLICT,
    "该事项已申请，正等外访客服处理",
    "This was asked for already and waits for a dispatcher",
    remedy=("请等待处理结果。", "Wait for the answer."),
)
NOT_OF_DEBTOR = kind(
    "address_not_of_debtor",
    Category.REFUSED,
    "该地址不是本案债务人的地址，或已作为重复地址隐藏",
    "The address is not one of this debtor's, or is hidden as a duplicate",
    remedy=("请从本案地址中选择。", "Choose one of the addresses of this case."),
)
NOT_IN_REQUEST = kind(
    "address_not_in_request",
    Category.REFUSED,
    "该地址不在本次报外访中",
    "The address is not in this request",
    remedy=("请从本次地址中选择。", "Choose one of the addresses of the request."),
)

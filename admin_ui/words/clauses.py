"""Clauses whose handbook sentence no rule's docstring carries: those that are ours, and those kept by what is no rule.

A test asks that every clause without a sentence in the register has its words here.
"""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "clause.R12": (
        "没有发布的计划，不得开始外访；V7 的补充外访除外。",
        "No visit starts that is not on a published plan, but for the follow-up of V7.",
    ),
    "clause.X2": (
        "到场外访员少于小组规定人数的，不计业绩。",
        "With fewer agents present than the team needs, a visit takes no credit.",
    ),
    "clause.W5": (
        "外访当日的回款，时间早于外访开始的不计入；没有时间的计入。",
        "On the day of the visit, what was paid before it began is not covered; without a time it is.",
    ),
    "clause.A2": (
        "业绩由到场外访员平分；除不尽的分按小组顺序逐分分配，组长在先。",
        "Equal shares of the agents present; what does not divide goes fen by fen, the lead first.",
    ),
    "clause.A5": (
        "银行冲回按原回款的归属处理，金额为负。",
        "A bank recall goes where its original went, with a negative amount.",
    ),
    "clause.A6": (
        "每一笔未计业绩的回款，都写明最近一次外访为什么不计。",
        "What is not credited names why the nearest visit failed.",
    ),
    "clause.M4": (
        "关账后的月结不再改变；之后得知的情况在下一个未公布的月份作调整，并注明所更正的行。",
        "A closed statement never changes; what is learnt later is adjusted in the next one, which names the line.",
    ),
    "clause.S10": (
        "「对外访携带设备中的资料，应于导出后及时进行删除」",
        "What is on a device is erased once it was brought in.",
    ),
    "clause.S11": (
        "「加密使用的密码须设定为至少8位，且包含大小写字母、数字符号三种字符类型，每30天定期修改」"
        "「压缩密码须通过其它通讯渠道另行传递」",
        "Exports are encrypted; the password has 8 characters of three kinds, ends in 30 days and goes another way.",
    ),
    "clause.S15": (
        "「通过白名单限制外发」「禁止使用个人邮箱、qq、微信等方式接收案件数据」",
        "Sending out is limited to listed hosts; case data goes to no private mail, QQ or WeChat.",
    ),
    "clause.S16": (
        "「外访的录音、照相资料须由客服及IT作为A、B角负责导出和整理」",
        "Recordings and photos are taken out by a dispatcher and IT together.",
    ),
    "clause.S22": (
        "「禁止 … 未经总经理批准擅自删除、修改」「向公安机关、所属甲方以外的其他单位和个人提供」",
        "No deleting or changing without the general manager; nobody but police and client is given recordings.",
    ),
    "clause.V16": (
        "「禁止私自承诺或者误导借款人减免和分期」",
        "No reduction and no instalments are promised.",
    ),
    "clause.V18": (
        "「通电话即做一条催记，每条催记必须有匹配录音」",
        "Each call is a note of its own, with its place in the recording.",
    ),
    "clause.S1": (
        "「每位操作员单独设立账号」「专号专用、专机专用、专人专用」「于离职当日内注销」",
        "No shared accounts; names are never used again; leaving ends every login at once.",
    ),
    "clause.S2": (
        "「必须由字母和数字组成，至少为8位，有效期(更新周期)为30天，每个更新周期后须更换不同的密码」",
        "Letters and digits, at least 8; a different one after each period of 30 days.",
    ),
    "clause.S3": (
        "「密码的重试最多为三次，如第三次输入仍不正确，登录界面将被锁定30分钟以上，并在管理后台形成相应的日志记录」",
        "The third wrong try in a row locks the account for 30 minutes and stands in the log.",
    ),
    "clause.S4": (
        "「按照员工岗位与职级不同，应设置不同权限」",
        "Posts differ in what they may do; the table is the firm's to edit.",
    ),
    "clause.S5": (
        "「外访客户信息需由IT负责导出，对客户卡号、身份证号等敏感信息应进行部分屏蔽」",
        "ID and card numbers are masked; unmasking asks for the purpose and is logged.",
    ),
    "clause.S6": (
        "「对敏感信息，如身份证号码、电话号码等采用加密、屏蔽、替换等方式存储」",
        "ID numbers and telephones are encrypted where they lie, and so is evidence.",
    ),
    "clause.S7": (
        "「所有催收录音文件的保存年限至少为三年」",
        "Recordings are kept for three years at least; nobody deletes one before.",
    ),
    "clause.S8": (
        "「须向所属部门负责人申请，经同意后由IT进行调取，申请人须填写信息调取登记表，对调取时间、内容、调取用途等事项进行登记」",
        "To hear a recording asks for its purpose; each listening is logged with what was heard.",
    ),
    "clause.S9": (
        "「到期的数据统一于月末由客服及IT作为A、B角负责删除，并列明台账登记」「彻底灭失、不可重建」",
        "What is over its time is erased at the end of the month by two posts, with an entry in the ledger.",
    ),
    "clause.S12": (
        "稽核：15 种违规行为、责任岗位与处理的表格，员工自查。",
        "The table of 15 breaches with responsible post and consequence; people check themselves.",
    ),
    "clause.S13": (
        "「在催收过程中各类工作人员只准读取其职责范围内的案件资料」「禁止越权访问」",
        "Everybody reads what their own work is about, row by row, and nothing else.",
    ),
    "clause.S14": (
        "「内网 … 不能访问互联网」「能够连接互联网的计算机应被限制不能访问催收系统」",
        "The desk is on the inner network; phones come in through a gateway.",
    ),
    "clause.S17": (
        "「由IT负责在每天作业时间结束后及时核对操作人员、作业计算机与催收系统登陆账号」",
        "Each day IT compares persons, devices and accounts.",
    ),
    "clause.S18": (
        "「十分钟等待的屏保，并设返回时密码保护」「30秒不操作后自动启用屏保」",
        "What is left idle is locked and asks for the password.",
    ),
    "clause.S19": (
        "「数据不保留在本地计算机」",
        "No data stays on the machine of whoever works with it.",
    ),
    "clause.S20": (
        "「数据的解密和导入全过程应由且只由客服、品控两个岗位人员参与 … 彻底删除」",
        "A dispatcher uploads an import, QA confirms it, and the file is destroyed.",
    ),
    "clause.S21": (
        "「根据委托方对数据存储时间的要求」「甲方各项规章制度」",
        "What a client asks for in addition is kept for that client.",
    ),
    "clause.S23": (
        "「公司应与每位员工签订保密协议」；离职交接。",
        "No account without a signed agreement on record; who leaves hands over.",
    ),
    "clause.F6": (
        "薪酬不得只与回款金额挂钩：计提中有合规系数和一票否决，未生效时给出提醒。",
        "Pay must not rest on recovered amounts alone: a compliance factor and a veto stand in the formula.",
    ),
}

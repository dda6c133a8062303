"""Words of evidence packs: asking, confirming, taking them in two halves, checking them."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "place.packs": ("证据包", "Evidence packs"),
    "PackRecipient.police": ("公安机关", "the police"),
    "PackRecipient.client": ("委托方", "the client"),
    "pack.all": ("全部", "All"),
    "pack.what": (
        "证据离开本系统须有外访客服与 IT 两人署名；文件与密码由不同的人、经不同渠道交付，30 天后失效。",
        "What leaves as evidence bears two names, a dispatcher's and IT's; file and password go by different people "
        "and channels, and end after 30 days.",
    ),
    "pack.ask": ("申请证据包", "Ask for a pack"),
    "pack.case_number": ("案件号", "Case number"),
    "pack.choose": ("选择内容", "Choose what"),
    "pack.register": ("登记簿", "The register"),
    "pack.none": ("没有证据包", "No evidence pack"),
    "pack.none_what": (
        "外访客服或 IT 从外访页或用案件号申请，另一岗位确认后打包。",
        "A dispatcher or IT asks from a visit's page or by a case number; the other post confirms, then it is made.",
    ),
    "pack.of": ("内容", "Contents"),
    "pack.whole": ("整个案件", "the whole case"),
    "pack.whole_case": (
        "整个案件：{visits} 次外访，{items} 个文件",
        "The whole case: {visits} {visits:visit|visits}, {items} {items:file|files}",
    ),
    "pack.one_visit": ("一次外访", "one visit"),
    "pack.visit": (
        "外访 {at}：{items} 个文件，{size} KB",
        "Visit {at}: {items} {items:file|files}, {size} KB",
    ),
    "pack.nothing": ("这个案件没有可以打包的证据。", "This case has no evidence to pack."),
    "pack.recipient": ("接收方", "Recipient"),
    "pack.recipient_kind": ("接收方类别", "Kind of recipient"),
    "pack.recipient_name": ("接收方名称", "Recipient's name"),
    "pack.purpose": ("用途", "Purpose"),
    "pack.purpose_label": ("用途（写入登记簿）", "Purpose (goes into the register)"),
    "pack.send": ("提交，等待另一岗位确认", "Ask; the other post confirms"),
    "pack.proposed": ("申请", "Asked by"),
    "pack.decided": ("确认", "Decided by"),
    "pack.items": ("文件数", "Files"),
    "pack.size": ("大小", "Size"),
    "pack.bytes": ("{size} 字节", "{size} {size:byte|bytes}"),
    "pack.digest": ("文件摘要 SHA-256", "Digest of the file, SHA-256"),
    "pack.expires": ("有效期至", "May be used until"),
    "pack.reason": ("说明", "Reason"),
    "pack.file_taken": ("取得文件的人", "Had the file"),
    "pack.password_seen": ("取得密码的人", "Had the password"),
    "pack.open_visit": ("打开外访", "Open the visit"),
    "pack.waits": ("等待 {post} 确认", "Waits for {post} to confirm"),
    "pack.confirm": ("确认打包", "Confirm"),
    "pack.sure": ("确认将这些证据提供给 {name}？", "Let this evidence go to {name}?"),
    "pack.decline": ("不予确认", "Decline"),
    "pack.take_back": ("撤回申请", "Take it back"),
    "pack.packed": ("已打包 {done} / {total} 字节", "{done} of {total} bytes packed"),
    "pack.begins": ("等待开始", "About to begin"),
    "pack.leave": (
        "可以离开本页，完成后双方收到消息。",
        "You may leave this page; both are told when it is done.",
    ),
    "pack.download": ("下载文件", "Download the file"),
    "pack.show_password": ("查看密码", "Show the password"),
    "pack.password_sure": (
        "查看密码后，您不能再下载文件。继续？",
        "Once you have seen the password you cannot have the file. Go on?",
    ),
    "pack.had_file": (
        "您已取得文件，密码须由另一岗位的同事查看并经另一渠道告知。",
        "You have the file; the other post's colleague has the password and tells it by another channel.",
    ),
    "pack.had_password": (
        "您已取得密码，文件须由另一岗位的同事下载。",
        "You have the password; the other post's colleague downloads the file.",
    ),
    "pack.password_title": ("证据包密码", "The pack's password"),
    "pack.password_what": (
        "请用电话等另一渠道告知接收方，不要与文件一同发送。",
        "Tell it to the recipient by another channel, such as the telephone; never send it with the file.",
    ),
    "pack.check": ("接收方如何核对", "How the recipient checks it"),
    "pack.check_open": (
        "用 7-Zip 等支持 AES-256 的软件解压，包内「核对说明」写有每一步。",
        "Opened with 7-Zip or any tool that reads AES-256; the guide inside tells each step.",
    ),
    "pack.check_stock": (
        "在解压后的文件夹执行 sha256sum -c sha256sums.txt，每个文件都应显示 OK。",
        "In the folder: sha256sum -c sha256sums.txt says OK for each file.",
    ),
    "pack.check_verify": (
        "或执行下面的命令，不需要服务器：退出码 0 为完整，1 为有改动并逐一指出，2 为无法核对。",
        "Or by the command below, without a server: 0 is whole, 1 altered, each file named, 2 cannot be checked.",
    ),
    "pack.check_claim": (
        "能证明文件自打包以来没有改动；不能证明照片、录音所示内容属实。",
        "It proves that nothing changed since it was packed; not that what is shown is true.",
    ),
    "field.case_number": ("案件号", "Case number"),
    "field.recipient": ("接收方类别", "Kind of recipient"),
    "field.recipient_name": ("接收方名称", "Recipient's name"),
    "field.purpose": ("用途", "Purpose"),
}

"""Why bytes are not added to an upload: each with its words and what to do next."""

from __future__ import annotations

from server.domain.problems import Category, kind

_ASK_OFFSET = (
    "请先查询当前偏移量（HEAD），再从该处继续上传。",
    "Ask for the offset (HEAD) and go on from there.",
)
_TOMORROW = (
    "请明天继续，或由 IT 调整上限；手机上的文件请勿删除。",
    "Go on tomorrow, or have IT raise the limit; keep the file on the phone.",
)

UPLOAD_PROTOCOL_VERSION = kind(
    "upload_protocol_version",
    Category.VERSION,
    "不支持的上传协议版本：{version}",
    "This version of the upload protocol is not supported: {version}",
    remedy=("请使用 tus 1.0.0（Tus-Resumable: 1.0.0）。", "Use tus 1.0.0 (Tus-Resumable: 1.0.0)."),
)
UPLOAD_HEADER_INVALID = kind(
    "upload_header_invalid",
    Category.MALFORMED,
    "请求头 {header} 有误：{detail}",
    "The header {header} is wrong: {detail}",
    remedy=("请按 tus 1.0 协议更正后重试。", "Correct it by the tus 1.0 protocol and try again."),
)
UPLOAD_OFFSET_DIFFERS = kind(
    "upload_offset_differs",
    Category.CONFLICT,
    "偏移量不符：请求从 {asked} 字节开始，已收到 {current} 字节",
    "The offset differs: {asked} was asked for, {current} bytes are there",
    remedy=_ASK_OFFSET,
)
UPLOAD_LENGTH_FIXED = kind(
    "upload_length_fixed",
    Category.CONFLICT,
    "文件长度不能改为 {length} 字节（已知 {known} 字节）",
    "The length cannot become {length} bytes ({known} are known)",
    remedy=("长度只能声明一次，且不能少于已收到的字节。", "Say the length once, not below what is there."),
)
UPLOAD_LOCKED = kind(
    "upload_locked",
    Category.LOCKED,
    "上传 {id} 正由另一请求写入",
    "Another request is adding to the upload {id}",
    remedy=("请稍后重试。", "Try again shortly."),
)
UPLOAD_CLOSED = kind(
    "upload_closed",
    Category.GONE,
    "上传 {id} 已结束（{state}），不能继续",
    "The upload {id} has ended ({state}) and takes nothing more",
    remedy=(
        "请用同一编号重新创建上传，从头发送整个文件。",
        "Create it again under the same id and send the whole file.",
    ),
)
UPLOAD_DAMAGED = kind(
    "upload_damaged",
    Category.GONE,
    "上传 {id} 已收到的内容在服务器上损坏，不能完成；已通知 IT",
    "What had come of the upload {id} was damaged on the server and cannot be finished; IT has been told",
    remedy=(
        "请勿删除手机上的文件；用同一编号重新创建上传，从头发送整个文件。",
        "Keep the file on the phone; create the upload again under the same id and send the whole file.",
    ),
    clause="S10",
)
UPLOAD_TOO_LONG = kind(
    "upload_too_long",
    Category.TOO_LARGE,
    "内容超出声明的长度：还可接收 {room} 字节，收到 {asked} 字节",
    "More than was announced: {room} bytes are left, {asked} came",
    remedy=_ASK_OFFSET,
)
UPLOAD_FILE_TOO_LARGE = kind(
    "upload_file_too_large",
    Category.TOO_LARGE,
    "文件过大：{length} 字节，此类文件（{kind}）上限 {limit} 字节",
    "The file is too large: {length} bytes, and a {kind} has at most {limit}",
    remedy=(
        "请改用较低的分辨率或码率，或分段录制。",
        "Use a lower resolution or bit rate, or record in runs.",
    ),
)
UPLOAD_DAY_FULL = kind(
    "upload_day_full",
    Category.TOO_MANY,
    "今日上传已达上限：已用 {used} 字节，本次 {asked} 字节，上限 {limit} 字节",
    "The day's limit of uploads is reached: {used} bytes used, {asked} asked for, {limit} allowed",
    remedy=_TOMORROW,
)
UPLOAD_DEVICE_FULL = kind(
    "upload_device_full",
    Category.TOO_MANY,
    "该设备今日上传已达上限：已用 {used} 字节，本次 {asked} 字节，上限 {limit} 字节",
    "This device's limit of uploads is reached for today: {used} bytes used, {asked} asked for, {limit} allowed",
    remedy=_TOMORROW,
)
UPLOAD_CHECKSUM_DIFFERS = kind(
    "upload_checksum_differs",
    Category.CHECKSUM,
    "本段内容的校验值不符（{algorithm}），该段已丢弃",
    "The checksum of this piece differs ({algorithm}); the piece was discarded",
    remedy=("请从同一偏移量重新发送这一段。", "Send this piece again from the same offset."),
    clause="S10",
)
UPLOADS_BUSY = kind(
    "uploads_busy",
    Category.BUSY,
    "正在接收的上传过多，本次没有接收内容",
    "Too many uploads are being received; nothing of this was taken",
    remedy=("请稍后从当前偏移量继续。", "Go on from the offset shortly."),
)

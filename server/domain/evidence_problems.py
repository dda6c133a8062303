"""Why a file is not kept as evidence, or not shown: each with its words and what to do next."""

from __future__ import annotations

from server.domain.problems import Category, ProblemKind, kind

_AGAIN = ("请用原始文件重新上传，编号不变。", "Send the original file again, under the same id.")
_ORIGINAL = (
    "请上传设备拍摄或录制的原始文件，不要转换或重命名。",
    "Send the file as the device made it, neither converted nor renamed.",
)

EVIDENCE_NOT_OF_TEAM = kind(
    "evidence_not_of_team",
    Category.FORBIDDEN,
    "您不是该外访小组的成员，不能上传其证据",
    "You are not on the team of this visit, so you cannot send its evidence",
    remedy=(
        "请由该外访的外访员上传；没有手机终端时交外访客服导入。",
        "Let one of its agents send it; without a phone, bring it to the dispatcher.",
    ),
    clause="S13",
)
DIGEST_DIFFERS = kind(
    "digest_differs",
    Category.INVALID,
    "文件摘要不符：声明 {declared}，收到 {received}",
    "The digest differs: declared {declared}, received {received}",
    remedy=_AGAIN,
    clause="S10",
)
BRINGER_NOT_OF_TEAM = kind(
    "bringer_not_of_team",
    Category.REFUSED,
    "送交人 {account} 不是该外访小组的成员",
    "{account}, who is said to have brought it, is not on the team of this visit",
    remedy=("请核对外访编号和送交人。", "Check the number of the visit and who brought the file."),
    clause="V3",
)
COUNTERSIGNED_BY_IMPORTER = kind(
    "countersigned_by_importer",
    Category.REFUSED,
    "导入人不能复核自己导入的证据",
    "Who took the evidence in cannot countersign it",
    remedy=("请由 IT 岗的另一人复核。", "Let another person, of the IT post, countersign it."),
    clause="S16",
)
PURPOSE_NEEDED = kind(
    "purpose_needed",
    Category.INVALID,
    "调听录音必须说明用途",
    "A recording is heard for a purpose, which must be said",
    remedy=("请填写用途（purpose）后重试。", "Say the purpose and ask again."),
    clause="S8",
)
BYTES_MISSING = kind(
    "evidence_bytes_missing",
    Category.MISSING,
    "证据 {id} 的文件在存储中找不到",
    "The file of evidence {id} is not in the store",
    remedy=("请立即告知 IT。", "Tell IT at once."),
)
BYTES_UNREADABLE = kind(
    "evidence_bytes_unreadable",
    Category.MISSING,
    "证据 {id} 的文件无法打开：{why_zh}",
    "The file of evidence {id} does not open: {why_en}",
    clause="S6",
    remedy=(
        "请立即告知 IT；在核对备份之前不要改动存储。",
        "Tell IT at once; change nothing in the store before backups are compared.",
    ),
)
THUMBNAIL_NOT_READY = kind(
    "thumbnail_not_ready",
    Category.MISSING,
    "证据 {id} 没有缩略图，或尚未生成",
    "Evidence {id} has no thumbnail, or not yet",
    remedy=("请稍后重试，或查看原图。", "Ask again shortly, or look at the original."),
)
SCREEN_NOT_READY = kind(
    "screen_not_ready",
    Category.MISSING,
    "证据 {id} 没有屏幕尺寸的图片，或尚未生成",
    "Evidence {id} has no picture in the size of a screen, or not yet",
    remedy=("请稍后重试，或查看原图。", "Ask again shortly, or look at the original."),
)
PLAYABLE_NOT_READY = kind(
    "playable_not_ready",
    Category.MISSING,
    "录音 {id} 的播放副本尚未生成，或无法生成",
    "Recording {id} has no copy to play, or not yet",
    remedy=("请稍后重试，或播放原始录音。", "Ask again shortly, or play the original."),
)


def _refusal(code: str, zh: str, en: str, remedy: tuple[str, str] = _ORIGINAL) -> ProblemKind:
    return kind(f"media_{code}", Category.REFUSED, zh, en, remedy=remedy)


# By the codes of the media port; `detail` is what was found, in English, beside the sentence in either language.
MEDIA_REFUSALS: dict[str, ProblemKind] = {
    "empty": _refusal("empty", "文件是空的", "The file is empty", _AGAIN),
    "type_not_accepted": _refusal(
        "type_not_accepted",
        "不接受这种文件（{detail}）",
        "This kind of file is not accepted ({detail})",
        (
            "照片用 JPEG、PNG 或 WebP；录音用常见的音频格式；附件可用照片、录音或 PDF。",
            "Photos as JPEG, PNG or WebP; recordings in a common audio format; attachments as either or PDF.",
        ),
    ),
    "mislabelled": _refusal(
        "mislabelled",
        "文件内容与声明的类型不符（{detail}）",
        "The file is not what it was declared ({detail})",
    ),
    "two_formats": _refusal(
        "two_formats", "文件同时是另一种格式（{detail}）", "The file is a second format as well ({detail})"
    ),
    "truncated": _refusal(
        "truncated", "文件不完整，末尾缺失（{detail}）", "The file is cut off ({detail})", _AGAIN
    ),
    "unreadable": _refusal("unreadable", "文件无法读取（{detail}）", "The file cannot be read ({detail})"),
    "too_many_pixels": _refusal(
        "too_many_pixels", "照片像素过多（{detail}）", "The photo has too many pixels ({detail})"
    ),
    "animated": _refusal("animated", "不接受动图（{detail}）", "Moving pictures are not accepted ({detail})"),
    "no_audio": _refusal(
        "no_audio", "文件里没有声音（{detail}）", "There is no sound in the file ({detail})"
    ),
    "video_present": _refusal(
        "video_present", "不接受录像，只收录音（{detail}）", "A film is not kept as a recording ({detail})"
    ),
    "several_streams": _refusal(
        "several_streams", "文件含多路媒体流（{detail}）", "The file has several streams ({detail})"
    ),
    "codec_not_accepted": _refusal(
        "codec_not_accepted", "不接受这种音频编码（{detail}）", "This codec is not accepted ({detail})"
    ),
    "too_long": _refusal("too_long", "录音过长（{detail}）", "The recording is too long ({detail})"),
}

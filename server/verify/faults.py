"""What can be wrong with a pack, each with a code and words in both languages; and the three ends of a check."""

from __future__ import annotations

from dataclasses import dataclass, field

WHOLE, ALTERED, UNREADABLE = 0, 1, 2


class PackUnreadable(Exception):
    """Nothing can be said of the pack: no such file, no pack, not its password. `zh` and `en` say which."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


WORDS: dict[str, tuple[str, str]] = {
    "pack_differs": (
        "整个文件的摘要与登记簿的不符（应为 {expected}，实为 {found}）",
        "the file is not the one of the register (digest {expected} there, {found} here)",
    ),
    "header_altered": ("文件头被改动", "the header was altered"),
    "directory_altered": ("压缩包目录中的这一条被改动", "its line in the directory was altered"),
    "end_altered": ("压缩包末尾被改动或缺失", "the end of the archive was altered or is missing"),
    "cut_off": ("不完整，或其后的内容被移动", "cut off, or what follows it was moved"),
    "name_refused": ("文件名不是证据包应有的名称", "a name that no pack gives"),
    "twice": ("同一名称出现两次", "there twice"),
    "bytes_altered": ("内容被改动", "the bytes were altered"),
    "password_other": ("不是用同一密码加密，或被改动", "sealed with another password, or altered"),
    "sums_unreadable": ("摘要清单无法读取", "the list of digests cannot be read"),
    "manifest_unreadable": ("清单无法读取", "the manifest cannot be read"),
    "missing": ("{source} 中有，包内没有", "listed in {source}, not in the pack"),
    "unlisted": ("包内有，{source} 中没有", "in the pack, not listed in {source}"),
    "digest_differs": (
        "摘要不符（{source} 记载 {expected}，实为 {found}）",
        "the digest differs ({expected} by {source}, {found} here)",
    ),
    "size_differs": (
        "大小不符（清单记载 {expected} 字节，实为 {found}）",
        "{found} bytes where the manifest says {expected}",
    ),
    "receipt_differs": ("回执与清单不符", "the receipt is not that of the manifest"),
    "no_receipt": ("没有回执", "no receipt of it"),
    "trail_broken": (
        "审计记录第 {line} 行被改动：摘要与内容不符",
        "line {line} of the trail was altered: its digest is not that of its words",
    ),
    "not_in_trail": (
        "审计记录中没有以此摘要收到该文件的记载",
        "the trail does not say that this file was received with this digest",
    ),
    "chain_dropped": (
        "审计记录中收到过的手机签名清单 {manifest} 不在包内",
        "the phone's manifest {manifest} was received and is not in the pack",
    ),
    "capture_unreadable": ("手机签名的清单无法读取", "the phone's manifest cannot be read"),
    "signature_bad": (
        "手机的签名与其清单不符",
        "the signature is not that of the phone's key on these words",
    ),
    "stock_differs": (
        "与清单 {manifest} 的签名或公钥不是同一个",
        "not the signature or key that is told of {manifest}",
    ),
    "nonce_differs": (
        "手机签名的随机数不是服务器为该外访发出的",
        "the nonce that the phone signed is not the one that the server gave for this visit",
    ),
    "visit_differs": ("手机签名的是另一次外访", "the phone signed it for another visit"),
    "chain_broken": (
        "第 {seq} 项不接在前一项之后",
        "number {seq} does not follow from the one before it",
    ),
    "chain_repeated": (
        "第 {seq} 项先后列出了两个不同的内容",
        "number {seq} is listed twice, with different content",
    ),
    "chain_order": ("第 {seq} 项没有按先后顺序列出", "number {seq} does not stand in its order"),
    "capture_missing": (
        "清单第 {seq} 项所列文件 {file} 不在包内",
        "number {seq} lists the file {file}, which is not in the pack",
    ),
    "capture_elsewhere": (
        "手机签名清单 {manifest} 第 {seq} 项将其列在另一次外访",
        "number {seq} of {manifest} lists it with another visit",
    ),
    "capture_kind": (
        "与手机签名清单 {manifest} 第 {seq} 项种类不同",
        "of another kind than number {seq} of {manifest}",
    ),
    "capture_uncovered": (
        "字节 {first} 至 {last} 不在手机签名的任何片段中",
        "bytes {first} to {last} are in no segment that a phone signed",
    ),
    "capture_cut": (
        "缺少手机签名的字节 {first} 至 {last}",
        "bytes {first} to {last}, which a phone signed, are missing",
    ),
    "capture_unlisted": (
        "来自有签名清单的手机，却不在任何清单中",
        "from a phone that signed its list, and on no list",
    ),
    "capture_differs": (
        "与手机签名清单 {manifest} 第 {seq} 项的摘要不符",
        "not what the phone signed as number {seq} of {manifest}",
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: at which item, by its path in the pack."""

    item: str
    code: str
    facts: dict[str, object] = field(default_factory=dict)

    def zh(self) -> str:
        return WORDS[self.code][0].format_map(self.facts)

    def en(self) -> str:
        return WORDS[self.code][1].format_map(self.facts)


NOTES: dict[str, tuple[str, str]] = {
    "finding": (
        "打包时已注明：{code} {seq}（见 manifest.json）",
        "noted when it was packed: {code} {seq} (see manifest.json)",
    ),
    "awaited": (
        "打包时文件 {file} 尚未到齐（文件或清单）",
        "of the file {file} something had yet to come when it was packed (the file, or a list of it)",
    ),
}


@dataclass(frozen=True, slots=True)
class Noted:
    """What was known to be wrong when the pack was made: shown, and no fault of the pack."""

    item: str
    code: str
    facts: dict[str, object] = field(default_factory=dict)

    def zh(self) -> str:
        return NOTES[self.code][0].format_map(self.facts)

    def en(self) -> str:
        return NOTES[self.code][1].format_map(self.facts)

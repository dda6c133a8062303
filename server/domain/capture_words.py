"""What the chain of captures finds, in words: each code with its sentence in zh-CN and in English. Clauses V2, V8.

`{at}` is the place in the chain, `{item}` the file. None of it is a verdict: a person looks at it (V8).
"""

from __future__ import annotations

from collections.abc import Mapping

CHAIN_WORDS: Mapping[str, tuple[str, str]] = {
    # of a whole manifest
    "manifest_unreadable": (
        "清单有无法读取的内容：{places}",
        "The manifest has content that cannot be read: {places}",
    ),
    "unknown_key": ("签名密钥 {key} 未登记", "The signing key {key} is not enrolled"),
    "revoked_key": (
        "清单到达时，签名密钥已于 {revoked_at} 吊销",
        "The signing key had been revoked at {revoked_at} when the manifest came",
    ),
    "key_of_another": (
        "签名密钥属于另一人领用的设备",
        "The signing key is that of a device in somebody else's hands",
    ),
    "bad_signature": ("清单的签名不符", "The signature of the manifest does not fit"),
    "wrong_visit": ("清单写的是另一次外访", "The manifest names another visit"),
    "wrong_nonce": ("清单没有本次外访的随机数", "The manifest does not carry the nonce of this visit"),
    # of the chain
    "seq_missing": (
        "采集链缺少第 {first} 至 {last} 项",
        "Entries {first} to {last} of the chain are missing",
    ),
    "repeated_seq": (
        "第 {at} 项先后列出了两个不同的内容",
        "Entry {at} was listed twice, with different content",
    ),
    "out_of_order": ("第 {at} 项没有按先后顺序列出", "Entry {at} does not stand in its order"),
    "broken_link": (
        "第 {at} 项所写的前一项摘要与前一项不符",
        "Entry {at} names another digest than that of the entry before it",
    ),
    "clock_backwards": (
        "第 {at} 项的{clock_zh}早于前一项",
        "The {clock_en} clock of entry {at} is behind that of the entry before it",
    ),
    "clock_jumped": (
        "第 {at} 项与前一项之间，手机时钟与计时器相差 {seconds} 秒",
        "Between entry {at} and the one before it the clock and the timer of the phone differ by {seconds} s",
    ),
    "clock_ahead": (
        "第 {at} 项的时间晚于服务器收到清单的时间 {seconds} 秒",
        "The time of entry {at} is {seconds} s later than the server received the manifest",
    ),
    # of a file
    "item_missing": ("清单所列文件 {item} 没有上传", "The file {item} is listed and was never received"),
    "item_not_listed": (
        "文件 {item} 不在任何清单中",
        "The file {item} stands on no manifest",
    ),
    "item_elsewhere": (
        "清单所列文件 {item} 属于另一次外访",
        "The file {item} is listed and belongs to another visit",
    ),
    "kind_differs": (
        "清单与收到的文件 {item} 种类不同",
        "The file {item} is of another kind than the manifest says",
    ),
    "digest_differs": (
        "文件 {item} 的摘要与清单不符（字节 {first} 至 {last}）",
        "The digest of file {item} differs from the manifest (bytes {first} to {last})",
    ),
    "segment_gap": (
        "录音 {item} 的字节 {first} 至 {last} 不在任何片段中",
        "Bytes {first} to {last} of recording {item} are in no segment",
    ),
    "segment_overlap": (
        "录音 {item} 的片段互相重叠（字节 {first} 至 {last}）",
        "Segments of recording {item} overlap (bytes {first} to {last})",
    ),
    "segment_cut": (
        "录音 {item} 缺少字节 {first} 至 {last}",
        "Bytes {first} to {last} of recording {item} never came",
    ),
}

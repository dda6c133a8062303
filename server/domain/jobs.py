"""Background jobs as people read them: their kinds by name, why one was given up, and what runs it again.

Owns the reasons of failures, read from the words that were kept with the job. Refuses to guess: what it does not know
is a fault of the program, and the words stay beside it for whoever mends that.
"""

from __future__ import annotations

from enum import StrEnum

from server.domain.problems import Category, kind


class JobKind(StrEnum):
    """Every kind that has a handler."""

    CREDIT_PLACEMENT = "credit.placement"
    CREDIT_PLACEMENTS = "credit.placements"
    END_DUE = "placements.end_due"
    PLAYABLE = "evidence.playable"
    CHAIN = "evidence.chain"
    WORK = "evidence.work"
    FLAGS = "evidence.flags"
    SWEEP = "objects.sweep"
    GLANCE = "evidence.glance"
    VERIFY = "evidence.verify"
    ROWS = "evidence.rows"
    PACK = "packs.make"
    PACKS_EXPIRE = "packs.expire"
    ESCALATE = "letters.escalate"
    IMPORT = "imports.run"
    OUTBOX = "outbox.send"
    SALVAGE = "uploads.salvage"
    GEOCODE = "geocoding.ask"
    SNAPSHOT = "facts.snapshot"
    FIGURES = "month.figures"
    FIGURES_DAILY = "month.figures_daily"


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # gave up after the last attempt; IT sees it


class FailureReason(StrEnum):
    """Why a job was given up, as far as IT can act on it."""

    REFUSED = "refused"
    DISK_FULL = "disk_full"
    MEMORY = "memory"
    STORE_AWAY = "store_away"
    BYTES_DAMAGED = "bytes_damaged"
    DATABASE_AWAY = "database_away"
    PEER_AWAY = "peer_away"
    WORKER_ENDED = "worker_ended"
    KIND_UNKNOWN = "kind_unknown"
    PROGRAM = "program"


# By the name of the error that was kept; what its words hold goes before its name.
_BY_WORDS = (
    ("No space left on device", FailureReason.DISK_FULL),
    ("Disk quota exceeded", FailureReason.DISK_FULL),
    ("database or disk is full", FailureReason.DISK_FULL),
    ("JobFailed: no handler", FailureReason.KIND_UNKNOWN),
    ("JobFailed: every worker", FailureReason.WORKER_ENDED),
    ("Problem: busy", FailureReason.DATABASE_AWAY),
)
_BY_NAME = {
    "Problem": FailureReason.REFUSED,
    "MemoryError": FailureReason.MEMORY,
    "ObjectStoreUnavailable": FailureReason.STORE_AWAY,
    "ObjectMissing": FailureReason.BYTES_DAMAGED,
    "ObjectDamaged": FailureReason.BYTES_DAMAGED,
    "ObjectKeyDestroyed": FailureReason.BYTES_DAMAGED,
    "OperationalError": FailureReason.DATABASE_AWAY,
    "InterfaceError": FailureReason.DATABASE_AWAY,
    "RobotFailed": FailureReason.PEER_AWAY,
    "GeocodingFailed": FailureReason.PEER_AWAY,
    "ConnectionError": FailureReason.PEER_AWAY,
    "TimeoutError": FailureReason.PEER_AWAY,
}

JOB_TRIED_ELSEWHERE = kind(
    "job_tried_elsewhere",
    Category.CONFLICT,
    "此任务放弃时已把结果告知所属事项，不能在这里重新运行",
    "What this job was for was told that it failed: it is not run again from here",
    remedy=(
        "群消息请在「群机器人」里重发；证据包请重新申请。",
        "Send a group message again from its robot; ask again for an evidence pack.",
    ),
)
# What they were for is marked as failed when they are given up, and has a way of its own to go on.
TRIED_ELSEWHERE = frozenset((JobKind.OUTBOX, JobKind.PACK))


def failure_reason(error: str) -> FailureReason:
    """The reason behind the words that a failed attempt left: `NameOfTheError: what it said`."""
    for words, reason in _BY_WORDS:
        if words in error:
            return reason
    return _BY_NAME.get(error.partition(":")[0], FailureReason.PROGRAM)


def job_kind(kind_: str) -> JobKind | None:
    """None for a kind that an older release knew."""
    return next((one for one in JobKind if one.value == kind_), None)


WORDS: dict[str, tuple[str, str]] = {
    "JobKind.credit.placement": ("计算一件案件的业绩", "credit of a case"),
    "JobKind.credit.placements": ("计算多件案件的业绩", "credit of many cases"),
    "JobKind.placements.end_due": ("到期案件退案", "end of cases that are due"),
    "JobKind.evidence.playable": ("生成可播放的录音", "playable copies of recordings"),
    "JobKind.evidence.chain": ("核对手机采集清单", "check of what phones captured"),
    "JobKind.evidence.work": ("分析照片和录音", "analysis of photos and recordings"),
    "JobKind.evidence.flags": ("查找证据疑点", "search for what does not fit"),
    "JobKind.objects.sweep": ("清理没有登记的文件", "sweep of files without a record"),
    "JobKind.evidence.glance": ("每日核对文件大小", "daily glance at every file"),
    "JobKind.evidence.verify": ("逐字节核对文件", "files read whole and compared"),
    "JobKind.evidence.rows": ("核对登记与日志", "records compared with the trail"),
    "JobKind.packs.make": ("生成证据包", "making of an evidence pack"),
    "JobKind.packs.expire": ("证据包到期销毁", "end of evidence packs that are due"),
    "JobKind.letters.escalate": ("留存联逾期提醒", "reminder of a counterfoil overdue"),
    "JobKind.imports.run": ("导入文件", "import of a file"),
    "JobKind.outbox.send": ("发送群消息", "sending of a group message"),
    "JobKind.uploads.salvage": ("收尾中断的上传", "end of uploads that were broken off"),
    "JobKind.geocoding.ask": ("查询地址坐标", "asking where addresses lie"),
    "JobKind.facts.snapshot": ("为模拟器取数", "facts for the simulator"),
    "JobKind.month.figures": ("统计一个月的外访成效", "figures of a month"),
    "JobKind.month.figures_daily": ("每日重新统计近两月", "figures of the last two months, daily"),
    "FailureReason.refused": (
        "数据不符合规则：重新运行前先更正数据",
        "a rule refuses the data: correct it before running again",
    ),
    "FailureReason.disk_full": (
        "磁盘已满：腾出空间后重新运行",
        "the disk is full: make room, then run it again",
    ),
    "FailureReason.memory": (
        "内存不足：关闭其他程序或增加内存后重新运行",
        "out of memory: make room, then run it again",
    ),
    "FailureReason.store_away": (
        "存储没有响应：检查存储后重新运行",
        "the store did not answer: look after it, then run it again",
    ),
    "FailureReason.bytes_damaged": (
        "文件缺失或损坏：从备份恢复后重新运行",
        "a file is missing or damaged: bring it back from a backup, then run it again",
    ),
    "FailureReason.database_away": (
        "数据库没有响应：检查数据库后重新运行",
        "the database did not answer: look after it, then run it again",
    ),
    "FailureReason.peer_away": (
        "对方服务没有响应：检查网络和密钥后重新运行",
        "another service did not answer: check network and key, then run it again",
    ),
    "FailureReason.worker_ended": (
        "处理中途进程退出，多次如此：查看后台进程日志",
        "its worker ended each time: read the worker's log",
    ),
    "FailureReason.kind_unknown": (
        "本版本不认识此任务：升级后重新运行",
        "this release does not know it: upgrade, then run it again",
    ),
    "FailureReason.program": (
        "程序错误：重新运行一次；仍失败的，把编号和原文交给维护人员",
        "a fault of the program: run it once more; if it fails again, hand its id and words to whoever maintains it",
    ),
}

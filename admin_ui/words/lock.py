"""Words of the idle lock."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "lock.title": ("已锁屏", "Locked"),
    "lock.what": (
        "{minutes} 分钟没有操作，登录已结束。输入密码后继续，页面上填写的内容仍在。",
        "Nothing was done for {minutes} {minutes:minute|minutes} and the login has ended. Your password opens the page "
        "again; what you typed is still there.",
    ),
    "lock.open": ("解锁", "Unlock"),
    "lock.other": ("换人登录", "Sign in as somebody else"),
}

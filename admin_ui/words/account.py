"""Words of one's own account."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "account.title": ("我的账号", "My account"),
    "account.name": ("姓名", "Name"),
    "account.number": ("工号", "Employee number"),
    "account.posts": ("岗位", "Posts"),
    "account.password_changed": ("上次更换密码", "Password changed"),
    "account.password_ends": ("更换密码会结束所有登录。", "Changing it ends every login."),
    "account.sessions": ("登录中的设备", "Where I am signed in"),
    "account.where": ("设备", "Device"),
    "account.since": ("登录时间", "Since"),
    "account.last": ("最近使用", "Last used"),
    "account.phone": ("公司手机", "company phone"),
    "account.browser": ("浏览器", "browser"),
    "account.this": ("本次登录", "this login"),
    "account.end": ("结束", "End"),
    "account.end_others": ("结束其他所有登录", "End all others"),
}

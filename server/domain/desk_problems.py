"""Problems of the desk's pages alone: what a form can meet that a program's request cannot."""

from __future__ import annotations

from server.domain.problems import Category, kind

FORM_OF_ANOTHER_LOGIN = kind(
    "form_of_another_login",
    Category.FORBIDDEN,
    "此页面属于另一次登录，没有保存任何内容",
    "This page belongs to another login; nothing was stored",
    remedy=(
        "您填写的内容仍在页面上：请复制后重新载入页面再提交。",
        "What you typed is still on the page: copy it, load the page again and send it.",
    ),
)
SENT_FROM_ELSEWHERE = kind(
    "sent_from_elsewhere",
    Category.FORBIDDEN,
    "此登录请求来自其他网站，已拒绝",
    "This sign-in came from another site and was refused",
    remedy=("请直接打开本系统的登录页面。", "Open this system's own sign-in page."),
)
PASSWORDS_DIFFER = kind(
    "passwords_differ",
    Category.INVALID,
    "两次输入的新密码不一致，密码没有更换",
    "The two new passwords differ; nothing was changed",
    remedy=("请重新输入新密码，两次相同。", "Type the new password again, the same both times."),
)

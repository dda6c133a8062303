"""Why a file is no table that we read, in words of both languages."""

from __future__ import annotations

from collections.abc import Mapping

from server.services.ports.tables import TableRefusal

WORDS: Mapping[TableRefusal, tuple[str, str]] = {
    TableRefusal.EMPTY: ("文件是空的", "it is empty"),
    TableRefusal.TYPE_NOT_ACCEPTED: ("既不是 CSV 也不是 XLSX", "it is neither CSV nor XLSX"),
    TableRefusal.MISLABELLED: ("内容与文件名后缀不符", "its bytes are not what its name says"),
    TableRefusal.OLD_OR_PROTECTED: (
        "是旧版 XLS 或设有密码的文件",
        "it is an old XLS, or protected by a password",
    ),
    TableRefusal.ENCODING: ("编码既不是 UTF-8 也不是 GB18030", "it is neither UTF-8 nor GB18030"),
    TableRefusal.UNREADABLE: ("文件已损坏", "it is damaged"),
    TableRefusal.EXPANDS_TOO_FAR: ("文件过大", "it is too large"),
    TableRefusal.TOO_MANY_ROWS: ("行数过多", "it has too many rows"),
    TableRefusal.TOO_MANY_COLUMNS: ("列数过多", "it has too many columns"),
    TableRefusal.CELL_TOO_LONG: ("单元格内容过长", "a cell is too long"),
    TableRefusal.CONTROL_CHARACTER: ("含有不可见的控制字符", "it has control characters"),
    TableRefusal.LOST_DIGITS: (
        "长号码被表格软件改成了数值，已丢失位数，请将该列设为文本",
        "a long number was turned into a figure and has lost digits; make the column text",
    ),
}

"""The list for the gate as a table (R15): its columns, and a line's cells in the reader's language."""

from __future__ import annotations

from server.domain.visit_lists import AttendanceLine
from server.services.ports.tables import Column, ColumnKind, Language, Value

ATTENDANCE_COLUMNS = (
    Column("employee_number", "工号", "employee number"),
    Column("name", "姓名", "name"),
    Column("role", "岗位", "role"),
    Column("starts_at", "外出时间", "out from", ColumnKind.INSTANT),
    Column("ends_at", "返回时间", "out until", ColumnKind.INSTANT),
    Column("districts", "前往区县", "districts"),
)
_ROLES = {"lead": "组长", "partner": "搭档", "trainee": "实习"}


def attendance_cells(line: AttendanceLine, language: Language) -> list[Value]:
    """One cell a column."""
    role = _ROLES[line.role] if language == "zh" else line.role
    return [line.employee_number, line.name, role, line.starts_at, line.ends_at, line.districts]

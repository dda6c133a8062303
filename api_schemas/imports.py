"""The wire contract of imports by file."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Id, Instant, Money, PageQuery, Strict, Text, page_of
from api_schemas.problems import Words
from server.domain.import_undoing import StandsOn
from server.domain.imports import ImportKind, ImportState


class ImportQuery(PageQuery):
    kind = fields.Enum(ImportKind, by_value=True, load_default=None)
    state = fields.Enum(ImportState, by_value=True, load_default=None)


class ImportTemplateQuery(Strict):
    language = Text(load_default="zh", validate=validate.OneOf(["zh", "en"]))


class RowProblemView(Strict):
    """One thing at one place: `row` counts as the spreadsheet does, the header being row 1."""

    row = fields.Integer(required=True)
    column = fields.String(required=True, allow_none=True)
    code = fields.String(required=True)
    clause = fields.String(required=True, allow_none=True)
    message = fields.Nested(Words, required=True)
    remedy = fields.Nested(Words, required=True)


class RowProblemList(Strict):
    """All are counted in `total`; the first thousand are listed."""

    total = fields.Integer(required=True)
    items = fields.List(fields.Nested(RowProblemView), required=True)


class ImportProgress(Strict):
    done = fields.Integer(required=True)
    total = fields.Integer(required=True)


class ImportSummary(Strict):
    """One file as a list shows it. `state`: checking, waiting (for QA), applying, or its end."""

    id = Id(required=True)
    kind = fields.Enum(ImportKind, by_value=True, required=True)
    filename = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    state = fields.Enum(ImportState, by_value=True, required=True)
    dry_run = fields.Boolean(required=True)
    rows = fields.Integer(required=True)
    problem_count = fields.Function(lambda file: file.problems.get("total", 0), metadata={"type": "integer"})
    uploaded_by = fields.String(required=True)
    uploaded_at = Instant(required=True)
    confirmed_by = fields.String(required=True, allow_none=True)
    confirmed_at = Instant(required=True, allow_none=True)
    finished_at = Instant(required=True, allow_none=True)
    destroyed_at = Instant(required=True, allow_none=True)
    undo_asked_by = fields.String(required=True, allow_none=True)
    undo_asked_at = Instant(required=True, allow_none=True)
    undone_by = fields.String(required=True, allow_none=True)
    undone_at = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)


ImportPage = page_of(ImportSummary, "ImportPage")


class ImportView(Strict):
    """One file with everything about it. `created` and `changed` count what the import wrote, or would write."""

    file = fields.Nested(ImportSummary, required=True)
    progress = fields.Nested(ImportProgress, required=True)
    problems = fields.Nested(RowProblemList, required=True)
    warnings = fields.Nested(RowProblemList, required=True)
    created = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    changed = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    unchanged = fields.Integer(required=True)
    applied_before = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "the import by which the same file was applied"},
    )


class UndoingObstacleView(Strict):
    """One thing that stands on the file; `at` says what `id` is of: a month (YYYY-MM), an import, a placement."""

    code = fields.String(required=True)
    clause = fields.String(required=True, allow_none=True)
    message = fields.Nested(Words, required=True)
    remedy = fields.Nested(Words, required=True)
    at = fields.Enum(StandsOn, by_value=True, required=True)
    id = fields.String(required=True)


class UndoingObstacleList(Strict):
    """All are counted in `total`; the first fifty are listed."""

    total = fields.Integer(required=True)
    items = fields.List(fields.Nested(UndoingObstacleView), required=True)


class ImportUndoingView(Strict):
    """What an undoing would take back as things are; nothing is left once the file is undone."""

    reason = fields.String(required=True, allow_none=True)
    asked_by = fields.String(required=True, allow_none=True)
    asked_at = Instant(required=True, allow_none=True)
    undone_by = fields.String(required=True, allow_none=True)
    undone_at = Instant(required=True, allow_none=True)
    rows = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "rows that would be taken back, by the names that `created` has"},
    )
    sum = Money(required=True, attribute="sum_fen", metadata={"description": "of the repayments among them"})
    cases = fields.Integer(required=True)
    restored = fields.Integer(
        required=True, metadata={"description": "cases that get the end again that the file moved"}
    )
    holds_released = fields.Integer(required=True)
    obstacles = fields.Nested(UndoingObstacleList, required=True)

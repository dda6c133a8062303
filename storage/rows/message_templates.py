"""Queries on message templates."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.visits import MessageTemplate
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.paging import keyset_page
from storage.rows.tables.visits import message_templates


class MessageTemplateQueries(Rows[MessageTemplate]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, message_templates, MessageTemplate, cipher)

    def page(self, request: PageRequest, *, usable: bool | None = None) -> Page[MessageTemplate]:
        statement = sa.select(message_templates)
        if usable is not None:
            may = sa.and_(
                message_templates.c.approved_at.is_not(None), message_templates.c.retired_at.is_(None)
            )
            statement = statement.where(may if usable else sa.not_(may))
        return keyset_page(self, statement, [message_templates.c.id], request)

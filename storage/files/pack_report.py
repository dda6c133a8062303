"""The report of a pack as PDF: facts, tables, a sketch of places, photos; in Chinese, the font inside.

Owns how a page looks. Refuses to know what is told: texts come as they are to be read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos
from fpdf.fonts import FontFace
from pylopdf_fonts_zh_cn import sans_path

from server.domain.calendar import SHANGHAI
from server.domain.pack_sketch import Drawn, MarkKind, Sketch
from server.services.ports.packs import PackReport, ReportPicture, ReportTable, ReportVisit

_FONT = "noto"
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_WIDTH, _SIDE = 180.0, 110.0  # millimetres: between the margins of A4, and of the sketch
_PICTURE = (86.0, 64.0)
_INK = {MarkKind.CHECK_IN: (20, 90, 180), MarkKind.PHOTO: (190, 60, 20), MarkKind.ADDRESS: (20, 120, 60)}


class _Pages(FPDF):
    """A4 with a line at the foot: which pack, which page of how many."""

    def __init__(self, footer: str) -> None:
        super().__init__(format="A4")
        self._foot = footer
        self.set_margins(15, 15)
        self.set_auto_page_break(True, 18)
        self.add_font(_FONT, fname=sans_path())
        self.set_font(_FONT, size=10)

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font(_FONT, size=7)
        self.cell(0, 5, f"{self._foot}　第 {self.page_no()} 页，共 {{nb}} 页", align="C")

    def line_of(self, text: str, size: float = 10, height: float = 5.5) -> None:
        self.set_font(_FONT, size=size)
        self.multi_cell(
            0, height, plain(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT, wrapmode=WrapMode.CHAR, align="L"
        )

    def room_for(self, height: float) -> None:
        """A new page unless so much is left on this one."""
        if self.will_page_break(height):
            self.add_page()


def write_report(output: BinaryIO, report: PackReport) -> None:
    """The whole report. Pictures are read one after the other; what is held of each is its small picture."""
    pages = _Pages(plain(report.footer))
    pages.set_title(plain(report.title))
    pages.set_creation_date(report.made_at.astimezone(SHANGHAI))
    pages.add_page()
    pages.line_of(report.title, 18, 10)
    _facts(pages, report.facts)
    for visit in report.visits:
        _visit(pages, visit)
    pages.room_for(12 * len(report.signatures))
    for line in report.signatures:
        pages.ln(6)
        pages.line_of(line)
    output.write(pages.output())


def plain(text: str) -> str:
    """Without what is no letter: controls, and marks that turn the direction of reading."""
    return _UNPRINTABLE.sub("", text)


def _facts(pages: _Pages, facts: Iterable[tuple[str, str]]) -> None:
    pages.ln(2)
    for name, value in facts:
        pages.line_of(f"{name}：{value}")


def _visit(pages: _Pages, visit: ReportVisit) -> None:
    pages.add_page()
    pages.line_of(visit.title, 14, 8)
    _facts(pages, visit.facts)
    for table in visit.tables:
        _table(pages, table)
    if visit.sketch is not None:
        _sketch(pages, visit.sketch, visit.legend)
    _pictures(pages, visit.pictures)
    if visit.left_out is not None:
        pages.line_of(visit.left_out)


def _table(pages: _Pages, table: ReportTable) -> None:
    if not table.rows:
        return
    pages.ln(3)
    pages.room_for(25)
    pages.line_of(table.title, 11, 7)
    pages.set_font(_FONT, size=7.5)
    heading = FontFace(emphasis="", fill_color=(235, 235, 235))
    with pages.table(
        col_widths=tuple(table.widths),
        headings_style=heading,
        line_height=4.2,
        text_align="LEFT",
        wrapmode=WrapMode.CHAR,
    ) as made:
        for cells in (table.headings, *table.rows):
            row = made.row()
            for cell in cells:
                row.cell(plain(cell))


def _sketch(pages: _Pages, sketch: Sketch, legend: Sequence[str]) -> None:
    """A square with north up: circles are how sure a place is, numbers are those of the lists."""
    pages.ln(3)
    pages.room_for(_SIDE + 14 + 5 * len(legend))
    pages.line_of("位置示意图（无底图）", 11, 7)
    left, top = pages.l_margin, pages.get_y()
    scale = _SIDE / (2 * sketch.half_m)
    pages.set_draw_color(120, 120, 120)
    pages.rect(left, top, _SIDE, _SIDE)
    with pages.rect_clip(left, top, _SIDE, _SIDE):
        for one in sketch.drawn:
            _mark(pages, one, left + _SIDE / 2, top + _SIDE / 2, scale)
    _north(pages, left + _SIDE - 8, top + 4)
    _bar(pages, sketch.bar_m, scale, left + 4, top + _SIDE - 4)
    pages.set_xy(left, top + _SIDE + 2)
    pages.set_draw_color(0, 0, 0)
    for line in legend:
        pages.line_of(line, 8, 4.5)


def _mark(pages: _Pages, one: Drawn, middle_x: float, middle_y: float, scale: float) -> None:
    x, y = middle_x + one.east_m * scale, middle_y - one.north_m * scale
    ink = _INK[one.mark.kind]
    pages.set_draw_color(*ink)
    pages.set_fill_color(*ink)
    radius = one.mark.accuracy_m * scale
    if 0 < radius < 20 * _SIDE:  # a circle far outside of the picture is no line in it
        pages.circle(x, y, radius, style="D")
    pages.circle(x, y, 0.9, style="F")
    pages.set_font(_FONT, size=7)
    pages.set_text_color(*ink)
    pages.text(x + 1.4, y - 0.6, plain(one.mark.label))
    pages.set_text_color(0, 0, 0)


def _north(pages: _Pages, x: float, y: float) -> None:
    pages.set_draw_color(0, 0, 0)
    pages.set_fill_color(0, 0, 0)
    pages.polygon([(x, y), (x - 2.2, y + 8), (x, y + 6), (x + 2.2, y + 8)], style="F")
    pages.set_font(_FONT, size=8)
    pages.text(x - 1.4, y + 12, "北")


def _bar(pages: _Pages, bar_m: float, scale: float, x: float, y: float) -> None:
    length = bar_m * scale
    pages.line(x, y, x + length, y)
    pages.line(x, y - 1.5, x, y)
    pages.line(x + length, y - 1.5, x + length, y)
    pages.set_font(_FONT, size=7)
    told = f"{bar_m / 1000:g} 公里" if bar_m >= 1000 else f"{bar_m:g} 米"
    pages.text(x + 1, y - 2, told)


def _pictures(pages: _Pages, pictures: Sequence[ReportPicture]) -> None:
    """One beside its caption, so that nothing that is long pushes a picture from its words."""
    width, height = _PICTURE
    for picture in pictures:
        pages.room_for(height + 6)
        pages.ln(3)
        left, top = pages.l_margin, pages.get_y()
        jpeg = picture.jpeg()
        if jpeg is None:
            pages.rect(left, top, width, height)
        else:
            pages.image(io.BytesIO(jpeg), left, top, width, height, keep_aspect_ratio=True)
        pages.set_font(_FONT, size=8)
        pages.set_xy(left + width + 4, top)
        for line in picture.caption:
            pages.set_x(left + width + 4)
            pages.multi_cell(
                _WIDTH - width - 4,
                4.5,
                plain(line),
                new_x=XPos.LMARGIN,
                new_y=YPos.NEXT,
                wrapmode=WrapMode.CHAR,
            )
        pages.set_xy(left, max(top + height, pages.get_y()))

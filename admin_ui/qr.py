"""A QR code as an SVG of the page's own: what the phone's camera reads off the desk.

Owns the drawing. Refuses styles and scripts, which the page's policy would; light on every theme, for cameras read
dark on light.
"""

from __future__ import annotations

from markupsafe import Markup


def qr(text: str) -> Markup:
    """The text as a square of modules with the margin that readers need; its size is the stylesheet's."""
    import segno  # none but these pages need it, and every start would wait for it

    drawn = segno.make(text, "m", micro=False).svg_inline(border=4, light="#fff", omitsize=True)
    return Markup(drawn)  # noqa: S704 - of segno's own making: the text is modules in it

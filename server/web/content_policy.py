"""What a page of the house may load: its own files, and the one style that stands in the phone app's page.

Owns the words of the Content-Security-Policy. Refuses any script in a page, and any style in it but by its digest.
"""

from __future__ import annotations

import base64
import hashlib
import re

_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


def content_policy(page: bytes = b"", images: str = "") -> str:
    """The policy of all pages; with the digests of the styles that stand in this one, and one host more of pictures."""
    others = f" {images}" if images else ""
    digests = [base64.b64encode(hashlib.sha256(style).digest()).decode() for style in _STYLE.findall(page)]
    styles = "".join(f" 'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'self'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data: blob:{others}; "
        "media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )

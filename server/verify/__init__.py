"""Checking an evidence pack where there is no server: read with own eyes, by nothing that packed it (S16).

Owns the reading of packs and what is found in them. Refuses to import anything of the house: whoever doubts a pack must
not have to trust the code that made it. The form that it holds packs to is that of docs/packs.md.
"""

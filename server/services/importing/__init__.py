"""Facts in by file: one module a kind of row. Each reads what rows refer to in bulk, finds every problem, then writes.

Owns what an import file may say and what it changes. Refuses half an import: rows are written together or not at all.
"""

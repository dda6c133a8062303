"""Where things are kept: rows, evidence bytes, files."""

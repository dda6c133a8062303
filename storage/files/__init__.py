"""CSV, XLSX: read and written."""

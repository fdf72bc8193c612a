"""Lists out of the administration and into it, as CSV or XLSX: all of a file is stored, or nothing of it."""

"""Routes, one file a noun: parse, call, show."""

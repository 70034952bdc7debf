"""HTTP: parse, call a verb, show the row."""

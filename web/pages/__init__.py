"""Pages and probes: what is not the API but stands beside it."""

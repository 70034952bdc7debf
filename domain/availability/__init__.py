"""Who occupies what, and when: claims, slots, and why a start is not offered."""

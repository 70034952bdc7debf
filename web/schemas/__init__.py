"""Shapes: what bodies must look like, and what answers do."""

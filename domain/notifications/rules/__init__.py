"""What is told, when it is still true, and how it is written: pure decisions and words."""

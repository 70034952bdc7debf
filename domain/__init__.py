"""What is true: rules, rows and verbs of booking."""

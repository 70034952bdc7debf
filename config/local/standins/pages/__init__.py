"""The customer's pages: plain HTML from templates, no script, nothing from another host."""

"""The manual: the guides of docs/, the reference made of the OpenAPI document, and the problems, ready to be shown."""

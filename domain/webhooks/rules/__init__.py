"""Pure decisions about what is sent where, and when again."""

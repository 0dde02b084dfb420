"""The command line, as people start it."""

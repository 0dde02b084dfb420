"""The schema's history, one idea per file; each works with the code before it and the code after it."""

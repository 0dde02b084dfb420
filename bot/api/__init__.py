"""Where pipelines and auditors come in: HTTP."""

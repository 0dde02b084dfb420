"""Webhooks: who wants to hear of what, and how they are told."""

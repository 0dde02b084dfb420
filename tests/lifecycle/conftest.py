"""A ledger with all its tables, made once."""

from tests.story.conftest import migrated

__all__ = ["migrated"]

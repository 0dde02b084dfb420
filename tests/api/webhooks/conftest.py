"""A door of one's own for each test."""

import pytest

from tests.api.webhooks.door import Door


@pytest.fixture
def door() -> Door:
    return Door()

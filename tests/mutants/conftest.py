"""Where the stories of this folder are told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutants.village import village
from tests.stories.town import Town


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Town]:
    with village(tmp_path) as here:
        yield here

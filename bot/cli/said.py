"""What the command says: to whoever typed it, and the "no" that ends it."""

import sys
from typing import NoReturn

from rich.console import Console

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def no(sentence: str) -> NoReturn:
    err.print(sentence, markup=False)
    sys.exit(1)


def wrong_usage(sentence: str) -> NoReturn:
    err.print(sentence, markup=False)
    sys.exit(2)

"""A figure as it is printed: ours, the baseline's, how they compare, what was aimed at."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One line. Missing an aim is said and fails nothing."""

    what: str
    ours: str
    baseline: str = ""
    ratio: str = ""
    aim: str = ""
    is_missed: bool = False


class NotMet(Exception):
    """What a figure rests on does not hold: one sentence, with the figures there are. The bench ends with 1."""

    def __init__(self, sentence: str, figures: Sequence[Figure] = ()) -> None:
        super().__init__(sentence)
        self.figures = figures


def show(title: str, figures: Sequence[Figure]) -> None:
    table = Table("figure", "Cabbie", "baseline", "ratio", "aim", "", title=title)
    for figure in figures:
        word = "missed" if figure.is_missed else "met" if figure.aim else ""
        table.add_row(figure.what, figure.ours, figure.baseline, figure.ratio, figure.aim, word)
    Console().print(table)


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 0.1 else f"{seconds * 1000:,.0f} ms"

"""Charts: lines, bars, areas and pies (docs.slack.dev/reference/block-kit/blocks/data-visualization-block)."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from integrations.slack.sandbox.blockkit.objects import BLOCK_ID
from integrations.slack.sandbox.blockkit.rules import Need, Rule, listed, number, shaped, string, typed, wrong

_LABEL = string(20, 1)
_POINT = shaped({"label": Need(_LABEL), "value": Need(number)})


def _slice(value: Any, at: str) -> Iterator[str]:
    """A pie has no room for nothing, nor for less."""
    yield from _POINT(value, at)
    share = value.get("value") if isinstance(value, dict) else None
    if isinstance(share, int | float) and share <= 0:
        yield wrong("must be more than 0", f"{at}/value")


def _series_match_categories(value: dict[str, Any], at: str) -> Iterator[str]:
    """Series names differ, and each series has one point for every category and none besides."""
    series = [one for one in value.get("series") or [] if isinstance(one, dict)]
    if len({str(one.get("name")) for one in series}) < len(series):
        yield wrong("series names must be unique", f"{at}/series")
    config = value.get("axis_config")
    categories = Counter(map(str, config.get("categories") or [])) if isinstance(config, dict) else Counter()
    for index, one in enumerate(series):
        points = one.get("data")
        labels = [str(p.get("label")) for p in points if isinstance(p, dict)] if isinstance(points, list) else []
        if Counter(labels) != categories:
            yield wrong("data must have one point for each category", f"{at}/series/{index}/data")


_AXES = shaped({"categories": Need(listed(_LABEL, 20)), "x_label": string(50), "y_label": string(50)})
_SERIES = shaped({"name": Need(_LABEL), "data": Need(listed(_POINT, 20))})
_CARTESIAN = shaped({"series": Need(listed(_SERIES, 6)), "axis_config": Need(_AXES)}, _series_match_categories)
_CHARTS: dict[str, Rule] = {
    "pie": shaped({"segments": Need(listed(_slice, 6))}),
    "bar": _CARTESIAN,
    "line": _CARTESIAN,
    "area": _CARTESIAN,
}
CHART = shaped({"block_id": BLOCK_ID, "title": Need(string(50, 1)), "chart": Need(typed(_CHARTS))})

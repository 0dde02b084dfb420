"""The Jira issues of a release as lines of text. What may not be shown shows its key alone."""

from bot.change.model import Found, Release, Story
from bot.slack.blocks import link
from bot.slack.text import said

SHOWN = (Found.READ, Found.MOVED, Found.ARCHIVED)


def story_lines(release: Release | None, *, most: int) -> list[str]:
    """One line for each, and how many more there are."""
    if release is None:
        return []
    found = [story for story in release.stories if story.found is not Found.MISSING]
    lines = [story_line(story) for story in found[:most]]
    if len(found) > most:
        lines.append(f"and {len(found) - most} more stories")
    return lines


def story_line(story: Story) -> str:
    """• PAY-101 Retry card payments once when the acquirer times out"""
    key = link(story.url, said(story.key, 60))
    moved = f" (was {said(story.named_as, 60)})" if story.named_as and story.named_as != story.key else ""
    summary = said(story.summary, 80) if story.found in SHOWN else "_restricted_"
    return f"• {key}{moved} {summary}".rstrip()


def keys(stories: tuple[Story, ...], found: Found) -> str:
    """The keys of those that were found like that, six at most."""
    names = [said(story.key, 60) for story in stories if story.found is found]
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")

"""Reads files of positions that people hand in."""

import magic
import semver

LEAST = "2.0.0"


def readable(head: bytes, layout: str) -> bool:
    """Whether a file is CSV in a layout that is still understood."""
    return magic.from_buffer(head, mime=True) == "text/csv" and semver.compare(layout, LEAST) >= 0

# SPDX-License-Identifier: MIT
"""Small tuples that calls of this package return."""
from typing import NamedTuple, Optional


class PoolStats(NamedTuple):
    """What a pool contains, and what it has done."""

    live_bytes: int  #: in blocks in use
    pinned_bytes: int  #: of these, in blocks kept alive only by the data in them
    idle_bytes: int  #: in blocks waiting for reuse
    live_blocks: int
    idle_blocks: int
    allocations: int  #: of blocks, in total
    copied: int  #: payload bytes copied by buffers of this pool, in total
    scanned: int  #: bytes examined by searches in these buffers, in total


class Framing(NamedTuple):
    """A framing that the library knows."""

    name: str
    summary: str  #: one line
    decodes: bool
    encodes: bool
    preset: Optional[str]  #: the specification that it stands for

# SPDX-License-Identifier: MIT
"""Buffers from which records are taken without a copy, and framings to find them by.

Buffer holds bytes that arrive; Decoder finds records in it; Encoder does the reverse.
decode, encode and reframe are iterators over any source of bytes.
"""
import sys as _sys

from ._native import (
    Buffer, Chunk, Decoder, Encoder, Pool, Record, Records, WritableChunk, framings, global_pool,
    library_version)
from .errors import (
    FramingError, LimitError, MalformedError, RecordTooLongError, SpecificationError, StateError,
    TruncatedError, UnencodableError)
from .records import Framing, PoolStats
from .streams import decode, encode, reframe

if not getattr(_sys, "_is_gil_enabled", lambda: True)():  # it was forced to stay off
    raise ImportError("chunkedbuffer needs the GIL: do not set PYTHON_GIL=0 or -X gil=0")

__all__ = [
    "Buffer", "Chunk", "Decoder", "Encoder", "Framing", "FramingError", "LimitError",
    "MalformedError", "Pool", "PoolStats", "Record", "RecordTooLongError", "Records",
    "SpecificationError", "StateError", "TruncatedError", "UnencodableError", "WritableChunk",
    "decode", "encode", "framings", "global_pool", "library_version", "reframe",
]

__version__ = library_version

# SPDX-License-Identifier: MIT
# cython: language_level=3, boundscheck=False, wraparound=False, embedsignature=True
# cython: always_allow_keywords=True, auto_pickle=False
"""The classes over libchunkedbuffer.

What is always true here:

- The GIL protects all objects of the library, so pools need no locks and blocks no atomic
  counts.  It is released in system calls, and where all buffers of a call are of a shared
  pool.  An object is `busy` during such a call: another thread that uses it meanwhile gets a
  StateError.
- No pointer into a block is kept without a hold on the block (struct cb_held).
- A decoder drops the record that it returned last from its Buffer when it goes on, which costs
  it nothing, or before the Buffer is used in any other way (Buffer.reader): then full() asks
  it to.  So nobody sees the difference.
- No code of Python runs in a call of the library.  A call that drops bytes may be the last to
  need an object that was appended by reference; but the object, which may run any code when it
  is released, is only put into a list then (drop_view), and released once all is in order
  (release_unneeded).
- full, to_fill and `ready` may run any code, and so may asking an object for a view.  When they
  return, nobody uses the Buffer, and it stays like this until the library is called: no more
  code runs in between.
"""
cimport cython
from cpython.buffer cimport (
    PyBUF_FORMAT, PyBUF_ND, PyBUF_SIMPLE, PyBUF_STRIDES, PyBUF_WRITABLE, PyBuffer_Release,
    PyObject_CheckBuffer, PyObject_GetBuffer)
from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.exc cimport PyErr_CheckSignals, PyErr_SetFromErrno
from cpython.object cimport PyObject, PyTypeObject, destructor
from cpython.ref cimport Py_DECREF

cdef extern from "Python.h":
    int PyObject_AsFileDescriptor(object file) except -1
    PyObject *PyObject_Init(PyObject *memory, PyTypeObject *type)

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from libc.errno cimport EAGAIN, EINTR, errno
from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memcmp, memset

from chunkedbuffer.libchunkedbuffer cimport *

from chunkedbuffer import errors
from chunkedbuffer.records import Framing, PoolStats

include "status.pxi"
include "pool.pxi"
include "view.pxi"
include "buffer.pxi"
include "decoder.pxi"
include "encoder.pxi"

#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The package for Python that make has built passes its tests.

set -eu
: "${TOP_SRCDIR:?}" "${TOP_BUILDDIR:?}" "${PYTHON:?}"

"$PYTHON" -c 'import pytest' 2>/dev/null || {
    echo "this needs pytest for $PYTHON"
    exit 77
}
cd "$TOP_BUILDDIR"
export PYTHONPATH="$PWD/python/build/lib" PYTHONDONTWRITEBYTECODE=1
./libtool --mode=execute -dlopen lib/libchunkedbuffer.la \
    "$PYTHON" -m pytest -q -p no:cacheprovider "$TOP_SRCDIR/python/tests"

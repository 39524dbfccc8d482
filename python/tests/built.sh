#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The package for Python that make has built passes its tests.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"
: "${PYTHON:?}"

"$PYTHON" -c 'import pytest' 2>/dev/null || skip "this needs pytest for $PYTHON"
cd "$TOP_BUILDDIR"
export PYTHONPATH="$PWD/python/build/lib" PYTHONDONTWRITEBYTECODE=1
./libtool --mode=execute -dlopen lib/libchunkedbuffer.la \
    "$PYTHON" -m pytest -q -p no:cacheprovider "$TOP_SRCDIR/python/tests"

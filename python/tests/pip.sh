#!/bin/sh
# SPDX-License-Identifier: MIT
#
# "pip install" from a checkout, without a network: the C library is compiled into the
# module, the archive for Python has all that takes, and the installed package passes its tests.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"
: "${PYTHON:=/usr/bin/python3}"

"$PYTHON" -c 'import Cython, setuptools, wheel, pytest, venv, ensurepip' 2>/dev/null || skip 'this needs Cython, setuptools, wheel, pytest and venv for Python'
unset CHUNKEDBUFFER_CFLAGS CHUNKEDBUFFER_LIBS CHUNKEDBUFFER_BUILD MAKEFLAGS
export CHUNKEDBUFFER_STATIC=1 PYTHONDONTWRITEBYTECODE=1

# What a checkout has, so that nothing is built in the source tree.
mkdir "$scratch/tree"
cp -R "$TOP_SRCDIR/python" "$TOP_SRCDIR/lib" "$scratch/tree"
chmod -R u+w "$scratch/tree"
rm -rf "$scratch/tree/python/build"
(cd "$scratch/tree/python" && "$PYTHON" setup.py -q sdist -d "$scratch") >"$scratch/log" 2>&1 || {
    cat "$scratch/log"
    exit 1
}
rm -r "$scratch/tree"

"$PYTHON" -m venv --system-site-packages "$scratch/venv"
"$scratch/venv/bin/python" -m pip -q wheel --no-deps --no-index --no-build-isolation \
    -w "$scratch" "$scratch"/chunkedbuffer-*.tar.gz
found=$("$PYTHON" -m zipfile -l "$scratch"/chunkedbuffer-*.whl |
    awk '/^chunkedbuffer/ { print $1 }' | sed 's/_native\.[^p].*/_native.so/; s,.*dist-info.*,dist-info,' | sort -u)
wanted='chunkedbuffer/__init__.py chunkedbuffer/_native.pyi chunkedbuffer/_native.so
    chunkedbuffer/errors.py chunkedbuffer/py.typed chunkedbuffer/records.py
    chunkedbuffer/streams.py dist-info'
[ "$(echo $found)" = "$(echo $wanted)" ] || {
    echo "the wheel contains"
    die "$found"
}
"$scratch/venv/bin/python" -m pip -q install --no-deps --no-index "$scratch"/chunkedbuffer-*.whl
cd "$scratch"
"$scratch/venv/bin/python" -m pytest -q -p no:cacheprovider "$TOP_SRCDIR/python/tests"

#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Usage: peers.sh cflags|libs
# How to compile and link bench/library with the libraries that it compares
# with, as far as pkg-config knows them.

set -u
for peer in libevent_core:LIBEVENT gio-2.0:GLIB; do
    module=${peer%:*}
    flags=$(${PKG_CONFIG:-pkg-config} "--$1" "$module" 2>/dev/null) || continue
    # Warnings are for our own sources.
    [ "$1" != cflags ] || echo "-DHAVE_${peer#*:} $flags" | sed 's/ -I/ -isystem /g'
    [ "$1" != libs ] || echo "$flags"
done

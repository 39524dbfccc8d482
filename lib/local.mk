# SPDX-License-Identifier: MIT
# The library: its sources from the bottom layer to the top one, as in
# tests/check-layers.sh.

# All of it, with the internal functions in reach, for whatever is built here:
# the unit tests, and cbsplit, which so starts at once and needs nothing but
# libc where it runs.  (That cbsplit keeps to the public header is checked.)
noinst_LTLIBRARIES += lib/libcb.la
lib_libcb_la_SOURCES = \
	lib/chunkedbuffer.h \
	lib/base.h \
	lib/byte_order.h \
	lib/poison.h \
	lib/status.c \
	lib/memory.h \
	lib/memory.c \
	lib/pool.h \
	lib/pool.c \
	lib/chunk.h \
	lib/find.h \
	lib/find.c \
	lib/rewrite.h \
	lib/rewrite.c \
	lib/eight.h \
	lib/text.h \
	lib/text.c \
	lib/crc32c.h \
	lib/crc32c.c \
	lib/matcher.h \
	lib/matcher.c \
	lib/buffer.h \
	lib/buffer.c \
	lib/appender.h \
	lib/appender.c \
	lib/hold.c \
	lib/search.c \
	lib/split.c \
	lib/number.c \
	lib/print.c \
	lib/io.c \
	lib/spec.h \
	lib/spec.c \
	lib/byte_rules.h \
	lib/byte_rules.c \
	lib/framing.h \
	lib/framing.c \
	lib/decoder.h \
	lib/decoding.h \
	lib/decoder.c \
	lib/pieces.c \
	lib/take.c \
	lib/encoder.h \
	lib/encoder.c \
	lib/encode.c \
	lib/reframe.c \
	lib/framings/families.h \
	lib/framings/counted.h \
	lib/framings/counted.c \
	lib/framings/length_field.h \
	lib/framings/length_field.c \
	lib/framings/scanned.h \
	lib/framings/scanned.c \
	lib/framings/json_text.h \
	lib/framings/json_text.c \
	lib/framings/mark.h \
	lib/framings/mark.c \
	lib/framings/fields.h \
	lib/framings/fields.c \
	lib/framings/size_line.h \
	lib/framings/size_line.c \
	lib/framings/start_line.h \
	lib/framings/start_line.c \
	lib/framings/delimiter.c \
	lib/framings/start.c \
	lib/framings/fixed.c \
	lib/framings/length.c \
	lib/framings/varint.c \
	lib/framings/ascii.c \
	lib/framings/chunked.c \
	lib/framings/http.c \
	lib/framings/content_length.c \
	lib/framings/csv.c \
	lib/framings/json.c \
	lib/framings/ndjson.c \
	lib/framings/json_seq.c \
	lib/framings/cbor.c \
	lib/framings/msgpack.c \
	lib/framings/der.c \
	lib/framings/resp.c \
	lib/framings/syslog.c \
	lib/framings/digits.h \
	lib/framings/digits.c \
	lib/framings/utf8.h \
	lib/framings/utf8.c \
	lib/framings/base64.h \
	lib/framings/base64.c \
	lib/framings/hex.c \
	lib/framings/index.c \
	lib/framings/json_out.c \
	lib/framings/tfrecord.c \
	lib/framings/websocket.c \
	lib/framings/sse.c \
	lib/framings/slip.c \
	lib/framings/cobs.c \
	lib/framings/plain.c \
	lib/framings/own.c \
	lib/framings/table.c

# The kernels of this kind of processor.
if KERNELS_X86
lib_libcb_la_SOURCES += lib/find_x86.c lib/rewrite_x86.c lib/text_x86.c
else
if KERNELS_NEON
lib_libcb_la_SOURCES += lib/find_neon.c lib/rewrite_neon.c lib/text_neon.c
else
lib_libcb_la_SOURCES += lib/find_none.c lib/rewrite_none.c lib/text_none.c
endif
endif
EXTRA_DIST += \
	lib/find_scan.h \
	lib/find_x86.c \
	lib/find_neon.c \
	lib/find_none.c \
	lib/rewrite_scan.h \
	lib/rewrite_x86.c \
	lib/rewrite_neon.c \
	lib/rewrite_none.c \
	lib/text_x86.c \
	lib/text_neon.c \
	lib/text_none.c

# The same, closed: only what the symbol map names can be seen.
lib_LTLIBRARIES += lib/libchunkedbuffer.la
lib_libchunkedbuffer_la_SOURCES =
lib_libchunkedbuffer_la_LIBADD = lib/libcb.la

# CURRENT:REVISION:AGE.  At a release: code changed: REVISION + 1.  Functions
# or types added, removed or changed: CURRENT + 1, REVISION = 0.  Then AGE + 1
# if programs built before still work with it, else AGE = 0.
lib_libchunkedbuffer_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 -no-undefined
if HAVE_VERSION_SCRIPT
lib_libchunkedbuffer_la_LDFLAGS += -Wl,--version-script=$(srcdir)/lib/libchunkedbuffer.map
else
lib_libchunkedbuffer_la_LDFLAGS += -export-symbols-regex '^cb_[a-z]'
endif
EXTRA_lib_libchunkedbuffer_la_DEPENDENCIES = lib/libchunkedbuffer.map
EXTRA_DIST += lib/libchunkedbuffer.map

include_HEADERS = lib/chunkedbuffer.h
pkgconfig_DATA = lib/libchunkedbuffer.pc

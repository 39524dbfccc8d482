# SPDX-License-Identifier: MIT
# The library: its sources from the bottom layer to the top one, as in
# tests/house/layers.sh.

# All of it, with the internal functions in reach, for whatever is built here:
# the unit tests, and cbsplit, which so starts at once and needs nothing but
# libc where it runs.  (That cbsplit keeps to the public header is checked.)
noinst_LTLIBRARIES += lib/libcb.la
lib_libcb_la_SOURCES = \
	lib/chunkedbuffer.h \
	lib/core/base.h \
	lib/core/byte_order.h \
	lib/core/poison.h \
	lib/core/status.c \
	lib/core/memory.h \
	lib/core/memory.c \
	lib/core/pool.h \
	lib/core/pool.c \
	lib/core/chunk.h \
	lib/kernels/choose.h \
	lib/kernels/neon.h \
	lib/kernels/avx512.h \
	lib/kernels/processor_x86.h \
	lib/kernels/cuts.h \
	lib/kernels/cuts.c \
	lib/kernels/find.h \
	lib/kernels/find.c \
	lib/kernels/stuffing.h \
	lib/kernels/stuffing.c \
	lib/kernels/rewrite.h \
	lib/kernels/rewrite.c \
	lib/core/eight.h \
	lib/kernels/syntax.h \
	lib/kernels/syntax.c \
	lib/kernels/text.h \
	lib/kernels/text.c \
	lib/kernels/crc32c.h \
	lib/kernels/crc32c.c \
	lib/search/ahead.h \
	lib/search/seams.h \
	lib/search/seams.c \
	lib/search/matcher.h \
	lib/search/matcher.c \
	lib/search/patterns.h \
	lib/search/patterns.c \
	lib/core/buffer.h \
	lib/core/buffer.c \
	lib/core/changes.h \
	lib/core/offer.c \
	lib/core/append.c \
	lib/core/consume.c \
	lib/core/appender.h \
	lib/core/appender.c \
	lib/core/hold.c \
	lib/search/search.c \
	lib/search/split.c \
	lib/core/number.c \
	lib/core/print.c \
	lib/core/io.c \
	lib/framing/spec.h \
	lib/framing/spec.c \
	lib/framing/byte_rules.h \
	lib/framing/byte_rules.c \
	lib/framing/framing.h \
	lib/framing/framing.c \
	lib/framing/sums.h \
	lib/framing/sums.c \
	lib/framing/decoder.h \
	lib/framing/decoding.h \
	lib/framing/decoder.c \
	lib/framing/pieces.c \
	lib/framing/spans.c \
	lib/framing/unpack.c \
	lib/framing/take.c \
	lib/framing/recover.c \
	lib/framing/encoder.h \
	lib/framing/splice.h \
	lib/framing/encoder.c \
	lib/framing/encoding.h \
	lib/framing/steps.c \
	lib/framing/short.c \
	lib/framing/whole.c \
	lib/framing/encode.c \
	lib/framing/reframe.c \
	lib/framings/families.h \
	lib/framings/shared/counted.h \
	lib/framings/shared/counted.c \
	lib/framings/shared/csv_steps.h \
	lib/framings/shared/csv_steps.c \
	lib/framings/shared/ending.h \
	lib/framings/shared/ending.c \
	lib/framings/shared/hits.h \
	lib/framings/shared/short_number.h \
	lib/framings/shared/glance.h \
	lib/framings/shared/length_field.h \
	lib/framings/shared/length_field.c \
	lib/framings/shared/layout.h \
	lib/framings/shared/layout.c \
	lib/framings/shared/scanned.h \
	lib/framings/shared/scanned.c \
	lib/framings/shared/nesting.h \
	lib/framings/shared/nesting.c \
	lib/framings/shared/resp_scalar.h \
	lib/framings/shared/resp_scalar.c \
	lib/framings/shared/json_text.h \
	lib/framings/shared/json_text.c \
	lib/framings/shared/json_cuts.h \
	lib/framings/shared/json_cuts.c \
	lib/framings/shared/bom.h \
	lib/framings/shared/bom.c \
	lib/framings/shared/fields.h \
	lib/framings/shared/fields.c \
	lib/framings/shared/size_line.h \
	lib/framings/shared/size_line.c \
	lib/framings/shared/start_line.h \
	lib/framings/shared/start_line.c \
	lib/framings/delimiter.c \
	lib/framings/lines.c \
	lib/framings/between.c \
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
	lib/framings/stomp.c \
	lib/framings/syslog.c \
	lib/framings/shared/digits.h \
	lib/framings/shared/digits.c \
	lib/framings/shared/short_number.c \
	lib/framings/shared/random.h \
	lib/framings/shared/random.c \
	lib/framings/shared/utf8.h \
	lib/framings/shared/utf8.c \
	lib/framings/shared/base64.h \
	lib/framings/base64.c \
	lib/framings/hex.c \
	lib/framings/index.c \
	lib/framings/json_out.c \
	lib/framings/tfrecord.c \
	lib/framings/capture.c \
	lib/framings/dump.c \
	lib/framings/fix.c \
	lib/framings/journal.c \
	lib/framings/websocket.c \
	lib/framings/sse.c \
	lib/framings/stuffed.c \
	lib/framings/cobs.c \
	lib/framings/plain.c \
	lib/framings/own.c \
	lib/framings/table.c

# The kernels of this kind of processor.
if KERNELS_X86
lib_libcb_la_SOURCES += lib/kernels/find_x86.c lib/kernels/rewrite_x86.c \
	lib/kernels/syntax_x86.c lib/kernels/text_x86.c lib/kernels/cuts_x86.c
else
if KERNELS_NEON
lib_libcb_la_SOURCES += lib/kernels/find_neon.c lib/kernels/rewrite_neon.c \
	lib/kernels/syntax_neon.c lib/kernels/text_neon.c lib/kernels/cuts_none.c
else
lib_libcb_la_SOURCES += lib/kernels/find_none.c lib/kernels/rewrite_none.c \
	lib/kernels/syntax_none.c lib/kernels/text_none.c lib/kernels/cuts_none.c
endif
endif
EXTRA_DIST += \
	lib/kernels/find_scan.h \
	lib/kernels/find_x86.c \
	lib/kernels/find_neon.c \
	lib/kernels/find_none.c \
	lib/kernels/rewrite_scan.h \
	lib/kernels/stuffing_scan.h \
	lib/kernels/rewrite_x86.c \
	lib/kernels/rewrite_neon.c \
	lib/kernels/rewrite_none.c \
	lib/kernels/syntax_scan.h \
	lib/kernels/syntax_x86.c \
	lib/kernels/syntax_neon.c \
	lib/kernels/syntax_none.c \
	lib/kernels/text_scan.h \
	lib/kernels/cuts_x86.c \
	lib/kernels/cuts_none.c \
	lib/kernels/text_x86.c \
	lib/kernels/text_neon.c \
	lib/kernels/text_none.c

# The same, closed: only what the symbol map names can be seen.
lib_LTLIBRARIES += lib/libchunkedbuffer.la
lib_libchunkedbuffer_la_SOURCES =
lib_libchunkedbuffer_la_LIBTOOLFLAGS =
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
EXTRA_DIST += lib/abi.txt lib/libchunkedbuffer.map

include_HEADERS = lib/chunkedbuffer.h
pkgconfig_DATA = lib/libchunkedbuffer.pc

# SPDX-License-Identifier: MIT
# One fuzzer for each fuzz/fuzz_<name>.c (LLVMFuzzerTestOneInput), starting
# from the inputs that fuzz/make-corpus.sh writes for it.  To add one, add a
# line, its source to EXTRA_DIST, what links it, and its inputs to the script.
fuzzers = \
	fuzz/fuzz_matcher \
	fuzz/fuzz_spec \
	fuzz/fuzz_decoder \
	fuzz/fuzz_encode \
	fuzz/fuzz_reframe \
	fuzz/fuzz_options \
	fuzz/fuzz_probe

# They use what the unit tests share.
if HAVE_CHECK
fuzzers += fuzz/fuzz_buffer
fuzz_streams = fuzz/streams
endif

EXTRA_DIST += \
	fuzz/fuzz.h \
	fuzz/fuzz_buffer.c \
	fuzz/fuzz_decoder.c \
	fuzz/fuzz_encode.c \
	fuzz/fuzz_matcher.c \
	fuzz/fuzz_options.c \
	fuzz/fuzz_probe.c \
	fuzz/fuzz_reframe.c \
	fuzz/fuzz_spec.c \
	fuzz/inside.h \
	fuzz/make-corpus.sh \
	fuzz/program.c \
	fuzz/program.h \
	fuzz/streams.c

if FUZZING
check_PROGRAMS += $(fuzzers) $(fuzz_streams)
check_LTLIBRARIES += fuzz/libprogram.la
endif

# The program as a function.
fuzz_libprogram_la_SOURCES = $(cbsplit_SOURCES)
fuzz_libprogram_la_CPPFLAGS = $(AM_CPPFLAGS) -include $(srcdir)/fuzz/inside.h

# What links a fuzzer: fuzz_fuzz_<name>_LDADD = $(FUZZ_LIBS), and _LDFLAGS =
# $(AM_LDFLAGS) $(FUZZ_LDFLAGS).
FUZZ_LIBS = lib/libcb.la

fuzz_streams_LDADD =
fuzz_fuzz_buffer_LDADD = tests/unit/libsupport.la $(FUZZ_LIBS) $(CHECK_LIBS)
fuzz_fuzz_buffer_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
fuzz_fuzz_decoder_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_decoder_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
fuzz_fuzz_encode_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_encode_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
fuzz_fuzz_matcher_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_matcher_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
fuzz_fuzz_options_SOURCES = fuzz/fuzz_options.c fuzz/program.c
fuzz_fuzz_options_LDADD = fuzz/libprogram.la $(FUZZ_LIBS)
fuzz_fuzz_options_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
fuzz_fuzz_probe_SOURCES = fuzz/fuzz_probe.c fuzz/program.c
fuzz_fuzz_probe_LDADD = fuzz/libprogram.la $(FUZZ_LIBS)
fuzz_fuzz_probe_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
fuzz_fuzz_reframe_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_reframe_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
fuzz_fuzz_spec_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_spec_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

# Each for so many seconds, and two minutes more for its corpus: what hangs is stopped.
# The corpus grows in the build folder, in fuzz/found/<name>.  (The program's options run
# without libFuzzer's symbolizer, whose descriptors the program has, and without its thread that
# watches memory: a signal that a child has ended could go there, and nobody would wake.)
FUZZ_SECONDS = 60

fuzz:
if FUZZING
	$(MAKE) $(AM_MAKEFLAGS) $(fuzzers) $(fuzz_streams)
	$(SHELL) '$(srcdir)'/fuzz/make-corpus.sh fuzz/found $(fuzz_streams)
	@for fuzzer in $(fuzzers); do \
		name=$${fuzzer#fuzz/fuzz_}; \
		echo "$$fuzzer"; \
		timeout $$(($(FUZZ_SECONDS) + 120)) ./$$fuzzer -max_total_time=$(FUZZ_SECONDS) \
			-print_final_stats=1 -print_funcs=0 \
			`[ $$name != options ] || echo -rss_limit_mb=0` \
			-dict=fuzz/found/specifications.dict fuzz/found/$$name || exit 1; \
	done
else
	@echo 'This needs a build made with ./configure --enable-fuzzing.' >&2; exit 1
endif

.PHONY: fuzz

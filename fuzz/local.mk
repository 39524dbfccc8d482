# SPDX-License-Identifier: MIT
# One fuzzer for each fuzz/fuzz_<name>.c (LLVMFuzzerTestOneInput), starting
# from the inputs that fuzz/make-corpus.sh writes for it.  To add one, add a
# line, its source to EXTRA_DIST, what links it, and its inputs to the script.
fuzzers = \
	fuzz/fuzz_matcher \
	fuzz/fuzz_spec \
	fuzz/fuzz_decoder \
	fuzz/fuzz_encode \
	fuzz/fuzz_reframe

# It uses what the unit tests share.
if HAVE_CHECK
fuzzers += fuzz/fuzz_buffer
endif

EXTRA_DIST += \
	fuzz/fuzz.h \
	fuzz/fuzz_buffer.c \
	fuzz/fuzz_decoder.c \
	fuzz/fuzz_encode.c \
	fuzz/fuzz_matcher.c \
	fuzz/fuzz_reframe.c \
	fuzz/fuzz_spec.c \
	fuzz/make-corpus.sh

if FUZZING
check_PROGRAMS += $(fuzzers)
endif

# What links a fuzzer: fuzz_fuzz_<name>_LDADD = $(FUZZ_LIBS), and _LDFLAGS =
# $(AM_LDFLAGS) $(FUZZ_LDFLAGS).
FUZZ_LIBS = lib/libcb.la

fuzz_fuzz_buffer_LDADD = tests/unit/libsupport.la $(FUZZ_LIBS) $(CHECK_LIBS)
fuzz_fuzz_buffer_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
fuzz_fuzz_decoder_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_decoder_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
fuzz_fuzz_encode_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_encode_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
fuzz_fuzz_matcher_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_matcher_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
fuzz_fuzz_reframe_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_reframe_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
fuzz_fuzz_spec_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_spec_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

# Each for so many seconds.  The corpus grows in the build folder, in
# fuzz/found/<name>.
FUZZ_SECONDS = 60

fuzz:
if FUZZING
	$(MAKE) $(AM_MAKEFLAGS) $(fuzzers)
	$(SHELL) '$(srcdir)'/fuzz/make-corpus.sh fuzz/found
	@for fuzzer in $(fuzzers); do \
		name=$${fuzzer#fuzz/fuzz_}; \
		echo "$$fuzzer"; \
		./$$fuzzer -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 \
			-dict=fuzz/found/specifications.dict fuzz/found/$$name || exit 1; \
	done
else
	@echo 'This needs a build made with ./configure --enable-fuzzing.' >&2; exit 1
endif

.PHONY: fuzz

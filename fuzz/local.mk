# SPDX-License-Identifier: MIT
# One fuzzer for each fuzz/fuzz_<name>.c (LLVMFuzzerTestOneInput), starting
# from the inputs in fuzz/corpus/<name>.  To add one, add a line, and its
# sources and corpus to EXTRA_DIST.
fuzzers =

EXTRA_DIST +=

if FUZZING
check_PROGRAMS += $(fuzzers)
endif

# What links a fuzzer: fuzz_fuzz_<name>_LDADD = $(FUZZ_LIBS), and _LDFLAGS =
# $(AM_LDFLAGS) $(FUZZ_LDFLAGS).
FUZZ_LIBS = lib/libcb.la

# Each for so many seconds.  What it finds beyond the corpus stays in the build
# folder.
FUZZ_SECONDS = 60

fuzz:
if FUZZING
	$(MAKE) $(AM_MAKEFLAGS) $(fuzzers)
	@for fuzzer in $(fuzzers); do \
		name=$${fuzzer#fuzz/fuzz_}; \
		mkdir -p fuzz/found/$$name; \
		echo "$$fuzzer"; \
		./$$fuzzer -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 \
			fuzz/found/$$name '$(srcdir)'/fuzz/corpus/$$name || exit 1; \
	done
else
	@echo 'This needs a build made with ./configure --enable-fuzzing.' >&2; exit 1
endif

.PHONY: fuzz

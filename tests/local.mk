# SPDX-License-Identifier: MIT
# make check: unit tests of the library, tests of the program, and house tests
# of the sources.  "make check TESTS=tests/test_find" runs one.

# ------------------------------------------------- the library: unit tests

# One program for each module, from tests/test_<module>.c.  To add one, add a
# line.
unit_tests = \
	tests/test_status \
	tests/test_pool \
	tests/test_threads \
	tests/test_crc32c \
	tests/test_find \
	tests/test_rewrite \
	tests/test_text \
	tests/test_matcher \
	tests/test_buffer \
	tests/test_hold \
	tests/test_search \
	tests/test_split \
	tests/test_number \
	tests/test_print \
	tests/test_io \
	tests/test_random \
	tests/test_failures \
	tests/test_spec \
	tests/test_decoder \
	tests/test_cuts \
	tests/test_header \
	tests/test_encoder \
	tests/test_encode \
	tests/test_reframe \
	tests/test_own \
	tests/test_framings \
	tests/test_scanned \
	tests/test_json \
	tests/test_values \
	tests/test_http \
	tests/test_outputs \
	tests/test_overflow \
	tests/test_stuffed \
	tests/test_every \
	tests/test_stats \
	tests/test_progress

# Two parts of the program.
tests_test_stats_SOURCES = tests/test_stats.c cli/reports/stats.h cli/reports/stats.c
tests_test_progress_SOURCES = tests/test_progress.c cli/reports/progress.h cli/reports/progress.c

# What they share.
tests_libsupport_la_SOURCES = \
	tests/expect.h \
	tests/support.h \
	tests/support.c \
	tests/steps.h \
	tests/steps.c \
	tests/reading.h \
	tests/outputs.h \
	tests/streams.h \
	tests/reading.c

if HAVE_CHECK
check_PROGRAMS += $(unit_tests)
check_LTLIBRARIES += tests/libsupport.la
TESTS += $(unit_tests)
else
check-local:
	@echo 'SKIP: the unit tests: Check was not found by configure'
endif

# For every program that names no LDADD of its own: the unit tests.
LDADD = tests/libsupport.la lib/libcb.la $(CHECK_LIBS)

# ------------------------------------------- the program: cli-*.sh scripts

cli_tests = \
	tests/cli-allocations.sh \
	tests/cli-calls.sh \
	tests/cli-calls-sinks.sh \
	tests/cli-check.sh \
	tests/cli-chunked.sh \
	tests/cli-collisions.sh \
	tests/cli-conversions.sh \
	tests/cli-delimiters.sh \
	tests/cli-exact.sh \
	tests/cli-exec.sh \
	tests/cli-files.sh \
	tests/cli-framings.sh \
	tests/cli-http.sh \
	tests/cli-interrupt.sh \
	tests/cli-latency.sh \
	tests/cli-limits.sh \
	tests/cli-memory.sh \
	tests/cli-messages.sh \
	tests/cli-nonblocking.sh \
	tests/cli-options.sh \
	tests/cli-output-files.sh \
	tests/cli-output.sh \
	tests/cli-outputs.sh \
	tests/cli-part.sh \
	tests/cli-peer-csv.sh \
	tests/cli-peer-dns.sh \
	tests/cli-peer-erlang.sh \
	tests/cli-peer-fastcgi.sh \
	tests/cli-peer-git.sh \
	tests/cli-peer-http.sh \
	tests/cli-peer-jq.sh \
	tests/cli-peer-json.sh \
	tests/cli-peer-jsonrpc.sh \
	tests/cli-peer-nc.sh \
	tests/cli-peer-nginx.sh \
	tests/cli-peer-node.sh \
	tests/cli-peer-openssl.sh \
	tests/cli-peer-pack.sh \
	tests/cli-peer-parallel.sh \
	tests/cli-peer-protoc.sh \
	tests/cli-peer-redis.sh \
	tests/cli-peer-resp.sh \
	tests/cli-peer-scripts.sh \
	tests/cli-peer-sse.sh \
	tests/cli-peer-stuffed.sh \
	tests/cli-peer-syslog.sh \
	tests/cli-peer-tfrecord.sh \
	tests/cli-peer-values.sh \
	tests/cli-peer-websocket.sh \
	tests/cli-presets.sh \
	tests/cli-progress.sh \
	tests/cli-select.sh \
	tests/cli-specifications.sh \
	tests/cli-start.sh \
	tests/cli-stats.sh \
	tests/cli-truncated.sh \
	tests/cli-workers.sh

TESTS += $(cli_tests)
EXTRA_DIST += \
	tests/cli.sh \
	$(cli_tests)

# Loaded into cbsplit by LD_PRELOAD, to make system calls fail or fall short.
# (-rpath makes libtool build a module of what is not installed.)
if SHARED
check_LTLIBRARIES += tests/preload.la
endif
tests_preload_la_SOURCES = tests/preload.c
tests_preload_la_LIBADD = $(DL_LIBS)
tests_preload_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
tests_preload_la_CFLAGS = $(AM_CFLAGS) -fvisibility=default

# ------------------------------------------ the examples: example-*.sh scripts

# .ci/run runs these under valgrind as well (EXAMPLES_UNDER).
example_tests = \
	tests/example-echo.sh \
	tests/example-own.sh \
	tests/example-pipeline.sh \
	tests/example-proxy.sh \
	tests/example-reframe.sh \
	tests/example-shipper.sh

TESTS += $(example_tests)
EXTRA_DIST += \
	tests/example.sh \
	$(example_tests)

# ----------------------------------------------- the sources: house tests

house_tests = \
	tests/check-headers.sh \
	tests/check-install.sh \
	tests/check-kernels.sh \
	tests/check-layers.sh \
	tests/check-style.sh \
	tests/check-symbols.sh \
	tests/man-examples.sh \
	tests/man-options.sh

TESTS += $(house_tests)
EXTRA_DIST += $(house_tests)

# It runs unit tests.
if HAVE_CHECK
tests/check-kernels.log: tests/test_matcher tests/test_search tests/test_split \
	tests/test_decoder tests/test_framings tests/test_scanned \
	tests/test_stuffed tests/test_outputs
endif

# -------------------------------------------------------- how they are run

# A test that exits with 77 is skipped; the last line it printed says why.
TEST_EXTENSIONS = .sh
SH_LOG_DRIVER = $(SHELL) $(top_srcdir)/build-aux/sh-test-driver

# A slow or busy machine is not a fault: the time that Check gives to a test
# (4 seconds) is for tests that hang.
AM_TESTS_ENVIRONMENT = \
	export CBSPLIT='$(abs_builddir)/cbsplit$(EXEEXT)'; \
	export TOP_SRCDIR='$(abs_srcdir)'; \
	export TOP_BUILDDIR='$(abs_builddir)'; \
	export CC='$(CC)'; \
	export MAKE='$(MAKE)'; \
	export NM='$(NM)'; \
	export PKG_CONFIG='$(PKG_CONFIG)'; \
	export SANITIZERS='$(SANITIZERS)'; \
	export WARN_CFLAGS='$(WARN_CFLAGS)'; \
	export CK_TIMEOUT_MULTIPLIER=15;

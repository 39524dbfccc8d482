# SPDX-License-Identifier: MIT
# make check: unit tests of the library, tests of the program, and house tests
# of the sources.  "make check TESTS=tests/unit/test_find" runs one.

# ------------------------------------------------- the library

# One program for each module, from tests/unit/test_<module>.c.  To add one, add a
# line.
unit_tests = \
	tests/unit/test_status \
	tests/unit/test_pool \
	tests/unit/test_threads \
	tests/unit/test_crc32c \
	tests/unit/test_cut_kernels \
	tests/unit/test_find \
	tests/unit/test_rewrite \
	tests/unit/test_stuffing \
	tests/unit/test_syntax \
	tests/unit/test_text \
	tests/unit/test_matcher \
	tests/unit/test_patterns \
	tests/unit/test_buffer \
	tests/unit/test_offer \
	tests/unit/test_append \
	tests/unit/test_consume \
	tests/unit/test_hold \
	tests/unit/test_search \
	tests/unit/test_search_cost \
	tests/unit/test_search_resume \
	tests/unit/test_search_take \
	tests/unit/test_search_turns \
	tests/unit/test_split \
	tests/unit/test_number \
	tests/unit/test_print \
	tests/unit/test_io \
	tests/unit/test_random \
	tests/unit/test_failures \
	tests/unit/test_spec \
	tests/unit/test_table \
	tests/unit/test_decoder \
	tests/unit/test_pieces \
	tests/unit/test_take \
	tests/unit/test_settle \
	tests/unit/test_place \
	tests/unit/test_ahead \
	tests/unit/test_reader \
	tests/unit/test_recover \
	tests/unit/test_cuts \
	tests/unit/test_splice \
	tests/unit/test_mixed \
	tests/unit/test_header \
	tests/unit/test_trailer \
	tests/unit/test_encoder \
	tests/unit/test_encode \
	tests/unit/test_encode_calls \
	tests/unit/test_encode_room \
	tests/unit/test_reframe \
	tests/unit/test_reframe_calls \
	tests/unit/test_reframe_kept \
	tests/unit/test_own \
	tests/unit/test_own_contract \
	tests/unit/test_own_encode \
	tests/unit/test_own_lies \
	tests/unit/test_framings \
	tests/unit/test_delimiters \
	tests/unit/test_lengths \
	tests/unit/test_chunked \
	tests/unit/test_keys \
	tests/unit/test_scanned \
	tests/unit/test_json \
	tests/unit/test_values \
	tests/unit/test_capture \
	tests/unit/test_fix \
	tests/unit/test_journal \
	tests/unit/test_lines \
	tests/unit/test_between \
	tests/unit/test_http \
	tests/unit/test_messages \
	tests/unit/test_outputs \
	tests/unit/test_overflow \
	tests/unit/test_stuffed \
	tests/unit/test_sse \
	tests/unit/test_websocket \
	tests/unit/test_every \
	tests/unit/test_every_encoder \
	tests/unit/test_every_end \
	tests/unit/test_stats \
	tests/unit/test_sums \
	tests/unit/test_progress

# Two parts of the program.
tests_unit_test_stats_SOURCES = tests/unit/test_stats.c cli/reports/stats.h cli/reports/stats.c
tests_unit_test_progress_SOURCES = tests/unit/test_progress.c cli/reports/progress.h cli/reports/progress.c

# What they share.
tests_unit_libsupport_la_SOURCES = \
	tests/unit/expect.h \
	tests/unit/support.h \
	tests/unit/buffers.h \
	tests/unit/decoders.h \
	tests/unit/support.c \
	tests/unit/cases.h \
	tests/unit/cases.c \
	tests/unit/steps.h \
	tests/unit/steps.c \
	tests/unit/operations.h \
	tests/unit/world.h \
	tests/unit/operations.c \
	tests/unit/operations_fill.c \
	tests/unit/operations_find.c \
	tests/unit/operations_take.c \
	tests/unit/operations_number.c \
	tests/unit/operations_split.c \
	tests/unit/encoding.h \
	tests/unit/every.h \
	tests/unit/own_lies.h \
	tests/unit/reading.h \
	tests/unit/reframing.h \
	tests/unit/searching.h \
	tests/unit/stuffed.h \
	tests/unit/kernels.h \
	tests/unit/outputs.h \
	tests/unit/streams.h \
	tests/unit/ways.h \
	tests/unit/reading.c \
	tests/unit/twins.h \
	tests/unit/twins.c

# In place of Check, where that cannot be (.ci/run).
EXTRA_DIST += tests/unit/instrumented/check.h

# make proof
EXTRA_DIST += tests/proof/length.c tests/proof/overflow.h tests/proof/prove.sh

if HAVE_CHECK
check_PROGRAMS += $(unit_tests)
check_LTLIBRARIES += tests/unit/libsupport.la
built_unit_tests = $(unit_tests)
else
check-local:
	@echo 'SKIP: the unit tests: Check was not found by configure'
endif

# For every program that names no LDADD of its own: the unit tests.
LDADD = tests/unit/libsupport.la lib/libcb.la $(CHECK_LIBS)

# ------------------------------------------- the program

cli_tests = \
	tests/cli/allocations.sh \
	tests/cli/calls.sh \
	tests/cli/calls-sinks.sh \
	tests/cli/check.sh \
	tests/cli/chunked.sh \
	tests/cli/collect.sh \
	tests/cli/collect-random.sh \
	tests/cli/collisions.sh \
	tests/cli/completions.sh \
	tests/cli/conversions.sh \
	tests/cli/count.sh \
	tests/cli/delimiters.sh \
	tests/cli/dump.sh \
	tests/cli/exact.sh \
	tests/cli/exec.sh \
	tests/cli/faults.sh \
	tests/cli/files.sh \
	tests/cli/framings.sh \
	tests/cli/getopt.sh \
	tests/cli/group.sh \
	tests/cli/hostile.sh \
	tests/cli/http.sh \
	tests/cli/idle.sh \
	tests/cli/interrupt.sh \
	tests/cli/latency.sh \
	tests/cli/lengths.sh \
	tests/cli/limits.sh \
	tests/cli/lines.sh \
	tests/cli/load.sh \
	tests/cli/marks.sh \
	tests/cli/memory.sh \
	tests/cli/malformed.sh \
	tests/cli/messages.sh \
	tests/cli/model.sh \
	tests/cli/datagrams.sh \
	tests/cli/nonblocking.sh \
	tests/cli/options.sh \
	tests/cli/output-files.sh \
	tests/cli/output.sh \
	tests/cli/outputs.sh \
	tests/cli/part.sh \
	tests/cli/presets.sh \
	tests/cli/probe.sh \
	tests/cli/progress.sh \
	tests/cli/read-only.sh \
	tests/cli/sandbox.sh \
	tests/cli/select.sh \
	tests/cli/rows.sh \
	tests/cli/smuggling.sh \
	tests/cli/specifications.sh \
	tests/cli/start.sh \
	tests/cli/stats.sh \
	tests/cli/truncated.sh \
	tests/cli/workers.sh

# With another program that speaks the same format.
peer_tests = \
	tests/peer/capture.sh \
	tests/peer/csv.sh \
	tests/peer/dns.sh \
	tests/peer/erlang.sh \
	tests/peer/fastcgi.sh \
	tests/peer/fix.sh \
	tests/peer/git.sh \
	tests/peer/hl7.sh \
	tests/peer/http.sh \
	tests/peer/journal.sh \
	tests/peer/jq.sh \
	tests/peer/json.sh \
	tests/peer/jsonrpc.sh \
	tests/peer/midi.sh \
	tests/peer/mysql.sh \
	tests/peer/nc.sh \
	tests/peer/netlink.sh \
	tests/peer/nginx.sh \
	tests/peer/node.sh \
	tests/peer/openssl.sh \
	tests/peer/pack.sh \
	tests/peer/parallel.sh \
	tests/peer/ppp.sh \
	tests/peer/protoc.sh \
	tests/peer/rabbitmq.sh \
	tests/peer/records.sh \
	tests/peer/redis.sh \
	tests/peer/resp.sh \
	tests/peer/scripts.sh \
	tests/peer/sip.sh \
	tests/peer/slurm.sh \
	tests/peer/sse.sh \
	tests/peer/stomp.sh \
	tests/peer/stuffed.sh \
	tests/peer/syslog.sh \
	tests/peer/tfrecord.sh \
	tests/peer/values.sh \
	tests/peer/warc.sh \
	tests/peer/xxd.sh \
	tests/peer/websocket.sh

EXTRA_DIST += \
	tests/model/files.py \
	tests/model/messages.py \
	tests/model/model.py \
	tests/model/torture.py \
	tests/model/values.py \
	tests/faults.py \
	tests/mutate.known \
	tests/mutate.py \
	tests/tap.sh \
	tests/cli.sh \
	$(cli_tests) \
	$(peer_tests)

# Runs cbsplit with a kernel that refuses calls.
check_PROGRAMS += tests/forbid
tests_forbid_SOURCES = tests/forbid.c
tests_forbid_LDADD =

# Loaded into cbsplit by LD_PRELOAD, to make system calls fail or fall short.
# (-rpath makes libtool build a module of what is not installed.)
if PRELOAD
check_LTLIBRARIES += tests/preload.la
endif
tests_preload_la_SOURCES = \
	tests/preload/preload.h \
	tests/preload/faults.c \
	tests/preload/allocations.c \
	tests/preload/bytes.c \
	tests/preload/descriptors.c \
	tests/preload/getopt.c \
	tests/preload/processes.c \
	tests/preload/waiting.c
tests_preload_la_LIBADD = $(DL_LIBS)
tests_preload_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
tests_preload_la_CFLAGS = $(AM_CFLAGS) -fvisibility=default

# ------------------------------------------ the examples

# .ci/run runs these under valgrind as well (EXAMPLES_UNDER).
example_tests = \
	tests/examples/echo.sh \
	tests/examples/echo-many.sh \
	tests/examples/own.sh \
	tests/examples/pipeline.sh \
	tests/examples/proxy.sh \
	tests/examples/reframe.sh \
	tests/examples/shipper.sh

EXTRA_DIST += \
	tests/example.sh \
	$(example_tests)

# ----------------------------------------------- the sources

house_tests = \
	tests/house/abi.sh \
	tests/house/bootstrap.sh \
	tests/house/hacking.sh \
	tests/house/headers.sh \
	tests/house/install.sh \
	tests/house/kernels.sh \
	tests/house/layers.sh \
	tests/house/packaging.sh \
	tests/house/portable.sh \
	tests/house/report.sh \
	tests/house/style.sh \
	tests/house/symbols.sh \
	tests/house/trust.sh \
	tests/house/waiting.sh \
	tests/house/man-examples.sh \
	tests/house/man-options.sh \
	tests/house/man-pages.sh \
	tests/house/speed.sh \
	tests/house/spelling.sh

EXTRA_DIST += $(house_tests)

# It runs unit tests.
if HAVE_CHECK
tests/house/kernels.log: $(unit_tests)
endif

# -------------------------------------------------------- how they are run

# Those that wait for servers come first, and many short ones last, so that no processor is idle
# before the end.
TESTS += $(peer_tests) $(house_tests) $(cli_tests) $(example_tests) $(built_unit_tests)

# Each test is a program that reports its cases, as tests/tap.sh and
# tests/unit/cases.h say; the driver is Automake's.
TEST_EXTENSIONS = .sh
LOG_DRIVER = AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
AM_LOG_DRIVER_FLAGS = --ignore-exit
AM_SH_LOG_DRIVER_FLAGS = --ignore-exit

# Can the program look at the bytes of a pipe before it reads them?
if SPLICE
peeks = yes
else
peeks = no
endif

# Can it become the parent of what its commands leave behind?
if ORPHANS_PRCTL
adopts = yes
else
if ORPHANS_PROCCTL
adopts = yes
else
adopts = no
endif
endif

# A slow or busy machine is not a fault: the time that Check gives to a test
# (4 seconds) is for tests that hang.
AM_TESTS_ENVIRONMENT = \
	export ADOPTS='$(adopts)'; \
	export CBSPLIT='$(abs_builddir)/cbsplit$(EXEEXT)'; \
	export TOP_SRCDIR='$(abs_srcdir)'; \
	export TOP_BUILDDIR='$(abs_builddir)'; \
	export CC='$(CC)'; \
	export MAKE='$(MAKE)'; \
	export NM='$(NM)'; \
	export PEEKS='$(peeks)'; \
	export PKG_CONFIG='$(PKG_CONFIG)'; \
	export SANITIZERS='$(SANITIZERS)'; \
	export WARN_CFLAGS='$(WARN_CFLAGS)'; \
	export CK_TIMEOUT_MULTIPLIER=15;

# SPDX-License-Identifier: MIT
# The program.  It sees of the library only <chunkedbuffer.h>
# (tests/check-layers.sh), and contains it (see lib/local.mk).

bin_PROGRAMS += cbsplit
cbsplit_SOURCES = \
	cli/main.c \
	cli/destination.h \
	cli/destination.c \
	cli/options.h \
	cli/options.c \
	cli/help.h \
	cli/help.c \
	cli/selection.h \
	cli/selection.c \
	cli/text.h \
	cli/text.c \
	cli/quote.h \
	cli/quote.c \
	cli/reframe.h \
	cli/reframe.c \
	cli/part.h \
	cli/part.c \
	cli/peek.h \
	cli/peek.c \
	cli/source.h \
	cli/source.c \
	cli/sink.h \
	cli/sink_stdout.c \
	cli/sink_tally.c \
	cli/sink_files.c \
	cli/sink_exec.c \
	cli/sink_workers.c \
	cli/output.h \
	cli/output.c \
	cli/sink_stats.c \
	cli/meter.h \
	cli/reporter.h \
	cli/reporter.c \
	cli/stats.h \
	cli/stats.c \
	cli/progress.h \
	cli/progress.c \
	cli/template.h \
	cli/template.c \
	cli/child.h \
	cli/child.c \
	cli/children.h \
	cli/children.c \
	cli/assigned.h \
	cli/assigned.c \
	cli/interrupt.h \
	cli/interrupt.c \
	cli/fd.h \
	cli/fd.c \
	cli/exit_status.h \
	cli/diagnostics.h \
	cli/diagnostics.c
cbsplit_LDADD = lib/libcb.la

# SPDX-License-Identifier: MIT
# The program.  It sees of the library only <chunkedbuffer.h>
# (tests/house/layers.sh), and contains it (see lib/local.mk).

bin_PROGRAMS += cbsplit
cbsplit_SOURCES = \
	cli/main.c \
	cli/coders.h \
	cli/coders.c \
	cli/options.h \
	cli/options.c \
	cli/destination.h \
	cli/destination.c \
	cli/help.h \
	cli/help.c \
	cli/reframe.h \
	cli/reframe.c \
	cli/input/looks.h \
	cli/input/looks.c \
	cli/input/part.h \
	cli/input/part.c \
	cli/input/peek.h \
	cli/input/selection.h \
	cli/input/selection.c \
	cli/input/source.h \
	cli/input/source.c \
	cli/output/assigned.h \
	cli/output/assigned.c \
	cli/output/child.h \
	cli/output/child.c \
	cli/output/children.h \
	cli/output/children.c \
	cli/output/collect.h \
	cli/output/collect.c \
	cli/output/header.h \
	cli/output/header.c \
	cli/output/output.h \
	cli/output/output.c \
	cli/output/portions.h \
	cli/output/portions.c \
	cli/output/sink.h \
	cli/output/sink_exec.c \
	cli/output/sink_files.c \
	cli/output/sink_stdout.c \
	cli/output/sink_tally.c \
	cli/output/sink_workers.c \
	cli/output/template.h \
	cli/output/template.c \
	cli/output/turns.h \
	cli/output/turns.c \
	cli/output/units.h \
	cli/output/units.c \
	cli/output/unread.h \
	cli/output/unread.c \
	cli/output/workers.h \
	cli/output/workers.c \
	cli/probe/bits.h \
	cli/probe/bits.c \
	cli/probe/guess.h \
	cli/probe/guess.c \
	cli/probe/noise.h \
	cli/probe/noise.c \
	cli/probe/probe.h \
	cli/probe/probe.c \
	cli/probe/sample.h \
	cli/probe/sample.c \
	cli/probe/score.h \
	cli/probe/score.c \
	cli/probe/trial.h \
	cli/probe/trial.c \
	cli/reports/meter.h \
	cli/reports/progress.h \
	cli/reports/progress.c \
	cli/reports/reporter.h \
	cli/reports/reporter.c \
	cli/reports/sink_stats.h \
	cli/reports/sink_stats.c \
	cli/reports/stats.h \
	cli/reports/stats.c \
	cli/common/diagnostics.h \
	cli/common/diagnostics.c \
	cli/common/exit_status.h \
	cli/common/fd.h \
	cli/common/fd.c \
	cli/common/interrupt.h \
	cli/common/interrupt.c \
	cli/common/nearest.h \
	cli/common/nearest.c \
	cli/common/quote.h \
	cli/common/quote.c \
	cli/common/specification.h \
	cli/common/specification.c \
	cli/common/deadline.h \
	cli/common/deadline.c \
	cli/common/text.h \
	cli/common/text.c \
	cli/system/waiting.h \
	cli/system/moving.h \
	cli/system/orphans.h

# What systems do in different ways: the one of this system, as configure found it.
if PPOLL
cbsplit_SOURCES += cli/system/waiting_ppoll.c
else
cbsplit_SOURCES += cli/system/waiting_poll.c
endif
if SPLICE
cbsplit_SOURCES += cli/system/moving_splice.c cli/input/peek_tee.c
else
cbsplit_SOURCES += cli/system/moving_none.c cli/input/peek_none.c
endif
if ORPHANS_PRCTL
cbsplit_SOURCES += cli/system/orphans_prctl.c
else
if ORPHANS_PROCCTL
cbsplit_SOURCES += cli/system/orphans_procctl.c
else
cbsplit_SOURCES += cli/system/orphans_none.c
endif
endif

cbsplit_LDADD = lib/libcb.la

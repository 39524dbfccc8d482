# SPDX-License-Identifier: MIT
# Run by "make bench", and built by nothing else.
bench_programs = \
	bench/measure \
	bench/copy \
	bench/generate \
	bench/library

EXTRA_PROGRAMS = $(bench_programs)

bench_measure_SOURCES = bench/measure.c
bench_measure_LDADD =

bench_copy_SOURCES = bench/copy.c
bench_copy_LDADD =

bench_generate_SOURCES = bench/generate.c
bench_generate_LDADD = lib/libcb.la -lm

# With the libraries to compare with, as far as there are any when it is built.
bench_library_SOURCES = \
	bench/library.h \
	bench/library.c \
	bench/library_records.c \
	bench/library_peers.c \
	bench/library_search.c
bench_peers = PKG_CONFIG='$(PKG_CONFIG)' '$(srcdir)/bench/peers.sh'
bench_library_CPPFLAGS = $(AM_CPPFLAGS) `$(bench_peers) cflags`
bench_library_LDADD = lib/libcb.la `$(bench_peers) libs`
bench_library_DEPENDENCIES = lib/libcb.la

EXTRA_DIST += \
	bench/README.md \
	bench/bench.sh \
	bench/page.py \
	bench/peers.sh \
	bench/plot.gp \
	bench/python.py \
	bench/report.awk \
	bench/syscalls.sh \
	bench/targets.tsv

CLEANFILES += \
	$(bench_programs) \
	bench/library.txt \
	bench/python.txt \
	bench/results.tsv \
	bench/speed.svg

# SPDX-License-Identifier: MIT
# Each is run by tests/examples/NAME.sh, but for lines.c and merge.c, which
# tests/house/install.sh runs; that builds all of them as a user would, against
# the installed library.  demo.sh is run by "make demo".
EXTRA_DIST += \
	examples/demo.sh \
	examples/lines.c \
	examples/merge.c

example_programs = \
	examples/own \
	examples/reframe \
	examples/pipeline \
	examples/shipper
# These make calls that Linux alone has.
if LINUX
example_programs += \
	examples/echo \
	examples/proxy
endif

check_PROGRAMS += $(example_programs)

examples: $(example_programs)

.PHONY: examples

# Without config.h, which none of their users has.
examples_reframe_CPPFLAGS = -I$(srcdir)/lib
examples_reframe_LDADD = lib/libcb.la
examples_own_CPPFLAGS = -I$(srcdir)/lib
examples_own_LDADD = lib/libcb.la
examples_pipeline_CPPFLAGS = -I$(srcdir)/lib
examples_pipeline_LDADD = lib/libcb.la
examples_shipper_CPPFLAGS = -I$(srcdir)/lib
examples_shipper_LDADD = lib/libcb.la
examples_echo_CPPFLAGS = -I$(srcdir)/lib
examples_echo_LDADD = lib/libcb.la
examples_proxy_CPPFLAGS = -I$(srcdir)/lib
examples_proxy_LDADD = lib/libcb.la

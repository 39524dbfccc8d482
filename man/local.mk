# SPDX-License-Identifier: MIT
# The examples in them are run by tests/house/man-examples.sh.
dist_man_MANS += \
	man/cb-framing.7 \
	man/cbsplit.1 \
	man/chunkedbuffer.3

# The other pages of section 3 are made from the header, with the examples here.
man_examples = \
	man/examples/cb_buffer.c \
	man/examples/cb_consume.c \
	man/examples/cb_decoder.c \
	man/examples/cb_encoder.c \
	man/examples/cb_fill.c \
	man/examples/cb_framing.c \
	man/examples/cb_held.c \
	man/examples/cb_inspect.c \
	man/examples/cb_number.c \
	man/examples/cb_own.c \
	man/examples/cb_pool.c \
	man/examples/cb_reframe.c \
	man/examples/cb_split.c \
	man/examples/cb_status.c \
	man/examples/cb_write.c
man_sources = \
	man/header-to-man.awk \
	man/pages \
	$(man_examples)
EXTRA_DIST += $(man_sources) man/examples/.clang-format

man/man3.stamp: $(man_sources) man/chunkedbuffer.3 lib/chunkedbuffer.h
	$(AM_V_GEN)rm -rf man/man3 && $(MKDIR_P) man/man3 && \
	$(AWK) -v out=man/man3 -v examples='$(srcdir)/man/examples' \
		-v date="$$(sed -n 's/^\.TH CHUNKEDBUFFER 3 \([0-9-]*\) .*/\1/p' \
			'$(srcdir)/man/chunkedbuffer.3')" \
		-v title='$(PACKAGE) $(VERSION)' -f '$(srcdir)/man/header-to-man.awk' \
		'$(srcdir)/man/pages' '$(srcdir)/lib/chunkedbuffer.h' && touch $@

all-local: man/man3.stamp

install-data-local: man/man3.stamp
	$(MKDIR_P) '$(DESTDIR)$(man3dir)'
	$(INSTALL_DATA) man/man3/*.3 '$(DESTDIR)$(man3dir)'

uninstall-local: man/man3.stamp
	cd man/man3 && for page in *.3; do rm -f '$(DESTDIR)$(man3dir)'/"$$page"; done

clean_folders += man/man3 man/man3.stamp

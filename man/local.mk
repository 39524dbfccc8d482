# SPDX-License-Identifier: MIT
# Their examples are run by tests/man-examples.sh.
dist_man_MANS += \
	man/cbsplit.1 \
	man/chunkedbuffer.3

# SPDX-License-Identifier: MIT
# Their examples are run by tests/house/man-examples.sh.
dist_man_MANS += \
	man/cbsplit.1 \
	man/chunkedbuffer.3

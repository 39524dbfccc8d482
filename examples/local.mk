# SPDX-License-Identifier: MIT
# The programs are built by tests/check-install.sh against the installed
# library; demo.sh is run by "make demo".
EXTRA_DIST += \
	examples/demo.sh \
	examples/lines.c \
	examples/merge.c

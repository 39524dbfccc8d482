# SPDX-License-Identifier: MIT
# merge.c is built by tests/check-install.sh against the installed library;
# demo.sh is run by "make demo".
EXTRA_DIST +=

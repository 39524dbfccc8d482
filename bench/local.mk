# SPDX-License-Identifier: MIT
# Run by "make bench".
EXTRA_DIST +=

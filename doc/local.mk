# SPDX-License-Identifier: MIT
# What is to be read, here and at the top.
EXTRA_DIST += \
	HACKING.md \
	NEWS.md \
	README.md \
	doc/decoder.md \
	doc/design.md \
	doc/parallel.md

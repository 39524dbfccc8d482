# SPDX-License-Identifier: MIT
# For users; the examples in the first two are run by tests/house/man-examples.sh.
dist_doc_DATA = \
	doc/coming-from.md \
	doc/cookbook.md \
	doc/linking.md \
	doc/parallel.md \
	doc/speed.md \
	doc/speed.svg \
	NEWS.md \
	README.md
# For maintainers.
EXTRA_DIST += \
	CONTRIBUTING.md \
	HACKING.md \
	doc/decoder.md \
	doc/design.md \
	doc/speed.tsv \
	doc/trust.md \
	SECURITY.md

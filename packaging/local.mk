# SPDX-License-Identifier: MIT
# What makes packages of it: for Debian (debian/, where its tools look), and here.
EXTRA_DIST += \
	debian/cbsplit.install \
	debian/python3-chunkedbuffer.install \
	debian/tests/python \
	debian/changelog \
	debian/control \
	debian/copyright \
	debian/libchunkedbuffer-dev.examples \
	debian/libchunkedbuffer-dev.install \
	debian/libchunkedbuffer0.install \
	debian/libchunkedbuffer0.symbols \
	debian/rules \
	debian/source/format \
	debian/tests/cbsplit \
	debian/tests/control \
	debian/tests/library \
	packaging/APKBUILD \
	packaging/Dockerfile \
	packaging/README.md \
	packaging/chunkedbuffer.rb \
	packaging/chunkedbuffer.rpmlintrc \
	packaging/chunkedbuffer.spec

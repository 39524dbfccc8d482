# SPDX-License-Identifier: MIT
# The package for Python.
python_sources = \
	python/chunkedbuffer/__init__.py \
	python/chunkedbuffer/errors.py \
	python/chunkedbuffer/records.py \
	python/chunkedbuffer/streams.py \
	python/chunkedbuffer/_native.pyi \
	python/chunkedbuffer/py.typed
python_module_sources = \
	python/setup.py \
	python/pyproject.toml \
	python/chunkedbuffer/_native.pyx \
	python/chunkedbuffer/libchunkedbuffer.pxd \
	python/chunkedbuffer/status.pxi \
	python/chunkedbuffer/pool.pxi \
	python/chunkedbuffer/view.pxi \
	python/chunkedbuffer/buffer.pxi \
	python/chunkedbuffer/decoder.pxi \
	python/chunkedbuffer/encoder.pxi
EXTRA_DIST += $(python_sources) $(python_module_sources) \
	python/MANIFEST.in \
	python/README.md \
	python/tests/pip.sh \
	python/tests/test_files.py \
	python/tests/test_framings.py \
	python/tests/test_memory.py \
	python/tests/test_original.py \
	python/tests/test_package.py

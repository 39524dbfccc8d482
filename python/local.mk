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
	python/tests/test_iterators.py \
	python/tests/test_loops.py \
	python/tests/test_memory.py \
	python/tests/test_original.py \
	python/tests/test_package.py \
	python/tests/test_random.py \
	python/tests/test_releases.py

if ENABLE_PYTHON
# setup.py builds all of it; what it leaves can be imported.
python_package = python/build/lib/chunkedbuffer
python_module = $(python_package)/_native$(PYTHON_SUFFIX)

pypackagedir = $(pyexecdir)/chunkedbuffer
pypackage_DATA = $(python_sources) $(python_module)

# By this pip and importlib.metadata know that it is there.
python_metadata = python/build/lib/chunkedbuffer.egg-info/PKG-INFO
pymetadatadir = $(pyexecdir)/chunkedbuffer-$(PACKAGE_VERSION).egg-info
pymetadata_DATA = $(python_metadata)
$(python_metadata): $(python_module)

# Without a shared library the module gets the sources of the library.
if SHARED
python_library = \
	CHUNKEDBUFFER_CFLAGS="-I'$(abs_top_srcdir)/lib'" \
	CHUNKEDBUFFER_LIBS="-L'$(abs_builddir)/lib/.libs' -lchunkedbuffer $$rpath"
else
python_library = CHUNKEDBUFFER_STATIC=1
endif

$(python_module): $(python_sources) $(python_module_sources) lib/libchunkedbuffer.la
	@$(MKDIR_P) python
	$(AM_V_GEN)case '$(libdir)' in \
	/usr/lib | /usr/lib/* | /lib | /lib/*) rpath= ;; \
	*) rpath="'-Wl,-rpath,$(libdir)'" ;; \
	esac; \
	CC='$(CC)' CFLAGS='$(CFLAGS)' CPPFLAGS='$(CPPFLAGS)' LDFLAGS='$(LDFLAGS)' PYTHONDONTWRITEBYTECODE=1 \
	CHUNKEDBUFFER_BUILD='$(abs_builddir)/python/build' $(python_library) \
	$(PYTHON) '$(abs_srcdir)/python/setup.py' -q build \
		--build-base='$(abs_builddir)/python/build' \
		--build-lib='$(abs_builddir)/python/build/lib' \
		egg_info --egg-base='$(abs_builddir)/python/build/lib' >python/build.log 2>&1 || \
	{ cat python/build.log; exit 1; }
	@touch $@

clean_folders += python/build python/build.log

AM_TESTS_ENVIRONMENT += export PYTHON='$(PYTHON)';
TESTS += python/tests/built.sh python/tests/pip.sh
endif
EXTRA_DIST += python/tests/built.sh

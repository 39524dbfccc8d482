# SPDX-License-Identifier: MIT
"""Builds the extension module; all else is in pyproject.toml.

It uses, in this order:

1. the library that CHUNKEDBUFFER_CFLAGS and CHUNKEDBUFFER_LIBS say how to use;
2. an installed libchunkedbuffer of this version, if pkg-config finds one
   (CHUNKEDBUFFER_STATIC=1 in the environment: not this one);
3. the C sources of this tree, compiled into the module.
"""
import os
import platform
import re
import shlex
import shutil
import subprocess
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.sdist import sdist

HERE = Path(__file__).resolve().parent
#: The sources of the library: beside us in an archive for Python, else one folder up.
TREE = HERE if (HERE / "lib").exists() else HERE.parent


def version():
    header = (TREE / "lib" / "chunkedbuffer.h").read_text()
    return re.search(r'#define CB_VERSION "(.*)"', header)[1]


def pkg_config(what):
    command = [os.environ.get("PKG_CONFIG", "pkg-config"), what, "libchunkedbuffer"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def is_installed():
    try:
        return pkg_config("--modversion").strip() == version()
    except (OSError, subprocess.CalledProcessError):
        return False


def kernels():
    machine = platform.machine()
    return {"x86_64": "x86", "AMD64": "x86", "aarch64": "neon", "arm64": "neon"}.get(machine, "none")


def library_sources():
    """Those that lib/local.mk lists, with the kernels for this kind of processor."""
    listed = re.findall(r"lib/[a-z0-9_/]+\.c\b", (TREE / "lib" / "local.mk").read_text())
    return sorted({name for name in listed
                   if re.sub(r".*_(x86|neon|none)\.c", r"\1", name) in (name, kernels())})


def sources_of_tree():
    """How to compile the library into the module."""
    return {
        "sources": [os.path.relpath(TREE / name, HERE) for name in library_sources()],
        "include_dirs": [str(TREE / "lib")],
        "define_macros": [("_GNU_SOURCE", "1"), ("_FILE_OFFSET_BITS", "64")],
        "extra_compile_args": ["-std=gnu11", "-fvisibility=hidden", "-pthread"],
        "extra_link_args": ["-pthread"],
    }


def library():
    """How to use the library, as arguments for Extension."""
    flags, libraries = (os.environ.get("CHUNKEDBUFFER_" + name) for name in ("CFLAGS", "LIBS"))
    if libraries is None:
        if os.environ.get("CHUNKEDBUFFER_STATIC") or not is_installed():
            return sources_of_tree()
        flags, libraries = pkg_config("--cflags"), pkg_config("--libs")
    return {"sources": [], "extra_compile_args": shlex.split(flags or ""),
            "extra_link_args": shlex.split(libraries)}


class Sdist(sdist):
    """An archive that has the sources of the library too."""

    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        for name in [*library_sources(), "lib/local.mk"]:
            self.copy_into(base_dir, name)
        for path in (TREE / "lib").rglob("*.h"):
            self.copy_into(base_dir, path.relative_to(TREE))

    @staticmethod
    def copy_into(base_dir, name):
        target = Path(base_dir, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TREE / name, target)


def extension():
    options = library()
    options["sources"] = ["chunkedbuffer/_native.pyx"] + options["sources"]
    return Extension("chunkedbuffer._native", depends=[str(p) for p in HERE.glob("chunkedbuffer/*.p*")],
                     **options)


if __name__ == "__main__":
    os.chdir(HERE)
    setup(version=version(), cmdclass={"sdist": Sdist},
          ext_modules=cythonize([extension()], include_path=["."],
                                build_dir=os.environ.get("CHUNKEDBUFFER_BUILD", "build")))

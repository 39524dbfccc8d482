# SPDX-License-Identifier: MIT
"""What belongs to a package: stubs, docstrings, a version."""
import ast
import importlib.metadata
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

import chunkedbuffer
from chunkedbuffer import _native

FOLDER = Path(chunkedbuffer.__file__).parent


def stubs():
    """The names in the stub file: of the module, and of each class."""
    tree = ast.parse((FOLDER / "_native.pyi").read_text())
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield node.name, {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
        elif isinstance(node, ast.FunctionDef):
            yield node.name, None


def test_the_package_is_typed():
    assert (FOLDER / "py.typed").exists()


def test_the_stubs_have_what_the_module_has():
    described = dict(stubs())
    for name, methods in described.items():
        thing = getattr(_native, name)
        if methods is None:
            continue
        public = {n for n in vars(thing) if not n.startswith("_")}
        assert public == {n for n in methods if not n.startswith("_")}, name
    public = {n for n, thing in vars(_native).items()
              if getattr(thing, "__module__", None) == _native.__name__ and not n.startswith("_")}
    assert public <= set(described) | {"library_version", "global_pool"}


def test_the_arguments_in_stubs_are_those_of_the_module():
    tree = ast.parse((FOLDER / "_native.pyi").read_text())
    for cls in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        for method in (m for m in cls.body if isinstance(m, ast.FunctionDef)):
            if method.name.startswith("_") or method.decorator_list:
                continue
            names = [a.arg for a in method.args.args + method.args.kwonlyargs][1:]
            first_line = inspect.getdoc(getattr(getattr(_native, cls.name), method.name))
            signature = first_line.splitlines()[0]
            for name in names:
                assert name in signature, (cls.name, method.name, signature)


@pytest.mark.parametrize("name", chunkedbuffer.__all__)
def test_all_that_is_public_has_a_docstring(name):
    thing = getattr(chunkedbuffer, name)
    if isinstance(thing, (str, chunkedbuffer.Pool)):
        return
    assert inspect.getdoc(thing)
    if inspect.isclass(thing) and thing.__module__ == _native.__name__:
        for attribute in vars(thing):
            if not attribute.startswith("_"):
                assert inspect.getdoc(getattr(thing, attribute)), attribute


def test_mypy_finds_nothing(tmp_path):
    api = pytest.importorskip("mypy.api")
    out, errors, status = api.run(["--strict", "--cache-dir", str(tmp_path), str(FOLDER)])
    assert status == 0, out + errors


def test_stubtest_finds_nothing(tmp_path):
    """Names, arguments and kinds in the stubs are those of the module, as far as it tells."""
    pytest.importorskip("mypy.stubtest")
    allowed = tmp_path / "allowed"
    allowed.write_text(r".*\.__buffer__" "\n"  # not there before Python 3.12
                       r".*\.__test__" "\n")  # of Cython
    environment = {**os.environ, "MYPY_CACHE_DIR": str(tmp_path)}
    if not FOLDER.parent.name.endswith("-packages"):  # there mypy looks anyway
        environment["MYPYPATH"] = str(FOLDER.parent)
    run = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "--allowlist", str(allowed),
         "--ignore-unused-allowlist", "chunkedbuffer._native", "chunkedbuffer.errors"],
        cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def run_python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_it_refuses_to_run_without_the_gil():
    run = run_python("import sys; sys._is_gil_enabled = lambda: False; import chunkedbuffer")
    assert run.returncode == 1
    assert "ImportError: chunkedbuffer needs the GIL" in run.stderr


def test_a_second_interpreter_is_refused():
    pytest.importorskip("_xxsubinterpreters")
    run = run_python("""if True:
        import chunkedbuffer, _xxsubinterpreters as interpreters
        try:
            interpreters.run_string(interpreters.create(), "import chunkedbuffer")
        except interpreters.RunFailedError as error:
            print(error)""")
    assert run.stderr == ""
    assert "ImportError" in run.stdout


def test_versions():
    assert importlib.metadata.version("chunkedbuffer") == chunkedbuffer.__version__
    assert chunkedbuffer.__version__ == chunkedbuffer.library_version


def test_the_examples_of_the_readme():
    import doctest
    readme = Path(__file__).parent.parent / "README.md"
    failed, tried = doctest.testfile(str(readme), module_relative=False)
    assert tried and not failed

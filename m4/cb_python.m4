# SPDX-License-Identifier: MIT

# CB_PYTHON
# ---------
# --enable-python, which builds the package in python/.  Sets PYTHON to one that has
# what this takes, pyexecdir, PYTHON_SUFFIX (of extension modules), and the condition
# ENABLE_PYTHON.
AC_DEFUN([CB_PYTHON],
[AC_ARG_VAR([PYTHON], [the interpreter that --enable-python builds for])
AC_ARG_ENABLE([python],
  [AS_HELP_STRING([--enable-python], [build the package for Python (needs Cython and setuptools)])],
  [], [enable_python=no])
AS_IF([test "$enable_python" != no],
  [cb_candidates=${PYTHON-"python3 /usr/bin/python3 /usr/local/bin/python3"}
   PYTHON=
   AC_MSG_CHECKING([for a Python with Cython and setuptools])
   for cb_python in $cb_candidates; do
     AS_IF([$cb_python -c 'import Cython, setuptools' >/dev/null 2>&1],
       [PYTHON=$cb_python
        break])
   done
   AC_MSG_RESULT([${PYTHON:-none of $cb_candidates}])
   AS_IF([test -z "$PYTHON"],
     [AC_MSG_ERROR([--enable-python needs Cython and setuptools, Debian's cython3 and dnl
python3-setuptools; PYTHON=... names an interpreter that has them])])
   # Debian's Python looks in dist-packages, which Automake does not know.
   cb_prefix=$prefix
   AS_IF([test "$cb_prefix" = NONE], [cb_prefix=$ac_default_prefix])
   cb_folder=`$PYTHON - "$cb_prefix" <<'END'
import sys, sysconfig
schemes = [["deb_system", "posix_local", "posix_prefix"]]
for scheme in (name for name in schemes if name in sysconfig.get_scheme_names()):
    folder = sysconfig.get_path("platlib", scheme)
    if "dist-packages" in folder and folder.startswith(sys.argv[[1]] + "/lib/"):
        print(folder)
        break
END`
   AS_IF([test -n "$cb_folder"], [: ${am_cv_python_pyexecdir="$cb_folder"}])
   AM_PATH_PYTHON([3.8])
   PYTHON_SUFFIX=`$PYTHON -c 'import sysconfig; print(sysconfig.get_config_var("EXT_SUFFIX"))'`])
AC_SUBST([PYTHON_SUFFIX])
AM_CONDITIONAL([ENABLE_PYTHON], [test "$enable_python" != no])
])

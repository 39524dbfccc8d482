# SPDX-License-Identifier: MIT

# CB_CHECK_CFLAGS(VARIABLE, FLAGS)
# Appends to VARIABLE each of FLAGS that the compiler knows, and substitutes it.
# Clang only warns of warning options it does not know, hence -Werror.
AC_DEFUN([CB_CHECK_CFLAGS], [
  for cb_flag in m4_normalize([$2]); do
    AS_VAR_PUSHDEF([cb_cache], [cb_cv_cflag_$cb_flag])
    AC_CACHE_CHECK([whether $CC accepts $cb_flag], [cb_cache], [
      cb_saved_CFLAGS=$CFLAGS
      CFLAGS="$CFLAGS $[]$1 -Werror $cb_flag"
      AC_COMPILE_IFELSE([AC_LANG_SOURCE([[int cb_probe;]])],
        [AS_VAR_SET([cb_cache], [yes])], [AS_VAR_SET([cb_cache], [no])])
      CFLAGS=$cb_saved_CFLAGS
    ])
    AS_VAR_IF([cb_cache], [yes], [AS_VAR_APPEND([$1], [" $cb_flag"])])
    AS_VAR_POPDEF([cb_cache])
  done
  AC_SUBST([$1])
])

# CB_REQUIRE_FLAGS(FLAGS)
# Stops if a program cannot be compiled and linked with FLAGS.
AC_DEFUN([CB_REQUIRE_FLAGS], [
  AC_MSG_CHECKING([whether $CC can build with $1])
  cb_saved_CFLAGS=$CFLAGS
  CFLAGS="$CFLAGS $1"
  AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
    [AC_MSG_RESULT([yes])],
    [AC_MSG_RESULT([no])
     AC_MSG_ERROR([$CC cannot build with $1])])
  CFLAGS=$cb_saved_CFLAGS
])

# CB_CHECK_VERSION_SCRIPT
# Sets cb_cv_version_script to yes where the linker takes a symbol map.
AC_DEFUN([CB_CHECK_VERSION_SCRIPT], [
  AC_CACHE_CHECK([whether the linker takes --version-script], [cb_cv_version_script], [
    echo 'CONFTEST { local: *; };' >conftest.map
    cb_saved_LDFLAGS=$LDFLAGS
    LDFLAGS="$LDFLAGS -Wl,--version-script=conftest.map"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
      [cb_cv_version_script=yes], [cb_cv_version_script=no])
    LDFLAGS=$cb_saved_LDFLAGS
    rm -f conftest.map
  ])
])

# CB_REPRODUCIBLE_TAR
# Makes "make dist" give the same archive, bit for bit, whoever calls it and
# whenever: nothing of the user, the clock or the order of the folder goes in.
# The time of every file is what build-aux/release-date prints.  (gzip adds no
# time of its own to what it reads from a pipe.)
# Without GNU tar the archive is as good, only not reproducible.
AC_DEFUN([CB_REPRODUCIBLE_TAR], [
  AC_CACHE_CHECK([for a tar that makes reproducible archives], [cb_cv_prog_gnutar], [
    cb_cv_prog_gnutar=no
    for cb_tar in "${TAR-tar}" gtar; do
      AS_IF([$cb_tar --sort=name --mtime=@0 --mode=go=rX -cf /dev/null "$srcdir/configure.ac" \
             >/dev/null 2>&1],
        [cb_cv_prog_gnutar=$cb_tar
         break])
    done
  ])
  AS_IF([test "$cb_cv_prog_gnutar" != no],
    [am__tar="$cb_cv_prog_gnutar --format=ustar --sort=name --mode=u=rwX,go=rX --owner=0 --group=0 --numeric-owner \
--mtime=@\$\$('\$(srcdir)/build-aux/release-date') -chf - \"\$\$tardir\""])
])

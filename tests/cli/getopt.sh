#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Options are understood and refused in the same words where getopt_long is that of the BSDs and
# macOS, which answers otherwise than GNU's (tests/preload/getopt.c).

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need_preload

outside=$CBSPLIT
cat >cbsplit <<END
#!/bin/sh
export LD_PRELOAD='$preload' GETOPT=bsd
exec '$outside' "\$@"
END
chmod +x cbsplit
export CBSPLIT="$scratch/cbsplit" TOP_SRCDIR TOP_BUILDDIR

about 'it is that one'
# Where a letter would be, a minus ends the options there.
refuses 1 '-c-: No such file or directory' '' '0\n' -c-

about 'FILEs between options, and after --'

# same ARG... - what cbsplit ARG... does without it
same() {
    CBSPLIT=$outside
    run "$@"
    CBSPLIT=$scratch/cbsplit
    wanted_status=$status
    mv out wanted_out
    mv err wanted_err
    run "$@"
    expect_status $wanted_status
    expect_same wanted_out out
    expect_same wanted_err err
}
printf 'a\nb\n' >one
printf 'c;d;' >two
printf 'e' >-n
printf 'x\n' >in
gives 'x\n' 'a\nb\nx\n' one -n4 -
same one -d ';' two -d '\n' -- -n
same -c one --from 'delim:\n,or=;' two
same one -cd ';' two three
same -c one two -d '\n' -d\; -- -n
same -c -- -n
same one two -t
same one --from line two --to
same one two --count=3 two
same one two -0x two

about 'tests/cli/options.sh'
"$TOP_SRCDIR/tests/cli/options.sh" >log 2>&1 || {
    show log
    fail 'see above'
}

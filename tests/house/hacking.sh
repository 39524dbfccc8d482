#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: the framing that HACKING.md shows compiles, and reads and writes what the
# text says, once it is added as the text says.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"
: "${CC:=cc}" "${WARN_CFLAGS=-Wall -Wextra -Wpedantic}"

page=$TOP_SRCDIR/HACKING.md
row=$(sed -n 's/^ *`\(FAMILY("tlv",.*),\)`;$/\1/p' "$page")
[ -n "$row" ] || die 'HACKING.md has no row for tlv'
mkdir "$scratch/framings"
awk '/^```c$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$page" >"$scratch/tlv.c"
{
    sed '/^#endif$/d' "$TOP_SRCDIR/lib/framings/families.h"
    echo 'extern const struct cb__family cb__tlv_family;'
    echo '#endif'
} >"$scratch/framings/families.h"
ROW=$row awk '/{.name = NULL}/ { print ENVIRON["ROW"] } { print }' \
    "$TOP_SRCDIR/lib/framings/table.c" >"$scratch/table.c"

# The record "hi" of type 7, and what comes of it again; then a wrong sum.
cat >"$scratch/main.c" <<'END'
#include <string.h>
#include "chunkedbuffer.h"

static int decode(const char *bytes, size_t n, struct cb_buffer *record)
{
    struct cb_decoder *decoder;
    struct cb_buffer *in;
    if (cb_decoder_new(&decoder, "tlv,type=\\x07", NULL, NULL) || cb_buffer_new(&in, NULL))
        return 1000;
    int status = cb_append(in, bytes, n) ? 1000 : cb_decoder_take(decoder, in, record);
    cb_decoder_free(decoder);
    cb_buffer_free(in);
    return status;
}

int main(void)
{
    static const char frame[] = "\7\0\2hi\321"; /* 'h' + 'i' is 209 */
    static const char wrong[] = "\7\0\2hi\322", other[] = "\10\0\2hi\321";
    struct cb_encoder *encoder;
    struct cb_buffer *out, *record;
    if (cb_encoder_new(&encoder, "tlv,type=\\x07", NULL, NULL) || cb_buffer_new(&out, NULL) ||
        cb_buffer_new(&record, NULL) || cb_encode_bytes(encoder, "hi", 2, NULL, NULL, out))
        return 1;
    if (!cb_equal_bytes(out, frame, sizeof frame - 1))
        return 2;
    if (decode(frame, sizeof frame - 1, record) != CB_PIECE || !cb_equal_bytes(record, "hi", 2))
        return 3;
    if (decode(wrong, sizeof wrong - 1, record) != CB_EMALFORMED ||
        decode(other, sizeof other - 1, record) != CB_EMALFORMED)
        return 4;
    cb_encoder_free(encoder);
    cb_buffer_free(out);
    cb_buffer_free(record);
    return 0;
}
END
# (The table of the library is not linked: this one is found first.)
cd "$scratch"
# shellcheck disable=SC2086
$CC -std=gnu11 $WARN_CFLAGS -Werror ${SANITIZERS:+-fsanitize=$SANITIZERS} ${COVERAGE:+--coverage} -g \
    -include "$TOP_BUILDDIR/config.h" -I"$scratch" -I"$TOP_SRCDIR/lib" -I"$TOP_BUILDDIR" \
    -o main main.c tlv.c table.c "$TOP_BUILDDIR/lib/.libs/libcb.a" -pthread || die 'the framing of HACKING.md does not compile'
./main || die "the framing of HACKING.md does not work: check $?"

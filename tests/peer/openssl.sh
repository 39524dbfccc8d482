#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Certificates, keys and messages that OpenSSL writes, in DER and in BER of indefinite
# length, one after another: each comes back as it was, and OpenSSL reads it.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need openssl

doing='openssl'
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=one -days 9 -keyout key.pem -out cert.pem 2>log
openssl x509 -in cert.pem -outform DER -out 1.der
openssl rsa -in key.pem -outform DER -out 2.der 2>log
openssl rsa -in key.pem -pubout -outform DER -out 3.der 2>log
openssl ecparam -name prime256v1 -outform DER -out 4.der
head -c 5000 /dev/urandom >message
# The second one comes in parts, and all around them is of indefinite length.
openssl cms -sign -binary -nodetach -in message -signer cert.pem -inkey key.pem \
    -outform DER -out 5.der
openssl cms -sign -binary -nodetach -stream -in message -signer cert.pem -inkey key.pem \
    -outform DER -out 6.der
openssl cms -encrypt -binary -stream -in message -outform DER -out 7.der cert.pem
[ "$(od -An -tx1 -N2 6.der | tr -d ' ')" = 3080 ] || fail 'no indefinite length'
cp 1.der 8.der

cat [1-8].der >in
run -f der -c
expect_status 0
expect out '8\n'
run -f der -o 'out-%d'
expect_status 0
for i in 1 2 3 4 5 6 7 8; do
    doing="value $i"
    expect_same "$i.der" "out-$i"
done
openssl x509 -inform DER -in out-8 -noout -subject >out
grep -q 'CN *= *one' out || fail "not the subject: $(cat out)"
for i in 5 6; do
    openssl cms -verify -noverify -binary -inform DER -in "out-$i" -out verified 2>log ||
        fail "OpenSSL does not verify value $i: $(cat log)"
    expect_same message verified
done
openssl cms -decrypt -binary -inform DER -in out-7 -inkey key.pem -recip cert.pem -out decrypted
expect_same message decrypted

about 'a byte at a time, and cut short at any byte of a few hundred'
dd if=in bs=1 2>/dev/null | "$CBSPLIT" -f der -t raw >out
expect_same in out
for i in 4 6; do
    size=$(($(wc -c <$i.der)))
    for cut in 1 2 3 5 20 $((size / 2)) $((size - 5)) $((size - 2)) $((size - 1)); do
        [ "$cut" -lt "$size" ] || continue
        { cat 1.der && head -c "$cut" $i.der; } >in
        run -f der -t raw --on-partial=drop
        expect_status 0
        expect_same 1.der out
        run -f der -t none
        expect_status 4
    done
done

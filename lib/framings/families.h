/* SPDX-License-Identifier: MIT */
/* The families in the table of framings, one file each. */
#ifndef CB_FAMILIES_H
#define CB_FAMILIES_H

#include "framing/framing.h"

extern const struct cb__family cb__ascii_family;
extern const struct cb__family cb__base64_family;
extern const struct cb__family cb__between_family;
extern const struct cb__family cb__cbor_family;
extern const struct cb__family cb__chunked_family;
extern const struct cb__family cb__cobs_family;
extern const struct cb__family cb__content_length_family;
extern const struct cb__family cb__csv_family;
extern const struct cb__family cb__delimiter_family;
extern const struct cb__family cb__der_family;
extern const struct cb__family cb__dump_family;
extern const struct cb__family cb__fix_family;
extern const struct cb__family cb__fixed_family;
extern const struct cb__family cb__fold_family;
extern const struct cb__family cb__hdlc_family;
extern const struct cb__family cb__hex_digits_family;
extern const struct cb__family cb__http_family;
extern const struct cb__family cb__index_family;
extern const struct cb__family cb__journal_family;
extern const struct cb__family cb__json_family;
extern const struct cb__family cb__json_seq_family;
extern const struct cb__family cb__length_family;
extern const struct cb__family cb__line_family;
extern const struct cb__family cb__lines_family;
extern const struct cb__key cb__lines_keys[]; /* all keys of `line` */
extern const struct cb__family cb__msgpack_family;
extern const struct cb__family cb__ndjson_family;
extern const struct cb__family cb__none_family;
extern const struct cb__family cb__object_family;
extern const struct cb__family cb__paragraph_family;
extern const struct cb__family cb__pcap_family;
extern const struct cb__family cb__pcapng_family;
extern const struct cb__family cb__raw_family;
extern const struct cb__family cb__resp_family;
extern const struct cb__family cb__slip_family;
extern const struct cb__family cb__sse_family;
extern const struct cb__family cb__start_family;
extern const struct cb__family cb__stomp_family;
extern const struct cb__family cb__syslog_family;
extern const struct cb__family cb__tfrecord_family;
extern const struct cb__family cb__varint_family;
extern const struct cb__family cb__websocket_family;

/* The variants of the length family: the width in bytes and the byte order. */
#define CB__LENGTH_BIG(width) ((unsigned)(width))
#define CB__LENGTH_LITTLE(width) ((unsigned)(width) | 16u)
#define CB__LENGTH_WIDTH(variant) ((variant)&15u)
#define CB__LENGTH_IS_LITTLE(variant) (((variant)&16u) != 0)

/* The variants of the varint family: how the number is written. */
enum { CB__VARINT_LEB128, CB__VARINT_VLQ, CB__VARINT_QUIC };

/* The variants of the ascii family: the base of the number. */
enum { CB__ASCII_DECIMAL = 10, CB__ASCII_HEX = 16 };

#endif

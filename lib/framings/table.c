/* SPDX-License-Identifier: MIT */
/* Every framing, in listing order.  A preset is just a name for a generic
 * specification. */
#include "framings/families.h"

/* A row with a family, a row with one variant of a family, and a preset.  Each ends in
 * its summary, and perhaps `.also = NAMES`. */
#define VARIANT(NAME, FAMILY_NAME, VARIANT_NUMBER, ...)                                            \
    {                                                                                              \
        .name = (NAME), .family = &cb__##FAMILY_NAME##_family, .variant = (VARIANT_NUMBER),        \
        .summary = __VA_ARGS__                                                                     \
    }
#define FAMILY(NAME, FAMILY_NAME, ...) VARIANT(NAME, FAMILY_NAME, 0, __VA_ARGS__)
#define PRESET(NAME, SPECIFICATION, ...)                                                           \
    {                                                                                              \
        .name = (NAME), .preset = (SPECIFICATION), .summary = __VA_ARGS__                          \
    }
#define BOTH(BITS, WIDTH)                                                                          \
    VARIANT("u" #BITS "be", length, CB__LENGTH_BIG(WIDTH), #BITS "-bit length, big-endian"),       \
        VARIANT("u" #BITS "le", length, CB__LENGTH_LITTLE(WIDTH),                                  \
                #BITS "-bit length, little-endian")

const struct cb_framing cb__framings[] = {
    FAMILY("line", line, "a line, ended by LF or CRLF", .also = "fastq"),
    PRESET("lf", "delim:\\n", "a line, ended by LF"),
    PRESET("crlf", "delim:\\r\\n", "a line, ended by CRLF"),
    PRESET("nul", "delim:\\0", "ended by a zero byte", .also = "null zero print0"),
    FAMILY("delim", delimiter, "ended by a delimiter, or one of several"),
    FAMILY("paragraph", paragraph, "lines up to an empty line"),
    FAMILY("start", start, "begins with a mark, up to the next one", .also = "fasta mbox"),
    FAMILY("between", between, "between two strings"),
    PRESET("mllp", "between:\\x0b,end=\\x1c\\r", "an HL7 message, by MLLP", .also = "hl7"),
    FAMILY("fixed", fixed, "a fixed number of bytes", .also = "mpegts"),
    VARIANT("u8", length, CB__LENGTH_BIG(1), "8-bit length"),
    BOTH(16, 2),
    BOTH(24, 3),
    BOTH(32, 4),
    BOTH(40, 5),
    BOTH(48, 6),
    BOTH(56, 7),
    BOTH(64, 8),
    VARIANT("varint", varint, CB__VARINT_LEB128, "LEB128 length, as in Protocol Buffers",
            .also = "protobuf leb128"),
    VARIANT("vlq", varint, CB__VARINT_VLQ, "base-128 length, big-endian, as in MIDI"),
    VARIANT("quic", varint, CB__VARINT_QUIC, "length as in QUIC and HTTP/3 (RFC 9000)"),
    VARIANT("dec", ascii, CB__ASCII_DECIMAL, "ASCII decimal length and a terminator"),
    /* Of rows with the same name, a specification selects the first one that has its keys:
     * hexadecimal digits have none. */
    FAMILY("hex", hex_digits, "a line of hexadecimal digits"),
    VARIANT("hex", ascii, CB__ASCII_HEX, "ASCII hexadecimal length and a terminator"),
    PRESET("netstring", "dec::,trailer=\\,,canonical", "netstring, as 5:hello,"),
    PRESET("octet", "dec: ,canonical,min=1", "syslog's octet counting (RFC 6587), as 5 hello"),
    PRESET("grpc", "u32be,offset=1,byte=0:00-01", "a gRPC message"),
    PRESET("docker", "u32be,offset=4,byte=0:00-03,byte=1:00,byte=2:00,byte=3:00",
           "part of a container's output, from Docker"),
    /* A message has a header of 12 bytes (RFC 1035 section 4.1.1). */
    PRESET("dns", "u16be,min=12", "a DNS message over TCP (RFC 1035)"),
    PRESET("kafka", "u32be,max=2147483647", "a Kafka request or response"),
    PRESET("tpkt", "u16be,offset=2,inclusive,byte=0:03,lead=\\x03", "a TPKT packet (RFC 1006)",
           .also = "rdp cotp"),
    /* From change_cipher_spec to heartbeat (RFC 6520).  2^14 + 2048 is the most
     * before TLS 1.3 (RFC 5246 section 6.2.3), 2^14 + 256 since. */
    PRESET("tls", "u16be,offset=3,max=18432,byte=0:14-18,byte=1:03,lead=\\x17\\x03\\x03",
           "a TLS record (RFC 8446); out: application data", .also = "ssl"),
    /* Types with the flags that each must have (MQTT 5.0 sections 2.1.2, 2.1.3); in PUBLISH
     * not QoS 3 (3.3.1.2), nor DUP with QoS 0 (3.3.1.1).  Version 3.1.1 does not forbid a
     * length in more bytes than needed (5.0 section 1.5.5 does). */
    PRESET("mqtt",
           "varint,offset=1,max-width=4,"
           "byte=0:10|20|30-35|3a-3d|40|50|62|70|82|90|a2|b0|c0|d0|e0|f0,lead=\\x30",
           "an MQTT control packet; out: PUBLISH"),
    /* The length counts the zero byte at the end; it is an int32. */
    PRESET("bson", "u32le,inclusive,adjust=-1,max=2147483647,trailer=\\0,keep", "a BSON document",
           .also = "mongodb"),
    /* A server builds a message in a StringInfo, of less than MaxAllocSize (0x3fffffff)
     * bytes, and adds 4 for the length itself.  Its limit for clients
     * (PQ_LARGE_MESSAGE_LIMIT) is slightly lower.  CopyData may contain anything. */
    PRESET("postgres", "u32be,offset=1,adjust=-4,max=1073741826,byte=0:30-39|41-5a|61-7a,lead=d",
           "a PostgreSQL message; out: CopyData", .also = "postgresql pgsql"),
    /* At least the code; MAX_STARTUP_PACKET_LENGTH is 10000 without the length. */
    PRESET("postgres-startup", "u32be,inclusive,min=8,max=10004",
           "the same without a type, first of a connection"),
    /* A command begins with number 0; the packets that follow it count on. */
    PRESET("mysql", "u24le,header=4,more=16777215,sequence=3",
           "a MySQL packet, joined from several"),
    PRESET("fcgi", "u16be,offset=4,header=8,padding=6,byte=0:01,lead=\\x01\\x06\\x00\\x01",
           "a FastCGI record; out: FCGI_STDOUT of request 1", .also = "fastcgi"),
    PRESET("pkt-line", "hex,digits=4,inclusive,control=3,max=65520", "a git pkt-line",
           .also = "git"),
    FAMILY("tfrecord", tfrecord, "a TFRecord, with its checksums", .also = "tensorflow"),
    FAMILY("pcap", pcap, "a packet of a capture file (tcpdump)", .also = "tcpdump"),
    FAMILY("pcapng", pcapng, "a block of a pcapng capture file (Wireshark)",
           .also = "wireshark pcap-ng"),
    FAMILY("journal", journal, "an entry of systemd's journal, exported", .also = "systemd"),
    FAMILY("fix", fix, "a FIX message"),
    FAMILY("chunked", chunked, "HTTP/1.1 chunked coding (RFC 9112)"),
    FAMILY("http", http, "the content of an HTTP/1.x message (RFC 9112)"),
    FAMILY("content-length", content_length, "a header with Content-Length, as in LSP and DAP",
           .also = "lsp dap json-rpc"),
    PRESET("sip", "content-length,start-line,version=SIP/2.0,fold,or=l",
           "the body of a SIP message (RFC 3261)"),
    PRESET("warc", "content-length,start-line,version=WARC/,fold,trailer=\\r\\n\\r\\n",
           "a record of a web archive (WARC, ISO 28500)"),
    FAMILY("stomp", stomp, "a STOMP frame (1.0 to 1.2)"),
    FAMILY("csv", csv, "a CSV row (RFC 4180), with line ends in quotes", .also = "tsv"),
    FAMILY("websocket", websocket, "a frame of the WebSocket protocol (RFC 6455)",
           .also = "ws wss"),
    FAMILY("sse", sse, "a server-sent event, or its data", .also = "eventsource event-stream"),
    FAMILY("slip", slip, "a packet of a serial line (RFC 1055)"),
    FAMILY("hdlc", hdlc, "a frame of HDLC, as in PPP (RFC 1662)", .also = "ppp"),
    FAMILY("cobs", cobs, "byte-stuffed (COBS), ended by a zero byte"),
    FAMILY("json", json, "a JSON value (RFC 8259)"),
    FAMILY("ndjson", ndjson, "a JSON value a line", .also = "jsonl jsonlines json-lines"),
    FAMILY("json-seq", json_seq, "a value of a JSON text sequence (RFC 7464)"),
    FAMILY("cbor", cbor, "a CBOR item (RFC 8949)"),
    FAMILY("msgpack", msgpack, "a MessagePack object", .also = "messagepack"),
    FAMILY("der", der, "a value in DER or BER (X.690)", .also = "ber asn1 asn.1 ldap"),
    FAMILY("resp", resp, "a Redis value (RESP2 and RESP3)", .also = "redis"),
    FAMILY("syslog", syslog, "a syslog message over TCP (RFC 6587)"),
    FAMILY("raw", raw, "payloads one after another"),
    FAMILY("base64", base64, "a line of base64 (RFC 4648)"),
    FAMILY("index", index, "a line: record, offset, length, tab-separated"),
    FAMILY("json", object, "a JSON object a line, payload as text or base64"),
    FAMILY("dump", dump, "rows of hexadecimal digits and text, for eyes", .also = "xxd hexdump"),
    FAMILY("none", none, "nothing"),
    {.name = NULL},
};

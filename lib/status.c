/* SPDX-License-Identifier: MIT */
/* The names of the status codes, and the version. */
#include "base.h"

const char *cb_version(void)
{
    return CB_VERSION;
}

const char *cb_strerror(int status)
{
    static const char *const fine[] = {
        [CB_OK] = "success",
        [CB_YES] = "yes",
        [CB_MORE] = "more input is needed",
        [CB_PIECE] = "a piece of a record",
        [CB_END] = "end of stream",
    };
    static const char *const bad[] = {
        [-CB_ENOMEM] = "out of memory",
        [-CB_EINVAL] = "invalid argument",
        [-CB_ESTATE] = "not possible in this state",
        [-CB_ELIMIT] = "the buffer is full",
        [-CB_EIO] = "input/output error",
        [-CB_EAGAIN] = "the descriptor is not ready",
        [-CB_EMALFORMED] = "malformed input",
        [-CB_ETRUNCATED] = "the input ends inside a record",
        [-CB_EOVERFLOW] = "record too long",
        [-CB_EUNENCODABLE] = "record does not fit the output framing",
    };
    if (status >= 0 && status < (int)(sizeof fine / sizeof *fine))
        return fine[status];
    if (status < 0 && status > -(int)(sizeof bad / sizeof *bad))
        return bad[-status];
    return "unknown status";
}

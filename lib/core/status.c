/* SPDX-License-Identifier: MIT */
/* The texts of the status codes, and the version. */
#include "core/base.h"

const char *cb_version(void)
{
    return CB_VERSION;
}

const char *cb_strerror(int status)
{
    static const char *const bad[] = {
        [-CB_END] = "end of stream",
        [-CB_ENOMEM] = "out of memory",
        [-CB_EINVAL] = "invalid argument",
        [-CB_ESTATE] = "not allowed in this state",
        [-CB_ELIMIT] = "the buffer is full",
        [-CB_EIO] = "input/output error",
        [-CB_EAGAIN] = "the descriptor is not ready",
        [-CB_EMALFORMED] = "malformed input",
        [-CB_ETRUNCATED] = "the input ends inside a record",
        [-CB_EOVERFLOW] = "record too long",
        [-CB_EUNENCODABLE] = "record cannot be represented in the output framing",
    };
    if (status >= 0)
        return "success";
    if (status > -(int)(sizeof bad / sizeof *bad))
        return bad[-status];
    return "unknown status";
}

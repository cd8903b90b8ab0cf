/* SPDX-License-Identifier: MIT */
/* wants.h - reads and checks kernel_wants, which another kernel has written. Pure. */
#ifndef LIB_WANTS_H
#define LIB_WANTS_H
#include "include/stubborn/kernel.h"
#include "lib/base.h"
#include "lib/status.h"

#define WANTS_NAME	31	/* most bytes of text in name[]: print with %.*s */

/*
 * Read all fields: those that the kernel was compiled without are 0, and 0 is replaced by the
 * default. ERR_BAD_FORMAT if a field has an invalid value; *what is its name.
 */
status_t wants_read(struct kernel_wants *out, const char **what);

/* The prefix of messages. */
const char *wants_name(void);
#endif

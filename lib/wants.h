/* SPDX-License-Identifier: MIT */
/* wants.h - kernel_wants, read with the care that a foreign kernel's deserves. Pure. */
#ifndef LIB_WANTS_H
#define LIB_WANTS_H
#include "include/stubborn/kernel.h"
#include "lib/base.h"
#include "lib/status.h"

#define WANTS_NAME	31	/* bytes of name[] that may be text: print with %.*s */

/*
 * All fields, those that the kernel was compiled without as 0, and defaults in place of 0.
 * ERR_BAD_FORMAT, with *what naming the field, if one has a value it cannot have.
 */
status_t wants_read(struct kernel_wants *out, const char **what);

/* Who the messages are from. */
const char *wants_name(void);
#endif

/* SPDX-License-Identifier: MIT */
/* decode.h - describes an exception in words. Pure. */
#ifndef DECODE_H
#define DECODE_H
#include "lib/base.h"

struct decode {
	uint64_t vector, error;		/* error code: 0 for vectors without one */
	uint64_t cr2, dr6, rsp;
};

/* Always terminated; `size` of 96 is enough. */
void decode_exception(char *text, size_t size, const struct decode *d);
#endif

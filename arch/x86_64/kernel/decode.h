/* SPDX-License-Identifier: MIT */
/* decode.h - describes an exception in words. Pure. */
#ifndef DECODE_H
#define DECODE_H
#include "lib/base.h"

#define DECODE_VECTORS	32

enum {				/* SDM 3A table 6-1 */
	VECTOR_DB = 1, VECTOR_NMI = 2, VECTOR_BP = 3, VECTOR_DF = 8, VECTOR_TS = 10,
	VECTOR_NP = 11, VECTOR_SS = 12, VECTOR_GP = 13, VECTOR_PF = 14, VECTOR_MC = 18,
	VECTOR_CP = 21,
};

struct decode {
	uint64_t vector, error;		/* error code: 0 for vectors without one */
	uint64_t cr2, dr6, rsp;
};

/* Always terminated; `size` of 96 is enough. */
void decode_exception(char *text, size_t size, const struct decode *d);
#endif

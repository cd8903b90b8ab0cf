/* SPDX-License-Identifier: MIT */
/* decode.h - an exception in words. Pure. */
#ifndef DECODE_H
#define DECODE_H
#include "lib/base.h"

/* ESR_ELx.EC: those that decide what is done. LOWER: from a lower exception level */
enum {
	EC_UNKNOWN = 0x00, EC_PAC = 0x09, EC_BTI = 0x0d, EC_MSR = 0x18, EC_FPAC = 0x1c,
	EC_IABORT_LOWER = 0x20, EC_IABORT, EC_DABORT_LOWER = 0x24, EC_DABORT, EC_SERROR = 0x2f,
	EC_BRK = 0x3c,
};

/* Of a synchronous exception. Always terminated; `size` of 96 holds every text. */
void decode_exception(char *text, size_t size, uint64_t esr);

/* Of an SError, whose ISS is its own. */
void decode_serror(char *text, size_t size, uint64_t esr);
#endif

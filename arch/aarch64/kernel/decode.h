/* SPDX-License-Identifier: MIT */
/* decode.h - describes an exception in words. Pure. */
#ifndef DECODE_H
#define DECODE_H
#include "lib/base.h"

/* ESR_ELx.EC values that need special treatment. LOWER: from a lower exception level */
enum {
	EC_UNKNOWN = 0x00, EC_PAC = 0x09, EC_BTI = 0x0d, EC_MSR = 0x18, EC_FPAC = 0x1c,
	EC_IABORT_LOWER = 0x20, EC_IABORT, EC_DABORT_LOWER = 0x24, EC_DABORT, EC_SERROR = 0x2f,
	EC_BRK = 0x3c,
};

/* For a synchronous exception. Always terminated; `size` of 96 is enough. */
void decode_exception(char *text, size_t size, uint64_t esr);

/* For an SError, whose ISS has another format. */
void decode_serror(char *text, size_t size, uint64_t esr);

/* Whether an SError may have left a good state: false only if the CPU says that it has not. */
bool decode_contained(uint64_t esr);
#endif

/* SPDX-License-Identifier: MIT */
/* trap_class.h - classes of exceptions. Pure. */
#ifndef TRAP_CLASS_H
#define TRAP_CLASS_H
#include <stdint.h>

/* Some values of ESR_ELx.EC. LOWER: from a lower exception level */
enum {
	EC_UNKNOWN = 0x00, EC_PAC = 0x09, EC_BTI = 0x0d, EC_MSR = 0x18, EC_FPAC = 0x1c,
	EC_IABORT_LOWER = 0x20, EC_IABORT, EC_DABORT_LOWER = 0x24, EC_DABORT, EC_SERROR = 0x2f,
	EC_BRK = 0x3c,
};

/* The name of a class; "exception" for one that the stub does not expect. */
const char *trap_class(uint32_t ec);
#endif

/* SPDX-License-Identifier: MIT */
/* trap_class.c - names the classes of exceptions that the stub expects (Arm ARM D19.2.37). Pure. */
#include "trap_class.h"
#include "lib/base.h"
#include "lib/print.h"

#define CLASSES(X) \
	X(EC_UNKNOWN, "undefined instruction") \
	X(0x07, "SIMD or floating point access") \
	X(0x0e, "illegal execution state") \
	X(0x15, "SVC") \
	X(0x16, "HVC") \
	X(0x17, "SMC") \
	X(EC_MSR, "system register access") \
	X(EC_IABORT_LOWER, "instruction abort") \
	X(EC_IABORT, "instruction abort") \
	X(0x22, "PC alignment fault") \
	X(EC_DABORT_LOWER, "data abort") \
	X(EC_DABORT, "data abort") \
	X(0x26, "SP alignment fault") \
	X(EC_SERROR, "SError") \
	X(0x30, "breakpoint") \
	X(0x31, "breakpoint") \
	X(EC_BRK, "BRK instruction")
#define CLASS(ec, name)	ec,
#define NAME(ec, name)	name "\0"

const char *trap_class(uint32_t ec)
{
	static const uint8_t classes[] = { CLASSES(CLASS) };
	uint32_t n = 0;

	while (n < ARRAY_SIZE(classes) && classes[n] != ec)
		n++;
	return text_item(CLASSES(NAME) "exception", n);
}

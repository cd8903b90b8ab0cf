/* SPDX-License-Identifier: MIT */
/* trap_class.c - names the classes of exceptions that the stub expects (Arm ARM D19.2.37). Pure. */
#include "trap_class.h"

const char *trap_class(uint32_t ec)
{
	switch (ec) {
	case EC_UNKNOWN: return "undefined instruction";
	case 0x07: return "SIMD or floating point access";
	case 0x0e: return "illegal execution state";
	case 0x15: return "SVC";
	case 0x16: return "HVC";
	case 0x17: return "SMC";
	case EC_MSR: return "system register access";
	case EC_IABORT_LOWER: case EC_IABORT: return "instruction abort";
	case 0x22: return "PC alignment fault";
	case EC_DABORT_LOWER: case EC_DABORT: return "data abort";
	case 0x26: return "SP alignment fault";
	case EC_SERROR: return "SError";
	case 0x30: case 0x31: return "breakpoint";
	case EC_BRK: return "BRK instruction";
	default: return "exception";
	}
}

/* SPDX-License-Identifier: MIT */
/* put.c - the console that needs no address. Any time, any regime. */
#include "arch/boot.h"
#include "sbi.h"

/* Before SBI 2.0 there is only the other call. */
bool arch_call_put(uint8_t byte)
{
	return sbi_call(SBI_DBCN, SBI_WRITE_BYTE, byte, 0, 0, 0).error == SBI_SUCCESS ||
	       sbi_call(SBI_PUTCHAR, 0, byte, 0, 0, 0).error == SBI_SUCCESS;
}

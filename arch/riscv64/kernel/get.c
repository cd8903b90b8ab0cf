/* SPDX-License-Identifier: MIT */
/*
 * get.c - what is typed at the console that needs no address. Only the legacy call (RISC-V SBI 2.0,
 * 5.3) returns the byte in a register. Any time, any regime.
 */
#include "arch/kernel.h"
#include "arch/riscv64/boot/sbi.h"

bool arch_call_gets(void)
{
	const struct sbi s = sbi_call(SBI_BASE, SBI_PROBE, SBI_GETCHAR, 0, 0, 0);

	return s.error == SBI_SUCCESS && s.value;
}

/* 0 would be NUL, but firmware that does nothing returns 0, too. */
int arch_call_get(void)
{
	const int64_t byte = sbi_call(SBI_GETCHAR, 0, 0, 0, 0, 0).error;

	return byte > 0 && byte <= UINT8_MAX ? (int)byte : -1;
}

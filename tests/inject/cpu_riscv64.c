/* SPDX-License-Identifier: MIT */
/* cpu_riscv64.c - the console and the timer of SBI (RISC-V SBI specification 2.0, 5.2 and 6). */
#include "inject.h"

#define SBI_PUTCHAR	1
#define SBI_TIME	0x54494d45
#define SSTATUS_SIE	(1ull << 1)
#define SIE_TIMER	(1ull << 5)

static void sbi_call(uint64_t extension, uint64_t argument)
{
	register uint64_t a0 __asm__("a0") = argument;
	register uint64_t a1 __asm__("a1") = 0;
	register uint64_t a6 __asm__("a6") = 0;
	register uint64_t a7 __asm__("a7") = extension;

	asm volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
}

void cpu_put(char c)
{
	sbi_call(SBI_PUTCHAR, (uint8_t)c);
}

uint64_t cpu_vectors(void)
{
	uint64_t stvec;

	asm volatile("csrr %0, stvec" : "=r"(stvec));
	return stvec;
}

/* It has expired and says so. */
void cpu_timer(void)
{
	asm volatile("csrc sstatus, %0" : : "r"(SSTATUS_SIE));
	sbi_call(SBI_TIME, 0);
	asm volatile("csrs sie, %0" : : "r"(SIE_TIMER));
}

/* U-Boot has no ACPI here. */
void cpu_absent(struct madt_walk *w)
{
	(void)w;
	say("inject: %s: not on this CPU", inject.name);
}

void cpu_park(struct madt_walk *w)
{
	cpu_absent(w);
}

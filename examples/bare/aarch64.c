/* SPDX-License-Identifier: MIT */
/*
 * aarch64.c - EL1, and 512 GiB in 1 GiB blocks: 4 KiB granule, 39 bits (Arm ARM, D8.3). If the
 * serial port is in the same GiB as memory, that GiB is in blocks of 2 MiB.
 */
#include "bare.h"

#define TABLE		0x003		/* valid, table */
#define BLOCK		0x401		/* valid, block, accessed */
#define BLOCK_SHARED	0x300		/* inner */
#define BLOCK_MEMORY	(0 << 2)	/* index in MAIR */
#define BLOCK_DEVICE	(1 << 2)
#define BLOCK_XN	(3ull << 53)
#define MEMORY		(BLOCK | BLOCK_SHARED | BLOCK_MEMORY)
#define DEVICE		(BLOCK | BLOCK_XN | BLOCK_DEVICE)
#define LARGE		(2ull << 20)
#define MAIR		0x00ff		/* 0: normal, write-back; 1: device, nGnRnE */
#define TCR_T0SZ	25
#define TCR_WALKS	0x3500		/* inner shareable, write-back */
#define TCR_EPD1	(1ull << 23)
#define TCR_IPS_40	(2ull << 32)
#define SCTLR_RES1	0x30d00980ull
#define SCTLR_MCI	0x1005ull	/* MMU and both caches */

#define SYSREG_WRITE(name, value) \
	__asm__ volatile("msr " #name ", %0" :: "r"((uint64_t)(value)) : "memory")

const struct kernel_wants kernel_wants = {
	.size = sizeof(kernel_wants), .regime = BOOT_MMU_OFF, .el = KERNEL_EL_1,
	.name = "bare",
};

extern const char vectors[];

static _Alignas(4096) uint64_t root[512], port[512];

/* What is written to the serial port must not stay in a cache. */
static void port_map(const struct boot_info *bi)
{
	const uint64_t uart = bi->uart.base, gib = uart / GIB;

	if (!uart || gib >= 512 || !memory_in(bi, gib * GIB))
		return;
	for (uint64_t n = 0; n < 512; n++)
		port[n] = (gib * GIB + n * LARGE) | (n == uart % GIB / LARGE ? DEVICE : MEMORY);
	root[gib] = (uint64_t)port | TABLE;
}

const char *regime_take(const struct boot_info *bi)
{
	if (bi->regime != BOOT_MMU_OFF)
		return "begin with mmu=off";
	if (bi->cpu_mode != 1)
		return "begin at EL1";
	for (uint64_t n = 0; n < 512; n++)
		root[n] = n * GIB | (memory_in(bi, n * GIB) ? MEMORY : DEVICE);
	port_map(bi);
	SYSREG_WRITE(vbar_el1, vectors);
	SYSREG_WRITE(mair_el1, MAIR);
	SYSREG_WRITE(tcr_el1, TCR_T0SZ | TCR_WALKS | TCR_EPD1 | TCR_IPS_40);
	SYSREG_WRITE(ttbr0_el1, root);
	__asm__ volatile("dsb sy; isb; tlbi vmalle1; ic iallu; dsb sy; isb" ::: "memory");
	SYSREG_WRITE(sctlr_el1, SCTLR_RES1 | SCTLR_MCI);
	__asm__ volatile("isb" ::: "memory");
	return 0;
}

void trap_cause(void)
{
	__asm__ volatile("brk #42" ::: "memory");
}

_Noreturn void stop(void)
{
	for (;;)
		__asm__ volatile("wfi");
}

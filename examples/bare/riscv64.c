/* SPDX-License-Identifier: MIT */
/* riscv64.c - 256 GiB in leaves of 1 GiB: Sv39 (privileged specification 4.4). */
#include "bare.h"

#define LEAF		0xc7		/* valid, readable, writable, accessed, dirty */
#define LEAF_X		0x08
#define LEAF_SHIFT	2		/* a page's number is at bit 10 */
#define LEAVES		256		/* the half whose addresses are those of memory */
#define SV39		(8ull << 60)

#define CSR_WRITE(name, value) \
	__asm__ volatile("csrw " #name ", %0" :: "r"((uint64_t)(value)) : "memory")

const struct kernel_wants kernel_wants = {
	.size = sizeof(kernel_wants), .regime = BOOT_MMU_OFF, .name = "bare",
};

extern const char vectors[];

static _Alignas(4096) uint64_t root[512];

/* The platform decides what is cached. */
const char *regime_take(const struct boot_info *bi)
{
	if (bi->regime != BOOT_MMU_OFF)
		return "begin with mmu=off";
	for (uint64_t n = 0; n < LEAVES; n++)
		root[n] = n * GIB >> LEAF_SHIFT | LEAF | (memory_in(bi, n * GIB) ? LEAF_X : 0);
	CSR_WRITE(stvec, vectors);
	__asm__ volatile("sfence.vma" ::: "memory");	/* the table is written before it is used */
	CSR_WRITE(satp, SV39 | (uint64_t)root >> 12);
	__asm__ volatile("sfence.vma; fence.i" ::: "memory");
	return 0;
}

void trap_cause(void)
{
	__asm__ volatile(".option push; .option norvc; ebreak; .option pop" ::: "memory");
}

_Noreturn void stop(void)
{
	for (;;)
		__asm__ volatile("wfi");
}

/* SPDX-License-Identifier: MIT */
/* x86_64.c - 4 GiB in 2 MiB pages (Intel SDM 3A, 4.5), a GDT, an IDT with one gate. */
#include "bare.h"

#define PTE_TABLE	0x03		/* present, writable */
#define PTE_DEVICE	0x9b		/* likewise, uncached, 2 MiB */
#define PTE_MEMORY	0x83
#define LARGE		(2ull << 20)
#define CODE		0x08
#define GATE		0x8e00
#define BREAKPOINT	3
#define CR4_LA57	(1ull << 12)

struct pseudo {				/* the CPU reads it from `limit` on */
	uint16_t unused[3], limit;
	const void *base;
};

struct gate {
	uint16_t low, code, type, middle;
	uint32_t high, reserved;
};

const struct kernel_wants kernel_wants = {
	.size = sizeof(kernel_wants), .regime = BOOT_MMU_IDENTITY, .name = "bare",
};

void breakpoint(void);
void segments_load(const void *gdtr);

static _Alignas(4096) uint64_t root[512], low[512], large[4][512];
static const uint64_t gdt[] = { 0, 0x00af9b000000ffff, 0x00cf93000000ffff };
static struct gate idt[BREAKPOINT + 1];

uint8_t port_in(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

void port_out(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" :: "a"(value), "Nd"(port));
}

static void tables_load(const struct boot_info *bi)
{
	root[0] = (uint64_t)low | PTE_TABLE;
	for (uint64_t gib = 0; gib < 4; gib++) {
		const uint64_t type = memory_in(bi, gib * GIB) ? PTE_MEMORY : PTE_DEVICE;

		low[gib] = (uint64_t)large[gib] | PTE_TABLE;
		for (uint64_t n = 0; n < 512; n++)
			large[gib][n] = (gib * GIB + n * LARGE) | type;
	}
	__asm__ volatile("mov %0, %%cr3" :: "r"(root) : "memory");
}

const char *regime_take(const struct boot_info *bi)
{
	const struct pseudo gdtr = { .limit = sizeof(gdt) - 1, .base = gdt };
	const struct pseudo idtr = { .limit = sizeof(idt) - 1, .base = idt };
	const uint64_t at = (uint64_t)breakpoint;
	uint64_t cr4;

	__asm__("mov %%cr4, %0" : "=r"(cr4));
	if (cr4 & CR4_LA57)
		return "five levels of tables are not done here";
	if (bi->handoff.base + bi->handoff.size > 4 * GIB ||
	    bi->image.base + bi->image.size > 4 * GIB)
		return "only 4 GiB are mapped here";
	tables_load(bi);
	segments_load(&gdtr.limit);
	idt[BREAKPOINT].low = (uint16_t)at;
	idt[BREAKPOINT].code = CODE;
	idt[BREAKPOINT].type = GATE;
	idt[BREAKPOINT].middle = (uint16_t)(at >> 16);
	idt[BREAKPOINT].high = (uint32_t)(at >> 32);
	__asm__ volatile("lidt %0" :: "m"(idtr.limit), "m"(idtr.base));
	return 0;
}

void trap_cause(void)
{
	__asm__ volatile("int3" ::: "memory");
}

_Noreturn void stop(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

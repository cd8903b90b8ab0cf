/* SPDX-License-Identifier: MIT */
/*
 * desc.c - GDT, IDT and TSS as data (SDM 3A 3.4.5, 6.14.1, 8.7).
 *
 * In .data, not .bss: the stub needs them before .bss can be trusted.
 */
#include "desc.h"
#include "lib/base.h"
#include "lib/image.h"
#include "trap.h"

#define DESC_S		(1ull << 44)	/* code or data */
#define DESC_P		(1ull << 47)
#define DESC_CODE	(10ull << 40)	/* type: execute, read */
#define DESC_DATA	(2ull << 40)	/* type: read, write */
#define DESC_L		(1ull << 53)	/* 64-bit code: L set, D clear */
#define DESC_TSS	(9ull << 40)	/* type: 64-bit TSS, available */
#define GATE_SELECTOR(s)	((uint64_t)(s) << 16)
#define GATE_IST(n)		((uint64_t)(n) << 32)
#define GATE_INTERRUPT		(0x8eull << 40)	/* present, DPL 0, 64-bit interrupt gate */

struct __attribute__((packed)) desc_tss_layout {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];
	uint64_t reserved2;
	uint16_t reserved3, io_map;
};
_Static_assert(sizeof(struct desc_tss_layout) == 104, "SDM 3A figure 8-11");

__attribute__((section(".data"), aligned(16))) struct desc_tables desc_tables = {
	.gdt = {
		[SEL_CODE / 8] = DESC_P | DESC_S | DESC_CODE | DESC_L,
		[SEL_DATA / 8] = DESC_P | DESC_S | DESC_DATA,
	},
};

static struct desc_tss_layout desc_tss_data;	/* .bss: only the kernel uses it */

void desc_gates(struct desc_tables *t, uint64_t virt, uint8_t ist)
{
	const uint64_t stub = virt + image_offset(trap_stubs);
	uint64_t low = (stub & 0xffff) | GATE_SELECTOR(SEL_CODE) | GATE_IST(ist) |
		       GATE_INTERRUPT | (stub >> 16 & 0xffff) << 48;

	/* vectors.S keeps all stubs in one aligned block of 512 bytes: only offset 15:0 changes */
	for (uint32_t i = 0; i < DESC_VECTORS; i++, low += TRAP_STUB_SIZE)
		t->idt[i] = (struct desc_gate){ low, stub >> 32 };
}

void desc_tss(uint64_t stack)
{
	const uint64_t base = (uint64_t)&desc_tss_data;
	const uint64_t limit = sizeof(desc_tss_data) - 1;

	desc_tss_data.ist[0] = stack;
	desc_tss_data.io_map = sizeof(desc_tss_data);	/* no bitmap */
	desc_tables.gdt[SEL_TSS / 8] = DESC_P | DESC_TSS | limit | (base & 0xffffff) << 16 |
				       (base >> 24 & 0xff) << 56;
	desc_tables.gdt[SEL_TSS / 8 + 1] = base >> 32;
	__asm__ volatile("ltr %w0" :: "r"(SEL_TSS) : "memory");
}

/* SPDX-License-Identifier: MIT */
/* desc.h - GDT and IDT of one image. */
#ifndef DESC_H
#define DESC_H
#include "regs.h"
#include <stdint.h>

struct desc_gate {		/* SDM 3A 6.14.1 */
	uint64_t low;		/* offset 15:0, selector, IST, type, offset 31:16 */
	uint64_t high;		/* offset 63:32 */
};

struct desc_tables {
	uint64_t gdt[DESC_IDT / sizeof(uint64_t)];
	struct desc_gate idt[DESC_VECTORS];
};
_Static_assert(sizeof(struct desc_gate) == 16, "a long mode gate is 16 bytes");
_Static_assert(__builtin_offsetof(struct desc_tables, idt) == DESC_IDT, "vectors.S offset");

#define DESC_S		(1ull << 44)	/* code or data */
#define DESC_P		(1ull << 47)
#define DESC_CODE	(10ull << 40)	/* type: execute, read */
#define DESC_DATA	(2ull << 40)	/* type: read, write */
#define DESC_L		(1ull << 53)	/* 64-bit code: L set, D clear */
#define DESC_TSS	(9ull << 40)	/* type: 64-bit TSS, available */
#define GATE_SELECTOR(s)	((uint64_t)(s) << 16)
#define GATE_IST(n)		((uint64_t)(n) << 32)
#define GATE_INTERRUPT		(0x8eull << 40)	/* present, DPL 0, 64-bit interrupt gate */

/* An interrupt gate to `code`. ist: 1 to 7, or 0 for the current stack. */
static inline struct desc_gate desc_gate(uint64_t code, uint32_t ist)
{
	return (struct desc_gate){
		.low = (code & 0xffff) | GATE_SELECTOR(SEL_CODE) | GATE_IST(ist) |
		       GATE_INTERRUPT | (code >> 16 & 0xffff) << 48,
		.high = code >> 32,
	};
}

extern struct desc_tables desc_tables;

/* Point every gate of `t` to the stubs of the image that runs at `virt`. */
void desc_gates(struct desc_tables *t, uint64_t virt);

void desc_load(struct desc_tables *t);	/* vectors.S */
#endif

/* SPDX-License-Identifier: MIT */
/* desc.h - GDT, IDT and TSS of one image. */
#ifndef DESC_H
#define DESC_H
#include "regs.h"
#include <stdint.h>

struct desc_gate {		/* SDM 3A 6.14.1 */
	uint64_t low;		/* offset 15:0, selector, IST, type, offset 31:16 */
	uint64_t high;		/* offset 63:32 */
};

struct desc_tables {
	uint64_t gdt[5];
	struct desc_gate idt[DESC_VECTORS];
};
_Static_assert(sizeof(struct desc_gate) == 16, "a long mode gate is 16 bytes");
_Static_assert(__builtin_offsetof(struct desc_tables, idt) == DESC_IDT, "vectors.S offset");

extern struct desc_tables desc_tables;

/* Point every gate of `t` to the stubs of the image that runs at `virt`. ist: 0 or 1. */
void desc_gates(struct desc_tables *t, uint64_t virt, uint8_t ist);

/* Load a TSS with `stack` as IST1 into the running image's GDT, which must be in use. */
void desc_tss(uint64_t stack);

void desc_load(struct desc_tables *t);	/* vectors.S */
#endif

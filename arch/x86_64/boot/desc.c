/* SPDX-License-Identifier: MIT */
/*
 * desc.c - GDT and IDT as data (SDM 3A 3.4.5, 6.14.1).
 *
 * In .data, not .bss: the stub needs them before .bss can be trusted.
 */
#include "desc.h"
#include "lib/base.h"
#include "lib/image.h"
#include "trap.h"

__attribute__((section(".data"), aligned(16))) struct desc_tables desc_tables = {
	.gdt = {
		[SEL_CODE / 8] = DESC_P | DESC_S | DESC_CODE | DESC_L,
		[SEL_DATA / 8] = DESC_P | DESC_S | DESC_DATA,
	},
};

void desc_gates(struct desc_tables *t, uint64_t virt)
{
	const uint64_t stub = virt + image_offset(trap_stubs);
	struct desc_gate gate = desc_gate(stub, 0);

	/* vectors.S keeps all stubs in one aligned block of 512 bytes: only offset 15:0 changes */
	for (uint32_t i = 0; i < DESC_VECTORS; i++, gate.low += TRAP_STUB_SIZE)
		t->idt[i] = gate;
}

/* SPDX-License-Identifier: MIT */
/*
 * desc.c - the GDT and TSS of each CPU, in its struct cpu, and the IDT, which all CPUs share (SDM
 * 3A 3.4.5, 6.14, 8.7).
 */
#include "arch/x86_64/boot/desc.h"
#include "arch/x86_64/boot/exception.h"
#include "desc.h"
#include "frame.h"
#include "kernel/cpu/cpu.h"

struct __attribute__((packed)) tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];
	uint64_t reserved2;
	uint16_t reserved3, io_map;
};
_Static_assert(sizeof(struct tss) == 104, "SDM 3A figure 8-11");

struct desc {
	uint64_t gdt[5];
	struct tss tss;
};
_Static_assert(sizeof(struct desc) <= sizeof(((struct cpu *)0)->arch), "struct cpu.arch");

static NOINIT struct desc_gate idt[IDT_VECTORS];

/* These vectors may occur while the stack is broken, or at the very start of another handler. */
static uint8_t gate_ist(uint32_t vector)
{
	switch (vector) {
	case VECTOR_DF: return 1;
	case VECTOR_NMI: return 2;
	case VECTOR_MC: return 3;
	default: return 0;
	}
}

static void idt_fill(void)
{
	for (uint32_t i = 0; i < IDT_VECTORS; i++) {
		const uint64_t code = (uint64_t)trap_gates +
			(i < TRAP_VECTORS ? i * TRAP_GATE : TRAP_VECTORS * TRAP_GATE +
					    (i - TRAP_VECTORS) * IRQ_GATE);

		idt[i] = desc_gate(code, gate_ist(i));
	}
}

/* The CPU reads the TSS when it switches stacks. */
void arch_trap_stacks_use(struct cpu *c)
{
	struct desc *d = (struct desc *)c->arch;

	for (uint32_t i = 0; i < CPU_TRAP_STACKS; i++)
		d->tss.ist[i] = c->trap_stack[i];
}

void desc_start(struct cpu *c)
{
	struct desc *d = (struct desc *)c->arch;
	const uint64_t base = (uint64_t)&d->tss, limit = sizeof(d->tss) - 1;

	if (c->index == 0)
		idt_fill();
	arch_trap_stacks_use(c);
	d->tss.io_map = sizeof(d->tss);		/* no bitmap */
	d->gdt[SEL_CODE / 8] = DESC_P | DESC_S | DESC_CODE | DESC_L;
	d->gdt[SEL_DATA / 8] = DESC_P | DESC_S | DESC_DATA;
	d->gdt[SEL_TSS / 8] = DESC_P | DESC_TSS | limit | (base & 0xffffff) << 16 |
			      (base >> 24 & 0xff) << 56;
	d->gdt[SEL_TSS / 8 + 1] = base >> 32;
	desc_switch(d->gdt, sizeof(d->gdt) - 1, idt, sizeof(idt) - 1);
}

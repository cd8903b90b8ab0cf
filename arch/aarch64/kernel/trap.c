/* SPDX-License-Identifier: MIT */
/* trap.c - passes exceptions from the vectors to kernel/cpu/trap.c, with a description. */
#include "arch/aarch64/boot/cpu.h"
#include "arch/aarch64/boot/hcr.h"
#include "arch/aarch64/boot/sysreg.h"
#include "decode.h"
#include "frame.h"
#include "kernel/cpu/trap.h"
#include "lib/print.h"

#define INSTRUCTION	4	/* bytes */

/* indices in struct cpu.arch, as in vectors.S */
enum { TRAP_LOW, TRAP_SPARE };

const uint32_t arch_trap_stacks = 2;	/* the handlers'; a spare if that one is broken */
const uint32_t arch_probe_registers = 31;

static void trap_describe(uint64_t vector, const struct trap_info *t)
{
	const bool broken = vector == VECTOR_BROKEN;
	char *text = cpu_this()->trap_text;
	uint32_t n = 0;

	switch (vector & VECTOR_WHAT) {
	case VECTOR_SERROR: decode_serror(text, CPU_TRAP_TEXT, t->cause); return;
	case VECTOR_FIQ: text_format(text, CPU_TRAP_TEXT, "FIQ"); return;
	}
	if (broken || decode_overflow(t->cause, t->address, t->sp))
		n = (uint32_t)text_format(text, CPU_TRAP_TEXT, "%sstack overflow, ",
					  broken ? "handlers' " : "");
	decode_exception(text + n, CPU_TRAP_TEXT - n, t->cause);
}

/* An SError that is contained is due to what trap_try() has called, which catch.S waits for. */
static enum trap_kind trap_kind(uint64_t vector, uint64_t esr)
{
	switch (vector & VECTOR_WHAT) {
	case VECTOR_FIQ: return TRAP_NMI;
	case VECTOR_SERROR: return decode_contained(esr) ? TRAP_FAULT : TRAP_ABORT;
	default: return ESR_EC(esr) == EC_BRK ? TRAP_BREAK : TRAP_FAULT;
	}
}

void trap_entered(struct trap_frame *f, uint64_t vector)
{
	static const char name[][4] = {
		"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
		"x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21", "x22",
		"x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30", "sp",
	};
	const bool el2 = cpu_level() == 2;
	const struct trap_info t = {
		.what = cpu_this()->trap_text,
		.cause_name = el2 ? "ESR_EL2" : "ESR_EL1",
		.address_name = el2 ? "FAR_EL2" : "FAR_EL1",
		.cause = el2 ? sysreg_read(esr_el2) : sysreg_read(esr_el1),
		.address = (vector & VECTOR_WHAT) == VECTOR_SERROR ? 0 :	/* FAR is older */
			   el2 ? sysreg_read(far_el2) : sysreg_read(far_el1),
		.pc = f->elr,
		.sp = f->sp,
		.frame = f->x[29],
		.reg_name = name,
		.reg = f->x,
		.regs = ARRAY_SIZE(name),
	};

	trap_describe(vector, &t);
	trap_exception(trap_kind(vector, t.cause), &t, f);
}

/* No cause is known, and an FIQ that is not acknowledged would be taken again at once. */
const char *arch_nmi_source(void)
{
	return NULL;
}

void arch_frame_skip(struct trap_frame *f)
{
	f->elr += INSTRUCTION;
}

void arch_cpu_set(struct cpu *c)
{
	sysreg_write(tpidr_el1, (uint64_t)c);
}

void arch_trap_stacks_use(struct cpu *c)
{
	c->arch[TRAP_SPARE] = c->trap_stack[1];
}

void arch_trap_start(struct cpu *c)
{
	c->arch[TRAP_LOW] = c->trap_stack[0] - CPU_TRAP_STACK + FRAME_SIZE;
	arch_trap_stacks_use(c);
	trap_stack_switch(c->trap_stack[0]);
	if (cpu_level() == 2) {		/* SErrors are EL2's, too */
		hcr_write(sysreg_read(hcr_el2) | HCR_EL2_AMO);
		sysreg_write(vbar_el2, (uint64_t)trap_vectors_el2);
	} else {
		sysreg_write(vbar_el1, (uint64_t)trap_vectors_el1);
	}
	__asm__ volatile("isb\n\tmsr daifclr, #4" ::: "memory");
}

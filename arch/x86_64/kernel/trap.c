/* SPDX-License-Identifier: MIT */
/* trap.c - passes exceptions from the vectors to kernel/cpu/trap.c, with a description. */
#include "arch/x86_64/boot/exception.h"
#include "arch/x86_64/boot/regs.h"
#include "decode.h"
#include "desc.h"
#include "frame.h"
#include "kernel/cpu/trap.h"
#include "mce.h"

const uint32_t arch_trap_stacks = 3;	/* IST: double fault, NMI, machine check */
const uint32_t arch_probe_registers = 15;

static enum trap_kind trap_kind(uint64_t vector)
{
	switch (vector) {
	case VECTOR_NMI: return TRAP_NMI;
	case VECTOR_BP: return TRAP_BREAK;
	case VECTOR_MC: return TRAP_ABORT;
	default: return TRAP_FAULT;
	}
}

static void trap_describe(char *text, const struct trap_frame *f, uint64_t cr2)
{
	const struct decode d = {
		.vector = f->vector, .error = f->error, .cr2 = cr2, .dr6 = cr_read(dr6),
		.rsp = f->rsp,
	};

	if (f->vector == VECTOR_MC)
		mce_describe(text, CPU_TRAP_TEXT);
	else
		decode_exception(text, CPU_TRAP_TEXT, &d);
}

void trap_entered(struct trap_frame *f)
{
	char *const text = cpu_this()->trap_text;
	struct trap_info t;

	exception_fill(&t, f->reg);
	t.what = text;
	t.frame = f->reg[REG_RBP];
	trap_describe(text, f, t.address);
	trap_exception(trap_kind(f->vector), &t, f);
}

/* Nothing to do: RIP already points after the INT3 (SDM 3A 6.15, vector 3). */
void arch_frame_skip(struct trap_frame *f)
{
	(void)f;
}

void arch_cpu_set(struct cpu *c)
{
	msr_write(MSR_GS_BASE, (uint64_t)c);
}

void arch_trap_start(struct cpu *c)
{
	desc_start(c);
	arch_cpu_set(c);		/* loading GS has cleared its base */
	mce_start();
}

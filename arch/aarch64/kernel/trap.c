/* SPDX-License-Identifier: MIT */
/* trap.c - from the vectors to kernel/cpu/trap.c, with what the CPU says of the exception. */
#include "arch/boot.h"
#include "arch/aarch64/boot/cpu.h"
#include "arch/aarch64/boot/sysreg.h"
#include "frame.h"
#include "kernel/cpu/trap.h"
#include "lib/print.h"

/* ESR_ELx.EC: from a lower exception level, and from this one */
enum { EC_IABORT_LOWER = 0x20, EC_IABORT, EC_DABORT_LOWER = 0x24, EC_DABORT, EC_BRK = 0x3c };

#define INSTRUCTION	4	/* bytes */

/* struct cpu.arch, as vectors.S has it */
enum { TRAP_LOW, TRAP_SPARE };

const uint32_t arch_trap_stacks = 2;	/* handlers'; what takes place if that one is broken */
const uint32_t arch_probe_registers = 31;

static const char *trap_class(uint32_t ec)
{
	switch (ec) {
	case 0x00: return "undefined instruction";
	case 0x07: return "SIMD or floating point access";
	case 0x0e: return "illegal execution state";
	case 0x15: return "SVC";
	case 0x16: return "HVC";
	case 0x17: return "SMC";
	case 0x18: return "trapped system register access";
	case EC_IABORT_LOWER: case EC_IABORT: return "instruction abort";
	case 0x22: return "PC alignment fault";
	case EC_DABORT_LOWER: case EC_DABORT: return "data abort";
	case 0x26: return "SP alignment fault";
	case 0x2f: return "SError";
	case 0x30: case 0x31: return "breakpoint";
	case EC_BRK: return "BRK instruction";
	default: return "exception";
	}
}

static const char *trap_status(uint32_t fsc)
{
	switch (fsc >> 2) {
	case 0: return "address size fault";
	case 1: return "translation fault";
	case 2: return "access flag fault";
	case 3: return "permission fault";
	case 4: return "external abort";
	case 5: return "external abort on a table walk";
	default: return fsc == 0x21 ? "alignment fault" : "fault";
	}
}

static void trap_describe(char *text, uint64_t vector, uint64_t esr)
{
	static const char kind[][8] = { "", "IRQ", "FIQ", "SError" };
	const uint32_t ec = ESR_EC(esr);
	const bool data = ec == EC_DABORT_LOWER || ec == EC_DABORT;

	if (vector & VECTOR_WHAT)
		text_format(text, CPU_TRAP_TEXT, "%s", kind[vector & VECTOR_WHAT]);
	else if (data || ec == EC_IABORT_LOWER || ec == EC_IABORT)
		text_format(text, CPU_TRAP_TEXT, "%s, %s level %u%s", trap_class(ec),
			    trap_status(ESR_FSC(esr)), (unsigned int)esr & 3,
			    !data ? "" : esr & ESR_WNR ? ", write" : ", read");
	else
		text_format(text, CPU_TRAP_TEXT, "%s", trap_class(ec));
}

static enum trap_kind trap_kind(uint64_t vector, uint64_t esr)
{
	switch (vector & VECTOR_WHAT) {
	case VECTOR_FIQ: return TRAP_NMI;
	case VECTOR_SERROR: return TRAP_ABORT;
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
	char *const text = cpu_this()->trap_text;
	const struct trap_info t = {
		.what = text,
		.cause_name = el2 ? "ESR_EL2" : "ESR_EL1",
		.address_name = el2 ? "FAR_EL2" : "FAR_EL1",
		.cause = el2 ? sysreg_read(esr_el2) : sysreg_read(esr_el1),
		.address = el2 ? sysreg_read(far_el2) : sysreg_read(far_el1),
		.pc = f->elr,
		.sp = f->sp,
		.reg_name = name,
		.reg = f->x,
		.regs = ARRAY_SIZE(name),
	};

	trap_describe(text, vector, t.cause);
	trap_exception(trap_kind(vector, t.cause), &t, f);
}

void arch_frame_skip(struct trap_frame *f)
{
	f->elr += INSTRUCTION;
}

/* At EL2, too: it is EL1's only if something runs there. */
struct cpu *arch_cpu_this(void)
{
	return (struct cpu *)sysreg_read(tpidr_el1);
}

void arch_cpu_set(struct cpu *c)
{
	sysreg_write(tpidr_el1, (uint64_t)c);
}

void arch_trap_start(struct cpu *c)
{
	c->arch[TRAP_LOW] = c->trap_stack[0] - CPU_TRAP_STACK + FRAME_SIZE;
	c->arch[TRAP_SPARE] = c->trap_stack[1];
	trap_stack_switch(c->trap_stack[0]);
	if (cpu_level() == 2)
		sysreg_write(vbar_el2, (uint64_t)trap_vectors_el2);
	else
		sysreg_write(vbar_el1, (uint64_t)trap_vectors_el1);
	__asm__ volatile("isb" ::: "memory");
}

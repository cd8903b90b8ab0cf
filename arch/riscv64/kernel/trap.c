/* SPDX-License-Identifier: MIT */
/* trap.c - passes exceptions from the vectors to kernel/cpu/trap.c, with a description. */
#include "arch/riscv64/boot/csr.h"
#include "arch/riscv64/boot/trap.h"
#include "frame.h"
#include "kernel/cpu/trap.h"
#include "lib/print.h"

#define SCAUSE_BREAK	3
#define SCAUSE_PAGE	((1u << 12) | (1u << 13) | (1u << 15))	/* page faults */
#define LONG_INSTRUCTION(first)	(((first) & 3) == 3)	/* 4 bytes, else 2 */

const uint32_t arch_trap_stacks = 2;	/* for handlers; a spare if that one has overflowed */
const uint32_t arch_probe_registers = 30;

static bool page_fault(uint64_t scause)
{
	return scause < 32 && SCAUSE_PAGE >> scause & 1;
}

/*
 * A CPU may cache the absence of a mapping (privileged specification 4.2.1), and is not told of new
 * ones. So after the first fault of its kind the access is retried.
 */
static bool retry(struct cpu *c, uint64_t scause, uint64_t address, uint64_t pc)
{
	const bool page = page_fault(scause);
	const bool again = c->arch[ARCH_RETRY] == address && c->arch[ARCH_RETRY_PC] == pc;

	c->arch[ARCH_RETRY] = page && !again ? address : 0;
	c->arch[ARCH_RETRY_PC] = page && !again ? pc : 0;
	if (page && !again)
		__asm__ volatile("sfence.vma" ::: "memory");
	return page && !again;
}

void trap_entered(struct trap_frame *f, uint64_t scause, bool overflow)
{
	struct cpu *c = cpu_this();
	char *const text = c->trap_text;
	struct trap_info t;
	uint32_t n = 0;

	if (retry(c, scause, csr_read(stval), f->sepc))
		return;
	trap_fill(&t, scause, f->x);
	t.what = text;
	t.pc = f->sepc;
	t.frame = f->x[7];
	if (overflow || (page_fault(scause) && trap_overflow(t.address, t.sp)))
		n = (uint32_t)text_format(text, CPU_TRAP_TEXT, "%sstack overflow, ",
					  overflow ? "handlers' " : "");
	trap_describe(text + n, CPU_TRAP_TEXT - n, scause);
	trap_exception(scause == SCAUSE_BREAK ? TRAP_BREAK : TRAP_FAULT, &t, f);
}

const char *arch_nmi_source(void)
{
	return NULL;
}

void arch_frame_skip(struct trap_frame *f)
{
	f->sepc += LONG_INSTRUCTION(*(const uint16_t *)f->sepc) ? 4 : 2;
}

void arch_cpu_set(struct cpu *c)
{
	csr_write(sscratch, c);
}

void arch_trap_stacks_use(struct cpu *c)
{
	c->arch[ARCH_SPARE] = c->trap_stack[1];
	/* an access to it must not fault at first: retry() itself needs the stack */
	__asm__ volatile("sfence.vma" ::: "memory");
}

void trap_stacks_set(struct cpu *c)
{
	c->arch[ARCH_TOP] = c->trap_stack[0];
	c->arch[ARCH_LOW] = c->trap_stack[0] - CPU_TRAP_STACK + FRAME_SIZE;
	arch_trap_stacks_use(c);
}

void arch_trap_start(struct cpu *c)
{
	trap_stacks_set(c);
	arch_cpu_set(c);
	csr_write(stvec, trap_entry);
}

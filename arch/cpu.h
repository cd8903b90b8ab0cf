/* SPDX-License-Identifier: MIT */
/*
 * cpu.h - what a kernel asks of each of its CPUs: a register for its own data, and vectors from
 * which the interrupted code goes on. kernel/cpu/ is what callers use.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

/* Offset for arch/<isa>/kernel/catch.S */
#define CATCH_STATE	0x10

#ifndef __ASSEMBLER__
#include "lib/base.h"
#include "lib/console/panic.h"

struct cpu;			/* kernel/cpu/cpu.h */
struct trap_frame;		/* the interrupted context, arch/<isa>/kernel/frame.h */

/* What was last given to arch_cpu_set() on this CPU; before that, nothing that can be relied on. */
struct cpu *arch_cpu_this(void);
void arch_cpu_set(struct cpu *c);

/*
 * Take exceptions and interrupts of this CPU, c's, by the kernel's vectors and on c's trap stacks.
 * Once on each CPU, at the level it stays at; interrupts stay masked. The stack stays as well: on
 * aarch64 it is SP_EL0 from then on.
 */
void arch_trap_start(struct cpu *c);

/* How many of cpu.trap_stack this CPU uses, from the first on. */
extern const uint32_t arch_trap_stacks;

/* Where a function can be left for, as arch_catch() found it. */
struct trap_catch {
	struct trap_catch *outer;	/* the trap_try around it; NULL: none */
	struct trap_info *out;
	uint64_t state[4];		/* catch.S */
};

/*
 * Run fn(arg): false when it returned, true when arch_throw(c) was called while it ran. Interrupts
 * are then masked or not as they were before fn.
 */
bool arch_catch(void (*fn)(void *), void *arg, struct trap_catch *c);
_Noreturn void arch_throw(const struct trap_catch *c);

/*
 * For tests: load all general registers but SP from `in`, be interrupted, and store them to `out`.
 * By a breakpoint; or, if `wait`, until an interrupt's handler has made the word at the
 * address in[1] other than 0. The first register then holds that word.
 */
#define ARCH_PROBE_MAX	31
extern const uint32_t arch_probe_registers;
void arch_trap_probe(bool wait, const uint64_t *in, uint64_t *out);

/* From the handler of a TRAP_NMI: what it is about; NULL: there is no going on after it. */
const char *arch_nmi_source(void);

/* Let the interrupted code go on behind the instruction at which it stopped. */
void arch_frame_skip(struct trap_frame *f);

_Static_assert(__builtin_offsetof(struct trap_catch, state) == CATCH_STATE, "catch.S offset");
#endif /* !__ASSEMBLER__ */
#endif

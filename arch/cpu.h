/* SPDX-License-Identifier: MIT */
/*
 * cpu.h - what a kernel needs from each CPU: a register for per-CPU data, and vectors that can
 * return. Callers use kernel/cpu/ instead.
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

/*
 * The last arch_cpu_set() on this CPU; undefined before that. By the instruction in isa.h; tests on
 * the build machine have a function.
 */
#if __STDC_HOSTED__
struct cpu *arch_cpu_this(void);
#else
static inline struct cpu *arch_cpu_this(void)
{
	struct cpu *c;

	__asm__ volatile(ARCH_CPU_READ : "=r"(c));
	return c;
}
#endif
void arch_cpu_set(struct cpu *c);

/*
 * Use the kernel's vectors for exceptions and interrupts on this CPU, with c's trap stacks. Once on
 * each CPU, at its final exception level. Interrupts stay masked. The current stack is kept: on
 * aarch64 it becomes SP_EL0.
 */
void arch_trap_start(struct cpu *c);

/* How many of cpu.trap_stack this CPU uses. */
extern const uint32_t arch_trap_stacks;

/* Saved by arch_catch(), to leave a function. */
struct trap_catch {
	struct trap_catch *outer;	/* the trap_try around it; NULL: none */
	struct trap_info *out;
	uint64_t state[4];		/* catch.S */
};

/*
 * Run fn(arg). False if it returned, true if arch_throw(c) was called meanwhile. The interrupt mask
 * is then as before fn.
 */
bool arch_catch(void (*fn)(void *), void *arg, struct trap_catch *c);
_Noreturn void arch_throw(const struct trap_catch *c);

/*
 * For tests: load all general registers except SP from `in`, get interrupted, and store them to
 * `out`. By a breakpoint or, if `wait`, until an interrupt handler has changed the word at address
 * in[1] from 0. The first register then holds that word.
 */
#define ARCH_PROBE_MAX	31
extern const uint32_t arch_probe_registers;
void arch_trap_probe(bool wait, const uint64_t *in, uint64_t *out);

/*
 * Refuse on this CPU, as far as it can, what a kernel without user mode never does, and sign return
 * addresses with `key`. The caller must not return.
 */
void arch_guard(const uint64_t key[2]);
const char *arch_guard_check(void);	/* NULL: all in force that the CPU has; else what is not */

/* A return address as a function keeps it, without its signature. */
uint64_t arch_code_address(uint64_t kept);

/* On c itself, after arch_trap_start(): all of c->trap_stack but the first may be others now. */
void arch_trap_stacks_use(struct cpu *c);

/*
 * A system register of this CPU, and what its fields are: "NAME:BIT NAME:FIRST-LAST ...", least
 * bits first, without those that are reserved.
 */
struct arch_reg {
	const char *name, *fields;
	uint64_t value;
};

/* Number `i`; false: there is no such. An emulator may have left one out: call under trap_try. */
bool arch_reg(uint32_t i, struct arch_reg *out);

/*
 * Around calls of firmware: floating point as UEFI 2.10, 2.3 wants it to be. arch_firmware_end()
 * takes what the other has returned.
 */
uint64_t arch_firmware_begin(void);
void arch_firmware_end(uint64_t state);

/* In the handler of a TRAP_NMI: its cause; NULL if the kernel cannot continue after it. */
const char *arch_nmi_source(void);

/* Continue the interrupted code after the instruction at which it stopped. */
void arch_frame_skip(struct trap_frame *f);

_Static_assert(__builtin_offsetof(struct trap_catch, state) == CATCH_STATE, "catch.S offset");
#endif /* !__ASSEMBLER__ */
#endif

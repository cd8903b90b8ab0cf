/* SPDX-License-Identifier: MIT */
/*
 * cpu.h - what a kernel needs from each CPU: a register for per-CPU data, and vectors that can
 * return. Other code uses kernel/cpu/ instead.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

/* Offset for arch/<isa>/kernel/catch.S */
#define CATCH_STATE	0x10

#ifndef __ASSEMBLER__
#include "lib/base.h"
#include "lib/console/panic.h"

#ifndef ARCH_CPU_READ
#error "compile with -include arch/CPU/isa.h: see sdk/README.md"
#endif

struct cpu;			/* kernel/cpu/cpu.h */
struct trap_frame;		/* the interrupted context, arch/<isa>/kernel/frame.h */

/*
 * The value of the last arch_cpu_set() on this CPU; undefined before that. Read by the instruction
 * in isa.h; host tests have a function instead.
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
 * Install the kernel's vectors for exceptions and interrupts on this CPU, with c's trap stacks.
 * Once on each CPU, at its final exception level. Interrupts stay masked. The current stack remains
 * in use; on aarch64 it becomes SP_EL0.
 */
void arch_trap_start(struct cpu *c);

/* How many of cpu.trap_stack this CPU uses. */
extern const uint32_t arch_trap_stacks;

/* What arch_catch() saves so that arch_throw() can leave the function. */
struct trap_catch {
	struct trap_catch *outer;	/* the trap_try around it; NULL: none */
	struct trap_info *out;
	uint64_t state[4];		/* catch.S; [0] is 0 while arch_throw() is not possible */
};

/*
 * Run fn(arg). Returns false if fn returned, true if arch_throw(c) left it; the interrupt mask is
 * then what it was before fn. Before it returns it waits for errors that fn has caused and the CPU
 * reports late (SError); these call arch_throw(c), too, even if that is how fn was left.
 */
bool arch_catch(void (*fn)(void *), void *arg, struct trap_catch *c);
_Noreturn void arch_throw(struct trap_catch *c);

/*
 * For tests: load all general-purpose registers except SP from `in`, be interrupted, and store them
 * to `out`. The interruption is a breakpoint or, if `wait` is set, an interrupt whose handler
 * changes the word at address in[1] from 0; the first register then has that word.
 */
#define ARCH_PROBE_MAX	31
extern const uint32_t arch_probe_registers;
void arch_trap_probe(bool wait, const uint64_t *in, uint64_t *out);

/*
 * Enable this CPU's protections that a kernel without user mode can use (x86_64: SMEP, SMAP, UMIP),
 * or signed return addresses with `key` (aarch64). The caller must not return.
 */
void arch_guard(const uint64_t key[2]);
const char *arch_guard_check(void);	/* NULL: all that the CPU has is on; else what is not */

/*
 * Only if ARCH_MARKS. All indirect branches into the text at [va, va+size), whole pages, go to
 * marked instructions (aarch64: BTI). Have the CPU refuse others; the caller drops old translations
 * (arch_map_flush). False: it cannot. arch_guard_stray() takes such a branch, for trap_try();
 * arch_guard_refused() says whether a fault with this cause is that refusal, and no other.
 */
struct arch_map;
bool arch_guard_text(const struct arch_map *m, uint64_t va, uint64_t size);
void arch_guard_stray(void *unused);
bool arch_guard_refused(uint64_t cause);

/* A saved return address without its signature. */
uint64_t arch_code_address(uint64_t kept);

/* On c, after arch_trap_start(): c->trap_stack has changed, except the first. Use the new ones. */
void arch_trap_stacks_use(struct cpu *c);

/*
 * A system register of this CPU, and its fields: "NAME:BIT NAME:FIRST-LAST ...", lowest bits first,
 * without reserved bits.
 */
struct arch_reg {
	const char *name, *fields;
	uint64_t value;
};

/*
 * Read register number `i`, from 0. False: there is none. Use trap_try: an emulator may lack one.
 */
bool arch_reg(uint32_t i, struct arch_reg *out);

/*
 * Around calls of firmware: set up floating point as UEFI 2.10, 2.3 requires. Pass the result of
 * arch_firmware_begin() to arch_firmware_end().
 */
uint64_t arch_firmware_begin(void);
void arch_firmware_end(uint64_t state);

/* In the handler of a TRAP_NMI: its cause, as text. NULL: the kernel cannot continue after it. */
const char *arch_nmi_source(void);

/* After a TRAP_BREAK: make the interrupted code continue after the breakpoint instruction. */
void arch_frame_skip(struct trap_frame *f);

_Static_assert(__builtin_offsetof(struct trap_catch, state) == CATCH_STATE, "catch.S offset");
#endif /* !__ASSEMBLER__ */
#endif

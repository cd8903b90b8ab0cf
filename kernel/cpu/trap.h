/* SPDX-License-Identifier: MIT */
/*
 * trap.h - exceptions and interrupts of a kernel that goes on after them. trap_try(), which
 * survives an exception, is in lib/console/panic.h.
 */
#ifndef KERNEL_TRAP_H
#define KERNEL_TRAP_H
#include "arch/cpu.h"
#include "include/stubborn/boot_info.h"
#include "kernel/cpu/cpu.h"

enum trap_kind {
	TRAP_FAULT,		/* anything that is not one of the others */
	TRAP_BREAK,		/* a breakpoint instruction, at pc */
	TRAP_NMI,		/* x86_64's NMI, aarch64's FIQ */
	TRAP_ABORT,		/* machine check, SError: not of the instruction at pc */
};

/*
 * The boot CPU takes exceptions and interrupts by the kernel's vectors from now on: cpu_this()
 * and trap_try() work. Once, in any regime; again after arch_jump. Interrupts stay masked.
 */
void trap_start(const struct boot_info *bi);

/* The same on any other CPU, for itself, after cpu_start(); c->trap_stack is set. */
void trap_cpu_start(struct cpu *c);

/*
 * Have fn asked first of every exception on any CPU: true if the interrupted code shall go on, as
 * the frame says now. NULL: nobody. An exception in fn is an end.
 */
void trap_hook(bool (*fn)(enum trap_kind kind, const struct trap_info *t, struct trap_frame *f));

/* ---- called by arch/<isa>/kernel/ ---- */

/* Returns if the interrupted code shall go on. */
void trap_exception(enum trap_kind kind, const struct trap_info *t, struct trap_frame *f);

/* A device's interrupt; to irq_taken(). */
void trap_interrupt(uint32_t vector);

/*
 * kernel/irq/: an interrupt was taken: on x86_64 by that vector; on aarch64 the interrupt
 * controller knows which, and 0 is passed. Interrupts are masked, and stay so until it returns.
 */
void irq_taken(uint32_t vector);
#endif

/* SPDX-License-Identifier: MIT */
/*
 * trap.h - exceptions and interrupts, for a kernel that continues after them. trap_try(), which
 * survives an exception, is in lib/console/panic.h.
 */
#ifndef KERNEL_TRAP_H
#define KERNEL_TRAP_H
#include "arch/cpu.h"
#include "include/stubborn/boot_info.h"
#include "kernel/cpu/cpu.h"

enum trap_kind {
	TRAP_FAULT,		/* any other exception */
	TRAP_BREAK,		/* a breakpoint instruction, at pc */
	TRAP_NMI,		/* x86_64's NMI, aarch64's FIQ */
	TRAP_ABORT,		/* machine check, SError: not caused by the instruction at pc */
};

/*
 * Use the kernel's vectors on the boot CPU from now on; cpu_this() and trap_try() then work. Call
 * it once, in any regime, and again after arch_jump. Interrupts stay masked.
 */
void trap_start(const struct boot_info *bi);

/* Likewise on another CPU, for itself, after cpu_start(). c->trap_stack must be set. */
void trap_cpu_start(struct cpu *c);

/*
 * Call fn first for every exception on any CPU. It returns true to continue the interrupted code as
 * the frame now says. NULL: no hook. An exception in fn is fatal.
 */
void trap_hook(bool (*fn)(enum trap_kind kind, const struct trap_info *t, struct trap_frame *f));

/* ---- called by arch/<isa>/kernel/ ---- */

/* Returns if the interrupted code is to continue. */
void trap_exception(enum trap_kind kind, const struct trap_info *t, struct trap_frame *f);

/* A device interrupt. Calls trap_irq. */
void trap_interrupt(uint32_t vector);

/*
 * Set by kernel/irq/: handles an interrupt. On x86_64 `vector` is its vector; on aarch64 it is 0,
 * as the interrupt controller knows which it is. Interrupts stay masked until it returns. NULL,
 * as at first: interrupts are ignored, with one warning.
 */
extern void (*trap_irq)(uint32_t vector);

/* Set by kernel/cpu/stop.c: called first for a TRAP_NMI. May not return; if it does, it was not. */
extern void (*trap_nmi)(void);
#endif

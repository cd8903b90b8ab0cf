/* SPDX-License-Identifier: MIT */
/*
 * trap.h - exceptions and interrupts that the kernel can continue after. trap_try(), which calls a
 * function that may fault, is declared in lib/console/panic.h.
 */
#ifndef KERNEL_TRAP_H
#define KERNEL_TRAP_H
#include "arch/cpu.h"
#include "include/stubborn/boot_info.h"
#include "kernel/cpu/cpu.h"

enum trap_kind {
	TRAP_FAULT,		/* any exception that is none of those below */
	TRAP_BREAK,		/* a breakpoint instruction, at pc */
	TRAP_NMI,		/* x86_64's NMI, aarch64's FIQ */
	TRAP_ABORT,		/* machine check, uncontainable SError: the CPU's state is lost */
};

/*
 * Install the kernel's vectors on the boot CPU; from then on cpu_this() and trap_try() work. Call
 * it once, in any regime, and again after arch_jump. Interrupts stay masked. Panics leave their
 * text in boot_info's breadcrumbs from then on.
 */
void trap_start(const struct boot_info *bi);

/* The same on another CPU, called there, after cpu_prepare(). c->trap_stack must be set. */
void trap_cpu_start(struct cpu *c);

/*
 * Call fn first for every exception on any CPU, in the handler. If it returns true, the interrupted
 * code continues with the registers in the frame, which fn may have changed. NULL: no hook. An
 * exception in fn is fatal.
 */
void trap_hook(bool (*fn)(enum trap_kind kind, const struct trap_info *t, struct trap_frame *f));

/*
 * In an interrupt handler: when it has returned, leave the innermost trap_try() of the interrupted
 * code, as if it had faulted. Its `out` then has `what`, a constant, and nothing else. A trap_try()
 * that has not called its function yet, or whose function has just returned, may be passed over for
 * the one around it. If there is none, nothing happens.
 */
void trap_abandon(const char *what);

/*
 * ---- called by arch/<isa>/kernel/, and by a kernel's own vectors (sdk/README.md, user mode), with
 * interrupts masked ----
 */

/*
 * Whether a fault at `address`, where nothing is mapped, means that the stack has overflowed: it is
 * in SP's page or less than a page below SP. In the page above, an array has overflowed.
 */
static inline bool trap_overflow(uint64_t address, uint64_t sp)
{
	return address - (sp - PAGE_SIZE) < 2 * PAGE_SIZE - sp % PAGE_SIZE;
}

/* Handle an exception. Returns if the interrupted code is to continue. */
void trap_exception(enum trap_kind kind, const struct trap_info *t, struct trap_frame *f);

/* Handle an interrupt: calls trap_irq. */
void trap_interrupt(uint32_t vector);

/*
 * Set by kernel/irq/: handles an interrupt. `vector` is the vector on x86_64, the number in scause
 * on riscv64, and 0 on aarch64, where only the interrupt controller knows. Interrupts stay masked
 * until it returns. NULL, the initial value: interrupts are ignored, with one warning.
 */
extern void (*trap_irq)(uint32_t vector);

/*
 * Set by kernel/cpu/stop.c: called first for every TRAP_NMI. Does not return if the NMI was sent to
 * stop this CPU; if it returns, the NMI had another cause.
 */
extern void (*trap_nmi)(void);
#endif

/* SPDX-License-Identifier: MIT */
/* panic.h - the end: report to serial port, screen and breadcrumbs, then halt. */
#ifndef PANIC_H
#define PANIC_H
#include "lib/base.h"

/* A CPU exception, decoded by arch/<isa>/. Strings have static lifetime. */
struct trap_info {
	const char *what;		/* "data abort: translation fault, level 3, write" */
	const char *cause_name;		/* "ESR_EL1", "vector/error" */
	const char *address_name;	/* "FAR_EL1", "CR2" */
	uint64_t cause, address, pc, sp;
	uint64_t frame;			/* the frame pointer at pc; 0: not known */
	const char (*reg_name)[4];	/* a table without pointers: nothing to relocate */
	const uint64_t *reg;
	uint32_t regs;
};

/*
 * Print "stubborn: panic: ", with the name in kernel_wants if there is one, and the text, call
 * panic_last, then halt for ever with interrupts masked. Any time after ExitBootServices.
 */
_Noreturn void panic(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Called by each panic before anything is printed, so that a kernel can stop its other CPUs; may be
 * NULL. If another CPU has panicked before, it stops this CPU like the rest and does not return: a
 * CPU that halts with interrupts masked could not be stopped. Inside another panic of the same CPU
 * it must return at once.
 */
extern void (*panic_first)(void);

/*
 * What a kernel does instead of halting, or NULL. Called once, after everything has been printed,
 * on any stack; it may return. A panic inside it halts.
 */
extern void (*panic_last)(void);

/* For kernel_enter(), when kernel_main returns. */
_Noreturn void panic_returned(void);

/*
 * Run fn(arg). True if it returned. False if it took an exception, which is described in *out
 * (strings are valid until the CPU's next exception; registers are not kept). Only after
 * trap_start() of kernel/cpu/trap.h. Nests.
 */
bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out);

/* Prints the calls that led to pc, if not 0, and to `frame`; may be NULL. */
extern void (*panic_backtrace)(uint64_t pc, uint64_t frame);

/*
 * Print one line "stubborn: panic: fault in stage S: ..." and the registers, mark the screen, and
 * halt.
 */
_Noreturn void panic_trap(const struct trap_info *t);
#endif

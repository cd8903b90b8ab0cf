/* SPDX-License-Identifier: MIT */
/* panic.h - the end: tell the serial port, the screen and the breadcrumbs, then stop. */
#ifndef PANIC_H
#define PANIC_H
#include "lib/base.h"

/* A CPU exception, decoded by arch/<isa>/boot/trap.c. Strings have static lifetime. */
struct trap_info {
	const char *what;		/* "data abort: translation fault, level 3, write" */
	const char *cause_name;		/* "ESR_EL1", "vector/error" */
	const char *address_name;	/* "FAR_EL1", "CR2" */
	uint64_t cause, address, pc, sp;
	const char (*reg_name)[4];	/* a table without pointers: nothing to relocate */
	const uint64_t *reg;
	uint32_t regs;
};

/*
 * Prints "stubborn: panic: " and the text, then halts for ever with interrupts masked.
 * Any time after ExitBootServices.
 */
_Noreturn void panic(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* What kernel_enter() calls when kernel_main returns: there is nothing to return to. */
_Noreturn void panic_returned(void);

/* Takes an exception; for arch/<isa>/boot/trap.c, on the trap stack. To trap_try, or the end. */
_Noreturn void trap_taken(const struct trap_info *t);

/*
 * Run fn(arg). True if it returned; false if it took an exception, which is then forgotten
 * except for *out (strings last until the CPU's next one; registers not kept). From trap_start() of
 * kernel/cpu/trap.h on; nests.
 */
bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out);

/* Prints one line "stubborn: panic: fault in stage S: ...", the registers; marks; halts. */
_Noreturn void panic_trap(const struct trap_info *t);
#endif

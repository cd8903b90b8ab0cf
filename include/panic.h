/* SPDX-License-Identifier: MIT */
/* panic.h - the end: tell the serial port, the screen and the breadcrumbs, then stop. */
#ifndef PANIC_H
#define PANIC_H
#include "include/base.h"

/* A CPU exception, decoded by arch/<isa>/trap.c. Strings have static lifetime. */
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

/* Prints one line "stubborn: panic: fault in stage S: ...", the registers; marks; halts. */
_Noreturn void panic_trap(const struct trap_info *t);
#endif

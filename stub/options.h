/* SPDX-License-Identifier: MIT */
/* options.h - the words of the command line that the stub obeys. Pure. */
#ifndef STUB_OPTIONS_H
#define STUB_OPTIONS_H
#include "lib/base.h"
#include "include/stubborn/boot_info.h"
#include "include/stubborn/crumb.h"
#include "lib/status.h"

/* el=: keep the exception level that was found, or drop to EL1 */
enum option_el { OPTION_EL_DEFAULT, OPTION_EL_KEEP, OPTION_EL_1 };

enum place_kind { PLACE_RANDOM, PLACE_STAY, PLACE_FIXED };

/* options.fault of a stage that is not the stub's: if there is one, the kernel knows. */
#define OPTIONS_FAULT_KERNEL	(CRUMB_KERNEL + 1)

/* What the stub itself obeys. Other words belong to the kernel and are not looked at. */
struct options {
	uint32_t regime;	/* enum boot_regime; BOOT_MMU_DEFAULT if not given */
	enum option_el el;
	enum place_kind place;	/* place=random | stay | 0xADDR */
	uint64_t place_at;	/* PLACE_FIXED: physical, 2 MiB aligned not required, 4 KiB is */
	const char *initrd;	/* initrd=PATH: into the text, not terminated; NULL if absent */
	uint32_t initrd_len;
	uint32_t fault;		/* fault=STAGE: enum crumb_stage + 1, or below; 0 none */
	struct boot_uart earlycon;	/* earlycon=: type BOOT_UART_NONE if absent */
	uint32_t divisor;	/* of its clock, for the speed that was asked for; 0: as it is */
	bool debug;		/* say where things are before firmware is left */
};

/*
 * Parse blank-separated words; later ones win. A stub option with a value it cannot have
 * (mmu=foo, el=2, place=12q, place=0x0, place=0x1001, initrd=, fault=, earlycon=pl011):
 * ERR_BAD_OPTION, and *bad, *bad_len name the word. "--" ends the stub's options: the rest is the
 * kernel's alone.
 */
status_t options_parse(const char *text, struct options *out, const char **bad, uint32_t *bad_len);

/*
 * The name of an option in o that takes a protection away, which a command line that is not
 * signed must not do; NULL if there is none.
 */
const char *options_weakening(const struct options *o);
#endif

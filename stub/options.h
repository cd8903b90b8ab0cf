/* SPDX-License-Identifier: MIT */
/* options.h - the options that the stub itself obeys. Pure. */
#ifndef STUB_OPTIONS_H
#define STUB_OPTIONS_H
#include "lib/base.h"
#include "include/stubborn/boot_info.h"
#include "include/stubborn/crumb.h"
#include "lib/status.h"
#include "lib/words.h"

/* el=: keep the exception level as found, or drop to EL1 */
enum option_el { OPTION_EL_DEFAULT, OPTION_EL_KEEP, OPTION_EL_1 };

enum place_kind { PLACE_RANDOM, PLACE_STAY, PLACE_FIXED };

/* video=: keep the screen's mode, or set the largest one, or one by its size */
enum video_kind { VIDEO_KEEP, VIDEO_MAX, VIDEO_SIZE };

/* options.fault for a stage that is not the stub's. The kernel may know it. */
#define OPTIONS_FAULT_KERNEL	(CRUMB_KERNEL + 1)

/* The stub's own options. It ignores other words: they belong to the kernel. */
struct options {
	uint32_t regime;	/* enum boot_regime; BOOT_MMU_DEFAULT if not given */
	enum option_el el;
	uint32_t levels;	/* of page tables, at least; 0: as many as needed */
	enum place_kind place;	/* place=random | stay | 0xADDR */
	uint64_t place_at;	/* PLACE_FIXED: physical, 4 KiB aligned */
	uint32_t initrds, modules;	/* how many initrd=PATH and module=PATH: options_next() */
	enum video_kind video;
	uint32_t video_width, video_height;	/* VIDEO_SIZE */
	uint32_t fault;		/* fault=STAGE: enum crumb_stage + 1, or the above; 0: none */
	struct boot_uart earlycon;	/* earlycon=: type BOOT_UART_NONE if absent */
	uint32_t divisor;	/* of the UART's clock, for the speed asked for; 0: keep */
	bool debug;		/* print addresses before firmware is left */
};

/*
 * Parse blank-separated words; later ones win. An invalid value of a stub option (mmu=foo, el=2,
 * place=12q, place=0x0, place=0x1001, initrd=, module=, fault=, earlycon=pl011) is ERR_BAD_OPTION,
 * and *bad, *bad_len give the word. "--" ends the stub's options: the rest is the kernel's alone.
 */
status_t options_parse(const char *text, struct options *out, const char **bad, uint32_t *bad_len);

/*
 * The value of the next name=VALUE in *text, which moves past it; false: there is no more. For
 * options that may be repeated, once options_parse() has accepted the text.
 */
bool options_next(const char **text, const char *name, struct word *value);

/* What follows mmu= for a regime other than BOOT_MMU_DEFAULT. */
const char *option_regime(uint32_t regime);

/*
 * The name of an option in o that weakens protection, which an unsigned command line must not do
 * under Secure Boot; NULL if there is none.
 */
const char *options_weakening(const struct options *o);
#endif

/* SPDX-License-Identifier: MIT */
/* cmdline.h - from whatever firmware calls load options to clean UTF-8, and its options. Pure. */
#ifndef STUB_CMDLINE_H
#define STUB_CMDLINE_H
#include "lib/base.h"
#include "include/stubborn/boot_info.h"
#include "lib/status.h"

#define CMDLINE_MAX	4096	/* bytes of UTF-8 kept, the NUL included */

/*
 * Clean `size` bytes of load options at `blob` (any alignment, may be NULL, never trusted
 * to end) into out[cap], NUL terminated; returns its length. *cut: it was longer.
 * Accepts: UTF-16LE with or without BOM, terminator or a last odd byte; surrogate pairs (a
 * lone half becomes U+FFFD); 8-bit text, as efibootmgr stores it without -u (cmdline.c
 * says how the two are told apart); a whole EFI_LOAD_OPTION (UEFI 2.10, 3.1.3), of which
 * OptionalData is taken. Ends at NUL or newline; leading and trailing blanks go. Tab and CR
 * become blanks. What is no text (cmdline.c says how that is seen) is empty. A first word
 * that is `self` - our file's path or name in UTF-8, any case, \ or / - or ends in ".efi"
 * without being an option=value is dropped, as the UEFI Shell and iPXE put it there; a
 * quoted name too. self may be NULL.
 */
uint32_t cmdline_from_load_options(const void *blob, uint32_t size, const char *self, char *out,
				   uint32_t cap, bool *cut);

/*
 * The same cleaning for the bytes of a text file: UTF-8 (BOM or not) or UTF-16 with BOM;
 * newlines are blanks, and no word is dropped. Control characters become blanks, but a file
 * that begins with one is no text.
 */
uint32_t cmdline_from_file(const void *data, uint32_t size, char *out, uint32_t cap, bool *cut);

enum place_kind { PLACE_RANDOM, PLACE_STAY, PLACE_FIXED };

/* What the stub itself obeys. Other words belong to the kernel and are not looked at. */
struct options {
	uint32_t regime;	/* enum boot_regime; BOOT_MMU_DEFAULT if not given */
	enum place_kind place;	/* place=random | stay | 0xADDR */
	uint64_t place_at;	/* PLACE_FIXED: physical, 2 MiB aligned not required, 4 KiB is */
	const char *initrd;	/* initrd=PATH: into the text, not terminated; NULL if absent */
	uint32_t initrd_len;
	uint32_t fault;		/* fault=STAGE: enum crumb_stage + 1; 0 none. A test's wish. */
	struct boot_uart earlycon;	/* earlycon=: type BOOT_UART_NONE if absent */
	uint32_t divisor;	/* of its clock, for the speed that was asked for; 0: as it is */
	bool debug;		/* say where things are before firmware is left */
};

/*
 * Parse blank-separated words; later ones win. A stub option with a value it cannot have
 * (mmu=foo, place=12q, place=0x0, place=0x1001, initrd=, fault=nowhere, earlycon=pl011):
 * ERR_BAD_OPTION, and *bad, *bad_len name the word. "--" ends the stub's options: the rest is the
 * kernel's alone.
 */
status_t options_parse(const char *text, struct options *out, const char **bad, uint32_t *bad_len);

/*
 * The value of earlycon=, as Linux spells it: NAME,[io|mmio|mmio16|mmio32,]ADDRESS[,BAUD[n8]], NAME
 * being uart8250, uart, pl011, cdns or one of a few more. False: it names no port. Only the
 * speed of a 16550 can be set.
 */
bool earlycon_parse(const char *value, uint32_t len, struct boot_uart *out, uint32_t *divisor);

/*
 * The name of an option in o that takes a protection away, so that nobody whose command line is
 * not signed may give it; NULL if there is none.
 */
const char *options_weakening(const struct options *o);
#endif

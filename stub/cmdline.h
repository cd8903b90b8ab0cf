/* SPDX-License-Identifier: MIT */
/* cmdline.h - from whatever firmware calls load options to clean UTF-8. Pure. */
#ifndef STUB_CMDLINE_H
#define STUB_CMDLINE_H
#include "lib/base.h"

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
#endif

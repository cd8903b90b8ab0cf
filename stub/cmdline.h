/* SPDX-License-Identifier: MIT */
/* cmdline.h - clean UTF-8 from load options or a text file. Pure. */
#ifndef STUB_CMDLINE_H
#define STUB_CMDLINE_H
#include "lib/base.h"

#define CMDLINE_MAX	4096	/* bytes of UTF-8 kept, the NUL included */

/*
 * Clean the load options, `size` bytes at `blob` (any alignment, may be NULL or unterminated), into
 * out[cap], NUL terminated. Returns the length. *cut: the text did not fit.
 *
 * Accepts UTF-16LE with or without BOM, terminator or a stray last byte; surrogate pairs (a lone
 * half becomes U+FFFD); 8-bit text, as efibootmgr stores it without -u (cmdline.c says how the two
 * are told apart); a whole EFI_LOAD_OPTION (UEFI 2.10, 3.1.3), of which OptionalData is used. The
 * text ends at a NUL or newline. Leading and trailing blanks are removed, tabs and CRs become
 * blanks. Data that is not text (cmdline.c says how that is detected) gives an empty line.
 *
 * The UEFI Shell and iPXE put the image's name first. So the first word, which may be quoted, is
 * dropped if it is `self` (the image's path or file name in UTF-8; case, \ and / do not matter), or
 * if it ends in ".efi" and is not an option=value. self is NULL if the first word is known to be
 * the name, however it was typed: the Shell finds `stubborn.efi` as `stubborn`, too.
 */
uint32_t cmdline_from_load_options(const void *blob, uint32_t size, const char *self, char *out,
				   uint32_t cap, bool *cut);

/*
 * Likewise for the bytes of a text file: UTF-8 with or without BOM, or UTF-16 with BOM. Newlines
 * become blanks, and no word is dropped. Control characters become blanks, but a file that begins
 * with one is not text.
 */
uint32_t cmdline_from_file(const void *data, uint32_t size, char *out, uint32_t cap, bool *cut);
#endif

/* SPDX-License-Identifier: MIT */
/* utf.h - untrusted bytes to characters, and characters to UTF-8. Pure. */
#ifndef LIB_UTF_H
#define LIB_UTF_H
#include "lib/base.h"

#define UTF_END		0xffffffff	/* no character is left */
#define UTF_BAD		0x110000	/* here was something that is no character */
#define UTF_MAX		4		/* bytes of UTF-8 a character takes at most */

enum utf_kind { UTF_8, UTF_16LE, UTF_16BE };

/* What is left to read; any alignment. */
struct utf_text {
	const uint8_t *at;
	uint32_t size;		/* bytes */
	enum utf_kind kind;
};

/*
 * The next character: a Unicode scalar value, UTF_BAD or UTF_END. Overlong, truncated and
 * surrogate sequences are bad (Unicode 15, 3.9, D91 and D92); a byte behind the last
 * whole UTF-16 unit is the end.
 */
uint32_t utf_next(struct utf_text *t);

/* Write c as UTF-8, U+FFFD for UTF_BAD; returns how many of the UTF_MAX bytes it took. */
uint32_t utf8_put(char *out, uint32_t c);

/*
 * UTF-16LE (at most `units`, ends at NUL) to NUL terminated UTF-8 in out[cap]; its length.
 * *cut: it was longer.
 */
uint32_t utf8_from_utf16(const void *text, uint32_t units, char *out, uint32_t cap, bool *cut);
#endif

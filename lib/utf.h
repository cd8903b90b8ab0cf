/* SPDX-License-Identifier: MIT */
/* utf.h - decodes untrusted bytes to characters, and encodes UTF-8. Pure. */
#ifndef LIB_UTF_H
#define LIB_UTF_H
#include "lib/base.h"

#define UTF_END		0xffffffff	/* no more characters */
#define UTF_BAD		0x110000	/* invalid sequence */
#define UTF_MAX		4		/* most bytes of UTF-8 per character */

enum utf_kind { UTF_8, UTF_16LE, UTF_16BE };

/* The rest of a text; any alignment. */
struct utf_text {
	const uint8_t *at;
	uint32_t size;		/* bytes */
	enum utf_kind kind;
};

/*
 * The next character: a Unicode scalar value, UTF_BAD or UTF_END. Overlong, truncated and surrogate
 * sequences are bad (Unicode 15, 3.9, D91 and D92). A stray byte after the last UTF-16 unit is
 * ignored.
 */
uint32_t utf_next(struct utf_text *t);

/* Write c as UTF-8, or U+FFFD for UTF_BAD. Returns the number of bytes, at most UTF_MAX. */
uint32_t utf8_put(char *out, uint32_t c);

/*
 * Convert UTF-16LE (at most `units`, up to a NUL) to NUL-terminated UTF-8 in out[cap]; returns its
 * length. *cut: it did not fit.
 */
uint32_t utf8_from_utf16(const void *text, uint32_t units, char *out, uint32_t cap, bool *cut);
#endif

/* SPDX-License-Identifier: MIT */
/* words.h - splits the command line into words, for stub and kernel alike. Pure. */
#ifndef WORDS_H
#define WORDS_H
#include "lib/base.h"

struct word {
	const char *text;	/* not terminated */
	uint32_t len;
};

/*
 * The next word of the NUL-terminated text at *at, which advances. False at the end and at "--",
 * after which the text belongs to the user. Bytes below 0x20 separate words like blanks, as not
 * every source has been cleaned. Between two '"', which stay part of the word, nothing
 * separates; if the second one is missing, the word extends to the end.
 */
bool word_next(const char **at, struct word *out);

/* Whether w equals the NUL-terminated s. */
bool word_is(struct word w, const char *s);

/*
 * If w is name=VALUE, name="VALUE" or "name=VALUE", as GRUB writes a word with blanks, return true
 * and the value without quotes.
 */
bool word_value(struct word w, const char *name, struct word *value);
#endif

/* SPDX-License-Identifier: MIT */
/* words.h - the command line, word by word: the same words for the stub and for a kernel. Pure. */
#ifndef WORDS_H
#define WORDS_H
#include "lib/base.h"

struct word {
	const char *text;	/* not terminated */
	uint32_t len;
};

/*
 * The next word of the NUL terminated text at *at, which moves behind it. False at the end and at
 * "--": what follows that belongs to the user. Not every source was cleaned, so that all that
 * cannot be printed separates, as a blank does.
 */
bool word_next(const char **at, struct word *out);

bool word_is(struct word w, const char *s);

/* If w is name=VALUE: true, and the value. */
bool word_value(struct word w, const char *name, struct word *value);
#endif

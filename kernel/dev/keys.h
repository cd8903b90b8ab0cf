/* SPDX-License-Identifier: MIT */
/*
 * keys.h - translates a PC keyboard's scan codes into what a terminal sends for the key: US layout
 * with shift, control and caps lock; the keypad as with num lock off. Pure.
 */
#ifndef KERNEL_KEYS_H
#define KERNEL_KEYS_H
#include "lib/base.h"

#define KEYS_TEXT	5		/* the longest, with its NUL */

struct keys {				/* begins as zeros */
	bool set2;			/* codes are set 2's; else set 1's */
	bool extended, released;	/* prefixes of the next code */
	uint8_t skip;			/* codes to ignore */
	uint8_t shift;			/* pressed: a bit for each of two keys */
	uint8_t control;
	bool caps, caps_down;
};

/*
 * Handle one code; `text` becomes what the key sends, with a NUL, or "" for nothing. Replies of
 * controller and keyboard (0xfa and the like) send nothing.
 */
void keys_take(struct keys *k, uint8_t code, char text[KEYS_TEXT]);
#endif

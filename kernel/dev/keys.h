/* SPDX-License-Identifier: MIT */
/*
 * keys.h - from a PC keyboard's scan codes to what a terminal would send for the key: US layout,
 * shift, control, caps lock; the keypad as without num lock. Pure.
 */
#ifndef KERNEL_KEYS_H
#define KERNEL_KEYS_H
#include "lib/base.h"

#define KEYS_TEXT	5		/* the longest, with its NUL */

struct keys {				/* begins as zeros */
	bool set2;			/* codes are set 2's; else set 1's */
	bool extended, released;	/* prefixes of the code to come */
	uint8_t skip;			/* codes to be passed over */
	uint8_t shift;			/* a bit for each of two keys */
	uint8_t control;
	bool caps, caps_down;
};

/*
 * Take one code; what the key sends, "" for nothing. A controller's and keyboard's answers (0xfa
 * and the like) are nothing.
 */
void keys_take(struct keys *k, uint8_t code, char text[KEYS_TEXT]);
#endif

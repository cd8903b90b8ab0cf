/* SPDX-License-Identifier: MIT */
/* keys.c - see keys.h. IBM PS/2 hardware reference, keyboards: scan code sets 1 and 2. */
#include "kernel/dev/keys.h"
#include "lib/string.h"

#define CODE_EXTENDED	0xe0
#define CODE_PAUSE	0xe1		/* Pause; codes of two other keys follow */
#define CODE_RELEASED	0xf0		/* set 2; in set 1 it is bit 7 */
#define RELEASED	0x80

/* Set 1 */
#define KEY_CONTROL	0x1d
#define KEY_SHIFT_LEFT	0x2a
#define KEY_SLASH	0x35		/* the keypad's is an extended one */
#define KEY_SHIFT_RIGHT	0x36
#define KEY_CAPS	0x3a
#define KEY_ENTER	0x1c
#define KEY_HOME	0x47		/* the first on the keypad */
#define KEY_DELETE	0x53		/* the last */
#define KEY_EXTRA	0x56		/* beside the left shift key, on keyboards with 102 keys */

static const char plain[] =
	"\0\x1b" "1234567890-=\x7f\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] =
	"\0\x1b!@#$%^&*()_+\x7f\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";
/* Home to Delete: letters end ESC [ X, digits are ESC [ N ~, others are themselves. */
static const char pad[] = "HA5-D\0C+FB623";

/* Set 2 to set 1, which is also what an 8042 makes of it. */
static const uint8_t set1[] = {
	0x00, 0x43, 0x00, 0x3f, 0x3d, 0x3b, 0x3c, 0x58, 0x00, 0x44, 0x42, 0x40, 0x3e, 0x0f, 0x29,
	0x00, 0x00, 0x38, 0x2a, 0x00, 0x1d, 0x10, 0x02, 0x00, 0x00, 0x00, 0x2c, 0x1f, 0x1e, 0x11,
	0x03, 0x00, 0x00, 0x2e, 0x2d, 0x20, 0x12, 0x05, 0x04, 0x00, 0x00, 0x39, 0x2f, 0x21, 0x14,
	0x13, 0x06, 0x00, 0x00, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x00, 0x00, 0x00, 0x32, 0x24,
	0x16, 0x08, 0x09, 0x00, 0x00, 0x33, 0x25, 0x17, 0x18, 0x0b, 0x0a, 0x00, 0x00, 0x34, 0x35,
	0x26, 0x27, 0x19, 0x0c, 0x00, 0x00, 0x00, 0x28, 0x00, 0x1a, 0x0d, 0x00, 0x00, 0x3a, 0x36,
	0x1c, 0x1b, 0x00, 0x2b, 0x00, 0x00, 0x00, 0x56, 0x00, 0x00, 0x00, 0x00, 0x0e, 0x00, 0x00,
	0x4f, 0x00, 0x4b, 0x47, 0x00, 0x00, 0x00, 0x52, 0x53, 0x50, 0x4c, 0x4d, 0x48, 0x01, 0x45,
	0x57, 0x4e, 0x51, 0x4a, 0x37, 0x49, 0x46,
};

/* text[] is all zeros. */
static void text_put(char text[KEYS_TEXT], char c)
{
	const bool letter = c >= 'A' && c <= 'Z', digit = c >= '0' && c <= '9';
	uint32_t n = 0;

	if (letter || digit) {
		text[n++] = '\x1b';
		text[n++] = '[';
	}
	text[n++] = c;
	if (digit)
		text[n] = '~';
}

static char character(const struct keys *k, uint8_t key)
{
	const char c = plain[key];
	const bool letter = c >= 'a' && c <= 'z';

	if (k->control) {
		const char big = letter ? (char)(c - 'a' + 'A') : c;

		return big >= '@' && big <= '_' ? big & 0x1f : big == '\x7f' ? '\b' : c;
	}
	return (k->shift != 0) != (letter && k->caps) ? shifted[key] : c;
}

/* A key of set 1, without prefixes; `down`: pressed or repeating, not released. */
static void key_take(struct keys *k, uint8_t key, bool extended, bool down, char text[KEYS_TEXT])
{
	uint8_t *held = key == KEY_CONTROL ? &k->control : &k->shift;
	uint8_t bit = 1;

	if (key == KEY_CONTROL || key == KEY_SHIFT_LEFT || key == KEY_SHIFT_RIGHT) {
		if (key != KEY_CONTROL && extended)
			return;			/* fake shifts around arrows, for old programs */
		bit = extended || key == KEY_SHIFT_RIGHT ? 2 : 1;
		*held = (uint8_t)(down ? *held | bit : *held & ~bit);
	} else if (key == KEY_CAPS) {
		k->caps ^= down && !k->caps_down;
		k->caps_down = down;
	} else if (!down) {
		return;
	} else if (key >= KEY_HOME && key <= KEY_DELETE) {
		text_put(text, pad[key - KEY_HOME]);
	} else if (extended ? key == KEY_ENTER || key == KEY_SLASH : key < sizeof(plain) - 1) {
		text[0] = extended ? plain[key] : character(k, key);
	} else if (key == KEY_EXTRA && !extended) {
		text[0] = k->shift ? '|' : '\\';
	}
}

void keys_take(struct keys *k, uint8_t code, char text[KEYS_TEXT])
{
	const bool extended = k->extended;
	bool released = k->released;

	memset(text, 0, KEYS_TEXT);
	if (k->skip) {
		k->skip -= !k->set2 || code != CODE_RELEASED;
		return;
	}
	if (code == CODE_EXTENDED) {
		k->extended = true;
		return;
	}
	if (code == CODE_PAUSE) {
		k->skip = 2;
		return;
	}
	if (k->set2 && code == CODE_RELEASED) {
		k->released = true;
		return;
	}
	k->extended = k->released = false;
	if (k->set2) {
		code = code < sizeof(set1) ? set1[code] : 0;
	} else {
		released = code & RELEASED;
		code &= (uint8_t)~RELEASED;
	}
	if (code)
		key_take(k, code, extended, !released, text);
}

/* SPDX-License-Identifier: MIT */
/*
 * utf.c - UTF-8 and UTF-16 in, UTF-8 out.
 *
 * Never reads outside its input and never writes an ill-formed sequence. Reads byte by byte, as
 * firmware's strings may be at odd addresses.
 */
#include "lib/utf.h"

#define REPLACEMENT	0xfffd

static bool is_surrogate(uint32_t c)
{
	return c >> 11 == 0xd800 >> 11;
}

static uint32_t next_utf8(struct utf_text *t)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const uint8_t *p = t->at++;
	uint32_t c = *p++, more;

	t->size--;
	if (c < 0x80)
		return c;
	more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
	if (c < 0xc0 || c >= 0xf8 || more > t->size)
		return UTF_BAD;
	c &= 0x3f >> more;
	for (uint32_t i = 0; i < more; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return UTF_BAD;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[more] || c >= UTF_BAD || is_surrogate(c))
		return UTF_BAD;
	t->at += more;
	t->size -= more;
	return c;
}

static uint32_t unit_at(const struct utf_text *t, uint32_t i)
{
	uint32_t big = t->kind == UTF_16BE;

	return (uint32_t)(t->at[i + big] | t->at[i + 1 - big] << 8);
}

static uint32_t next_utf16(struct utf_text *t)
{
	uint32_t c = unit_at(t, 0), low = 0;

	t->at += 2;
	t->size -= 2;
	if (!is_surrogate(c))		/* do not consume the next unit: it may be the NUL */
		return c;
	if (t->size >= 2)
		low = unit_at(t, 0);
	if (c >= 0xdc00 || !is_surrogate(low) || low < 0xdc00)
		return UTF_BAD;
	t->at += 2;
	t->size -= 2;
	return 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
}

uint32_t utf_next(struct utf_text *t)
{
	if (t->kind == UTF_8)
		return t->size ? next_utf8(t) : UTF_END;
	return t->size >= 2 ? next_utf16(t) : UTF_END;
}

uint32_t utf8_put(char *out, uint32_t c)
{
	uint32_t more;

	if (c >= UTF_BAD)
		c = REPLACEMENT;
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	more = c >= 0x10000 ? 3 : c >= 0x800 ? 2 : 1;
	out[0] = (char)(0xff00 >> (more + 1) | c >> 6 * more); /* a one per byte, then a zero */
	for (uint32_t i = 1; i <= more; i++)
		out[i] = (char)(0x80 | (c >> 6 * (more - i) & 0x3f));
	return more + 1;
}

uint32_t utf8_from_utf16(const void *text, uint32_t units, char *out, uint32_t cap, bool *cut)
{
	struct utf_text t = { text, units * 2, UTF_16LE };
	uint32_t len = 0, c;

	*cut = false;
	if (!cap)
		return 0;
	for (;;) {
		char buf[UTF_MAX];
		uint32_t n;

		/* fast path for ASCII, which is nearly all of it */
		while (t.size >= 2 && !t.at[1] && t.at[0] - 1u < 0x7f && len < cap - 1) {
			out[len++] = (char)t.at[0];
			t.at += 2;
			t.size -= 2;
		}
		c = utf_next(&t);
		if (c == UTF_END || !c)
			break;
		n = utf8_put(buf, c);

		if (n > cap - 1 - len) {
			*cut = true;
			break;
		}
		for (uint32_t i = 0; i < n; i++)
			out[len++] = buf[i];
	}
	out[len] = 0;
	return len;
}

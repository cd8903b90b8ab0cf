/* SPDX-License-Identifier: MIT */
/*
 * cmdline.c - clean text from load options and files.
 *
 * Produces well-formed UTF-8 without control characters, whatever the input. Assumes neither
 * alignment nor a terminator. Runs before firmware is left.
 *
 * Load options carry no type. The specification means UTF-16; some tools store 8-bit text. Without
 * a byte order mark, the bytes before the first zero byte decide: 8-bit text is terminated there,
 * and in UTF-16 every ASCII character has a zero byte. They are 8-bit text if
 *   - there are at least two of them (one letter and a zero are UTF-16), and
 *   - they are well-formed UTF-8 without control characters except tab, CR and newline, and
 *   - the zero does not lie within a UTF-16 unit that another ASCII unit follows (as where text in
 *     a script above U+2000 turns to ASCII).
 * Everything else is UTF-16. UTF-16 without any ASCII character whose bytes all happen to be
 * printable is misread as 8-bit text; our command lines do not look like that.
 *
 * Load options may also not be text at all (UEFI 2.10, 3.1.3: "a binary data buffer"): a vendor's
 * mark on entries that firmware creates itself, Windows' structure, numbers, a GUID. Then the text
 * file is used instead. Such data is recognised by known values, by control characters, and by not
 * looking like any language (text_plausible).
 */
#include "stub/cmdline.h"
#include "lib/efi_protocols.h"
#include "lib/string.h"
#include "lib/utf.h"
#include "lib/words.h"

/* EFI_LOAD_OPTION, UEFI 2.10, 3.1.3 */
#define LOAD_OPTION_KNOWN	0x1f0bu	/* ACTIVE, FORCE_RECONNECT, HIDDEN, CATEGORY */
#define LOAD_OPTION_HEAD	6	/* Attributes, FilePathListLength */

/* Text without ASCII must have this many letters, each this close to the one before. */
#define SCRIPT_LETTERS	3
#define SCRIPT_SPAN	0x2000u
#define PRIVATE_FIRST	0xe000u		/* private use, then compatibility forms */
#define BMP_LAST	0xffffu

struct bytes {
	const uint8_t *at;
	uint32_t size;
};

static uint32_t read16(const uint8_t *p)
{
	return (uint32_t)(p[0] | p[1] << 8);
}

static bool is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_control(uint32_t c)
{
	return c < ' ' || (c >= 0x7f && c < 0xa0);
}

/* A sequence of device paths, the last of which ends with b (UEFI 2.10, 10.3.1). */
static bool path_list_ok(struct bytes b)
{
	bool ended = false;

	while (b.size) {
		uint32_t len;

		if (b.size < sizeof(struct efi_device_path))
			return false;
		len = read16(b.at + 2);
		if (len < sizeof(struct efi_device_path) || len > b.size)
			return false;
		ended = b.at[0] == EFI_PATH_END && b.at[1] == EFI_PATH_END_ALL;
		b.at += len;
		b.size -= len;
	}
	return ended;
}

/* If *b is a whole EFI_LOAD_OPTION, reduce it to its OptionalData. */
static void load_option_open(struct bytes *b)
{
	uint32_t paths, at = LOAD_OPTION_HEAD;
	struct bytes list;

	if (b->size < LOAD_OPTION_HEAD || read16(b->at + 2) || read16(b->at) & ~LOAD_OPTION_KNOWN)
		return;
	paths = read16(b->at + 4);
	do {
		if (b->size - at < 2)
			return;
		at += 2;
	} while (read16(b->at + at - 2));	/* the description and its terminator */
	if (paths > b->size - at)
		return;
	list = (struct bytes){ b->at + at, paths };
	if (!path_list_ok(list))
		return;
	b->at += at + paths;
	b->size -= at + paths;
}

/* Detect a byte order mark, and skip it. Without one it is UTF-8 so far. */
static bool text_marked(struct utf_text *t)
{
	const uint8_t *p = t->at;
	uint32_t mark;

	if (t->size >= 3 && p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf) {
		mark = 3;
	} else if (t->size >= 2 && p[0] == 0xff && p[1] == 0xfe) {
		mark = 2;
		t->kind = UTF_16LE;
	} else if (t->size >= 2 && p[0] == 0xfe && p[1] == 0xff) {
		mark = 2;
		t->kind = UTF_16BE;
	} else {
		return false;
	}
	t->at += mark;
	t->size -= mark;
	return true;
}

/* The rule at the top of this file. */
static enum utf_kind text_guess(const uint8_t *p, uint32_t size)
{
	struct utf_text run = { p, 0, UTF_8 };
	uint32_t c, zero;

	while (run.size < size && p[run.size])
		run.size++;
	zero = run.size;
	if (size >= 2 && zero < 2)
		return UTF_16LE;
	if (zero % 2 && size - zero > 2 && p[zero + 1] && !p[zero + 2])
		return UTF_16LE;
	while ((c = utf_next(&run)) != UTF_END)
		if (c == UTF_BAD || (is_control(c) && !is_blank(c)))
			return UTF_16LE;
	return UTF_8;
}

/*
 * Write t to out without control characters and outer blanks, up to a NUL or `end`. `strict`: a
 * control character anywhere means that it is not text.
 */
static uint32_t text_clean(struct utf_text t, uint32_t end, bool strict, char *out, uint32_t cap,
			   bool *cut)
{
	uint32_t len = 0, blanks = 0, c;

	*cut = false;
	if (!cap)
		return 0;
	while ((c = utf_next(&t)) != UTF_END && c && c != end) {
		char buf[UTF_MAX];
		uint32_t n;

		if (is_control(c) && !is_blank(c) && (strict || !len)) {
			len = 0;		/* not text */
			break;
		}
		if (is_blank(c) || is_control(c)) {
			blanks += len != 0;
			continue;
		}
		n = utf8_put(buf, c);
		if (blanks > cap - 1 - len || n > cap - 1 - len - blanks) {
			*cut = true;
			break;
		}
		memset(out + len, ' ', blanks);
		memcpy(out + len + blanks, buf, n);
		len += blanks + n;
		blanks = 0;
	}
	out[len] = 0;
	return len;
}

/* ---- data that is not text ---- */

/* The whole OptionalData of entries that firmware creates itself, and how Windows' begins. */
static bool is_mark(struct bytes b)
{
	static const char ami[] = { 'A', 'M', 'B', 'O' }, insyde[] = { 'R', 'C' };
	static const char windows[] = "WINDOWS";

	return (b.size == sizeof(ami) && !memcmp(b.at, ami, sizeof(ami))) ||
	       (b.size == sizeof(insyde) && !memcmp(b.at, insyde, sizeof(insyde))) ||
	       (b.size > sizeof(windows) && !memcmp(b.at, windows, sizeof(windows)));
}

/* A 32-bit number and more data, which reads as one UTF-16 character and its terminator. */
static bool is_number(struct bytes b)
{
	uint32_t i = 4;

	if (b.size < i || b.at[1] || b.at[2] || b.at[3])
		return false;
	while (i < b.size && !b.at[i])
		i++;
	return i < b.size;
}

/*
 * A command line contains some ASCII. One that does not must at least be written in one script. Of
 * random bytes, one text in 70 passes with four characters, one in 20,000 with eight.
 */
static bool text_plausible(const char *text, uint32_t len)
{
	struct utf_text t = { (const uint8_t *)text, len, UTF_8 };
	uint32_t letters = 0, last = 0, c;

	for (uint32_t i = 0; i < len; i++)
		if ((uint8_t)text[i] > ' ' && (uint8_t)text[i] < 0x80)
			return true;
	while ((c = utf_next(&t)) != UTF_END) {
		if (c == ' ')
			continue;
		if (c >= PRIVATE_FIRST && c <= BMP_LAST)
			return false;
		if (letters++ && MAX(c, last) - MIN(c, last) >= SCRIPT_SPAN)
			return false;
		last = c;
	}
	return letters >= SCRIPT_LETTERS;
}

/* ---- the first word, if it is the image's name ---- */

static uint8_t folded(char c)
{
	if (c == '/')
		return '\\';
	return (uint8_t)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool same_path(const char *a, const char *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (folded(a[i]) != folded(b[i]))
			return false;
	return true;
}

/* The length of `name` if text[0..len) begins with it, followed by a blank or the end; else 0. */
static uint32_t begins_with(const char *text, uint32_t len, const char *name)
{
	size_t n = strlen(name);

	if (n > len || (n < len && text[n] != ' ') || !same_path(text, name, (uint32_t)n))
		return 0;
	return (uint32_t)n;
}

static const char *name_of(const char *path)
{
	const char *name = path;

	for (; *path; path++)
		if (folded(*path) == '\\')
			name = path + 1;
	return name;
}

/* Whether w ends in ".efi", perhaps quoted, and is not an option=value. */
static bool is_program(struct word w)
{
	static const char suffix[] = { '.', 'e', 'f', 'i' };

	if (w.text[w.len - 1] == '"')
		w.len--;
	for (uint32_t i = 0; i < w.len; i++)
		if (w.text[i] == '=')
			return false;
	return w.len >= sizeof(suffix) &&
	       same_path(w.text + w.len - sizeof(suffix), suffix, sizeof(suffix));
}

static uint32_t self_drop(char *text, uint32_t len, const char *self)
{
	const char *rest = text;
	struct word first;
	uint32_t n;

	(void)word_next(&rest, &first);
	n = first.len;
	if (self && !is_program(first)) {
		n = begins_with(text, len, self);
		if (!n)		/* it may have blanks */
			n = begins_with(text, len, name_of(self));
	}
	while (text[n] == ' ')	/* it ends with a NUL */
		n++;
	memmove(text, text + n, len - n + 1);
	return len - n;
}

uint32_t cmdline_from_load_options(const void *blob, uint32_t size, const char *self, char *out,
				   uint32_t cap, bool *cut)
{
	struct bytes b = { blob, blob ? size : 0 };
	struct utf_text t;
	uint32_t len;

	load_option_open(&b);
	t = (struct utf_text){ b.at, is_mark(b) ? 0 : b.size, UTF_8 };
	if (!text_marked(&t))
		t.kind = text_guess(t.at, t.size);
	len = text_clean(t, '\n', true, out, cap, cut);
	if (!len)
		return 0;
	if ((len == 1 && is_number(b)) || !text_plausible(out, len)) {
		out[0] = 0;
		*cut = false;
		return 0;
	}
	return self_drop(out, len, self);
}

uint32_t cmdline_from_file(const void *data, uint32_t size, char *out, uint32_t cap, bool *cut)
{
	struct utf_text t = { data, size, UTF_8 };

	text_marked(&t);
	return text_clean(t, 0, false, out, cap, cut);
}

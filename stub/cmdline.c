/* SPDX-License-Identifier: MIT */
/*
 * cmdline.c - clean text out of load options and files.
 *
 * Promises well-formed UTF-8 without control characters, whatever the bytes were. Relies on
 * nothing about them: no alignment, no terminator. Runs while firmware is still there.
 *
 * Load options carry no type. UTF-16 is what the specification means, 8-bit text is what
 * some tools store. Without a byte order mark the bytes before the first zero byte decide:
 * 8-bit text has its terminator there, and in UTF-16 every ASCII character has a zero byte.
 * So they are 8-bit text if
 *   - there are at least two of them (one letter and a zero is UTF-16), and
 *   - they are well-formed UTF-8 without control characters but tab, CR and newline, and
 *   - they do not end within a UTF-16 unit with another ASCII unit behind it (as UTF-16
 *     of a script above U+2000 does, where it turns to ASCII).
 * All else is UTF-16. Text without a single ASCII character whose bytes happen to be all
 * printable is taken for 8-bit text: no command line of ours looks like that.
 *
 * They may also be no text at all (UEFI 2.10, 3.1.3: "a binary data buffer"): a vendor's mark on
 * entries that firmware makes by itself, Windows' structure, numbers, a GUID. That is
 * no command line, and then the text file counts. It is recognised by what is known to be used,
 * by control characters, and by looking like no language (text_plausible).
 */
#include "stub/cmdline.h"
#include "lib/efi_protocols.h"
#include "lib/string.h"
#include "lib/utf.h"

/* EFI_LOAD_OPTION, UEFI 2.10, 3.1.3 */
#define LOAD_OPTION_KNOWN	0x1f0bu	/* ACTIVE, FORCE_RECONNECT, HIDDEN, CATEGORY */
#define LOAD_OPTION_HEAD	6	/* Attributes, FilePathListLength */

/* Text without ASCII: so many letters at least, each so near to the one before */
#define SCRIPT_LETTERS	3
#define SCRIPT_SPAN	0x2000u
#define PRIVATE_FIRST	0xe000u		/* private use, then forms for compatibility */
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

/* Device paths one behind the other, the last one ending with b (UEFI 2.10, 10.3.1). */
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

/* If *b is a whole EFI_LOAD_OPTION, leave its OptionalData in it. */
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

/* Find the encoding and pass over the byte order mark, if there is one. */
static bool text_marked(struct utf_text *t)
{
	const uint8_t *p = t->at;
	uint32_t mark;

	if (t->size >= 3 && p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf) {
		mark = 3;
		t->kind = UTF_8;
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

/* The rule at the head of this file. */
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
 * Write t to out without control characters and outer blanks; `end` ends it like NUL. `strict`:
 * with a control character it is no text.
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
			len = 0;		/* this is no text */
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

/* ---- what is no text ---- */

/* Whole OptionalData of entries that firmware made by itself, and how Windows' begins. */
static bool is_mark(struct bytes b)
{
	static const char ami[] = { 'A', 'M', 'B', 'O' }, insyde[] = { 'R', 'C' };
	static const char windows[] = "WINDOWS";

	return (b.size == sizeof(ami) && !memcmp(b.at, ami, sizeof(ami))) ||
	       (b.size == sizeof(insyde) && !memcmp(b.at, insyde, sizeof(insyde))) ||
	       (b.size > sizeof(windows) && !memcmp(b.at, windows, sizeof(windows)));
}

/* One UTF-16 character, its end, and more than zeros: a number in 32 bits, and others. */
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
 * A command line has something ASCII in it. One that has not must at least be written in one
 * script: of bytes at random, one in 70 of four characters is, and one in 20,000 of eight.
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

/* ---- the first word, if it is our own name ---- */

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

/* If text[0..len) is `name`, with `stop` or nothing behind it, its length, else 0. */
static uint32_t begins_with(const char *text, uint32_t len, const char *name, char stop)
{
	size_t n = strlen(name);

	if (n > len || (n < len && text[n] != stop) || !same_path(text, name, (uint32_t)n))
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

/* The same for any word ending in ".efi" that is no option=value. */
static uint32_t begins_with_program(const char *text, uint32_t len, char stop)
{
	static const char suffix[] = { '.', 'e', 'f', 'i' };
	uint32_t n = 0;

	for (; n < len && text[n] != stop; n++)
		if (text[n] == '=')
			return 0;
	if (n < sizeof(suffix) || !same_path(text + n - sizeof(suffix), suffix, sizeof(suffix)))
		return 0;
	return n;
}

static uint32_t self_drop(char *text, uint32_t len, const char *self)
{
	uint32_t from = text[0] == '"', n = 0;
	char stop = from ? '"' : ' ';

	if (self)
		n = begins_with(text + from, len - from, self, stop);
	if (self && !n)
		n = begins_with(text + from, len - from, name_of(self), stop);
	if (!n)
		n = begins_with_program(text + from, len - from, stop);
	if (!n)
		return len;
	from += n;
	if (from < len && text[from] == stop)
		from++;
	while (from < len && text[from] == ' ')
		from++;
	memmove(text, text + from, len - from + 1);
	return len - from;
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

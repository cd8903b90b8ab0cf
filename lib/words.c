/* SPDX-License-Identifier: MIT */
/* words.c - see words.h. */
#include "lib/words.h"
#include "lib/string.h"

static bool separates(char c)
{
	return (uint8_t)c <= ' ';
}

/*: --
 * Everything after this is for your kernel: neither the stub nor our kernel looks at it.
 */
bool word_next(const char **at, struct word *out)
{
	const char *text = *at;
	bool quoted = false;
	struct word w;

	while (*text && separates(*text))
		text++;
	w.text = text;
	while (*text && (quoted || !separates(*text)))
		quoted ^= *text++ == '"';
	w.len = (uint32_t)(text - w.text);
	*at = text;
	*out = w;
	return w.len && !word_is(w, "--");
}

bool word_is(struct word w, const char *s)
{
	return strlen(s) == w.len && !strncmp(w.text, s, w.len);
}

static void unquote(struct word *w)
{
	if (w->len > 1 && w->text[0] == '"' && w->text[w->len - 1] == '"') {
		w->text++;
		w->len -= 2;
	}
}

bool word_value(struct word w, const char *name, struct word *value)
{
	const uint32_t n = (uint32_t)strlen(name);

	unquote(&w);
	if (w.len <= n || strncmp(w.text, name, n) || w.text[n] != '=')
		return false;
	*value = (struct word){ w.text + n + 1, w.len - n - 1 };
	unquote(value);
	return true;
}

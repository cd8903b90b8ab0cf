/* SPDX-License-Identifier: MIT */
/*
 * faults.c - one case: `NAME FAULT FAULT=NUMBER ... -- command line`.
 *
 * An unknown word is an error in the test, and is reported: a case that injects
 * nothing would pass.
 */
#include "inject.h"
#include "lib/print.h"
#include "lib/string.h"

#define ONLY_1(name)	#name,
static const char *const names[] = {
	FAULTS(X_FAULT) LIES(X_LIE) SERVICES(X_NULL) SERVICES(X_FAIL)
};
#define WORD_0(fault, word, kind)
#define WORD_1(fault, word, kind)	{ fault, word, kind },
#define X_WORD(fault, prefix, word, fake, real, meaning) \
	WORD_##real(#fault, #word, prefix##_##word)
static const struct {
	const char *fault, *word;	/* gop=NONE: GOP_NONE */
	uint32_t kind;
} kinds[] = { KINDS(X_WORD) };

struct text {
	const char *at, *end;
};

static struct text next_word(struct text *t)
{
	struct text w;

	while (t->at < t->end && *t->at == ' ')
		t->at++;
	w.at = t->at;
	while (t->at < t->end && *t->at != ' ')
		t->at++;
	w.end = t->at;
	return w;
}

static bool word_is(struct text w, const char *s)
{
	return strlen(s) == (size_t)(w.end - w.at) && !strncmp(w.at, s, strlen(s));
}

/* The value that a word stands for. */
static bool kind_value(struct text fault, struct text word, uint64_t *value)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!word_is(fault, kinds[i].fault) || !word_is(word, kinds[i].word))
			continue;
		*value = kinds[i].kind + 1;
		return true;
	}
	return false;
}

static bool fault_set(struct text w)
{
	struct text name = { w.at, w.at }, word;
	uint64_t value = 1;

	while (name.end < w.end && *name.end != '=')
		name.end++;
	word = (struct text){ name.end + 1, w.end };
	if (name.end < w.end && word_is(word, "ever"))
		value = EVER;
	else if (name.end < w.end && !kind_value(name, word, &value) &&
		 !text_number(word.at, word.end, &value))
		return false;
	for (uint32_t i = 0; i < FAULT_COUNT; i++) {
		if (word_is(name, names[i])) {
			inject.fault[i] = value;
			return true;
		}
	}
	return false;
}

static void keep(char *out, size_t room, struct text t)
{
	text_format(out, room, "%.*s", (int)(t.end - t.at), t.at);
}

bool case_parse(const char *line, uint32_t len)
{
	struct text t = { line, line + len }, w = next_word(&t);

	if (w.at == w.end || *w.at == '#')
		return false;
	memset(inject.fault, 0, sizeof(inject.fault));
	keep(inject.name, sizeof(inject.name), w);
	inject.cmdline[0] = 0;
	for (w = next_word(&t); w.at < w.end; w = next_word(&t)) {
		if (word_is(w, "--")) {
			t.at += t.at < t.end;
			keep(inject.cmdline, sizeof(inject.cmdline), t);
			return true;
		}
		if (!fault_set(w)) {
			say("inject: %s: no such fault: %.*s", inject.name,
			    (int)(w.end - w.at), w.at);
			return false;
		}
	}
	return true;
}

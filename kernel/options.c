/* SPDX-License-Identifier: MIT */
/* options.c - the kernel's words on the command line. Pure but for the warnings. */
#include "lib/console/console.h"
#include "lib/string.h"
#include "kernel/kernel.h"

static const char fault[] = "fault=";

struct words {			/* what is left of the text */
	const char *at, *end;
};

struct word {
	const char *text;
	size_t size;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* False at the end, or at "--": what follows belongs to the user. */
static bool word_next(struct words *w, struct word *out)
{
	while (w->at < w->end && is_blank(*w->at))
		w->at++;
	out->text = w->at;
	while (w->at < w->end && !is_blank(*w->at))
		w->at++;
	out->size = (size_t)(w->at - out->text);
	return out->size > 0 && !(out->size == 2 && memcmp(out->text, "--", 2) == 0);
}

static bool word_is(const struct word *w, const char *name)
{
	return w->size == strlen(name) && memcmp(w->text, name, w->size) == 0;
}

static bool word_begins(const struct word *w, const char *name)
{
	return w->size >= strlen(name) && memcmp(w->text, name, strlen(name)) == 0;
}

/*: selftest
 * Check the boot's promises on the machine itself.
 */
/*: poweroff
 * Switch off after the report instead of idling.
 */
/*: panic
 * Panic on purpose after the report.
 */
/*: return
 * Return from `kernel_main`, which is a panic, too.
 */
void options_read(const char *text, uint64_t size, struct kernel_options *out)
{
	struct words words = { text, text + size };
	struct word w;

	while (word_next(&words, &w)) {
		if (word_is(&w, "selftest"))
			out->selftest = true;
		else if (word_is(&w, "poweroff"))
			out->poweroff = true;
		else if (word_is(&w, "panic"))
			out->panic = true;
		else if (word_is(&w, "return"))
			out->leave = true;
		else if (word_begins(&w, fault))
			out->fault = stage_named(w.text + strlen(fault), w.size - strlen(fault));
	}
}

/* A name that ends in '=' stands for all its values; the stub has judged those. */
static bool word_known(const struct word *w)
{
	static const char known[][12] = {
		"selftest", "poweroff", "panic", "return", "debug", "mmu=", "place=",
		"initrd=", "el=", "earlycon", "earlycon=", "BOOT_IMAGE=",
	};

	if (word_begins(w, fault))
		return stage_named(w->text + strlen(fault), w->size - strlen(fault));
	for (uint32_t i = 0; i < ARRAY_SIZE(known); i++) {
		bool valued = known[i][strlen(known[i]) - 1] == '=';

		if (valued ? word_begins(w, known[i]) : word_is(w, known[i]))
			return true;
	}
	return false;
}

void options_warn(const char *text, uint64_t size)
{
	struct words words = { text, text + size };
	struct word w;

	while (word_next(&words, &w)) {
		if (word_known(&w))
			continue;
		console_print("stubborn: warning: unknown option \"");
		console_write(w.text, w.size);
		console_print("\" ignored\n");
	}
}

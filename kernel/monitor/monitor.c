/* SPDX-License-Identifier: MIT */
/*
 * monitor.c - see monitor.h. Runs one command at a time. A command must return whatever it is
 * given, so all memory that a user names is accessed under trap_try.
 */
#include "monitor.h"
#include "kernel/dev/input.h"
#include "lib/console/console.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/wants.h"
#include "line.h"

#define ERROR_MAX	160

static NOINIT struct line line;
static struct word rest;

bool monitor_error(const char *fmt, ...)
{
	char text[ERROR_MAX];
	va_list ap;

	va_start(ap, fmt);
	text_vformat(text, sizeof(text), fmt, ap);
	va_end(ap);
	console_print("error: %s\n", text);
	return false;
}

bool monitor_number(const char *word, uint64_t *out)
{
	static const char suffixes[] = "KMGT";
	const char *end = word + strlen(word), *s = suffixes;
	uint32_t shift = 0;
	uint64_t value;

	if (end > word)
		while (*s && *s != end[-1])
			s++;
	if (end > word && *s) {
		shift = 10 * (uint32_t)(s - suffixes + 1);
		end--;
	}
	if (!text_number(word, end, &value) || value << shift >> shift != value)
		return monitor_error("\"%s\" is not a number", word);
	*out = value << shift;
	return true;
}

bool monitor_address(const struct kernel *k, const char *word, uint64_t *out)
{
	const bool physical = *word == '@';

	if (!monitor_number(word + physical, out))
		return false;
	if (!physical)
		return true;
	if (*out >= ARCH_REACH)		/* beyond the direct map there is no RAM */
		return monitor_error("%s: no RAM is there", word);
	*out += k->bi->direct_map;
	return true;
}

struct word monitor_rest(void)
{
	return rest;
}

bool monitor_stopped(void)
{
	if (input_byte() == INPUT_NONE)
		return false;
	monitor_error("stopped by a key");
	return true;
}

struct access {
	uint64_t at, value;
	uint32_t width;
	bool write;
};

static void access_make(void *cookie)
{
	struct access *a = cookie;

	switch (a->width) {
	case 1:
		if (a->write)
			*(volatile uint8_t *)a->at = (uint8_t)a->value;
		else
			a->value = *(volatile uint8_t *)a->at;
		break;
	case 2:
		if (a->write)
			*(volatile uint16_t *)a->at = (uint16_t)a->value;
		else
			a->value = *(volatile uint16_t *)a->at;
		break;
	case 4:
		if (a->write)
			*(volatile uint32_t *)a->at = (uint32_t)a->value;
		else
			a->value = *(volatile uint32_t *)a->at;
		break;
	default:
		if (a->write)
			*(volatile uint64_t *)a->at = a->value;
		else
			a->value = *(volatile uint64_t *)a->at;
	}
}

static bool access_try(struct access *a)
{
	struct trap_info fault;

	if (!trap_try(access_make, a, &fault))
		return monitor_error("0x%llx: %s", LL(a->at), fault.what);
	return true;
}

bool monitor_read(uint64_t at, uint32_t width, uint64_t *out)
{
	struct access a = { .at = at, .width = width };

	if (!access_try(&a))
		return false;
	*out = a.value;
	return true;
}

bool monitor_write(uint64_t at, uint32_t width, uint64_t value)
{
	struct access a = { .at = at, .width = width, .value = value, .write = true };

	return access_try(&a);
}

/* Run one command. `text` is a copy that may be changed; if it is blank, do nothing. */
static bool monitor_command(struct kernel *k, char *text)
{
	char *words[MONITOR_WORDS];
	struct command c;
	uint32_t n = 0;

	for (char *at = text; *at; n++) {
		while (*at == ' ' || *at == '\t')
			at++;
		if (!*at)
			break;
		if (n == MONITOR_WORDS)
			return monitor_error("more than %u words", MONITOR_WORDS);
		words[n] = at;
		while (*at && *at != ' ' && *at != '\t')
			at++;
		if (*at)
			*at++ = 0;
	}
	if (!n)
		return true;
	if (!command_named(words[0], &c))
		return monitor_error("there is no command \"%s\"; help lists them", words[0]);
	if (c.alters && k->bi->flags & BOOT_SECURE_BOOT)
		return monitor_error("Secure Boot is on: %s may not be used", c.name);
	return command_run(k, n, words, &c);
}

bool monitor_text(struct kernel *k, const char *text, uint64_t size)
{
	char one[LINE_MAX];

	for (uint64_t i = 0; i < size; i++) {
		uint64_t n = 0;
		bool quoted = false;

		while (i < size && (quoted || text[i] != ';')) {
			if (n + 1 == LINE_MAX)
				return monitor_error("a command has more than %u characters",
						     LINE_MAX - 1);
			quoted ^= text[i] == '"';
			one[n++] = text[i++];
		}
		one[n] = 0;
		n = MIN(i + 1, size);
		rest = (struct word){ text + n, (uint32_t)(size - n) };
		if (!monitor_command(k, one))
			return false;
	}
	return true;
}

/* For line.h: completes names of commands. */
static const char *complete_name(const char *start, size_t size, bool first, uint32_t n)
{
	struct command c = { 0 };

	while (first && command_next(&c))
		if (!strncmp(c.name, start, size) && !n--)
			return c.name;
	return NULL;
}

_Noreturn void monitor_run(struct kernel *k)
{
	static char prompt[64];
	bool ok = true;

	if (!input_device[0].name)
		console_print("monitor: no input: there is no keyboard, and the serial port is "
			      "missing or can only send\n");
	line = (struct line){
		.write = console_write, .complete = complete_name, .prompt = prompt,
	};
	for (;;) {
		enum line_event event = LINE_MORE;

		text_format(prompt, sizeof(prompt), "%.*s %s> ", WANTS_NAME, wants_name(),
			    ok ? "ok" : "failed");
		line_start(&line);
		while (event == LINE_MORE) {
			int byte;

			screen_show();
			byte = input_wait();
			console.dead = 0;	/* there is a user: try the port again */
			event = line_key(&line, (uint8_t)byte);
		}
		ok = event == LINE_CANCELLED || monitor_text(k, line.text, line.size);
	}
}

/* SPDX-License-Identifier: MIT */
/* fuzz_cmdline.c - load options and text files become clean text; both readers of options. */
#include "tests/host/fuzz/fuzz.h"
#include "lib/console/console.h"
#include "lib/crumb.h"
#include "kernel/kernel.h"
#include "stub/cmdline.h"
#include "stub/options.h"
#include <stdarg.h>

static uint32_t warned;

void console_warn(const char *fmt, ...)
{
	const char *text;
	va_list ap;
	int size;

	(void)fmt;			/* C23's va_start() ignores it */
	va_start(ap, fmt);
	(void)va_arg(ap, const char *);
	size = va_arg(ap, int);
	text = va_arg(ap, const char *);
	va_end(ap);
	CHECK(size > 0 && size <= 128);
	for (int i = 0; i < size; i++)
		CHECK((uint8_t)text[i] >= ' ' && text[i] != 0x7f);
	warned++;
}

/* Both halves read the same words: what is a stage for the stub is one for the kernel, too. */
static void check_options(const char *text, uint32_t len)
{
	struct kernel_options kernel = { 0 };
	struct options o;
	const char *bad = NULL;
	uint32_t bad_len = 0;

	if (options_parse(text, &o, &bad, &bad_len) != OK) {
		CHECK(bad >= text && bad_len && bad_len <= len - (uint32_t)(bad - text));
		return;
	}
	CHECK(o.regime <= BOOT_MMU_MAPPED && o.fault <= OPTIONS_FAULT_KERNEL);
	CHECK(o.place <= PLACE_FIXED);
	CHECK(o.place != PLACE_FIXED || !(o.place_at % PAGE_SIZE));
	CHECK(o.earlycon.type < BOOT_UART_TYPES && o.divisor <= 0xffff);
	if (o.earlycon.type != BOOT_UART_NONE)
		CHECK(o.earlycon.base && o.earlycon.reg_width && o.earlycon.reg_shift <= 2 &&
		      !(o.earlycon.base % o.earlycon.reg_width) &&
		      (!o.earlycon.is_port || o.earlycon.base <= 0xfff7));
	for (uint32_t i = 0; i < 2; i++) {	/* as many as were counted, and no word outside */
		const char *at = text;
		uint32_t n = i ? o.modules : o.initrds;
		struct word w;

		for (; options_next(&at, i ? "module" : "initrd", &w); n--)
			CHECK(n && w.len && w.text > text && w.text + w.len <= text + len);
		CHECK(!n);
	}
	options_read(text, &kernel);
	/* for the stub, an unknown stage is the kernel's; for the kernel, the one before stays */
	CHECK(kernel.fault == o.fault || o.fault == OPTIONS_FAULT_KERNEL);
	warned = 0;
	options_warn(text);
	CHECK(warned <= len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const selves[] = { NULL, "", "\\EFI\\BOOT\\BOOTX64.EFI", "k.efi" };
	static char out[CMDLINE_MAX], again[CMDLINE_MAX];
	struct feed f = { data, size };
	const uint32_t how = (uint32_t)feed_number(&f, 1);
	const uint32_t cap = how & 4 ? (uint32_t)feed_number(&f, 2) % CMDLINE_MAX : CMDLINE_MAX;
	const uint32_t left = (uint32_t)f.left;
	uint32_t len;
	bool cut, cut_again;
	void *blob;

	world_clear();
	blob = world_put(WORLD | (how >> 3 & 1), left, &f);
	memset(out, 'x', sizeof(out));
	if (how & 16)
		len = cmdline_from_file(blob, left, out, cap, &cut);
	else
		len = cmdline_from_load_options(blob, left, selves[how & 3], out, cap, &cut);
	CHECK(len < cap || (!cap && !len && out[0] == 'x'));
	CHECK(cap == CMDLINE_MAX || out[cap] == 'x');
	if (!cap)
		return 0;
	check_text(out, len);
	CHECK(strlen(out) == len);
	CHECK(!len || (out[0] != ' ' && out[len - 1] != ' '));
	if (!strncmp(out, "\xef\xbb\xbf", 3))	/* a second byte order mark is a character */
		return 0;
	CHECK(cmdline_from_file(out, len, again, sizeof(again), &cut_again) == len);
	CHECK(!memcmp(again, out, len) && !cut_again);
	check_options(out, len);
	return 0;
}

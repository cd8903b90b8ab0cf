/* SPDX-License-Identifier: MIT */
/* test_call.c - a line on firmware's console or, where that fails, on the port. */
#include "tests/host/unit/unit.h"
#include "include/stubborn/kernel.h"
#include "stub/efi/efi.h"
#include <stdarg.h>

#define LONGEST	255

const struct kernel_wants kernel_wants = { .size = sizeof(kernel_wants), .name = "mine" };
static char shown[1000], sent[1000];
static efi_status_t answer;

static efi_status_t output(struct efi_text_output *self, const uint16_t *s)
{
	uint32_t n = 0;

	assert_non_null(self);
	for (; s[n]; n++)
		shown[n] = (char)s[n];
	shown[n] = 0;
	return answer;
}

void console_serial(const struct boot_uart *uart, uint64_t offset)
{
	assert_true(uart && !offset);
}

void console_print(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sent, sizeof(sent), fmt, ap);
	va_end(ap);
}

static void test_print(void **state)
{
	static const struct boot_uart uart;
	static struct efi_text_output out;
	static struct efi_system_table systab = { .con_out = &out };
	const struct efi e = { .systab = &systab, .uart = &uart };
	char text[600];

	(void)state;
	out.output_string = output;
	efi_print(&e, "error: %s", "a \xc3\xa4");
	assert_string_equal(shown, "mine: error: a ??\r\n");
	assert_string_equal(sent, "");
	memset(text, 'x', sizeof(text));
	for (size_t n = LONGEST - 8; n < sizeof(text); n += n < LONGEST ? 1 : 50) {
		text[n] = 0;
		efi_print(&e, "%s", text);
		text[n] = 'x';
		assert_int_equal(strlen(shown), MIN(n + strlen("mine: "), LONGEST) + 2);
		assert_string_equal(shown + strlen(shown) - 3, "x\r\n");
	}
	answer = EFI_ERROR_BIT | 7;
	efi_print(&e, "no");
	assert_string_equal(sent, "mine: no\n");
	out.output_string = NULL;
	efi_print(&e, "nothing");
	assert_string_equal(sent, "mine: nothing\n");
	systab.con_out = NULL;
	efi_print(&e, "nobody");
	assert_string_equal(sent, "mine: nobody\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_print) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

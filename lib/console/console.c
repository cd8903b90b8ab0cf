/* SPDX-License-Identifier: MIT */
/*
 * console.c - prints to the serial port and the screen. State is in .data because the stub uses
 * the console before .bss can be trusted, and also sets the copy's.
 */
#include "lib/console/console.h"
#include "arch/boot.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/wants.h"
#include "screen.h"
#include "uart.h"

#define CONSOLE_LINE	256	/* longest text of one console_print */

struct console console __attribute__((section(".data"))) = { .limit = CONSOLE_DEBUG };
void (*console_tap)(const char *text, size_t size) __attribute__((section(".data"))) = NULL;

bool (*console_turn)(bool take) __attribute__((section(".data"))) = NULL;

void console_serial(const struct boot_uart *uart, uint64_t offset)
{
	struct boot_uart at = *uart;

	if (uart_in_memory(&at))
		at.base += offset;
	if (console.dead && !memcmp(&at, &console.uart, sizeof(at)))
		return;			/* each stage sets it again; wait for it only once */
	console.uart = at;
	console.dead = 0;
	if (!uart_start(&console.uart))
		console.uart.type = ARCH_CALLS ? BOOT_UART_CALL : BOOT_UART_NONE;
}

void console_screen(const struct boot_fb *fb, uint64_t offset)
{
	console.screen_on = 0;
	if (!screen_fits(fb))
		return;
	console.fb = *fb;
	console.fb.mem.base += offset;
	screen_clear(&console);
	console.screen_on = 1;
}

static void serial_put(uint8_t byte)
{
	if (console.uart.type == BOOT_UART_NONE || console.dead || console.level > console.limit)
		return;
	if (!uart_put(&console.uart, byte))
		console.dead = 1;
}

static void write_alone(const char *text, size_t size)
{
	if (console_tap)
		console_tap(text, size);
	for (size_t i = 0; i < size; i++) {
		uint8_t byte = (uint8_t)text[i];

		if (byte == '\n')
			serial_put('\r');
		serial_put(byte);
		if (console.screen_on && !console.screen_write)
			screen_put(&console, byte);
	}
	if (console.screen_write)
		console.screen_write(text, size);
}

void console_write(const char *text, size_t size)
{
	const bool turn = console_turn_take();

	write_alone(text, size);
	console_turn_give(turn);
}

static void print(const char *fmt, va_list ap)
{
	char line[CONSOLE_LINE];
	const int n = text_vformat(line, sizeof(line), fmt, ap);

	console_write(line, MIN((size_t)n, sizeof(line) - 1));
}

void console_print(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(fmt, ap);
	va_end(ap);
}

void console_warn(const char *fmt, ...)
{
	const bool turn = console_turn_take();		/* for the level, too */
	const uint32_t level = console_as(CONSOLE_WARNING);
	va_list ap;

	console_print("%.*s: warning: ", WANTS_NAME, wants_name());
	va_start(ap, fmt);
	print(fmt, ap);
	va_end(ap);
	console_as(level);
	console_turn_give(turn);
}

void console_mark_fault(void)
{
	if (screen_fits(&console.fb))
		screen_paint_fault(&console.fb);
}

/* SPDX-License-Identifier: MIT */
/*
 * A kernel that uses only the stub, not the library: its own output, tables and vectors. It begins
 * with the MMU off where the CPU can do without (on aarch64 at EL1). The tables are as simple as
 * possible: each GiB is either memory or devices, and all memory is writable and executable. On a
 * real board map nothing but RAM as memory: a CPU may read ahead in all that is mapped so.
 */
#include "bare.h"

#define UART_LSR	5		/* 16550 */
#define UART_LSR_EMPTY	0x20
#define UART_FR		0x18		/* PL011 */
#define UART_FR_FULL	0x20
#define DIGITS		"0123456789abcdef"

/* Cacheable types. A type's number is only a name, so compare types one by one. */
#define RAM (1ull << BOOT_MEM_FREE | 1ull << BOOT_MEM_RECLAIM | 1ull << BOOT_MEM_ACPI | \
	     1ull << BOOT_MEM_IMAGE | 1ull << BOOT_MEM_HANDOFF | 1ull << BOOT_MEM_MODULE)

static struct boot_uart uart;
static volatile uint32_t traps;
static volatile uint64_t trap_seen;

static void put(uint8_t c)
{
	volatile uint32_t *words = (volatile uint32_t *)uart.base;
	volatile uint8_t *bytes = (volatile uint8_t *)uart.base;
	uint16_t port = (uint16_t)uart.base;

	if (uart.type == BOOT_UART_16550 && uart.is_port) {
		while (!(port_in(port + UART_LSR) & UART_LSR_EMPTY))
			;
		port_out(port, c);
	} else if (uart.type == BOOT_UART_16550 && uart.reg_width == 4) {
		while (!(words[(UART_LSR << uart.reg_shift) / 4] & UART_LSR_EMPTY))
			;
		words[0] = c;
	} else if (uart.type == BOOT_UART_16550) {
		while (!(bytes[UART_LSR << uart.reg_shift] & UART_LSR_EMPTY))
			;
		bytes[0] = c;
	} else if (uart.type == BOOT_UART_PL011) {
		while (words[UART_FR / 4] & UART_FR_FULL)
			;
		words[0] = c;
	}
}

static void say(const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			put('\r');
		put((uint8_t)*text);
	}
}

static void say_hex(uint64_t value)
{
	say("0x");
	for (int shift = 60; shift >= 0; shift -= 4)
		put((uint8_t)DIGITS[value >> shift & 15]);
}

_Bool memory_in(const struct boot_info *bi, uint64_t base)
{
	const struct boot_mem *map = (const void *)bi->memmap.base;

	for (uint64_t i = 0; i < bi->memmap.size / sizeof(*map); i++)
		if (map[i].type < 64 && RAM >> map[i].type & 1 && map[i].base < base + GIB &&
		    map[i].base + map[i].size > base)
			return 1;
	return 0;
}

void trap_taken(uint64_t cause)
{
	traps++;
	trap_seen = cause;
}

void kernel_main(struct boot_info *bi)
{
	static const char regimes[][9] = { "default", "off", "identity", "mapped" };
	const char *why;

	uart.base = bi->uart.base;
	uart.type = bi->uart.type;
	uart.is_port = bi->uart.is_port;
	uart.reg_shift = bi->uart.reg_shift;
	uart.reg_width = bi->uart.reg_width;
	if (bi->regime == BOOT_MMU_MAPPED)
		stop();				/* its addresses are not for us */
	say("bare: entered in regime ");
	say(regimes[bi->regime]);
	why = regime_take(bi);
	if (why) {
		say("\nbare: ");
		say(why);
		say("\n");
		stop();
	}
	say("\nbare: own tables\n");
	trap_cause();
	say(traps == 1 ? "bare: own vectors, cause " : "bare: no trap ");
	say_hex(trap_seen);
	say("\n");
	stop();
}

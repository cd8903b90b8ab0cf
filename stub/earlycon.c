/* SPDX-License-Identifier: MIT */
/*
 * earlycon.c - a serial port given by the user, in Linux's syntax (kernel-parameters.txt,
 * earlycon=).
 *
 * Pure. A value that is ambiguous is refused.
 */
#include "stub/earlycon.h"
#include "arch/boot.h"
#include "lib/console/uart.h"
#include "lib/print.h"
#include "lib/string.h"

#define NAME_MAX	14		/* the longest name, with its NUL */
#define BAUD_MAX	115200		/* with a PC's UART clock, which Linux assumes too */
#define DIVISOR_MAX	0xffff

struct text {
	const char *at, *end;
};

/* Split off the text up to the next comma. Empty at the end. */
static struct text field_next(struct text *t)
{
	struct text field = { t->at, t->at };

	while (field.end < t->end && *field.end != ',')
		field.end++;
	t->at = field.end < t->end ? field.end + 1 : field.end;
	return field;
}

static bool text_is(const struct text *t, const char *want)
{
	const size_t size = (size_t)(t->end - t->at);

	return size == strlen(want) && !memcmp(t->at, want, size);
}

static uint8_t kind_named(const struct text *name)
{
	static const struct {
		char name[NAME_MAX];
		uint8_t type;
	} kinds[] = {
		{ "uart", BOOT_UART_16550 }, { "uart8250", BOOT_UART_16550 },
		{ "pl011", BOOT_UART_PL011 }, { "cdns", BOOT_UART_CDNS },
		{ "ec_imx21", BOOT_UART_IMX }, { "ec_imx6q", BOOT_UART_IMX },
		{ "meson", BOOT_UART_MESON }, { "msm_serial_dm", BOOT_UART_MSM },
		{ "qcom_geni", BOOT_UART_GENI }, { "exynos4210", BOOT_UART_EXYNOS },
		{ "ar3700_uart", BOOT_UART_MVEBU },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (text_is(name, kinds[i].name))
			return kinds[i].type;
	return BOOT_UART_NONE;
}

/* How the registers are accessed. False: the word is the address instead. */
static bool access_named(const struct text *word, struct boot_uart *u)
{
	static const char names[][sizeof("mmio32")] = { "mmio", "mmio16", "mmio32" };

	if (text_is(word, "io")) {
		u->is_port = 1;
		return true;
	}
	for (uint8_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (text_is(word, names[i])) {
			u->reg_shift = i;
			u->reg_width = (uint8_t)(1 << i);
			return true;
		}
	}
	return false;
}

/* Check the result; only a 16550 can have its registers laid out in more than one way. */
static bool port_check(struct boot_uart *u)
{
	if (u->type != BOOT_UART_16550) {
		if (u->is_port || u->reg_shift == 1)
			return false;
		u->reg_shift = 0;
		u->reg_width = sizeof(uint32_t);
	}
	if (!u->base || u->base % u->reg_width)
		return false;
	return u->base < (u->is_port ? UART_PORTS_END : ARCH_REACH);
}

/* "115200" or "115200n8", as in console=; formats other than 8N1 are refused. */
static bool speed_parse(struct text speed, uint32_t *divisor)
{
	const char *end = speed.end;
	uint64_t baud;

	if (end - speed.at > 2 && end[-2] == 'n' && end[-1] == '8')
		end -= 2;
	if (!text_number(speed.at, end, &baud) || !baud || baud > BAUD_MAX)
		return false;
	*divisor = (BAUD_MAX + (uint32_t)baud / 2) / (uint32_t)baud;
	return *divisor <= DIVISOR_MAX;
}

bool earlycon_parse(const char *value, uint32_t len, struct boot_uart *out, uint32_t *divisor)
{
	struct text rest = { value, value + len }, name = field_next(&rest);
	struct text word = field_next(&rest), speed;
	struct boot_uart u = {
		.type = kind_named(&name), .reg_width = 1, .source = BOOT_UART_FROM_OPTION,
	};

	*divisor = 0;
	if (u.type == BOOT_UART_NONE)
		return false;
	if (access_named(&word, &u))
		word = field_next(&rest);
	speed = field_next(&rest);
	if (rest.at != rest.end || !text_number(word.at, word.end, &u.base) || !port_check(&u))
		return false;
	*out = u;
	return speed.at == speed.end || speed_parse(speed, divisor);
}

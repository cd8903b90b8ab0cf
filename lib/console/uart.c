/* SPDX-License-Identifier: MIT */
/* uart.c - see uart.h. Registers: National PC16550D data sheet; Arm PL011 manual, DDI 0183. */
#include "uart.h"
#include "arch/arch.h"

#define UART_POLLS	100000		/* a byte takes 100 us at 115200 baud, far less than this */

#define U16550_THR	0
#define U16550_IER	1
#define U16550_FCR	2
#define U16550_LCR	3
#define U16550_MCR	4
#define U16550_LSR	5
#define U16550_SCR	7
#define U16550_DLL	0		/* while LCR_DLAB */
#define U16550_DLM	1
#define FCR_ENABLE_CLEAR 0x07
#define LCR_8N1		0x03
#define LCR_DLAB	0x80
#define MCR_DTR_RTS	0x03
#define LSR_THRE	0x20
#define LSR_TEMT	0x40
#define LSR_ABSENT	0xff
#define DIVISOR_115200	1

#define PL011_DR	0x00
#define PL011_FR	0x18
#define FR_TXFF		0x20

static uint32_t reg_read(const struct boot_uart *u, uint64_t offset)
{
	uint64_t at = u->base + offset;

	if (u->is_port)
		return arch_port_in8((uint16_t)at);
	switch (u->reg_width) {
	case 4:
		return *(volatile uint32_t *)at;
	case 2:
		return *(volatile uint16_t *)at;
	default:
		return *(volatile uint8_t *)at;
	}
}

static void reg_write(const struct boot_uart *u, uint64_t offset, uint8_t value)
{
	uint64_t at = u->base + offset;

	if (u->is_port) {
		arch_port_out8((uint16_t)at, value);
		return;
	}
	switch (u->reg_width) {
	case 4:
		*(volatile uint32_t *)at = value;
		break;
	case 2:
		*(volatile uint16_t *)at = value;
		break;
	default:
		*(volatile uint8_t *)at = value;
	}
}

static uint8_t u16550_read(const struct boot_uart *u, uint32_t reg)
{
	return (uint8_t)reg_read(u, (uint64_t)reg << u->reg_shift);
}

static void u16550_write(const struct boot_uart *u, uint32_t reg, uint8_t value)
{
	reg_write(u, (uint64_t)reg << u->reg_shift, value);
}

/* Wait until (value of the register & mask) == want. */
static bool reg_wait(const struct boot_uart *u, uint64_t offset, uint32_t mask, uint32_t want)
{
	for (uint32_t i = 0; i < UART_POLLS; i++)
		if ((reg_read(u, offset) & mask) == want)
			return true;
	return false;
}

/* A register without function keeps two patterns: somebody is there. */
static bool u16550_answers(const struct boot_uart *u)
{
	static const uint8_t patterns[] = { 0x5a, 0xa5 };

	for (uint32_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		u16550_write(u, U16550_SCR, patterns[i]);
		if (u16550_read(u, U16550_SCR) != patterns[i])
			return false;
	}
	return u16550_read(u, U16550_LSR) != LSR_ABSENT;
}

bool uart_start(const struct boot_uart *u)
{
	if (u->type == BOOT_UART_NONE)
		return false;
	if (u->source != BOOT_UART_FROM_DEFAULT || u->type != BOOT_UART_16550)
		return true;
	if (!u16550_answers(u))
		return false;
	/* What is still being sent would be lost; a port that never drains is set up anyway. */
	reg_wait(u, (uint64_t)U16550_LSR << u->reg_shift, LSR_TEMT, LSR_TEMT);
	u16550_write(u, U16550_IER, 0);
	u16550_write(u, U16550_LCR, LCR_DLAB);
	u16550_write(u, U16550_DLL, DIVISOR_115200);
	u16550_write(u, U16550_DLM, 0);
	u16550_write(u, U16550_LCR, LCR_8N1);
	u16550_write(u, U16550_FCR, FCR_ENABLE_CLEAR);
	u16550_write(u, U16550_MCR, MCR_DTR_RTS);
	return true;
}

bool uart_put(const struct boot_uart *u, uint8_t byte)
{
	if (u->type == BOOT_UART_PL011) {
		if (!reg_wait(u, PL011_FR, FR_TXFF, 0))
			return false;
		reg_write(u, PL011_DR, byte);
		return true;
	}
	if (!reg_wait(u, (uint64_t)U16550_LSR << u->reg_shift, LSR_THRE, LSR_THRE))
		return false;
	u16550_write(u, U16550_THR, byte);
	return true;
}

/* SPDX-License-Identifier: MIT */
/* port.c - COM1 is a 16550 that is always ready, and so is COM2, whose output is lost. */
#include "tests/host/arch/cpu.h"

#define U16550_LSR	5
#define DMA_END		0x10		/* a controller that any access may disturb */
#define U16550_SCR	7
#define LSR_READY	0x60

uint8_t arch_port_in8(uint16_t port)
{
	if (fake_cpu.no_port)
		return 0xff;
	switch (port) {
	case FAKE_COM1 + U16550_LSR:
	case FAKE_COM2 + U16550_LSR:	return LSR_READY;
	case FAKE_COM1 + U16550_SCR:	return fake_cpu.scratch;
	default:			return port < DMA_END ? 0 : 0xff;
	}
}

void arch_port_out8(uint16_t port, uint8_t value)
{
	static uint8_t lcr;

	if (port == FAKE_COM1 + U16550_SCR)
		fake_cpu.scratch = value;
	if (port == FAKE_COM1 + 3)
		lcr = value;
	if (port != FAKE_COM1 || lcr & 0x80 || fake_cpu.serial_len >= CPU_SERIAL - 1)
		return;
	fake_cpu.serial[fake_cpu.serial_len++] = (char)value;
	fake_cpu.serial[fake_cpu.serial_len] = 0;
}

void arch_port_out16(uint16_t port, uint16_t value)
{
	(void)port;
	(void)value;
}

uint32_t arch_port_in32(uint16_t port)
{
	(void)port;
	return UINT32_MAX;
}

void arch_port_out32(uint16_t port, uint32_t value)
{
	(void)port;
	(void)value;
}

void arch_default_uart(struct boot_uart *out)
{
	if (fake_cpu.no_uart) {
		*out = (struct boot_uart){ .type = BOOT_UART_NONE };
		return;
	}
	*out = (struct boot_uart){
		.base = FAKE_COM1, .type = BOOT_UART_16550, .is_port = 1, .reg_width = 1,
		.source = BOOT_UART_FROM_DEFAULT,
	};
}

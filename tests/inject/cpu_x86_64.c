/* SPDX-License-Identifier: MIT */
/* cpu_x86_64.c - COM1, and the PIT behind the 8259A, on QEMU's pc and q35. */
#include "inject.h"

#define COM1		0x3f8
#define COM1_STATUS	(COM1 + 5)
#define COM1_EMPTY	0x20
#define PIT_CHANNEL0	0x40
#define PIT_MODE	0x43
#define PIT_RATE	0x34		/* channel 0, both bytes, mode 2 */
#define PIC_MASK	0x21
#define PIC_ALL_BUT_0	0xfe

static void port_out(uint16_t port, uint8_t value)
{
	asm volatile("outb %0, %1" : : "a"(value), "d"(port));
}

static uint8_t port_in(uint16_t port)
{
	uint8_t value;

	asm volatile("inb %1, %0" : "=a"(value) : "d"(port));
	return value;
}

void cpu_put(char c)
{
	while (!(port_in(COM1_STATUS) & COM1_EMPTY))
		;
	port_out(COM1, (uint8_t)c);
}

/* 1 kHz */
void cpu_timer(void)
{
	asm volatile("cli");
	port_out(PIT_MODE, PIT_RATE);
	port_out(PIT_CHANNEL0, 0xa9);
	port_out(PIT_CHANNEL0, 0x04);
	port_out(PIC_MASK, PIC_ALL_BUT_0);
}

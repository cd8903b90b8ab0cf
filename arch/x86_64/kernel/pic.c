/* SPDX-License-Identifier: MIT */
/*
 * pic.c - resets the two 8259s of a PC, so that no earlier configuration remains, and masks them
 * for good. On machines without them the ports are unused.
 */
#include "apic.h"
#include "arch/boot.h"

#define PIC1		0x20
#define PIC2		0xa0
#define PIC_DATA	1		/* offset of the data port */
#define ICW1		0x11		/* edge triggered, cascaded, ICW4 follows */
#define ICW3_PIC1	0x04		/* the second one is at input 2 */
#define ICW3_PIC2	0x02
#define ICW4		0x01		/* 8086 mode */

static void pic_start(uint16_t port, uint8_t vector, uint8_t wiring)
{
	arch_port_out8(port, ICW1);
	arch_port_out8(port + PIC_DATA, vector);
	arch_port_out8(port + PIC_DATA, wiring);
	arch_port_out8(port + PIC_DATA, ICW4);
	arch_port_out8(port + PIC_DATA, 0xff);
}

void pic_off(void)
{
	pic_start(PIC1, VECTOR_PIC, ICW3_PIC1);
	pic_start(PIC2, VECTOR_PIC + 8, ICW3_PIC2);
}

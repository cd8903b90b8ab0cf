/* SPDX-License-Identifier: MIT */
/*
 * serial.c - see serial.h. Ports whose interrupt registers are not known here are polled. Sending
 * stays polled; when it reads LSR, an error bit of a byte that just arrived is lost (PC16550D,
 * 8.6.3).
 */
#include "kernel/dev/serial.h"
#include "kernel/dev/input.h"
#include "kernel/dev/receive.h"
#include "kernel/irq/irq.h"
#include "kernel/time/clock.h"
#include "lib/console/uart.h"

#define TRY_TIME	(2 * NS_PER_MS)

/* National PC16550D */
#define U16550_IER	1
#define U16550_IIR	2
#define U16550_MCR	4
#define IER_ERBFI	0x01
#define IER_ETBEI	0x02
#define MCR_OUT2	0x08		/* on a PC it connects the line to the controller */

/* Arm PL011, DDI 0183; SBSA's subset has these, too */
#define PL011_IMSC	0x38
#define PL011_ICR	0x44
#define INT_RX		0x010
#define INT_TX		0x020
#define INT_RT		0x040		/* receive timeout: fewer bytes than the trigger level */
#define INT_ERRORS	0x780

#define POLL_BYTES	4096		/* more than any port holds */

static struct boot_uart port;

/*
 * Drain the port, so that its line goes inactive: edge-triggered interrupts need that. Where there
 * is no port, what is read as its status may say for ever that a byte waits.
 */
static void serial_poll(void)
{
	uint32_t left = POLL_BYTES;
	int byte;

	if (port.type == BOOT_UART_PL011)
		uart_write(&port, 0, PL011_ICR, INT_TX | INT_RT | INT_ERRORS);
	else if (port.type == BOOT_UART_16550)
		(void)uart_read(&port, 0, U16550_IIR);	/* ends the interrupt of ETBEI */
	while (left-- && (byte = receive_byte(&port)) != RECEIVE_NONE)
		input_put((uint8_t)byte);
}

/* Enable interrupts for received bytes and, if `sent`, for room to send. */
static void interrupts_on(bool sent)
{
	if (port.type == BOOT_UART_PL011) {
		uart_write(&port, 0, PL011_IMSC, INT_RX | INT_RT | (sent ? INT_TX : 0));
	} else if (port.type == BOOT_UART_16550) {
		uart_write(&port, 0, U16550_MCR, uart_read(&port, 0, U16550_MCR) | MCR_OUT2);
		uart_write(&port, 0, U16550_IER, IER_ERBFI | (sent ? IER_ETBEI : 0));
	}
}

static uint32_t number_of(const struct serial_irq *found)
{
	if (found->isa)
		return irq_of_isa(found->number);
	return irq_of_gsi(found->number, found->how);
}

void serial_start(const struct machine *m, const struct boot_uart *uart, uint64_t pa)
{
	const struct input_device *d;
	struct serial_irq found;
	uint32_t irq = 0;

	if (!receive_possible(uart))
		return;
	port = *uart;
	if ((port.type == BOOT_UART_PL011 || port.type == BOOT_UART_16550) &&
	    serial_find(m, uart, pa, &found))
		irq = number_of(&found);
	d = input_add("serial", serial_poll, irq);
	if (!d || !d->irq)
		return;
	interrupts_on(true);		/* the console has sent: this interrupt is due */
	input_try(d, TRY_TIME);
	interrupts_on(false);
}

/* SPDX-License-Identifier: MIT */
/*
 * receive.c - see receive.h. A kind of port is a row of registers, as in lib/console/uart.c. Ports
 * whose receiver needs commands of its own (UART_DM, GENI) are for output only.
 *
 * 16550 and PL011 were run on many machines; the other rows are from the manuals.
 */
#include "kernel/dev/receive.h"
#include "arch/boot.h"
#include "arch/kernel.h"
#include "lib/console/uart.h"

#define RECEIVE_TRIES	16		/* bytes with errors dropped in one call */

struct receiver {
	uint16_t status;		/* register that says whether a byte waits */
	uint16_t data;			/* register to take it from */
	uint32_t full, empty;		/* bits of status: a byte waits if set, or if clear */
	uint32_t error;			/* bits of status or of data: the byte is bad */
	uint16_t kind[RECEIVE_ERRORS];	/* likewise, one of enum receive_error each */
	bool error_in_data;
	uint8_t status_width, data_width; /* bytes; 0: as the port says */
};

static const struct receiver receivers[BOOT_UART_TYPES] = {
	/* LSR: DR; BI, FE, PE and OE. RBR */
	[BOOT_UART_16550] = { 5, 0, 0x01, 0, 0x1c, { 0x10, 0x08, 0x04, 0x02 }, false, 0, 0 },
	/* UARTFR: RXFE. UARTDR: BE, FE, PE and OE beside the byte */
	[BOOT_UART_PL011] = { 0x18, 0x00, 0, 0x10, 0x700, { 0x400, 0x100, 0x200, 0x800 }, true, 0,
			      0 },
	/* SR: REMPTY */
	[BOOT_UART_CDNS] = { 0x2c, 0x30, 0, 0x02, 0, { 0 }, false, 0, 0 },
	/* UTS: RXEMPTY. URXD: ERR */
	[BOOT_UART_IMX] = { 0xb4, 0x00, 0, 0x20, 0x4000, { 0 }, true, 0, 0 },
	/* STAT: RDRF; PF, FE and NF */
	[BOOT_UART_LPUART] = { 0x14, 0x1c, 1u << 21, 0, 7u << 16, { 0 }, false, 0, 0 },
	/* STATUS: RX FIFO empty */
	[BOOT_UART_MESON] = { 0x0c, 0x04, 0, 1u << 20, 0, { 0 }, false, 0, 0 },
	/* UTRSTAT: data ready. URXH */
	[BOOT_UART_EXYNOS] = { 0x10, 0x24, 0x01, 0, 0, { 0 }, false, 0, 0 },
	/* STAT: RX_RDY. RBR */
	[BOOT_UART_MVEBU] = { 0x0c, 0x00, 0x10, 0, 0, { 0 }, false, 0, 0 },
};

uint32_t receive_errors[RECEIVE_ERRORS];

/* Count one error per byte: a break is also a framing error, and so on. */
static void count_error(const struct receiver *r, uint32_t bits)
{
	for (uint32_t i = 0; i < RECEIVE_ERRORS; i++)
		if (bits & r->kind[i]) {
			receive_errors[i]++;
			return;
		}
}

bool receive_possible(const struct boot_uart *uart)
{
	const struct receiver *r;

	if (ARCH_CALLS && uart->type == BOOT_UART_CALL)
		return arch_call_gets();
	if (uart->type == BOOT_UART_NONE || uart->type >= BOOT_UART_TYPES)
		return false;
	r = &receivers[uart->type];
	return r->full || r->empty;
}

int receive_byte(const struct boot_uart *uart)
{
	const struct receiver *r;

	if (ARCH_CALLS && uart->type == BOOT_UART_CALL)
		return arch_call_get();
	if (!receive_possible(uart))
		return RECEIVE_NONE;
	r = &receivers[uart->type];
	for (uint32_t i = 0; i < RECEIVE_TRIES; i++) {
		const uint32_t status = uart_read(uart, r->status_width, r->status);
		uint32_t data, bits;

		if (r->full ? !(status & r->full) : status & r->empty)
			break;
		data = uart_read(uart, r->data_width, r->data);
		bits = r->error_in_data ? data : status;
		count_error(r, bits);
		if (!(bits & r->error))
			return (uint8_t)data;
	}
	return RECEIVE_NONE;
}

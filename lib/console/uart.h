/* SPDX-License-Identifier: MIT */
/* uart.h - polled output to all types of boot_uart. No state; never waits for ever. */
#ifndef CONSOLE_UART_H
#define CONSOLE_UART_H
#include "include/stubborn/boot_info.h"
#include "lib/base.h"

/* National PC16550D; what the search for a port needs, too */
#define U16550_LSR	5
#define LSR_ABSENT	0xff		/* its bits are never all set: nothing is there */
#define UART_PORTS_END	0xfff8		/* I/O ports below have room for its eight registers */

/*
 * Prepare `uart`. False, without touching it, if it cannot be a port. What firmware has set up is
 * kept. A 16550 that is only a guess (BOOT_UART_FROM_DEFAULT) is set to 115200 8N1, or false if it
 * does not answer.
 */
bool uart_start(const struct boot_uart *uart);

/* Whether there is a port. Only a guess is probed, and only its scratch register is written. */
bool uart_answers(const struct boot_uart *uart);

/* Set the speed, and 8N1, of a started 16550. Does nothing if divisor is 0. */
void uart_speed(const struct boot_uart *uart, uint32_t divisor);

/* Whether it has memory-mapped registers, which must be mapped. */
static inline bool uart_in_memory(const struct boot_uart *uart)
{
	return uart->type != BOOT_UART_NONE && uart->type != BOOT_UART_CALL && !uart->is_port;
}

/*
 * A register of a port that was started: `offset` as in its manual, `width` 1, 2 or 4 bytes or 0
 * for the port's own. For a receiver; see kernel/dev/.
 */
uint32_t uart_read(const struct boot_uart *uart, uint32_t width, uint64_t offset);
void uart_write(const struct boot_uart *uart, uint32_t width, uint64_t offset, uint32_t value);

/* Send one byte; false if the port stayed busy. */
bool uart_put(const struct boot_uart *uart, uint8_t byte);
#endif

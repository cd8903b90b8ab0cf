/* SPDX-License-Identifier: MIT */
/* uart.h - polled output to all kinds of boot_uart. No state; never waits for ever. */
#ifndef KERNEL_UART_H
#define KERNEL_UART_H
#include "include/stubborn/boot_info.h"
#include "lib/base.h"

/*
 * Make `uart` ready; false, and it is not touched, if it cannot be one. What firmware set up is
 * left as it is; a 16550 that is only a guess (BOOT_UART_FROM_DEFAULT) must answer, else false,
 * and is set to 115200 8N1.
 */
bool uart_start(const struct boot_uart *uart);

/* Is there a port? Only a guess is probed, and no register that matters is written. */
bool uart_answers(const struct boot_uart *uart);

/* The speed of a port that was started, and 8N1; 0, or no 16550: it stays as it is. */
void uart_speed(const struct boot_uart *uart, uint32_t divisor);

/* Whether it has registers in memory, which must be mapped to be reached. */
static inline bool uart_in_memory(const struct boot_uart *uart)
{
	return uart->type != BOOT_UART_NONE && uart->type != BOOT_UART_CALL && !uart->is_port;
}

/* Send one byte; false if the port stayed busy. */
bool uart_put(const struct boot_uart *uart, uint8_t byte);
#endif

/* SPDX-License-Identifier: MIT */
/* receive.h - polled input from a serial port. Never waits. */
#ifndef KERNEL_RECEIVE_H
#define KERNEL_RECEIVE_H
#include "include/stubborn/boot_info.h"
#include "lib/base.h"

#define RECEIVE_NONE	(-1)

/* Receive errors. After an overrun the byte is good, but others were lost. */
enum receive_error {
	RECEIVE_BREAK, RECEIVE_FRAMING, RECEIVE_PARITY, RECEIVE_OVERRUN, RECEIVE_ERRORS,
};
extern uint32_t receive_errors[RECEIVE_ERRORS];	/* counts, where a port tells them apart */

/*
 * The next byte that waits in the port, 0 to 255, or RECEIVE_NONE. `uart` has been accepted by
 * uart_start(), and its base is accessible. A byte that arrived with an error (parity, framing,
 * break) is dropped. One CPU at a time.
 */
int receive_byte(const struct boot_uart *uart);

/* Whether this kind of port can be read at all. */
bool receive_possible(const struct boot_uart *uart);
#endif

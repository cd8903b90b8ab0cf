/* SPDX-License-Identifier: MIT */
/* receive.h - polled input from a serial port. No state; never waits. */
#ifndef KERNEL_RECEIVE_H
#define KERNEL_RECEIVE_H
#include "include/stubborn/boot_info.h"
#include "lib/base.h"

#define RECEIVE_NONE	(-1)

/*
 * The next byte that waits in the port, 0 to 255, or RECEIVE_NONE. `uart` is one that
 * uart_start() accepted, its base as it can be used now. A byte that arrived with an error (parity,
 * framing, break) is dropped. One CPU at a time.
 */
int receive_byte(const struct boot_uart *uart);

/* Whether this kind of port can be read from at all. */
bool receive_possible(const struct boot_uart *uart);
#endif

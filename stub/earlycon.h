/* SPDX-License-Identifier: MIT */
/* earlycon.h - a serial port given by the user. Pure. */
#ifndef STUB_EARLYCON_H
#define STUB_EARLYCON_H
#include "lib/base.h"
#include "include/stubborn/boot_info.h"

/*
 * Parse earlycon= in Linux's syntax: NAME,[io|mmio|mmio16|mmio32,]ADDRESS[,BAUD[n8]], where NAME is
 * uart8250, uart, pl011, cdns or one of a few more. False: it names no port. Only a 16550's speed
 * can be set.
 */
bool earlycon_parse(const char *value, uint32_t len, struct boot_uart *out, uint32_t *divisor);
#endif

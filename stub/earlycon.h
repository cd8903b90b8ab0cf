/* SPDX-License-Identifier: MIT */
/* earlycon.h - a serial port named by hand. Pure. */
#ifndef STUB_EARLYCON_H
#define STUB_EARLYCON_H
#include "lib/base.h"
#include "include/stubborn/boot_info.h"

/*
 * The value of earlycon=, as Linux spells it: NAME,[io|mmio|mmio16|mmio32,]ADDRESS[,BAUD[n8]], NAME
 * being uart8250, uart, pl011, cdns or one of a few more. False: it names no port. Only the
 * speed of a 16550 can be set.
 */
bool earlycon_parse(const char *value, uint32_t len, struct boot_uart *out, uint32_t *divisor);
#endif

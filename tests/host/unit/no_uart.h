/* SPDX-License-Identifier: MIT */
/* no_uart.h - for programs without stub/uart_find.c, whose own test it is: no table has a port. */
#ifndef NO_UART_H
#define NO_UART_H
#include "stub/uart_find.h"

bool uart_find(struct reach *k, uint64_t rsdp, const void *dtb, uint64_t dtb_size,
	       struct boot_uart *out)
{
	(void)k;
	(void)rsdp;
	(void)dtb;
	(void)dtb_size;
	(void)out;
	return false;
}
#endif

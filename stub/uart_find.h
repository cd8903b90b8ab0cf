/* SPDX-License-Identifier: MIT */
/* uart_find.h - finds the serial port in firmware's tables. Pure. */
#ifndef STUB_UART_FIND_H
#define STUB_UART_FIND_H
#include "lib/base.h"
#include "include/stubborn/boot_info.h"
#include "stub/reach.h"

/*
 * The port named by ACPI's SPCR, else by DBG2, else by the device tree. rsdp and dtb may be absent
 * (0, NULL). False if none of them names a port that we can drive. Addresses in ACPI tables are
 * followed only if `reach` allows it. Cost: some thousand instructions, more with a tree.
 */
bool uart_find(struct reach *reach, uint64_t rsdp, const void *dtb, uint64_t dtb_size,
	       struct boot_uart *out);
#endif

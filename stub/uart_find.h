/* SPDX-License-Identifier: MIT */
/* uart_find.h - which serial port firmware itself uses, by its tables. Pure. */
#ifndef STUB_UART_FIND_H
#define STUB_UART_FIND_H
#include "lib/base.h"
#include "include/stubborn/boot_info.h"
#include "stub/reach.h"

/*
 * The port named by ACPI's SPCR, else by DBG2, else by the device tree. Either may be absent
 * (0, NULL); false if none of them names a port we can drive. An address of ACPI's is
 * followed if `reach` says that it can be. Cost: some thousand instructions, a tree more.
 */
bool uart_find(struct reach *reach, uint64_t rsdp, const void *dtb, uint64_t dtb_size,
	       struct boot_uart *out);
#endif

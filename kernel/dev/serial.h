/* SPDX-License-Identifier: MIT */
/* serial.h - typing at the console's serial port, by interrupt where one is known. */
#ifndef KERNEL_SERIAL_H
#define KERNEL_SERIAL_H
#include "arch/machine.h"
#include "include/stubborn/boot_info.h"

/*
 * Read `uart`, as uart_start() accepted it, its base as it can be used now and for good; `pa` is
 * its base in tables. Once, after irq_start() and clock_start(), with interrupts masked; for a
 * moment they are not. Returns at once if this kind of port cannot be read from.
 */
void serial_start(const struct machine *m, const struct boot_uart *uart, uint64_t pa);

/* How a port's receiver interrupts, as SPCR, the device tree or custom say. serial_find.c */
struct serial_irq {
	bool isa;			/* number is a PC's interrupt line */
	uint32_t number, how;		/* else a global system interrupt, ARCH_IRQ_* */
};

/* Pure but for reading tables. False: nothing says it. */
bool serial_find(const struct machine *m, const struct boot_uart *uart, uint64_t pa,
		 struct serial_irq *out);
#endif

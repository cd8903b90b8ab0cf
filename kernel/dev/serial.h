/* SPDX-License-Identifier: MIT */
/* serial.h - input from the console's serial port, by interrupt where its number is known. */
#ifndef KERNEL_SERIAL_H
#define KERNEL_SERIAL_H
#include "arch/machine.h"
#include "include/stubborn/boot_info.h"

/*
 * Read `uart` from now on. It has been accepted by uart_start(), and its base stays accessible;
 * `pa` is the base that tables give for it. Call this once, after irq_start() and clock_start(),
 * with interrupts masked; it unmasks them briefly. Returns at once if this kind of port cannot be
 * read.
 */
void serial_start(const struct machine *m, const struct boot_uart *uart, uint64_t pa);

/*
 * The interrupt of a port's receiver, as SPCR, the device tree or PC convention has it.
 * serial_find.c
 */
struct serial_irq {
	bool isa;			/* number is a PC's interrupt line ... */
	uint32_t number, how;		/* ... else a global system interrupt; ARCH_IRQ_* */
};

/* Only reads tables. False if none of these sources gives an interrupt. */
bool serial_find(const struct machine *m, const struct boot_uart *uart, uint64_t pa,
		 struct serial_irq *out);
#endif

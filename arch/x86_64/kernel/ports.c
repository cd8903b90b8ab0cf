/* SPDX-License-Identifier: MIT */
/* ports.c - 32-bit accesses to I/O space, which only kernels need. */
#include "arch/kernel.h"

uint32_t arch_port_in32(uint16_t port)
{
	uint32_t v;

	__asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

void arch_port_out32(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" :: "a"(value), "Nd"(port));
}

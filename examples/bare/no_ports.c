/* SPDX-License-Identifier: MIT */
/* no_ports.c - for CPUs without an I/O space. */
#include "bare.h"

uint8_t port_in(uint16_t port)
{
	(void)port;
	return 0xff;
}

void port_out(uint16_t port, uint8_t value)
{
	(void)port, (void)value;
}

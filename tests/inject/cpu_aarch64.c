/* SPDX-License-Identifier: MIT */
/* cpu_aarch64.c - the PL011, the generic timer and the GICv2 of QEMU's virt board. */
#include "inject.h"

#define UART		0x09000000ull
#define UART_FLAGS	(UART + 0x18)
#define UART_FULL	0x20
#define GICD_CTLR	0x08000000ull
#define GICD_ISENABLER	(GICD_CTLR + 0x100)
#define GICC_CTLR	0x08010000ull
#define GICC_PMR	(GICC_CTLR + 4)
#define PPI_TIMERS	(1u << 30 | 1u << 27)	/* EL1 physical and virtual */
#define ALL_PRIORITIES	0xff
#define INTERRUPTS_OFF	"msr daifset, #0xf"

static void poke(uint64_t address, uint32_t value)
{
	*(volatile uint32_t *)address = value;
}

void cpu_put(char c)
{
	while (*(volatile uint32_t *)UART_FLAGS & UART_FULL)
		;
	poke(UART, (uint8_t)c);
}

/* Both have expired and say so. */
void cpu_timer(void)
{
	asm volatile(INTERRUPTS_OFF);
	poke(GICD_CTLR, 1);
	poke(GICD_ISENABLER, PPI_TIMERS);
	poke(GICC_PMR, ALL_PRIORITIES);
	poke(GICC_CTLR, 1);
	asm volatile("msr cntp_tval_el0, %0\n\tmsr cntp_ctl_el0, %1\n\t"
		     "msr cntv_tval_el0, %0\n\tmsr cntv_ctl_el0, %1\n\tisb"
		     : : "r"(0ull), "r"(1ull));
}

/* SPDX-License-Identifier: MIT */
/* cpu_x86_64.c - COM1 and the local APIC of QEMU's pc and q35 (Intel SDM 3, chapter 11). */
#include "inject.h"

#define COM1		0x3f8
#define COM1_STATUS	(COM1 + 5)
#define COM1_EMPTY	0x20
#define APIC		0xfee00000ull
#define APIC_SPURIOUS	(APIC + 0xf0)
#define APIC_TIMER	(APIC + 0x320)
#define APIC_COUNT	(APIC + 0x380)
#define APIC_DIVIDE	(APIC + 0x3e0)
#define APIC_ENABLE	0x1ff		/* and the spurious vector */
#define DIVIDE_BY_1	0xb
#define PERIODIC	(1u << 17)
#define VECTOR		0x40
#define TICKS		10000
#define ID_ABSENT	0x37

static void port_out(uint16_t port, uint8_t value)
{
	asm volatile("outb %0, %1" : : "a"(value), "d"(port));
}

static uint8_t port_in(uint16_t port)
{
	uint8_t value;

	asm volatile("inb %1, %0" : "=a"(value) : "d"(port));
	return value;
}

void cpu_put(char c)
{
	while (!(port_in(COM1_STATUS) & COM1_EMPTY))
		;
	port_out(COM1, (uint8_t)c);
}

uint64_t cpu_vectors(void)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) idt;

	asm volatile("sidt %0" : "=m"(idt));
	return idt.base;
}

static void poke(uint64_t address, uint32_t value)
{
	*(volatile uint32_t *)address = value;
}

/* Periodic, with a vector that has no handler. */
void cpu_timer(void)
{
	asm volatile("cli");
	poke(APIC_SPURIOUS, APIC_ENABLE);
	poke(APIC_DIVIDE, DIVIDE_BY_1);
	poke(APIC_TIMER, PERIODIC | VECTOR);
	poke(APIC_COUNT, TICKS);
}

/* The last that is enabled: there are some for CPUs that could be plugged in. */
void cpu_absent(struct madt_walk *w)
{
	struct madt_lapic *a, *last = NULL;

	while ((a = (void *)madt_next(w, MADT_LAPIC, sizeof(*a))))
		if (a->flags & MADT_ENABLED)
			last = a;
	last->id = ID_ABSENT;
}

void cpu_park(struct madt_walk *w)
{
	(void)w;
	say("inject: %s: not on this CPU", inject.name);
}

/* SPDX-License-Identifier: MIT */
/*
 * x86_64.c - the local APIC (Intel SDM 3A, chapter 11): its timer, and INIT and SIPI to all other
 * CPUs, of which the first to arrive is used. A kernel that wants all of them reads the MADT.
 */
#include "arch/boot.h"
#include "lib/string.h"
#include "devices.h"
#include "x86_64.h"

#define MSR_APIC_BASE	0x1b
#define APIC_BASE_X2	(1u << 10)
#define APIC_BASE_ON	(1u << 11)
#define APIC_BASE_AT	0xffffff000ull
#define APIC_TPR	0x080
#define APIC_EOI	0x0b0
#define APIC_SVR	0x0f0
#define APIC_SVR_ON	0x100u
#define APIC_ICR_LOW	0x300
#define APIC_ICR_INIT	0xc4500u	/* all but this one; level, asserted */
#define APIC_ICR_SIPI	0xc4600u	/* plus the page to start at */
#define APIC_ICR_BUSY	0x1000u
#define APIC_LVT_TIMER	0x320
#define APIC_LVT_LINT0	0x350
#define APIC_LVT_MASKED	0x10000u
#define APIC_LVT_PERIODIC	0x20000u
#define APIC_COUNT	0x380
#define APIC_DIVIDE	0x3e0
#define APIC_DIVIDE_16	3
#define PERIOD		1000000		/* of its clock / 16: 16 ms on QEMU */
#define VECTOR_FIRST	0x20		/* those below are exceptions */
#define VECTOR_TIMER	0x40
#define VECTOR_SPURIOUS	0xff
#define PIC_MASK_1	0x21
#define PIC_MASK_2	0xa1
#define GATE		0x8e00u		/* present, interrupt gate */
#define LOW_END		0xa0000u
#define PTE_TABLE	3		/* present, writable */
#define PTE_LARGE	0x83		/* likewise, 2 MiB */
#define CR4_PAE		(1u << 5)
#define CR4_LA57	(1u << 12)
#define GUESSED_HZ	6000000000ull	/* if unknown: no counter is faster */

/* Operand of lgdt and lidt, which read it from `limit` on. */
struct pseudo {
	uint16_t unused[3], limit;
	uint64_t base;
};

struct gate {
	uint16_t low, code, type, middle;
	uint32_t high, reserved;
};

struct state {
	uint64_t cr0, cr3, cr4, stack, pat;
	struct pseudo gdtr, idtr;
};
_Static_assert(__builtin_offsetof(struct state, stack) == STATE_STACK, "x86_64.h");
_Static_assert(__builtin_offsetof(struct state, pat) == STATE_PAT, "x86_64.h");
_Static_assert(__builtin_offsetof(struct state, gdtr.limit) == STATE_GDTR, "x86_64.h");
_Static_assert(__builtin_offsetof(struct state, idtr.limit) == STATE_IDTR, "x86_64.h");

extern const char low_start[], low_gdtr[], low_gdt[], low_cr4[], low_cr3[], low_far[], low_end[];
void timer_entry(void);
void other_entry(void);
void spurious_entry(void);
void second_entry(void);
void timer_interrupt(void);
void other_interrupt(void);
extern struct state second_state;
extern volatile uint32_t second_count;

struct state second_state;
volatile uint32_t second_count;
static volatile uint32_t *apic;
static _Alignas(16) struct gate idt[256];
static _Alignas(4096) uint64_t low_tables[7][512];

static uint64_t msr_read(uint32_t msr)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (uint64_t)high << 32 | low;
}

static void apic_write(uint32_t at, uint32_t value)
{
	apic[at / 4] = value;
}

static void gate_set(uint32_t vector, void (*entry)(void))
{
	const uint64_t at = (uint64_t)entry;

	idt[vector] = (struct gate){ .low = (uint16_t)at, .code = CODE, .type = GATE,
				     .middle = (uint16_t)(at >> 16), .high = (uint32_t)(at >> 32) };
}

/*
 * Keep the stub's exception vectors; ours follow. An interrupt of firmware's or of an earlier
 * system's may be pending, with any vector.
 */
static void idt_start(void)
{
	struct pseudo old, new = { .limit = sizeof(idt) - 1, .base = (uint64_t)idt };

	__asm__ volatile("sidt %0" : "=m"(old.limit), "=m"(old.base));
	memcpy(idt, (const void *)old.base, (size_t)old.limit + 1);
	for (uint32_t vector = VECTOR_FIRST; vector < sizeof(idt) / sizeof(*idt); vector++)
		gate_set(vector, other_entry);
	gate_set(VECTOR_TIMER, timer_entry);
	gate_set(VECTOR_SPURIOUS, spurious_entry);
	__asm__ volatile("lidt %0" :: "m"(new.limit), "m"(new.base));
}

const char *machine_start(const struct boot_info *bi)
{
	const uint64_t base = msr_read(MSR_APIC_BASE);

	(void)bi;
	if ((base & (APIC_BASE_ON | APIC_BASE_X2)) != APIC_BASE_ON)
		return "no local APIC, or one that is in x2APIC mode already";
	if (!map_device(base & APIC_BASE_AT))
		return "no room for tables";
	apic = (void *)(base & APIC_BASE_AT);
	idt_start();
	arch_port_out8(PIC_MASK_1, 0xff);
	arch_port_out8(PIC_MASK_2, 0xff);
	apic_write(APIC_LVT_LINT0, APIC_LVT_MASKED);
	apic_write(APIC_SVR, APIC_SVR_ON | VECTOR_SPURIOUS);
	apic_write(APIC_TPR, 0);
	return NULL;
}

void float_on(void)			/* CR0 and CR4 already allow it: reset the state */
{
	const uint32_t mxcsr = 0x1f80;	/* as after a reset: all exceptions masked */

	__asm__ volatile("fninit; ldmxcsr %0" :: "m"(mxcsr));
}

void timer_start(void)
{
	apic_write(APIC_DIVIDE, APIC_DIVIDE_16);
	apic_write(APIC_LVT_TIMER, APIC_LVT_PERIODIC | VECTOR_TIMER);
	apic_write(APIC_COUNT, PERIOD);
	__asm__ volatile("sti" ::: "memory");
}

void timer_interrupt(void)
{
	timer_tick();
	apic_write(APIC_EOI, 0);
}

void other_interrupt(void)
{
	apic_write(APIC_EOI, 0);
}

void wait_interrupt(void)
{
	__asm__ volatile("hlt" ::: "memory");
}

/* The last free page below 640 KiB, but not page 0. */
static uint64_t low_page(const struct boot_info *bi)
{
	const struct boot_mem *map = (const void *)bi->memmap.base;
	uint64_t found = 0;

	for (uint64_t i = 0; i < bi->memmap.size / sizeof(*map); i++)
		if ((map[i].type == BOOT_MEM_FREE || map[i].type == BOOT_MEM_RECLAIM) &&
		    map[i].base < LOW_END)
			found = MIN(map[i].base + map[i].size, LOW_END) - PAGE_SIZE;
	return found;
}

/*
 * A CPU that leaves 16-bit mode needs tables in which the page it starts in is executable, and as
 * many levels as ours: LA57 cannot change while paging is on (SDM 3A, 4.1.2).
 */
static void low_fill(uint64_t page, uint64_t la57)
{
	uint8_t *to = (void *)page;
	const uint32_t gdt = (uint32_t)(page + (uint64_t)(low_gdt - low_start));
	const uint32_t cr4 = (uint32_t)(CR4_PAE | la57);
	const uint32_t cr3 = (uint32_t)(uint64_t)low_tables[la57 ? 6 : 0];
	const uint32_t entry = (uint32_t)(uint64_t)second_entry;

	low_tables[6][0] = (uint64_t)low_tables[0] | PTE_TABLE;
	low_tables[0][0] = (uint64_t)low_tables[1] | PTE_TABLE;
	for (uint64_t gib = 0; gib < 4; gib++) {
		low_tables[1][gib] = (uint64_t)low_tables[2 + gib] | PTE_TABLE;
		for (uint64_t n = 0; n < 512; n++)
			low_tables[2 + gib][n] = gib * GIB + n * 2 * MIB + PTE_LARGE;
	}
	memcpy(to, low_start, (size_t)(low_end - low_start));
	memcpy(to + (low_gdtr - low_start) + 2, &gdt, sizeof(gdt));
	memcpy(to + (low_cr4 - low_start), &cr4, sizeof(cr4));
	memcpy(to + (low_cr3 - low_start), &cr3, sizeof(cr3));
	memcpy(to + (low_far - low_start), &entry, sizeof(entry));
}

static void wait_us(const struct boot_info *bi, uint64_t us)
{
	const uint64_t hz = bi->counter_hz ? bi->counter_hz : GUESSED_HZ;
	const uint64_t start = arch_counter();

	while (arch_counter() - start < hz / 1000000 * us)
		;
}

static void icr_send(uint32_t what)
{
	apic_write(APIC_ICR_LOW, what);
	while (apic[APIC_ICR_LOW / 4] & APIC_ICR_BUSY)
		;
}

const char *second_start(const struct boot_info *bi, void *top)
{
	const uint64_t page = low_page(bi);
	struct state *s = &second_state;

	if (!page)
		return "no free page below 640 KiB";
	if (bi->image.base + bi->image.size > 4 * GIB)
		return "the image runs above 4 GiB, where 32 bits do not reach";
	s->stack = (uint64_t)top;
	s->pat = msr_read(MSR_PAT);
	__asm__("mov %%cr0, %0" : "=r"(s->cr0));
	__asm__("mov %%cr3, %0" : "=r"(s->cr3));
	__asm__("mov %%cr4, %0" : "=r"(s->cr4));
	__asm__("sgdt %0" : "=m"(s->gdtr.limit), "=m"(s->gdtr.base));
	__asm__("sidt %0" : "=m"(s->idtr.limit), "=m"(s->idtr.base));
	low_fill(page, s->cr4 & CR4_LA57);
	icr_send(APIC_ICR_INIT);
	wait_us(bi, 10000);
	for (int twice = 0; twice < 2; twice++) {	/* as the manual requires */
		icr_send(APIC_ICR_SIPI | (uint32_t)(page / PAGE_SIZE));
		wait_us(bi, 200);
	}
	return NULL;
}

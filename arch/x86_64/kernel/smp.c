/* SPDX-License-Identifier: MIT */
/*
 * smp.c - starts and stops other CPUs by INIT and SIPI (SDM 3A 9.4). They begin in a page below
 * 1 MiB, which nothing else uses, and continue under tables that map only that page and smp_enter.
 * INIT also ends a CPU, whatever it is doing, but not the boot CPU, which would restart firmware.
 */
#include "smp.h"
#include "apic.h"
#include "cpus.h"
#include "arch/boot.h"
#include "arch/map.h"
#include "arch/smp.h"
#include "arch/x86_64/boot/cpu.h"
#include "arch/x86_64/boot/desc.h"
#include "arch/x86_64/boot/regs.h"
#include "kernel/cpu/cpu.h"
#include "kernel/irq/madt.h"
#include "kernel/mm/page.h"
#include "kernel/mm/space.h"
#include "lib/string.h"

#define ICR_NMI		(4u << 8 | APIC_ICR_ASSERT)
#define ICR_INIT	(5u << 8 | APIC_ICR_ASSERT)
#define ICR_STARTUP(pa)	(6u << 8 | APIC_ICR_ASSERT | (uint32_t)((pa) >> PAGE_SHIFT))
#define ID_MAX		254		/* 255 is a broadcast */
#define ID_MAX_X2	0xfffffffe

#define LOW_FIRST	PAGE_SIZE	/* not page 0, where null pointers point */
#define LOW_END		0xa0000
#define TABLES_MAX	16

#define DESC_A		(1ull << 40)	/* accessed: set, so that the CPU does not write it */
#define DESC_FLAT	(0xffffull | 0xfull << 48 | 1ull << 55)
#define DESC_D		(1ull << 54)

enum { STEP_INIT, STEP_STARTUP, STEP_AGAIN, STEPS };
const uint32_t arch_start_steps = STEPS;

struct smp_state smp_state;
static uint64_t low;				/* the page */
static uint64_t table[TABLES_MAX];		/* pages of the tables that map it */
static uint32_t tables;

/* SDM 3A 9.4.4.1: 10 ms, 200 us */
uint64_t arch_start_wait(uint32_t step)
{
	return step == STEP_INIT ? 10000000 : step == STEP_STARTUP ? 200000 : 0;
}

uint64_t arch_cpu_id(void)
{
	return cpu_apic_id(cpu_id);
}

void arch_cpus_named(const struct machine *m,
		     void (*named)(void *cookie, const struct arch_named *), void *cookie)
{
	cpus_from_madt(m->table(m->cookie, MADT_SIGNATURE), named, cookie);
}

static bool page_mapped(uint64_t pa)
{
	struct arch_leaf leaf;

	return space_find((uint64_t)space_ram(pa), &leaf) && leaf.write;
}

/* The highest page that is free below 640 KiB; 0: none. */
static uint64_t low_find(const struct boot_info *bi)
{
	const struct boot_mem *map = space_ram(bi->memmap.base);
	uint64_t best = 0;

	for (uint32_t i = 0; i < bi->memmap.size / sizeof(*map); i++) {
		const uint64_t end = MIN(map[i].base + map[i].size, LOW_END);

		if (map[i].type == BOOT_MEM_FREE && map[i].base < end &&
		    end - map[i].base >= PAGE_SIZE && end - PAGE_SIZE >= LOW_FIRST &&
		    page_mapped(end - PAGE_SIZE))
			best = end - PAGE_SIZE;
	}
	return best;
}

/* struct arch_map.page */
static uint64_t table_page(void *cookie)
{
	const uint64_t pa = tables < TABLES_MAX ? page_alloc(0, PAGE_LOW) : 0;

	(void)cookie;
	if (pa)
		table[tables++] = pa;
	return pa;
}

static void tables_free(void)
{
	while (tables)
		page_free(table[--tables], 0);
}

/* smp_enter may cross a page boundary, so two pages are mapped. */
static status_t tables_make(struct arch_map *m, const struct boot_info *bi)
{
	const uint64_t code = ALIGN_DOWN((uint64_t)smp_enter, PAGE_SIZE);

	*m = (struct arch_map){ .page = table_page, .offset = bi->direct_map };
	TRY(arch_map_start(m));
	TRY(arch_map(m, low, low, PAGE_SIZE, ARCH_RX));
	return arch_map(m, code, code - bi->image_virt + bi->image.base, 2 * PAGE_SIZE, ARCH_RX);
}

static void low_fill(uint64_t root)
{
	struct low_page *p = space_ram(low);
	const uint32_t base = (uint32_t)low;

	memcpy(p, smp_low, (size_t)(smp_low_end - smp_low));
	p->gdt_limit = sizeof(p->gdt) - 1;
	p->gdt_base = base + LOW_GDT;
	p->far32 = base + (uint32_t)(smp_low32 - smp_low);
	p->far32_selector = LOW_CODE32;
	p->far64 = base + (uint32_t)(smp_low64 - smp_low);
	p->far64_selector = SEL_CODE;
	p->root = root;
	p->cr4 = cr_read(cr4) & (CR4_PAE | CR4_LA57);
	p->entry = (uint64_t)smp_enter;
	p->cr3 = arch_map_root();
	p->gdt[SEL_CODE / 8] = DESC_P | DESC_S | DESC_CODE | DESC_L | DESC_A;
	p->gdt[SEL_DATA / 8] = DESC_P | DESC_S | DESC_DATA | DESC_D | DESC_FLAT | DESC_A;
	p->gdt[LOW_CODE32 / 8] = DESC_P | DESC_S | DESC_CODE | DESC_D | DESC_FLAT | DESC_A;
}

const char *arch_start_prepare(struct boot_info *bi, const struct arch_named *named,
			       struct cpu *const *c, uint32_t n)
{
	struct arch_map m;

	(void)named;
	low = low_find(bi);
	if (!low)
		return "no page below 640 KiB is free";
	if (tables_make(&m, bi) != OK) {
		tables_free();
		return "no memory below 4 GiB for tables";
	}
	smp_state = (struct smp_state){
		.cr0 = cr_read(cr0), .cr4 = cr_read(cr4), .pat = msr_read(MSR_PAT),
		.cpu = c, .count = n,
	};
	low_fill(m.root);
	return NULL;
}

static bool id_reached(const struct arch_named *named)
{
	return named->id <= (apic_regs ? ID_MAX : ID_MAX_X2);
}

const char *arch_start(const struct machine *m, const struct arch_named *named, uint32_t step)
{
	const uint32_t command = step == STEP_INIT ? ICR_INIT : ICR_STARTUP(low);

	(void)m;
	if (!id_reached(named))
		return "its APIC id needs an x2APIC";
	return apic_send((uint32_t)named->id, command) ? NULL : "the local APIC is stuck";
}

enum arch_started arch_started(const struct arch_named *named)
{
	(void)named;
	return ARCH_START_UNKNOWN;
}

void arch_start_cancel(const struct arch_named *named)
{
	if (id_reached(named))
		(void)apic_send((uint32_t)named->id, ICR_INIT);
}

/* No CPU arrives late: arch_start_cancel() has sent an INIT to those that had not arrived. */
void arch_start_done(bool late)
{
	(void)late;
	tables_free();
}

_Noreturn void arch_stop(void)
{
	arch_halt();
}

bool arch_stopped(const struct arch_named *named)
{
	return apic_send((uint32_t)named->id, ICR_INIT);
}

/* By NMI, which arrives even with interrupts masked. */
void arch_stop_send(const struct cpu *to)
{
	(void)apic_send((uint32_t)to->id, ICR_NMI);
}

bool arch_map_flush_cpus(uint64_t va, uint64_t size)
{
	(void)va;
	(void)size;
	return false;
}

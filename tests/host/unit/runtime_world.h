/* SPDX-License-Identifier: MIT */
/* runtime_world.h - runtime services, as firmware leaves them; played by the test. */
#ifndef RUNTIME_WORLD_H
#define RUNTIME_WORLD_H
#include "tests/host/unit/unit.h"
#include "kernel/firmware/efi_runtime.c"

#define ENTRIES		3
#define PADDED		48		/* bytes of a descriptor */
#define FLASH		0xffc00000ull
#define NOW		1234567

/* What firmware has left: a table, its services, the map. */
static _Alignas(4096) struct {
	struct efi_memory_attributes head;
	uint8_t entry[260][PADDED];
} table;
static _Alignas(4096) struct efi_runtime_services services;
static _Alignas(4096) uint8_t efi_map[3][PADDED];
static struct boot_mem map[4];
static struct boot_info bi;
static struct boot_range keep;
static void *shared;

static struct {
	uint32_t resets, maps, refuse;	/* refuse: the number of the mapping that fails; 0: none */
	struct {
		uint64_t base, size;
		enum arch_perm perm;
	} map[8];
	bool faults, hangs, said, no_memory, no_timers;
	bool off, watched;		/* interrupts are masked; the timer is set */
	uint32_t begun, abandoned;
	uint64_t timeout;		/* of the last call */
} seen;

static timer_fn *watch;

static void reset(uint32_t how, efi_status_t status, uint64_t size, const void *data)
{
	assert_int_equal(how, EFI_RESET_SHUTDOWN);
	assert_true(!status && !size && !data);
	assert_true(seen.watched == !seen.no_timers && seen.begun && !seen.off);
	seen.resets++;
}

status_t space_map(uint64_t va, uint64_t pa, uint64_t size, enum arch_perm perm)
{
	assert_true(va == pa && seen.maps < ARRAY_SIZE(seen.map));
	if (pa == (uint64_t)shared) {
		assert_true(perm == ARCH_RW && size >= sizeof(struct shared));
		return ERR_IN_USE;
	}
	seen.map[seen.maps].base = pa;
	seen.map[seen.maps].size = size;
	seen.map[seen.maps++].perm = perm;
	return seen.maps == seen.refuse ? ERR_NO_MEMORY : ERR_IN_USE;	/* RAM is there */
}

bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out)
{
	memset(out, 0, sizeof(*out));
	assert_true(seen.off);		/* no timer may end it before it has begun, or after it */
	if (seen.hangs)
		watch(NULL, NULL);
	else if (seen.faults)
		out->what = out->address_name = "";
	else
		fn(arg);
	assert_true(seen.off || seen.faults || seen.hangs);
	return !seen.faults && !seen.hangs;
}

void trap_abandon(const char *what)
{
	assert_true(*what && seen.watched);
	seen.abandoned++;
}

uint64_t clock_now(void)
{
	return NOW;
}

bool timer_set(struct timer *t, uint64_t at, timer_fn *fn, void *arg)
{
	assert_true(!t->fn && !arg && seen.off);
	watch = fn;
	seen.timeout = at - NOW;
	seen.watched = !seen.no_timers;
	return seen.watched;
}

bool timer_cancel(struct timer *t)
{
	(void)t;
	assert_true(seen.off);
	seen.watched = false;
	return true;
}

uint64_t arch_irq_save(void)
{
	const bool off = seen.off;

	seen.off = true;
	return off;
}

void arch_irq_restore(uint64_t before)
{
	seen.off = before;
}

void arch_irq_on(void)
{
	assert_true(seen.watched);
	seen.off = false;
}

uint64_t page_alloc(uint32_t order, uint32_t flags)
{
	assert_true(flags & PAGE_ZERO);
	free(shared);
	shared = seen.no_memory ? NULL : aligned_alloc(PAGE_SIZE, PAGE_SIZE << order);
	if (shared)
		memset(shared, 0, PAGE_SIZE << order);
	return (uint64_t)shared;
}

uint64_t arch_firmware_begin(void)
{
	seen.begun++;
	return 42;
}

void arch_firmware_end(uint64_t state)
{
	assert_int_equal(state, 42);
	seen.begun--;
}

void console_warn(const char *fmt, ...)
{
	(void)fmt;
	seen.said = true;
}

static uint64_t page_of(const void *p)
{
	return ALIGN_DOWN((uint64_t)p, PAGE_SIZE);
}

static struct efi_memory_descriptor *entry(uint32_t i)
{
	return (void *)table.entry[i];
}

static int by_base(const void *a, const void *b)
{
	const struct boot_mem *x = a, *y = b;

	return x->base < y->base ? -1 : x->base > y->base;
}

static void prepare(void)
{
	const uint64_t code = page_of((void *)reset), data = page_of(&services);

	memset(&seen, 0, sizeof(seen));
	memset(&table, 0, sizeof(table));
	memset(&runtime, 0, sizeof(runtime));
	table.head.entries = ENTRIES;
	table.head.desc_size = PADDED;
	*entry(0) = (struct efi_memory_descriptor){ EFI_RUNTIME_CODE, 0, code, 0, 1,
						    EFI_MEMORY_RO | EFI_MEMORY_RUNTIME };
	*entry(1) = (struct efi_memory_descriptor){ EFI_RUNTIME_DATA, 0, data, 0, 1,
						    EFI_MEMORY_XP | EFI_MEMORY_RUNTIME };
	*entry(2) = (struct efi_memory_descriptor){ EFI_RUNTIME_DATA, 0, data, 0, 1,
						    EFI_MEMORY_XP | EFI_MEMORY_RO };
	services.hdr.signature = RUNTIME_MAGIC;
	services.reset_system = reset;
	memset(efi_map, 0, sizeof(efi_map));
	for (uint32_t i = 0; i < ARRAY_SIZE(efi_map); i++)
		*(struct efi_memory_descriptor *)efi_map[i] = (struct efi_memory_descriptor){
			i == 1 ? EFI_RESERVED : EFI_MMIO, 0, FLASH + i * MIB, 0, 2 + i,
			i == 2 ? 0 : EFI_MEMORY_RUNTIME,
		};
	bi = (struct boot_info){
		.flags = BOOT_RUNTIME_OK, .efi_memattr = (uint64_t)&table,
		.efi_runtime = (uint64_t)&services, .efi_desc_size = PADDED,
		.efi_memmap = { (uint64_t)efi_map, sizeof(efi_map) },
	};
	map[0] = (struct boot_mem){ (uint64_t)&table, ALIGN_UP(sizeof(table), PAGE_SIZE),
				    BOOT_MEM_RECLAIM, 0 };
	map[1] = (struct boot_mem){ data, PAGE_SIZE, BOOT_MEM_RUNTIME_DATA, 0 };
	map[2] = (struct boot_mem){ code, PAGE_SIZE, BOOT_MEM_RUNTIME_CODE, 0 };
	qsort(map, 3, sizeof(*map), by_base);
	bi.memmap = (struct boot_range){ (uint64_t)map, 3 * sizeof(*map) };
}

static uint32_t off(void)
{
	efi_runtime_read(&bi, &keep);
	efi_reset(EFI_RESET_SHUTDOWN);
	assert_true(!seen.begun && !seen.watched && !seen.off);
	return seen.resets;
}
#endif

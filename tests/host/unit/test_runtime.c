/* SPDX-License-Identifier: MIT */
/* test_runtime.c - ResetSystem is called if all that firmware says of it is right, else not. */
#include "tests/host/unit/unit.h"
#include "kernel/firmware/efi_runtime.c"

#define ENTRIES		3
#define PADDED		48		/* bytes of a descriptor */
#define FLASH		0xffc00000ull
#define NOW		1234567

/* What firmware has left: a table, its services, the map. */
static _Alignas(4096) struct {
	struct efi_memory_attributes head;
	uint8_t entry[80][PADDED];
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
	uint64_t patience;		/* of the last call */
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
	seen.patience = at - NOW;
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

static void test_called(void **state)
{
	(void)state;
	prepare();
	assert_int_equal(off(), 1);
	assert_int_equal(seen.maps, 4);		/* flash, too, and no device that is not theirs */
	assert_true(seen.map[0].base == page_of((void *)reset) && seen.map[0].size == PAGE_SIZE);
	assert_int_equal(seen.map[0].perm, ARCH_RX);
	assert_int_equal(seen.map[1].perm, ARCH_RW);
	assert_int_equal(seen.map[2].perm, ARCH_RO);
	assert_true(seen.map[3].base == FLASH && seen.map[3].size == 2 * PAGE_SIZE);
	assert_int_equal(seen.map[3].perm, ARCH_IO);
	assert_false(seen.said);
	assert_true(keep.base == (uint64_t)&table && keep.size == sizeof(table.head) + 3 * PADDED);
}

/* After a fault nothing is called again. */
static void test_fault(void **state)
{
	struct efi_time time;

	(void)state;
	prepare();
	seen.faults = true;
	assert_int_equal(off(), 0);
	assert_true(seen.said);
	assert_non_null(efi_runtime_start());
	seen.faults = false;
	efi_reset(EFI_RESET_COLD);
	assert_int_equal(seen.resets, 0);
	assert_true(efi_get_time(&time) == EFI_UNSUPPORTED);
	prepare();
	services.get_time = (void *)&services;		/* not code */
	efi_runtime_read(&bi, &keep);
	assert_true(efi_get_time(&time) == EFI_UNSUPPORTED);
	assert_null(efi_runtime_start());
	efi_reset(EFI_RESET_SHUTDOWN);
	assert_int_equal(seen.resets, 1);
}

/* Nor after a call that has not returned. Who may write gets longer. */
static void test_hang(void **state)
{
	struct efi_variable v = { 0 };
	struct efi_time time;

	(void)state;
	prepare();
	seen.hangs = true;
	services.set_variable = (void *)reset;
	assert_int_equal(off(), 0);
	assert_true(seen.said && seen.patience == 60 * NS_PER_S);
	assert_int_equal(seen.abandoned, 1);
	assert_non_null(efi_runtime_start());
	seen.hangs = false;
	efi_reset(EFI_RESET_COLD);
	assert_int_equal(seen.resets, 0);
	prepare();
	seen.hangs = true;
	services.set_variable = (void *)reset;
	efi_runtime_read(&bi, &keep);
	assert_true(efi_variable_set(&v, 0, "", 0) == EFI_ABORTED);
	assert_true(seen.patience == 60 * NS_PER_S);
	prepare();
	seen.hangs = true;
	services.get_time = (void *)reset;
	efi_runtime_read(&bi, &keep);
	assert_true(efi_get_time(&time) == EFI_ABORTED);
	assert_true(seen.patience == 10 * NS_PER_S);
}

/* Interrupts stay as they are then, for the calls of other CPUs. */
static void test_no_timers(void **state)
{
	(void)state;
	prepare();
	seen.no_timers = true;
	assert_int_equal(off(), 1);
}

/* As much as is believed of the table. */
static void test_largest(void **state)
{
	(void)state;
	for (uint32_t entries = REGIONS_MAX; entries <= REGIONS_MAX + 1; entries++) {
		prepare();
		for (uint32_t i = 1; i < entries; i++) {
			*entry(i) = *entry(0);
			entry(i)->pages = 0;		/* no memory, and none is mapped */
		}
		table.head.entries = entries;
		bi.efi_memmap.size = 0;
		assert_int_equal(off(), entries == REGIONS_MAX);
		assert_int_equal(seen.maps, entries == REGIONS_MAX);
	}
}

/* Where the table itself may lie. */
static void test_table_in(void **state)
{
	(void)state;
	for (uint32_t type = 0; type < BOOT_MEM_TYPES; type++) {
		const bool ok = type == BOOT_MEM_RECLAIM || type == BOOT_MEM_ACPI ||
				type == BOOT_MEM_FREE || type == BOOT_MEM_RUNTIME_DATA ||
				type == BOOT_MEM_NVS;

		prepare();
		for (uint32_t i = 0; i < 3; i++)
			if (map[i].base == (uint64_t)&table)
				map[i].type = type;
		assert_int_equal(off(), ok);
		assert_true(keep.size == (ok ? sizeof(table.head) + 3 * PADDED : 0));
	}
}

/* Each of these alone. */
static void test_refused(void **state)
{
	(void)state;
	for (uint32_t i = 0;; i++) {
		prepare();
		switch (i) {
		case 0:		bi.flags = 0; break;
		case 1:		bi.flags |= BOOT_RAM_UNMAPPED; break;
		case 2:		bi.efi_memattr = 0; break;
		case 3:		bi.efi_memattr += 4; break;
		case 4:		table.head.desc_size = PADDED - 4; break;
		case 5:		table.head.desc_size = 32; break;
		case 6:		table.head.desc_size = 8 + ATTRIBUTES_MAX / REGIONS_MAX; break;
		case 7:		entry(0)->attribute = 0; break;	/* may be both */
		case 8:		entry(1)->type = EFI_BOOT_DATA; break;
		case 9:		entry(1)->physical_start += 8; break;
		case 10:	entry(1)->pages = 2; break;		/* more than is there */
		case 11:	entry(1)->pages = (1ull << 52) + 1; break;
		case 12:	services.hdr.signature++; break;
		case 13:	entry(0)->attribute |= EFI_MEMORY_XP; break;
		case 14:	bi.efi_desc_size = 32; break;
		case 15:	seen.refuse = 1; break;
		case 16:	seen.refuse = 4; break;
		case 17:	bi.efi_runtime = (uint64_t)&table; break;
		case 18:	bi.memmap.size = 0; break;
		case 19:	seen.no_memory = true; break;
		default:	return;
		}
		if (off() || seen.said)
			fail_msg("case %u: called", i);
	}
}

static void test_direct(void **state)
{
	(void)state;
	bi.direct_map = 0xffff800000000000;
	runtime.bi = &bi;
	assert_true((uint64_t)direct(0x1234) == 0xffff800000001234);
	bi.direct_map = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_direct), cmocka_unit_test(test_called),
		cmocka_unit_test(test_fault),
		cmocka_unit_test(test_hang), cmocka_unit_test(test_no_timers),
		cmocka_unit_test(test_largest), cmocka_unit_test(test_table_in),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

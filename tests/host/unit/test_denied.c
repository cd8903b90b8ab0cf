/* SPDX-License-Identifier: MIT */
/*
 * test_denied.c - memory that resident firmware keeps although its memory map calls it free; a map
 * whose descriptors have become smaller.
 */
#include "tests/host/unit/unit.h"
#include "stub/efi/exit.c"

#define RAM	0x80000000ull
#define HOLE	0x80000ull

/* What efi_leave() needs, which is not called. */
UNCALLED(void, crumb_drop, uint32_t)
UNCALLED(const char *, wants_name, void)
UNCALLED(void, console_serial, const struct boot_uart *, uint64_t)
UNCALLED(void, console_print, const char *, ...)
UNCALLED(void, collect_console, const struct draft *)
UNCALLED(void, fault_take, const struct options *, enum crumb_stage)
UNCALLED(uint32_t, memmap_from_efi, const void *, uint64_t, uint64_t, struct boot_mem *)
UNCALLED(void, efi_no_map, const struct efi *, efi_status_t)
UNCALLED(void, arch_irq_off, void)
UNCALLED(void, arch_trap_install, uint64_t)
struct console console;

static struct boot_range hole;		/* cannot be read */
static uint64_t most;			/* bytes that arch_reach() describes at once */
static uint32_t asked;

bool arch_reach(uint64_t at, bool device, struct boot_range *piece)
{
	const bool in = at - hole.base < hole.size;

	asked++;
	assert_false(device);
	assert_true(at < ARCH_REACH);
	*piece = in ? (struct boot_range){ at, MIN(most, hole.base + hole.size - at) } :
		 (struct boot_range){ at, PAGE_SIZE };
	return !in;
}

static void check(uint64_t base, uint64_t size, enum boot_mem_type type, uint64_t want_base,
		  uint64_t want_size, enum boot_mem_type want)
{
	struct boot_mem m[] = {
		{ .base = RAM - PAGE_SIZE, .size = PAGE_SIZE, .type = BOOT_MEM_RECLAIM },
		{ .base = base, .size = size, .type = type },
	};

	asked = 0;
	exit_denied(m, 2);
	assert_true(m[0].size == PAGE_SIZE && m[0].type == BOOT_MEM_RECLAIM);
	assert_true(m[1].base == want_base && m[1].size == want_size && m[1].type == want);
}

static void test_cut(void **state)
{
	(void)state;
	hole = (struct boot_range){ RAM, HOLE };
	for (most = PAGE_SIZE; most <= 2 * HOLE; most *= 2) {
		check(RAM, 4 * HOLE, BOOT_MEM_RECLAIM, RAM + HOLE, 3 * HOLE, BOOT_MEM_RECLAIM);
		check(RAM, HOLE, BOOT_MEM_RECLAIM, RAM, HOLE, BOOT_MEM_RESERVED);
		check(RAM, PAGE_SIZE, BOOT_MEM_RECLAIM, RAM, PAGE_SIZE, BOOT_MEM_RESERVED);
		check(RAM + HOLE, HOLE, BOOT_MEM_RECLAIM, RAM + HOLE, HOLE, BOOT_MEM_RECLAIM);
		check(RAM, HOLE, BOOT_MEM_RESERVED, RAM, HOLE, BOOT_MEM_RESERVED);
		check(RAM, HOLE, BOOT_MEM_ACPI, RAM, HOLE, BOOT_MEM_ACPI);
	}
}

/* Sizes that no machine has: few probes, and memory that cannot be read is not given out. */
static void test_most(void **state)
{
	const uint64_t huge = ALIGN_DOWN(UINT64_MAX - RAM, PAGE_SIZE);

	(void)state;
	hole = (struct boot_range){ RAM, huge };
	for (most = PAGE_SIZE; most < ARCH_REACH; most <<= 12) {
		check(RAM, huge, BOOT_MEM_RECLAIM, RAM, huge, BOOT_MEM_RESERVED);
		assert_true(asked <= DENIED_TRIES + 1);
	}
	check(ARCH_REACH, huge - ARCH_REACH, BOOT_MEM_RECLAIM, ARCH_REACH, huge - ARCH_REACH,
	      BOOT_MEM_RECLAIM);
	assert_int_equal(asked, 1);
}

static struct efi_map now;

efi_status_t efi_read_map(const struct efi *e, void *buf, uint64_t room, struct efi_map *out)
{
	(void)e;
	(void)buf;
	assert_true(now.size <= room);
	*out = now;
	return EFI_SUCCESS;
}

/* The buffer holds more of them than there are entries for. */
static void test_smaller(void **state)
{
	const struct arena a = { .efi_map = { 0, 10 * 48 }, .desc_size = 48 };
	const struct efi e = { 0 };
	struct efi_map m;

	(void)state;
	for (uint32_t n = 1; n <= 12; n++) {
		now = (struct efi_map){ .size = n * 40, .desc_size = 40 };
		assert_true(exit_read_map(&e, &a, &m) ==
			    (n <= 10 ? EFI_SUCCESS : EFI_BUFFER_TOO_SMALL));
	}
	now = (struct efi_map){ .size = 10 * 48, .desc_size = 48 };
	assert_true(exit_read_map(&e, &a, &m) == EFI_SUCCESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut), cmocka_unit_test(test_most),
		cmocka_unit_test(test_smaller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

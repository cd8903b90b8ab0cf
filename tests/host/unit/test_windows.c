/* SPDX-License-Identifier: MIT */
/* test_windows.c - which of firmware's tables are read in place, and which through a window. */
#define _GNU_SOURCE
#include "tests/host/unit/unit.h"
#include <signal.h>
#include <sys/mman.h>
#include "arch/map.h"
#include "kernel/cpu/trap.h"
#include "kernel/mm/space.h"
#include "kernel/mm/windows.h"

#define RAM	(16 * MIB)		/* what the direct map has, but for a hole */
#define HOLE	(8 * MIB)
#define HOLE_END (9 * MIB)
#define FAR	(64 * MIB)		/* what only a window reaches, up to twice that */

static uint8_t *memory;			/* where physical 0 would be */
static bool uncached;
static uint32_t open, opened;
static sigjmp_buf touched;		/* an access where nothing answers */

void *space_ram(uint64_t pa)
{
	return (void *)((uint64_t)memory + pa);
}

bool space_find(uint64_t va, struct arch_leaf *out)
{
	const uint64_t at = va - (uint64_t)memory;
	const uint64_t end = at < HOLE ? HOLE : at < HOLE_END ? HOLE_END : RAM;

	*out = (struct arch_leaf){ .va = va, .size = end - at, .cached = !uncached };
	if (at > ARCH_REACH / 2)
		out->size = MIB;	/* no memory is there: whatever is mapped */
	return at > ARCH_REACH / 2 || (at < RAM && end != HOLE_END);
}

void *window_map(uint64_t pa, uint64_t size, enum arch_perm perm)
{
	assert_int_equal(perm, ARCH_RO);
	assert_true(size);
	if (pa >= 2 * FAR)
		return NULL;
	open++;
	opened++;
	return memory + pa;
}

void window_unmap(const void *p)
{
	assert_non_null(p);
	assert_true(open--);
}

static void fault(int signal)
{
	(void)signal;
	siglongjmp(touched, 1);
}

bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out)
{
	(void)out;
	if (sigsetjmp(touched, 1))
		return false;
	fn(arg);
	return true;
}

static void start(void)
{
	uncached = false;
	open = opened = 0;
}

static void test_direct(void **state)
{
	struct windows w = { 0 };

	(void)state;
	start();
	assert_ptr_equal(windows_reach(&w, 1, 8), memory + 1);
	assert_ptr_equal(windows_reach(&w, 1, HOLE - 1), memory + 1);
	assert_ptr_equal(windows_reach(&w, HOLE_END, RAM - HOLE_END), memory + HOLE_END);
	assert_null(windows_reach(&w, 1, 0));
	assert_int_equal(opened, 0);
	assert_ptr_equal(windows_reach(&w, HOLE - 1, 2), memory + HOLE - 1);
	assert_ptr_equal(windows_reach(&w, RAM - 8, 9), memory + RAM - 8);
	assert_int_equal(opened, 2);
	uncached = true;			/* not by a device's mapping */
	assert_ptr_equal(windows_reach(&w, PAGE_SIZE, 8), memory + PAGE_SIZE);
	assert_int_equal(opened, 3);
	windows_close(&w);
	assert_int_equal(open, 0);
}

/* Addresses that no direct map has, whatever the tables say. */
static void test_none(void **state)
{
	struct windows w = { 0 };

	(void)state;
	start();
	assert_ptr_equal(windows_reach(&w, ARCH_REACH - 8, 8), memory + ARCH_REACH - 8);
	assert_null(windows_reach(&w, ARCH_REACH - 8, 9));
	assert_null(windows_reach(&w, ARCH_REACH, 1));
	assert_null(windows_reach(&w, UINT64_MAX, 1));
	assert_null(windows_reach(&w, UINT64_MAX, UINT64_MAX));
	assert_ptr_equal(windows_reach(&w, 0, 8), memory);
	assert_int_equal(opened, 1);
	windows_close(&w);
}

/* A window serves all that lies in it. */
static void test_again(void **state)
{
	struct windows w = { 0 };

	(void)state;
	start();
	for (uint32_t i = 0; i < 2; i++) {
		assert_ptr_equal(windows_reach(&w, FAR + 8, 100), memory + FAR + 8);
		assert_ptr_equal(windows_reach(&w, FAR + 8, 100), memory + FAR + 8);
		assert_ptr_equal(windows_reach(&w, FAR + 9, 99), memory + FAR + 9);
		assert_ptr_equal(windows_reach(&w, FAR + 107, 1), memory + FAR + 107);
		assert_int_equal(open, 1);
		assert_ptr_equal(windows_reach(&w, FAR + 107, 2), memory + FAR + 107);
		assert_ptr_equal(windows_reach(&w, FAR + 7, 1), memory + FAR + 7);
		assert_int_equal(open, 3);
		assert_ptr_equal(windows_reach(&w, FAR + 107, 2), memory + FAR + 107);
		assert_int_equal(open, 3);
		windows_close(&w);
		assert_int_equal(open, 0);
		assert_int_equal(opened, 3 * (i + 1));
	}
}

static void test_full(void **state)
{
	struct windows w = { 0 };

	(void)state;
	start();
	for (uint32_t i = 0; i < WINDOWS_MAX; i++)
		assert_non_null(windows_reach(&w, FAR + i * PAGE_SIZE, 8));
	assert_null(windows_reach(&w, FAR - PAGE_SIZE, 8));
	assert_int_equal(opened, WINDOWS_MAX);
	assert_ptr_equal(windows_reach(&w, FAR, 8), memory + FAR);
	windows_close(&w);
	assert_int_equal(open, 0);
	assert_non_null(windows_reach(&w, FAR - PAGE_SIZE, 8));
	windows_close(&w);
}

/* Each page of the range is tried, and no other; a window that faults is not kept. */
static void test_fault(void **state)
{
	static const struct { uint64_t at, size, pages; } t[] = {
		{ PAGE_SIZE + 8, 2 * PAGE_SIZE, 3 }, { PAGE_SIZE, PAGE_SIZE, 1 },
		{ PAGE_SIZE + 8, PAGE_SIZE - 7, 2 }, { 2 * PAGE_SIZE - 1, 2, 2 },
		{ PAGE_SIZE, 2 * PAGE_SIZE, 2 },
	};
	struct windows w = { 0 };

	(void)state;
	start();
	assert_ptr_not_equal(signal(SIGSEGV, fault), SIG_ERR);
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++)
		for (uint64_t page = 0; page < 5; page++) {
			uint8_t *const at = memory + FAR + page * PAGE_SIZE;
			const bool in = page - 1 < t[i].pages;

			assert_int_equal(mprotect(at, PAGE_SIZE, PROT_NONE), 0);
			if (!windows_reach(&w, FAR + t[i].at, t[i].size) != in || open == in)
				fail_msg("range %u, page %lu", i, page);
			windows_close(&w);
			assert_int_equal(mprotect(at, PAGE_SIZE, PROT_READ), 0);
		}
	assert_ptr_not_equal(signal(SIGSEGV, SIG_DFL), SIG_ERR);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_direct), cmocka_unit_test(test_none),
		cmocka_unit_test(test_again), cmocka_unit_test(test_full),
		cmocka_unit_test(test_fault),
	};

	memory = mmap(NULL, 2 * FAR, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return memory == MAP_FAILED ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}

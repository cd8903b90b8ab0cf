/* SPDX-License-Identifier: MIT */
/* test_selftest.c - self-tests when no page is free: they say so, and map nothing instead of it. */
#include "tests/host/unit/unit.h"
#include "kernel/mm/page.h"
#include "kernel/mm/space.h"

static uint32_t maps;

#define page_alloc(order, flags)	((uint64_t)0)
#define space_map(va, ...)		(maps++, va ? ERR_NO_MEMORY : OK)
#include "kernel/selftest_cpus.c"
#include "kernel/selftest_mm.c"

struct console console;
void (*console_tap)(const char *, size_t);
struct cpu *cpu_table[CPU_MAX];
uint32_t cpu_indices;

UNCALLED(struct cpu *, arch_cpu_this, void)
UNCALLED(const char *, check_guards, struct kernel *)
UNCALLED(const char *, check_trap_stacks, struct kernel *)
UNCALLED(uint64_t, clock_now, void)
UNCALLED(void, console_write, const char *, size_t)
UNCALLED(bool, cpu_call_all, void (*)(void *), void *)
UNCALLED(bool, cpu_call_one, uint32_t, void (*)(void *), void *)
UNCALLED(void, cpu_mask_all, struct cpu_mask *)
UNCALLED(uint32_t, cpu_mask_count, const struct cpu_mask *)
UNCALLED(bool, cpu_work, struct cpu_work *)
UNCALLED(void *, heap_alloc, uint64_t)
UNCALLED(void *, heap_alloc_zeroed, uint64_t)
UNCALLED(void, heap_free, void *)
UNCALLED(void, heap_stats, struct heap_stats *)
UNCALLED(void, page_cpu_flush, void)
UNCALLED(void, page_free, uint64_t, uint32_t)
UNCALLED(void, page_stats, struct page_stats *)
UNCALLED(_Noreturn void, panic, const char *, ...)
UNCALLED(const char *, selftest_why, const char *, ...)
UNCALLED(status_t, space_protect, uint64_t, uint64_t, enum arch_perm)
UNCALLED(status_t, space_unmap, uint64_t, uint64_t)
UNCALLED(void, time_sleep, uint64_t)
UNCALLED(bool, timer_cancel, struct timer *)
UNCALLED(bool, timer_set, struct timer *, uint64_t, timer_fn *, void *)
UNCALLED(bool, trap_try, void (*)(void *), void *, struct trap_info *)
UNCALLED(void *, vm_alloc, uint64_t)
UNCALLED(void, vm_free, void *)
UNCALLED(void *, window_map, uint64_t, uint64_t, enum arch_perm)
UNCALLED(void, window_unmap, const void *)

void *space_ram(uint64_t pa)
{
	return (void *)pa;
}

static void test_no_memory(void **state)
{
	(void)state;
	assert_string_equal(check_remap(NULL), "no memory");
	assert_string_equal(check_shootdown(NULL), "no memory");
	assert_int_equal(maps, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_no_memory) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

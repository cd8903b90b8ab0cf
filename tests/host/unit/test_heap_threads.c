/* SPDX-License-Identifier: MIT */
/*
 * test_heap_threads.c - CPUs, as threads, that allocate pieces and pages and free each other's,
 * under ThreadSanitizer: no access that is not ordered. All that runs is in this file.
 */
#include "tests/host/unit/unit.h"
#include <pthread.h>
#include <sched.h>
#include "kernel/mm/node.c"
#include "kernel/mm/page_tree.c"
#include "kernel/mm/page.c"
#include "kernel/mm/heap.c"
#include "kernel/cpu/lock.c"

#define CPUS		2
#define SPACE		(64 * MIB)
#define TABLE		64		/* pieces, each freed by the next thread there */
#define ROUNDS		100000

static _Alignas(2 * MIB) char space[SPACE];
static struct cpu cpus[CPUS];
static struct page_cache caches[CPUS];
static _Thread_local struct cpu *own = cpus;
static uint64_t *table[TABLE], page_table[TABLE];
static uint32_t wrong;

UNCALLED(void *, vm_alloc, uint64_t)
UNCALLED(void, vm_free, void *)

uint64_t vm_size(const void *p)
{
	(void)p;
	return 0;
}

struct cpu *arch_cpu_this(void)
{
	return own;
}

uint64_t arch_irq_save(void)
{
	return 0;
}

void arch_irq_restore(uint64_t before)
{
	(void)before;
}

void arch_pause(void)
{
	sched_yield();
}

void arch_fill(void *p, uint64_t value, uint64_t words)
{
	for (uint64_t *at = p; words--; at++)
		*at = value;
}

_Noreturn void panic(const char *fmt, ...)
{
	fprintf(stderr, "%s\n", fmt);
	abort();
}

/* A page's first word is its address. */
static void do_page(uint64_t *seed)
{
	uint64_t pa = page_alloc(0, 0), *p = (uint64_t *)(space + pa);

	if (pa)
		*p = pa;
	pa = __atomic_exchange_n(&page_table[rnd_below(seed, TABLE)], pa, __ATOMIC_ACQ_REL);
	if (!pa)
		return;
	p = (uint64_t *)(space + pa);
	if (*p != pa)
		__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
	page_free(pa, 0);
}

/* Each piece says what it is: its size, and its address. */
static void *run(void *arg)
{
	uint64_t seed = 1 + (uint64_t)(uintptr_t)arg;

	own = &cpus[(uintptr_t)arg];
	page_cpu_start(&caches[(uintptr_t)arg]);
	for (uint32_t n = 0; n < ROUNDS; n++) {
		uint64_t size = 2 * sizeof(uint64_t), *p;

		if (!rnd_below(&seed, 4))
			size += rnd_below(&seed, 2000);
		if (n % 4 == 0)
			do_page(&seed);
		p = heap_alloc(size);
		if (p) {
			p[0] = size;
			p[1] = (uint64_t)p;
		}
		p = __atomic_exchange_n(&table[rnd_below(&seed, TABLE)], p, __ATOMIC_ACQ_REL);
		if (!p)
			continue;
		if (p[1] != (uint64_t)p || heap_size(p) < p[0])
			__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
		heap_free(p);
	}
	page_cpu_flush();
	return NULL;
}

static void test_threads(void **state)
{
	pthread_t thread[CPUS];
	struct heap_stats st;

	(void)state;
	page_start(MIB, (uint64_t)space);
	page_add(2 * MIB, SPACE - 2 * MIB);
	heap_start(0x123456789abcdef, (uint64_t)space);
	for (uintptr_t i = 0; i < CPUS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, run, (void *)i), 0);
	for (uint32_t i = 0; i < CPUS; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(wrong, 0);
	for (uint32_t i = 0; i < TABLE; i++)
		heap_free(table[i]);
	heap_stats(&st);
	assert_int_equal(st.pieces, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_threads) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

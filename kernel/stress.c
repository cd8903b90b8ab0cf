/* SPDX-License-Identifier: MIT */
/* stress.c - see stress.h. The next operation is chosen at random, differently on each CPU. */
#include "kernel/stress.h"
#include "kernel/cpu/call.h"
#include "kernel/mm/area.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/mm/space.h"
#include "kernel/monitor/monitor.h"
#include "kernel/time/clock.h"
#include "lib/string.h"

#define HELD		8		/* blocks that a CPU holds at a time */
#define ORDERS		4
#define PIECE_MAX	3000
#define AREA_PAGES	4
#define TIMER_NS	(20 * NS_PER_US)

static struct cpu_work work;		/* a CPU that does not finish it still uses it */

static struct {
	struct cpu_mask on;
	uint64_t left, done;
	uint32_t wrong;
	const char *why;
} run;

/* Per-CPU state. */
struct self {
	struct cpu *cpu;
	uint64_t random;
	struct {
		uint64_t pa;
		uint32_t order;
	} held[HELD];
	struct timer timer;
	uint32_t set, cancelled, rang;
	uint64_t va;			/* a page of addresses */
};

static uint32_t draw(struct self *s, uint32_t below)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return (uint32_t)(s->random >> 32) % below;
}

static void expect(bool well, const char *why)
{
	if (well)
		return;
	run.why = why;
	__atomic_fetch_add(&run.wrong, 1, __ATOMIC_RELAXED);
}

/* The first and last word of a block identify its owner. */
static void block_free(struct self *s, uint32_t i)
{
	uint64_t *p = space_ram(s->held[i].pa);
	const uint64_t last = (PAGE_SIZE << s->held[i].order) / sizeof(*p) - 1;

	if (!s->held[i].pa)
		return;
	expect(p[0] == (uint64_t)p + s->cpu->index && p[last] == p[0],
	       "a block was allocated twice");
	page_free(s->held[i].pa, s->held[i].order);
	s->held[i].pa = 0;
}

static void do_pages(struct self *s)
{
	const uint32_t i = draw(s, HELD), order = draw(s, ORDERS);
	uint64_t *p;

	block_free(s, i);
	s->held[i].pa = page_alloc(order, 0);
	s->held[i].order = order;
	if (!s->held[i].pa)
		return;
	p = space_ram(s->held[i].pa);
	p[0] = p[(PAGE_SIZE << order) / sizeof(*p) - 1] = (uint64_t)p + s->cpu->index;
}

static void do_heap(struct self *s)
{
	const uint32_t size = 1 + draw(s, PIECE_MAX);
	const uint8_t tag = (uint8_t)draw(s, 256);
	uint8_t *p = heap_alloc(size);

	if (!p)
		return;
	memset(p, tag, size);
	expect(p[0] == tag && p[size / 2] == tag && p[size - 1] == tag,
	       "a piece was allocated twice");
	heap_free(p);
}

static void do_area(struct self *s)
{
	const uint64_t size = (1 + draw(s, AREA_PAGES)) * PAGE_SIZE;
	uint64_t *p = vm_alloc(size);
	const uint64_t last = size / sizeof(*p) - 1;

	if (!p)
		return;
	p[0] = p[last] = s->random;
	expect(p[0] == s->random && p[last] == s->random, "an area was allocated twice");
	vm_free(p);
}

struct question {
	const volatile uint64_t *at;
	uint64_t answer;
	uint32_t index;
};

static void answer(void *arg)
{
	struct question *q = arg;

	q->index = cpu_this()->index;
	if (q->at)
		q->answer = *q->at;
}

/* A random CPU of those that take part. */
static uint32_t someone(struct self *s)
{
	uint32_t i = draw(s, cpu_count());

	while (!cpu_mask_has(&run.on, i))
		i = (i + 1) % cpu_count();
	return i;
}

static void do_call(struct self *s)
{
	const uint32_t to = someone(s);
	struct question q = { .index = UINT32_MAX };

	expect(cpu_call_one(to, answer, &q), "a CPU does not answer");
	expect(q.index == to, "another CPU answers");
}

/* Map two pages, one after the other, at the same address: another CPU must see the current one. */
static void do_flush(struct self *s)
{
	const uint32_t to = someone(s);

	for (uint64_t i = 0; i < 2; i++) {
		const uint64_t pa = page_alloc(0, 0), tag = s->random + i;
		struct question q = { .at = (const volatile uint64_t *)s->va };

		if (!pa)
			return;
		*(uint64_t *)space_ram(pa) = tag;
		expect(space_map(s->va, pa, PAGE_SIZE, ARCH_RW) == OK, "a page is not mapped");
		(void)cpu_call_one(to, answer, &q);
		expect(q.answer == tag, "a CPU still sees an unmapped page");
		expect(space_unmap(s->va, PAGE_SIZE) == OK, "a page is not unmapped");
		page_free(pa, 0);
	}
}

static void ring(struct timer *t, void *arg)
{
	struct self *s = arg;

	(void)t;
	expect(cpu_this() == s->cpu, "a timer fired on another CPU");
	__atomic_fetch_add(&s->rang, 1, __ATOMIC_RELAXED);
}

static void do_timer(struct self *s)
{
	s->cancelled += timer_cancel(&s->timer);
	s->set += timer_set(&s->timer, clock_now() + draw(s, TIMER_NS), ring, s);
}

/* Claim one operation; false if none remains. */
static bool take(void)
{
	uint64_t left = __atomic_load_n(&run.left, __ATOMIC_RELAXED);

	while (left && !__atomic_compare_exchange_n(&run.left, &left, left - 1, false,
						    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
	return left;
}

static void do_something(struct self *s)
{
	switch (draw(s, 8)) {
	case 0: case 1: return do_pages(s);
	case 2: case 3: return do_heap(s);
	case 4: return do_area(s);
	case 5: return do_call(s);
	case 6: return do_flush(s);
	default: return do_timer(s);
	}
}

static void stress_cpu(void *arg)
{
	struct self s = { .cpu = cpu_this() };

	(void)arg;
	s.random = (s.cpu->index + 1) * 0x9e3779b97f4a7c15ull;
	s.va = SPACE_AREA + SPACE_AREA_SIZE - (8 + 2 * s.cpu->index) * PAGE_SIZE;
	while (take()) {
		if (s.cpu == cpu_boot() && monitor_stopped())
			__atomic_store_n(&run.left, 0, __ATOMIC_RELAXED);
		do_something(&s);
		__atomic_fetch_add(&run.done, 1, __ATOMIC_RELAXED);
	}
	for (uint32_t i = 0; i < HELD; i++)
		block_free(&s, i);
	s.cancelled += timer_cancel(&s.timer);
	expect(s.set == s.cancelled + __atomic_load_n(&s.rang, __ATOMIC_RELAXED),
	       "a timer was lost, or fired twice");
}

void stress_run(uint64_t operations, struct stress *out)
{
	const uint32_t own = cpu_this()->index;

	*out = (struct stress){ 0 };
	if (cpu_work_left(&work)) {
		out->wrong = 1;
		out->why = CPU_WORK_UNFINISHED;
		return;
	}
	work = (struct cpu_work){ .fn = stress_cpu };
	run.left = operations;
	run.done = run.wrong = 0;
	run.why = NULL;
	cpu_mask_all(&run.on);
	work.on = run.on;
	cpu_mask_clear(&work.on, own);
	if (!cpu_work(&work)) {
		run.on = (struct cpu_mask){ 0 };
		cpu_mask_set(&run.on, own);
	}
	out->cpus = cpu_mask_count(&run.on);
	stress_cpu(NULL);
	expect(cpu_work_wait(&work), CPU_WORK_UNFINISHED);
	out->done = run.done;
	out->wrong = run.wrong;
	out->why = run.why;
}

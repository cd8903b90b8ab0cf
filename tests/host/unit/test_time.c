/* SPDX-License-Identifier: MIT */
/* test_time.c - units of time against wide arithmetic; the queue of timers against an array. */
#include "kernel/time/queue.h"
#include "kernel/time/scale.h"
#include "tests/host/unit/unit.h"

#define TIMERS	3
#define TIMES	3
#define STEPS	5

static void test_factor(void **state)
{
	static const uint64_t hz[] = {
		1, 999, 1000000, 1193182, 3579545, 19200000, 62500000, 999999999, 1000000000,
		1000000001, 2445345123, 4294967295, 4294967296, 10000000007, 100000000000,
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(hz); i++) {
		const scale_wide ns = (scale_wide)NS_PER_S << 32, counts = (scale_wide)hz[i] << 32;

		assert_true(scale_of(NS_PER_S, hz[i]) == (uint64_t)(ns / hz[i]));
		assert_true(scale_of(hz[i], NS_PER_S) == (uint64_t)(counts / NS_PER_S));
	}
}

/* A year at every rate, whose product does not fit in 64 bits. */
static void test_scale(void **state)
{
	uint64_t s = 1;

	(void)state;
	for (uint32_t i = 0; i < 100000; i++) {
		const uint64_t hz = 1000000 + rnd(&s) % 10000000000;
		const uint64_t count = rnd(&s) % (hz * 86400 * 366);
		const uint64_t exact_ns = (uint64_t)((scale_wide)count * NS_PER_S / hz);
		const uint64_t ns = scale(count, scale_of(NS_PER_S, hz));

		assert_true(ns <= exact_ns);
		assert_true(exact_ns - ns <= 1 + exact_ns / (1ull << 28));
		assert_true(scale_limited(ns, scale_of(hz, NS_PER_S)) <= count);
	}
	assert_true(scale_limited(UINT64_MAX, scale_of(4000000000, NS_PER_S)) == UINT64_MAX);
	assert_true(scale_limited(UINT64_MAX, 1ull << 32) == UINT64_MAX);
	assert_true(scale_limited(UINT64_MAX, 1ull << 31) == UINT64_MAX >> 1);
	assert_true(scale(UINT64_MAX, 0) == 0);
}

/* The model of the queue: which timers are set, since when, for when. */
struct model {
	bool set[TIMERS];
	uint64_t at[TIMERS], since[TIMERS], now;
};

static int32_t model_first(const struct model *m)
{
	int32_t first = -1;

	for (int32_t i = 0; i < TIMERS; i++)
		if (m->set[i] && (first < 0 || m->at[i] < m->at[first] ||
				  (m->at[i] == m->at[first] && m->since[i] < m->since[first])))
			first = i;
	return first;
}

static void compare(const struct timer_queue *q, const struct timer *t, struct model m)
{
	struct timer *const *link = &q->first;

	for (const struct timer *at = q->first; at; link = &at->next, at = at->next) {
		const int32_t i = model_first(&m);

		assert_ptr_equal(at, &t[i]);
		assert_ptr_equal(at->link, link);
		m.set[i] = false;
	}
	assert_int_equal(model_first(&m), -1);
}

/* One step: set timer i to a time, remove it, or take the first that is due at a time. */
#define KINDS	(TIMERS * TIMES + TIMERS + TIMES)

static void step(uint32_t kind, struct timer_queue *q, struct timer *t, struct model *m)
{
	const uint32_t i = kind < TIMERS * TIMES ? kind / TIMES : kind - TIMERS * TIMES;
	const int32_t first = model_first(m);

	m->now++;
	if (kind < TIMERS * TIMES && !m->set[i]) {
		t[i].at = m->at[i] = kind % TIMES;
		m->since[i] = m->now;
		m->set[i] = true;
		queue_put(q, &t[i]);
	} else if (kind >= TIMERS * TIMES && i < TIMERS && m->set[i]) {
		m->set[i] = false;
		queue_remove(&t[i]);
		assert_null(t[i].link);
	} else if (i >= TIMERS) {
		const struct timer *due = queue_due(q, i - TIMERS);

		if (first < 0 || m->at[first] > i - TIMERS) {
			assert_null(due);
		} else {
			assert_ptr_equal(due, &t[first]);
			m->set[first] = false;
		}
	}
	compare(q, t, *m);
}

/* Every sequence of STEPS steps. */
static void test_queue(void **state)
{
	uint32_t sequence[STEPS] = { 0 }, i;

	(void)state;
	do {
		struct timer t[TIMERS] = { 0 };
		struct timer_queue q = { 0 };
		struct model m = { 0 };

		for (i = 0; i < STEPS; i++)
			step(sequence[i], &q, t, &m);
		for (i = 0; i < STEPS && ++sequence[i] == KINDS; i++)
			sequence[i] = 0;
	} while (i < STEPS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_factor),
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

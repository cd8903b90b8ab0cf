/* SPDX-License-Identifier: MIT */
/*
 * test_timer.c - timers on a counter of any frequency, whose interrupt comes exactly when it was
 * asked for: no handler is called early, much too late, twice or after a cancel, and no interrupt
 * is in vain. Two CPUs, one at a time.
 */
#include "tests/host/unit/timer_world.h"

#define TIMERS	6

/* ---- what was asked for, and what happened ---- */

static struct model {
	struct timer timer;
	uint64_t due, every;		/* due 0: not set */
	uint32_t on;
} model[TIMERS];

static uint32_t calls;
static bool robbed[2];			/* this CPU's next interrupt may be in vain */

static uint64_t late_max(void)		/* nanoseconds that two counts take, and rounding */
{
	return 2 * NS_PER_S / hz + 2;
}

static void start(uint64_t frequency, uint64_t began)
{
	struct arch_timer out;

	memset(cpus, 0, sizeof(cpus));
	memset(model, 0, sizeof(model));
	memset(robbed, 0, sizeof(robbed));
	now_on = cpus;
	alarm[0] = alarm[1] = OFF;
	hz = frequency;
	count = began;
	interrupts = 0;
	masked = true;
	assert_null(clock_start(NULL, &out));
	assert_true(out.irq == 5 && !out.doubt && clock_hz == hz && clock_now() < NS_PER_S);
	masked = false;
	interrupts = calls = 0;
	assert_true(alarm[0] == OFF);
}

static void called(struct timer *t, void *arg)
{
	struct model *m = arg;
	const uint64_t now = clock_now();

	assert_true(t == &m->timer && masked && m->on == own());
	if (!m->due || now < m->due || now - m->due > late_max())
		fail_msg("%lu Hz: due at %lu, called at %lu", hz, m->due, now);
	m->due = m->every ? m->due + m->every : 0;
	calls++;
}

/* Let time pass on both CPUs. */
static void pass(uint64_t until)
{
	struct cpu *const was = now_on;

	for (;;) {
		const uint32_t c = alarm[1] < alarm[0], before = calls;

		if (alarm[c] == OFF || alarm[c] > until)
			break;
		now_on = &cpus[c];
		count = MAX(count, alarm[c]);
		deliver();
		if (calls == before && !robbed[c])
			fail_msg("%lu Hz: an interrupt in vain at %lu", hz, count);
		robbed[c] = false;
	}
	now_on = was;
	count = MAX(count, until);
}

/* Remove it from its CPU, whose alarm stays set if that is another CPU. */
static bool forget(struct model *m)
{
	const bool was = m->due != 0;

	if (was && m->on != own())
		robbed[m->on] = true;
	m->due = 0;
	return was;
}

static void set(struct model *m, uint64_t ns, uint64_t every)
{
	(void)forget(m);
	m->on = own();
	m->every = every;
	m->due = clock_now() + (every ? every : ns);
	if (every)
		assert_true(timer_every(&m->timer, every, called, m));
	else
		assert_true(timer_set(&m->timer, m->due, called, m));
}

/* A host may stop the machine while the timer is tried. One that never interrupts is noticed. */
static void test_tried(void **state)
{
	struct arch_timer out;

	(void)state;
	hz = 1000000000;
	stall = 7 * NS_PER_S / 10;
	late = 100;
	start(hz, 0);
	late = UINT32_MAX;
	masked = true;
	assert_null(clock_start(NULL, &out));
	assert_true(out.irq == 0 && out.doubt);
	assert_false(timer_set(&model[0].timer, 1, called, &model[0]));
	late = 0;
}

/* The interrupt comes one count after the time is up: at the next one if it is now. */
static void test_alarm(void **state)
{
	(void)state;
	start(1000000, 5000);
	set(&model[0], 0, 0);
	assert_int_equal(alarm[0] - count, 1);
	set(&model[0], 20000, 0);
	assert_int_equal(alarm[0] - count, 20);
	assert_true(timer_cancel(&model[0].timer));
}

static const uint64_t frequencies[] = { 62500000, 1000000000, 10000000, 2999999999, 1000000 };

/* Any number of timers, in any order, on both CPUs, moved and cancelled. */
static void test_random(void **state)
{
	(void)state;
	srand(1);
	for (uint32_t f = 0; f < ARRAY_SIZE(frequencies); f++) {
		start(frequencies[f], 12345);
		for (uint32_t turn = 0; turn < 3000; turn++) {
			struct model *m = &model[(uint32_t)rand() % TIMERS];
			const uint64_t ns = (uint64_t)rand() % (1u << rand() % 24) + late_max();

			if (rand() % 4 == 0) {
				const bool was = forget(m);

				assert_int_equal(timer_cancel(&m->timer), was);
			} else {
				set(m, ns, rand() % 3 ? 0 : ns + 3 * late_max());
			}
			if (rand() % 2)
				pass(count + (uint64_t)rand() % (1 << 12));
			now_on = &cpus[rand() % 2];
		}
		assert_true(calls > 100);
	}
}

/* One alone: at the first count at which it is due, give or take one. */
static void test_exact(void **state)
{
	(void)state;
	for (uint32_t f = 0; f < ARRAY_SIZE(frequencies); f++)
		for (uint64_t ns = 1; ns < 60 * NS_PER_S; ns = ns * 3 + 1) {
			start(frequencies[f], ns);
			set(&model[0], ns, 0);
			if (ns < NS_PER_S / 1000)
				assert_true(alarm[0] - count <= ns * hz / NS_PER_S + 1);
			count = alarm[0];
			deliver();
			if (interrupts == 1 && calls == 1)
				continue;
			/* long waits: only as exact as a factor of 32 bits */
			assert_true(ns > NS_PER_S / 1000);
			pass(OFF - 1);
			assert_int_equal(calls, 1);
		}
}

/* Without a timer there is no interrupt; times in the past, and times that never come. */
static void test_ends(void **state)
{
	uint32_t before;

	(void)state;
	start(1000000000, 0);
	before = offs;
	set(&model[0], 1000, 0);
	assert_true(alarm[0] != OFF);
	assert_true(forget(&model[0]));
	assert_true(timer_cancel(&model[0].timer) && alarm[0] == OFF && offs == before + 1);
	assert_false(timer_cancel(&model[0].timer));
	assert_false(timer_cancel(&model[1].timer));	/* never set */
	count += 1000;
	model[0].due = clock_now();
	assert_true(timer_set(&model[0].timer, 1, called, &model[0]));	/* long over */
	assert_true(alarm[0] <= count + 2);
	pass(count + 2);
	assert_true(calls == 1 && alarm[0] == OFF);
	assert_true(timer_set(&model[1].timer, UINT64_MAX, called, &model[1]));
	assert_true(alarm[0] > OFF / 2);
	set(&model[0], 500, 0);				/* goes before it */
	pass(count + 502);
	assert_int_equal(calls, 2);
	assert_true(timer_cancel(&model[1].timer));
	start(2999999999, 0);				/* more counts than there are */
	count = 1000;
	assert_true(timer_set(&model[1].timer, UINT64_MAX, called, &model[1]));
	assert_true(alarm[0] == UINT64_MAX);
	assert_true(timer_cancel(&model[1].timer));
	assert_true(timer_every(&model[1].timer, 0, called, NULL));	/* as often as can be */
	assert_true(model[1].timer.every == 1 && timer_cancel(&model[1].timer));
	for (uint64_t less = 0; less < 4; less++) {	/* never */
		assert_true(timer_every(&model[1].timer, UINT64_MAX - less, called, NULL));
		assert_true(model[1].timer.at == UINT64_MAX && timer_cancel(&model[1].timer));
	}
}

/* Calls that are missed are skipped. */
static void test_missed(void **state)
{
	(void)state;
	start(1000000000, 0);
	set(&model[0], 0, 1000);
	pass(count + 3500);
	assert_int_equal(calls, 3);
	count += 10000;
	model[0].due = clock_now();			/* any time now */
	deliver();
	assert_int_equal(calls, 4);
	model[0].due = model[0].timer.at;
	assert_true(model[0].due == clock_now() + 1);
	pass(count + 900);
	assert_true(calls >= 4 && calls <= 5);
	assert_true(timer_cancel(&model[0].timer));
}

#define CALL_NS	5000
#define RUN_NS	1000000

enum { EVERY, NOW, PAST, WAYS };	/* how it is set */

static void take(struct timer *t, void *arg)
{
	const uint32_t way = *(uint32_t *)arg;

	count += CALL_NS;			/* one count is a nanosecond */
	calls++;
	assert_true(count <= 2 * RUN_NS);	/* the interrupt ends */
	if (way != EVERY)
		assert_true(timer_set(t, way == NOW ? clock_now() : 1, take, arg));
}

/* Timers that are always due, every nanosecond or set by their own call, leave time for others. */
static void test_busy(void **state)
{
	struct timer t = { 0 };

	(void)state;
	for (uint32_t way = 0; way < WAYS; way++) {
		start(1000000000, 0);
		assert_true(way == EVERY ? timer_every(&t, 1, take, &way) :
					   timer_set(&t, 1, take, &way));
		while (count < RUN_NS) {
			count = MAX(count, alarm[0]);
			deliver();
		}
		assert_in_range(calls * CALL_NS, RUN_NS / 3, RUN_NS / 2);
		assert_true(timer_cancel(&t));
	}
}

/* A timer of another CPU is cancelled: no more call; that CPU's alarm is left to it. */
static void test_other(void **state)
{
	uint64_t at;

	(void)state;
	start(1000000000, 0);
	set(&model[0], 1000, 0);
	at = alarm[0];
	now_on = &cpus[1];
	set(&model[1], 500, 0);
	assert_true(forget(&model[0]) && timer_cancel(&model[0].timer));
	assert_true(alarm[0] == at && alarm[1] < at);
	set(&model[0], 200, 0);				/* moved to this one */
	assert_true(alarm[1] <= count + 202);
	pass(count + 2000);
	assert_int_equal(calls, 2);
	assert_true(interrupts == 3 && alarm[0] == OFF);	/* one of them in vain */
}

static void test_sleep(void **state)
{
	(void)state;
	for (uint32_t f = 0; f < ARRAY_SIZE(frequencies); f++)
		for (uint64_t ns = 1; ns < NS_PER_S; ns = ns * 5 + 2)
			for (uint32_t m = 0; m < 2; m++) {
				uint64_t from;

				start(frequencies[f], 99);
				masked = m;
				from = clock_now();
				time_sleep(ns);
				assert_true(clock_now() - from >= ns);
				assert_true(clock_now() - from <=
					    ns + 3 * late_max() + ns / 100000);
				assert_int_equal(masked, m);
				masked = false;
				assert_true(alarm[0] == OFF);
			}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random), cmocka_unit_test(test_exact),
		cmocka_unit_test(test_alarm), cmocka_unit_test(test_tried),
		cmocka_unit_test(test_ends), cmocka_unit_test(test_missed),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_other), cmocka_unit_test(test_sleep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

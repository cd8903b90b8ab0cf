/* SPDX-License-Identifier: MIT */
/* test_lock.c - a lock whose holder gives it back late, passes it on, or never does. */
#include "tests/host/unit/unit.h"
#include <setjmp.h>
#include "kernel/cpu/lock.h"
#include "kernel/time/clock.h"
#include "kernel/time/timeout.h"
#include "kernel/time/scale.h"

static struct lock lock;
static uint64_t now;
static uint64_t gives[3];		/* when another CPU gives it back; 0: never */
static uint32_t given;
static jmp_buf panicked;

static void waits(const struct lock *l, struct timeout *limit)
{
	assert_ptr_equal(l, &lock);
	if (!timeout_left(limit))
		longjmp(panicked, 1);
}

uint64_t clock_now(void)
{
	return now;
}

/* Time passes only here: nine microseconds. */
void arch_pause(void)
{
	now += 9 * NS_PER_US;
	assert_true(now < 100 * NS_PER_S);
	if (given < ARRAY_SIZE(gives) && gives[given] && now >= gives[given]) {
		given++;
		lock_release(&lock);
	}
}

static void begin(uint32_t next, uint64_t a, uint64_t b, uint64_t c)
{
	lock_waits = waits;
	lock = (struct lock){ .next = next, .serving = 0 };
	now = given = 0;
	gives[0] = a;
	gives[1] = b;
	gives[2] = c;
}

/* Whether lock_acquire() returns, with the lock. */
static bool takes(void)
{
	if (setjmp(panicked))
		return false;
	lock_acquire(&lock);
	assert_int_equal(lock.serving + 1, lock.next);
	return true;
}

static void test_take(void **state)
{
	(void)state;
	begin(0, 0, 0, 0);
	assert_true(takes() && !now);
	begin(1, 19 * NS_PER_S, 0, 0);
	assert_true(takes() && now < 20 * NS_PER_S);
	begin(1, 0, 0, 0);
	assert_false(takes());
	assert_true(now >= 19 * NS_PER_S && now < 21 * NS_PER_S);
	/* each of three holders has its own time */
	begin(3, 15 * NS_PER_S, 30 * NS_PER_S, 45 * NS_PER_S);
	assert_true(takes() && now >= 45 * NS_PER_S && now < 46 * NS_PER_S);
	begin(3, 15 * NS_PER_S, 0, 0);
	assert_false(takes());
	assert_true(now >= 34 * NS_PER_S && now < 36 * NS_PER_S);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_take),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

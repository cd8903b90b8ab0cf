/* SPDX-License-Identifier: MIT */
/* test_work.c - work for idle CPUs: which of them take it, and how long the caller waits. */
#include "tests/host/unit/taking_turns.h"

static bool give(struct cpu_work *w)
{
	bool given;

	giving = true;
	given = cpu_work(w);
	giving = false;
	assert_false(lock_held(&work_lock));
	return given;
}

static void test_work(void **state)
{
	struct cpu_work w = { 0 }, more = w;

	(void)state;
	start();
	assert_false(give(&w));			/* for no CPU */
	cpu_mask_set(&w.on, c[1]->index);
	cpu_mask_set(&w.on, c[4]->index);
	assert_true(give(&w));
	assert_int_equal(cpu_work_left(&w), 2);
	assert_true(interrupted[1] && interrupted[4] && !interrupted[2]);
	cpu_mask_set(&more.on, c[4]->index);
	cpu_mask_set(&more.on, c[2]->index);
	assert_false(give(&more));			/* 4 has some */
	assert_null(c[2]->work);
	c[4]->work = NULL;
	c[2]->silent = true;
	assert_false(give(&more));
	c[2]->silent = false;
	cpu_mask_set(&more.on, c[0]->index);		/* this one */
	assert_false(give(&more));
	cpu_mask_clear(&more.on, c[0]->index);
	cpu_mask_set(&more.on, 5);			/* there is none */
	assert_false(give(&more));
	cpu_mask_clear(&more.on, 5);
	c[4]->idles = false;
	assert_false(give(&more));
	assert_int_equal(cpu_work_left(&more), 0);
	c[4]->idles = true;
	assert_true(give(&more));
}

/* As long as a CPU answers, its work may take any time; if it does not, the wait ends. */
static void test_work_wait(void **state)
{
	struct cpu_work w = { 0 };

	(void)state;
	start();
	assert_true(cpu_work_wait(&w));			/* nothing was begun */
	cpu_mask_set(&w.on, c[1]->index);
	cpu_mask_set(&w.on, c[3]->index);
	assert_true(give(&w));
	finishes = ns + 3600 * NS_PER_S;
	finished = &w;
	assert_true(cpu_work_wait(&w));
	assert_true(ns >= 3600 * NS_PER_S && !warnings);
	assert_int_equal(sends, 2 + 3 * 2);		/* both are asked every 1,000 s */

	c[1]->work = c[3]->work = NULL;
	assert_true(give(&w));
	stuck[3] = true;
	finishes = ns + 20000 * NS_PER_S;		/* the other one works that long */
	unfinished = 1;
	finished = &w;
	assert_false(cpu_work_wait(&w));
	assert_true(!finished && c[3]->silent && !c[1]->silent && warnings == 1);
	assert_int_equal(cpu_work_left(&w), 1);
	assert_false(cpu_work_wait(&w));		/* known to be silent: at once */
	assert_int_equal(warnings, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_work), cmocka_unit_test(test_work_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

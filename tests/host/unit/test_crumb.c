/* SPDX-License-Identifier: MIT */
/* test_crumb.c - breadcrumbs: begun, dropped, taken elsewhere and back; what stages are called. */
#include "tests/host/unit/unit.h"
#include "tests/host/arch/cpu.h"
#include "lib/crumb.h"

static const char *kernels(uint32_t stage)
{
	return stage == CRUMB_KERNEL ? "first" : stage == 21 ? "wide" : NULL;
}

static void test_moved(void **state)
{
	struct crumbs *to = exact(sizeof(*to)), *first;

	(void)state;
	memset(crumb_trail, 0x55, sizeof(*crumb_trail));	/* an earlier run's */
	crumb_begin();
	first = crumb_trail;
	assert_true(first->magic == CRUMB_MAGIC && !first->stage && !first->time[0]);
	fake_cpu.counter = 7;
	crumb_drop(CRUMB_PLACE);
	first->panics = 3;
	first->faulted = 1;
	memset(first->text, 'x', sizeof(first->text));
	memset(to, 0x55, sizeof(*to));
	crumb_move(to);
	assert_ptr_equal(crumb_trail, to);
	assert_true(to->magic == CRUMB_MAGIC && to->stage == CRUMB_PLACE && to->panics == 3);
	assert_true(to->time[CRUMB_PLACE] == 8 && to->faulted == 1 && !to->text[0]);
	crumb_drop(CRUMB_EXIT);
	assert_true(to->time[CRUMB_EXIT] == 9 && first->stage == CRUMB_PLACE);
	crumb_move(NULL);
	assert_ptr_equal(crumb_trail, first);
	assert_true(first->stage == CRUMB_EXIT && first->panics == 3 && !first->text[0]);
	free(to);
}

static void test_labels(void **state)
{
	static const struct {
		uint32_t stage;
		const char *with, *without;
	} t[] = {
		{ CRUMB_ENTRY, "entry", "entry" }, { CRUMB_JUMP, "jump", "jump" },
		{ CRUMB_STUB_STAGES, "10", "10" }, { CRUMB_KERNEL - 1, "15", "15" },
		{ CRUMB_KERNEL, "first", "16" }, { 17, "17", "17" }, { 21, "wide", "21" },
		{ UINT32_MAX, "4294967295", "4294967295" },
	};
	char number[CRUMB_LABEL];

	(void)state;
	assert_null(crumb_name(CRUMB_STUB_STAGES));
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		crumb_kernel_name = kernels;
		assert_string_equal(crumb_label(t[i].stage, number), t[i].with);
		crumb_kernel_name = NULL;
		assert_string_equal(crumb_label(t[i].stage, number), t[i].without);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moved), cmocka_unit_test(test_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

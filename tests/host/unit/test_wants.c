/* SPDX-License-Identifier: MIT */
/* test_wants.c - kernel_wants of kernels older and newer than the stub, and with wrong values. */
#include "tests/host/unit/unit.h"
#include <string.h>
#include "lib/wants.h"

/* The object that a kernel defines; the tests write to it. */
static struct kernel_wants wants;
extern const struct kernel_wants kernel_wants __attribute__((alias("wants")));

static void defaults(void)
{
	memset(&wants, 0, sizeof(wants));
	wants.size = sizeof(wants);
}

static void test_defaults(void **state)
{
	struct kernel_wants got;
	const char *what;

	(void)state;
	defaults();
	assert_int_equal(wants_read(&got, &what), OK);
	assert_int_equal(got.regime, BOOT_MMU_IDENTITY);
	assert_int_equal(got.stack_size, KERNEL_STACK_MIN);
	assert_string_equal(wants_name(), "stubborn");
	strcpy(wants.name, "mine");
	assert_string_equal(wants_name(), "mine");
}

static void test_shorter(void **state)
{
	struct kernel_wants got;
	const char *what;

	(void)state;
	defaults();
	wants.size = 8;			/* compiled when there were two fields */
	wants.regime = BOOT_MMU_MAPPED;
	wants.stack_size = 1;		/* not a field of this kernel: other data */
	strcpy(wants.name, "mine");
	assert_int_equal(wants_read(&got, &what), OK);
	assert_int_equal(got.regime, BOOT_MMU_MAPPED);
	assert_int_equal(got.stack_size, KERNEL_STACK_MIN);
	assert_string_equal(wants_name(), "stubborn");
}

static void test_refused(void **state)
{
	struct kernel_wants got;
	const char *what;

	(void)state;
	defaults();
	wants.size = 4;
	assert_int_equal(wants_read(&got, &what), ERR_BAD_FORMAT);
	assert_string_equal(what, "size");
	defaults();
	wants.regime = BOOT_MMU_MAPPED + 1;
	assert_int_equal(wants_read(&got, &what), ERR_BAD_FORMAT);
	assert_string_equal(what, "regime");
	defaults();
	wants.stack_size = KERNEL_STACK_MAX + 1ull;
	assert_int_equal(wants_read(&got, &what), ERR_BAD_FORMAT);
	assert_string_equal(what, "stack_size");
	wants.stack_size = KERNEL_STACK_MIN - 1;
	assert_int_equal(wants_read(&got, &what), ERR_BAD_FORMAT);
	wants.stack_size = KERNEL_STACK_MIN + 1;
	assert_int_equal(wants_read(&got, &what), OK);
	assert_int_equal(got.stack_size, KERNEL_STACK_MIN + PAGE_SIZE);
	defaults();
	wants.flags = 0x80000000;
	assert_int_equal(wants_read(&got, &what), ERR_BAD_FORMAT);
	assert_string_equal(what, "flags");
	defaults();
	wants.el = KERNEL_EL_1;
	assert_int_equal(wants_read(&got, &what), OK);
	assert_int_equal(got.el, KERNEL_EL_1);
	wants.el = KERNEL_EL_1 + 1;
	assert_int_equal(wants_read(&got, &what), ERR_BAD_FORMAT);
	assert_string_equal(what, "el");
	defaults();
	wants.closed = KERNEL_CLOSES(BOOT_ENTRY_PVH) | KERNEL_CLOSES(BOOT_ENTRY_UEFI32);
	assert_int_equal(wants_read(&got, &what), OK);
	wants.closed = KERNEL_CLOSES(BOOT_ENTRY_UEFI32 + 1);
	assert_int_equal(wants_read(&got, &what), ERR_BAD_FORMAT);
	assert_string_equal(what, "closed");
	wants.closed = KERNEL_CLOSES(0);
	assert_int_equal(wants_read(&got, &what), ERR_BAD_FORMAT);
}

/* The first and the last value that each field may have, and every size. */
static void test_bounds(void **state)
{
	struct kernel_wants got;
	const char *what;

	(void)state;
	defaults();
	wants.flags = KERNEL_FLAGS;
	wants.closed = KERNEL_CLOSED;
	wants.stack_size = KERNEL_STACK_MAX;
	for (wants.regime = BOOT_MMU_OFF; wants.regime <= BOOT_MMU_MAPPED; wants.regime++) {
		assert_int_equal(wants_read(&got, &what), OK);
		assert_int_equal(got.regime, wants.regime);
		assert_int_equal(got.stack_size, KERNEL_STACK_MAX);
		assert_int_equal(got.flags, KERNEL_FLAGS);
		assert_int_equal(got.closed, KERNEL_CLOSED);
	}
	defaults();
	wants.stack_size = KERNEL_STACK_MIN;
	assert_int_equal(wants_read(&got, &what), OK);
	assert_int_equal(got.stack_size, KERNEL_STACK_MIN);
	strcpy(wants.name, "mine");
	for (wants.size = 0; wants.size <= sizeof(wants); wants.size++) {
		const bool good = wants.size >= 8 && !(wants.size % 4);

		assert_int_equal(wants_read(&got, &what), good ? OK : ERR_BAD_FORMAT);
		assert_string_equal(wants_name(), wants.size > offsetof(struct kernel_wants, name) ?
				    "mine" : "stubborn");
	}
	for (wants.size = PAGE_SIZE - 4; wants.size <= PAGE_SIZE + 4; wants.size += 4)
		assert_int_equal(wants_read(&got, &what),
				 wants.size <= PAGE_SIZE ? OK : ERR_BAD_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_shorter),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* test_variables.c - arguments and results of the runtime services for variables and the time. */
#include "tests/host/unit/unit.h"
#include "kernel/firmware/efi_runtime.c"

static struct efi_runtime_services services;
static struct shared there;
static uint64_t arg[5], told, answer_size;
static efi_status_t answer;

UNCALLED(status_t, space_map, uint64_t, uint64_t, uint64_t, enum arch_perm)
UNCALLED(void, trap_abandon, const char *)
UNCALLED(uint64_t, page_alloc, uint32_t, uint32_t)
UNCALLED(void, console_warn, const char *, ...)

bool trap_try(void (*fn)(void *), void *what, struct trap_info *out)
{
	(void)out;
	fn(what);
	return true;
}

uint64_t clock_now(void)
{
	return 5;
}

bool timer_set(struct timer *t, uint64_t at, timer_fn *fn, void *what)
{
	(void)t, (void)at, (void)fn, (void)what;
	return true;
}

bool timer_cancel(struct timer *t)
{
	(void)t;
	return true;
}

uint64_t arch_irq_save(void)
{
	return 0;
}

void arch_irq_restore(uint64_t before)
{
	(void)before;
}

void arch_irq_on(void)
{
}

uint64_t arch_firmware_begin(void)
{
	return 0;
}

void arch_firmware_end(uint64_t state)
{
	(void)state;
}

/* Plays any service, with results that must not all be believed. */
static efi_status_t any(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
	memcpy(arg, (uint64_t[]){ a, b, c, d, e }, sizeof(arg));
	assert_int_equal(there.variable.name[EFI_NAME_UNITS - 1], 0);
	told = there.size;
	there.size = answer_size;
	there.attributes = 0x33;
	there.variable.name[0] = 'n';
	there.variable.name[EFI_NAME_UNITS - 1] = 'x';
	memset(&there.time, 7, sizeof(there.time));
	return answer;
}

static bool told_to(const void *a, const void *b, uint64_t c, const void *d, const void *e)
{
	const uint64_t want[] = { (uint64_t)a, (uint64_t)b, c, (uint64_t)d, (uint64_t)e };

	return !memcmp(arg, want, sizeof(arg));
}

static void start(uint64_t size, efi_status_t status)
{
	memset(&there, 0, sizeof(there));
	services.get_time = (void *)any;
	services.get_variable = (void *)any;
	services.get_next_variable_name = services.set_variable = (void *)any;
	runtime.services = (const char *)&services;
	runtime.shared = &there;
	runtime.regions = 1;
	region[0].size = UINT64_MAX;
	region[0].perm = ARCH_RX;
	answer = status;
	answer_size = size;
}

static void all(uint64_t size, efi_status_t status)
{
	static const char data[EFI_DATA_MAX + 1] = { 1, [EFI_DATA_MAX - 1] = 2 };
	struct efi_variable v = { .vendor = { .a = 9 } };
	const struct efi_variable *at = &there.variable;
	struct efi_time time, sevens;
	const void *found = NULL;
	uint32_t attributes = 0;
	uint64_t bytes = 0;

	start(size, status);
	memset(&sevens, 7, sizeof(sevens));
	assert_true(efi_get_time(&time) == status);
	assert_memory_equal(&time, &sevens, sizeof(time));
	assert_true(told_to(&there.time, NULL, 0, NULL, NULL));
	memset(v.name, 'y', sizeof(v.name));
	assert_true(efi_variable_next(&v) == status);
	assert_true(v.name[0] == 'n' && v.name[1] == 0x7979 && v.vendor.a == 9);
	assert_true(v.name[EFI_NAME_UNITS - 1] == 0 && told == sizeof(v.name));
	assert_true(told_to(&there.size, at->name, (uint64_t)&at->vendor, NULL, NULL));
	assert_true(efi_variable_get(&v, &attributes, &found, &bytes) ==
		    (status == EFI_SUCCESS && size > EFI_DATA_MAX ? EFI_DEVICE_ERROR : status));
	assert_true(attributes == 0x33 && found == there.data && bytes == size);
	assert_true(told == EFI_DATA_MAX);
	assert_true(told_to(at->name, &at->vendor, (uint64_t)&there.attributes, &there.size,
			    there.data));
	assert_true(efi_variable_set(&v, 0x77, data, EFI_DATA_MAX) == status);
	assert_memory_equal(there.data, data, EFI_DATA_MAX);
	assert_true(told_to(at->name, &at->vendor, 0x77, (void *)EFI_DATA_MAX, there.data));
	memset(arg, 0, sizeof(arg));
	assert_true(efi_variable_set(&v, 0x77, data, EFI_DATA_MAX + 1) == EFI_OUT_OF_RESOURCES);
	assert_true(!arg[0]);
}

/* A size that is larger than the buffer is an error, unless it is what is asked for. */
static void test_passed_on(void **state)
{
	(void)state;
	for (uint64_t size = EFI_DATA_MAX; size <= EFI_DATA_MAX + 1; size++) {
		all(size, EFI_SUCCESS);
		all(size, EFI_BUFFER_TOO_SMALL);
	}
}

/* Only addresses in code are called, up to its last byte. */
static void test_code(void **state)
{
	struct efi_time time;

	(void)state;
	for (uint64_t i = 0; i < 6; i++) {
		start(0, EFI_SUCCESS);
		region[0].base = (uint64_t)any - 15 + (i == 3);
		region[0].size = i == 1 ? 15 : 16;
		if (i == 2)
			region[0].perm = ARCH_RW;
		if (i == 3)
			region[0].base += 16;
		region[1] = region[0];		/* one more than there are */
		if (i >= 4)
			region[0].size = 0;
		runtime.regions = i == 5 ? 2 : 1;
		assert_true(efi_get_time(&time) ==
			    (i % 5 ? EFI_UNSUPPORTED : EFI_SUCCESS));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_passed_on), cmocka_unit_test(test_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

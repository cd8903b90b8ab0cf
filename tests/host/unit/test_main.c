/* SPDX-License-Identifier: MIT */
/* test_main.c - the stub's table of contents: what each step gets, and what becomes of an error. */
#include "tests/host/unit/unit.h"
#include "arch/boot.h"
#include "lib/console/panic.h"
#include "lib/crumb.h"
#include "lib/image.h"
#include "stub/efi/module.h"
#include "stub/finish.h"
#include "stub/raw/raw.h"
#include "stub/stub.h"

#define A		0x1234ull
#define B		((uint64_t)&system_table)
#define T0		0x5678ull
#define GARBAGE		0xee

enum { BOOTED = 1, BOOTED_RAW, FAILED_RAW };

static struct efi_system_table system_table;
static struct {
	jmp_buf gone;
	status_t relocated, collected, placed, left[8];
	uint32_t kind, places, leaves, arenas, no_maps, prints;
	uint32_t initrds, modules;		/* released */
} t;

status_t image_relocate(uint64_t base, uint64_t size, uint64_t virt, const struct rela *table,
			uint64_t n, uint32_t relative)
{
	(void)table;
	(void)n;
	(void)relative;
	assert_true(base == (uint64_t)image_start && size == image_size() && virt == base);
	return t.relocated;
}

static bool is_zero(const void *p, size_t size)
{
	const uint8_t *b = p;

	while (size && !*b)
		b++, size--;
	return !size;
}

/* What has been collected: nothing yet. The texts are empty, and not cleared. */
static void check_begun(struct draft *d, uint64_t a, uint64_t b)
{
	assert_true(a == A && b == B);
	assert_int_equal(d->info.entry, t.kind);
	d->info.entry = 0;
	assert_true(is_zero(d, offsetof(struct draft, cmdline)));
	assert_true(!d->cmdline[0] && !d->file[0] && !d->vendor[0]);
	assert_int_equal((uint8_t)d->cmdline[1], GARBAGE);
	assert_true(crumb_trail->time[CRUMB_ENTRY] == T0);
	assert_true(crumb_trail->image == (uint64_t)image_start);
}

void raw_boot(struct draft *d, struct arena *arena, uint64_t a, uint64_t b)
{
	const struct stub *s = (const void *)((uint8_t *)d - offsetof(struct stub, draft));

	assert_ptr_equal(arena, &s->arena);
	assert_true(is_zero(&s->efi, sizeof(s->efi)));
	check_begun(d, a, b);
	longjmp(t.gone, BOOTED_RAW);
}

void raw_fail(const char *why, uint64_t a)
{
	assert_non_null(strstr(why, "damaged"));
	assert_true(a == A);
	longjmp(t.gone, FAILED_RAW);
}

status_t efi_collect(struct efi *e, struct draft *d, void *image, struct efi_system_table *systab)
{
	assert_true(is_zero(e, sizeof(*e)));
	check_begun(d, (uint64_t)image, (uint64_t)systab);
	return t.collected;
}

status_t efi_place(struct efi *e, struct draft *d, struct arena *a)
{
	(void)e;
	(void)d;
	(void)a;
	assert_int_equal(t.arenas, 0);
	assert_int_equal(crumb_trail->stage, CRUMB_PLACE);
	crumb_drop(CRUMB_EXIT);
	t.places++;
	t.arenas += t.placed == OK;
	return t.placed;
}

status_t efi_leave(struct efi *e, struct draft *d, const struct arena *a, uint32_t *n)
{
	(void)e;
	(void)d;
	(void)a;
	assert_int_equal(t.arenas, 1);
	*n = 77;
	return t.left[t.leaves++];
}

void finish_boot(struct draft *d, const struct arena *a, struct reach *reach, uint32_t n)
{
	const struct stub *s = (const void *)((uint8_t *)d - offsetof(struct stub, draft));

	assert_true(n == 77 && a == &s->arena && reach == &s->efi.reach);
	longjmp(t.gone, BOOTED);
}

void efi_release(struct efi *e, const struct arena *a)
{
	(void)e;
	(void)a;
	t.arenas = 0;
}

void efi_release_initrd(struct efi *e, struct draft *d)
{
	(void)e;
	(void)d;
	t.initrds++;
}

void efi_release_modules(struct efi *e, struct draft *d)
{
	(void)e;
	(void)d;
	t.modules++;
}

void efi_no_map(const struct efi *e, efi_status_t status)
{
	(void)e;
	assert_true(status == EFI_BUFFER_TOO_SMALL);
	t.no_maps++;
}

void efi_print(const struct efi *e, const char *fmt, ...)
{
	struct boot_uart want;

	(void)fmt;
	arch_default_uart(&want);
	assert_memory_equal(e->uart, &want, sizeof(want));
	assert_ptr_equal(e->systab, &system_table);
	t.prints++;
}

/* stub_main()'s variables are on the stack that spoil_stack() fills: clang 15 and later would have
 * them on a heap, to notice uses after return. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_stack_use_after_return=0";
}

/* Fill the stack with garbage that stub_main() must not take for zeros. */
static __attribute__((noinline)) void spoil_stack(void)
{
	uint8_t stack[sizeof(struct stub) + 0x2000];

	memset(stack, GARBAGE, sizeof(stack));
	__asm__ volatile("" :: "r"(stack) : "memory");
}

/* The number that stub_main() returns, or how else it has ended. */
static efi_status_t run(uint64_t kind, uint64_t b)
{
	int end;

	t.kind = (uint32_t)kind;
	t.places = t.leaves = t.arenas = t.no_maps = t.prints = t.initrds = t.modules = 0;
	memset(crumb_trail, 0x55, sizeof(*crumb_trail));
	end = setjmp(t.gone);
	if (end)
		return (efi_status_t)end;
	spoil_stack();
	return stub_main(kind, A, b, T0);
}

/* What has been taken was given back, once. */
static void assert_returns(efi_status_t want)
{
	const efi_status_t got = run(BOOT_ENTRY_UEFI, B);

	if (got != want)
		fail_msg("0x%lx, not 0x%lx", (long)got, (long)want);
	assert_int_equal(t.arenas, 0);
	assert_int_equal(t.initrds, 1);
	assert_int_equal(t.modules, 1);
}

static void test_kinds(void **state)
{
	(void)state;
	memset(&t, 0, sizeof(t));
	for (uint32_t kind = 0; kind < 16; kind++) {
		const bool efi = kind == BOOT_ENTRY_UEFI || kind == BOOT_ENTRY_UEFI32;

		assert_int_equal(run(kind, B), efi ? BOOTED : BOOTED_RAW);
		assert_int_equal(t.places, efi);
	}
}

static void test_damaged(void **state)
{
	(void)state;
	memset(&t, 0, sizeof(t));
	t.relocated = ERR_BAD_FORMAT;
	for (uint32_t kind = 0; kind < 16; kind++) {
		const bool efi = kind == BOOT_ENTRY_UEFI || kind == BOOT_ENTRY_UEFI32;

		assert_true(run(kind, B) == (efi ? EFI_LOAD_ERROR : FAILED_RAW));
		assert_int_equal(t.prints, efi);
		assert_true(run(kind, 0) == (efi ? EFI_LOAD_ERROR : FAILED_RAW));
		assert_int_equal(t.prints, 0);
	}
}

static void test_errors(void **state)
{
	static const efi_status_t want[] = {
		[ERR_NOT_FOUND] = EFI_NOT_FOUND, [ERR_NO_MEMORY] = EFI_OUT_OF_RESOURCES,
		[ERR_TOO_SMALL] = EFI_LOAD_ERROR, [ERR_BAD_FORMAT] = EFI_LOAD_ERROR,
		[ERR_UNSUPPORTED] = EFI_UNSUPPORTED, [ERR_FIRMWARE] = EFI_LOAD_ERROR,
		[ERR_BAD_OPTION] = EFI_INVALID_PARAMETER, [ERR_SECURITY] = EFI_SECURITY_VIOLATION,
		[ERR_IN_USE] = EFI_LOAD_ERROR,
	};

	(void)state;
	memset(&t, 0, sizeof(t));
	for (uint32_t i = 1; i < ARRAY_SIZE(want); i++) {
		t.collected = (status_t)i;
		assert_returns(want[i]);
		assert_int_equal(t.places, 0);
	}
	t.collected = OK;
	t.placed = ERR_NO_MEMORY;
	assert_returns(EFI_OUT_OF_RESOURCES);
	assert_int_equal(t.leaves, 0);
	t.placed = OK;
	t.left[0] = ERR_FIRMWARE;
	assert_returns(EFI_LOAD_ERROR);
	assert_int_equal(t.places, 1);
}

/* A map that grows: another arena each time, five in all. */
static void test_grows(void **state)
{
	(void)state;
	memset(&t, 0, sizeof(t));
	for (uint32_t i = 0; i < 4; i++) {
		t.left[i] = ERR_TOO_SMALL;
		assert_int_equal(run(BOOT_ENTRY_UEFI, B), BOOTED);
		assert_int_equal(t.places, i + 2);
	}
	t.left[4] = ERR_TOO_SMALL;
	assert_returns(EFI_LOAD_ERROR);
	assert_int_equal(t.places, 5);
	assert_int_equal(t.no_maps, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds), cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_errors), cmocka_unit_test(test_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * test_collect.c - what is known of firmware before it is asked for anything; what the kernel does
 * not support.
 */
#include "tests/host/unit/unit.h"
#include "arch/boot.h"
#include "stub/collect.h"
#include "stub/stub.h"

const struct kernel_wants kernel_wants = {
	.size = sizeof(kernel_wants),
	.closed = KERNEL_CLOSES(BOOT_ENTRY_PVH) | KERNEL_CLOSES_MMU(BOOT_MMU_MAPPED),
};
const uint8_t font_spleen[95][16];
static struct efi_runtime_services runtime;
static uint32_t asked;

/* Firmware does not know the image: so no more than this is asked. */
static efi_status_t handle_protocol(void *handle, const struct efi_guid *guid, void **interface)
{
	(void)guid;
	(void)interface;
	assert_ptr_equal(handle, &asked);
	asked++;
	return EFI_NOT_FOUND;
}

static efi_status_t output_string(struct efi_text_output *self, const uint16_t *s)
{
	(void)self;
	(void)s;
	return EFI_SUCCESS;
}

static struct efi_text_output out = { .output_string = output_string };
static struct efi_boot_services boot = { .handle_protocol = handle_protocol };

/* No page of a firmware of 32 bits is above 4 GiB, and a kernel cannot call it. */
static void test_width(void **state)
{
	struct efi_system_table t = {
		.hdr.signature = EFI_SYSTAB_SIGNATURE, .boot = &boot, .runtime = &runtime,
		.con_out = &out,
	};
	static struct stub s;

	(void)state;
	for (uint32_t wide = 0; wide < 2; wide++) {
		const struct boot_info *info = &s.draft.info;

		memset(&s, 0, sizeof(s));
		asked = 0;
		s.draft.info.entry = wide ? BOOT_ENTRY_UEFI : BOOT_ENTRY_UEFI32;
		assert_int_equal(efi_collect(&s.efi, &s.draft, &asked, &t), ERR_FIRMWARE);
		assert_int_equal(asked, 1);
		assert_true(s.efi.limit == (wide ? ARCH_REACH : 1ull << 32));
		assert_true(s.efi.boot == &boot && s.efi.systab == &t);
		assert_true(s.efi.image == &asked && s.efi.uart == &info->uart);
		assert_true(info->efi_systab == (wide ? (uint64_t)&t : 0));
		assert_true(info->efi_runtime == (wide ? (uint64_t)&runtime : 0));
		assert_int_equal(info->flags, wide ? BOOT_RUNTIME_OK : 0);
	}
}

static void test_no_table(void **state)
{
	struct efi_system_table t = { .hdr.signature = EFI_SYSTAB_SIGNATURE };
	static struct stub s;

	(void)state;
	assert_int_equal(efi_collect(&s.efi, &s.draft, &asked, NULL), ERR_FIRMWARE);
	assert_int_equal(efi_collect(&s.efi, &s.draft, &asked, &t), ERR_FIRMWARE);
	t.boot = &boot;
	t.hdr.signature++;
	assert_int_equal(efi_collect(&s.efi, &s.draft, &asked, &t), ERR_FIRMWARE);
	assert_null(s.efi.systab);
}

static void test_closed(void **state)
{
	static const struct {
		const char *words, *why;
		uint32_t entry;
	} cases[] = {
		{ "", "", BOOT_ENTRY_UEFI },
		{ "mmu=identity", "", BOOT_ENTRY_AGAIN },
		{ "mmu=mapped", "mmu=mapped: not for this kernel", BOOT_ENTRY_UEFI },
		{ "mmu=mapped", "mmu=mapped: not for this kernel", BOOT_ENTRY_AGAIN },
		{ "", "this kernel cannot start as a PVH guest", BOOT_ENTRY_PVH },
	};
	char why[COLLECT_WHY];
	static struct stub s;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		memset(&s, 0, sizeof(s));
		why[0] = 0;
		s.draft.info.entry = cases[i].entry;
		strcpy(s.draft.cmdline, cases[i].words);
		assert_int_equal(collect_options(&s.draft, 0, why),
				 *cases[i].why ? ERR_UNSUPPORTED : OK);
		assert_string_equal(why, cases[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_width), cmocka_unit_test(test_no_table),
		cmocka_unit_test(test_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

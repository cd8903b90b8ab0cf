/* SPDX-License-Identifier: MIT */
/* test_efi_tables.c - which of UEFI's configuration tables are taken, and firmware's name. */
#include "tests/host/unit/unit.h"
#include "lib/efi_protocols.h"
#include "stub/efi/efi.h"

#define KINDS	7
#define DTB	4

static const struct efi_guid guid[KINDS] = {
	EFI_ACPI_20_TABLE_GUID, EFI_ACPI_10_TABLE_GUID, EFI_SMBIOS3_TABLE_GUID,
	EFI_SMBIOS_TABLE_GUID, EFI_DTB_TABLE_GUID, EFI_MEMORY_ATTRIBUTES_TABLE_GUID,
	EFI_TCG2_FINAL_EVENTS_TABLE_GUID,
};
static struct draft draft;

/* Where the table of kind k is said to be. */
static uint64_t place(uint32_t k)
{
	return 0x1000 * (k + 1);
}

/* Check that a table of kind k at `at` is all that was found. */
static void check_found(uint32_t k, uint64_t at, uint64_t dtb)
{
	const struct boot_info *i = &draft.info;

	assert_true(i->acpi_rsdp == (k <= 1 ? at : 0));
	assert_true(i->smbios == (k == 2 || k == 3 ? at : 0));
	assert_true(dtb == (k == DTB ? at : 0));
	assert_true(i->efi_memattr == (k == 5 ? at : 0));
	assert_true(i->tpm_final == (k == 6 ? at : 0));
}

static bool is_kind(const struct efi_guid *g, uint32_t but)
{
	for (uint32_t k = 0; k < KINDS; k++)
		if (k != but && !memcmp(g, &guid[k], sizeof(*g)))
			return true;
	return false;
}

/* Each kind, and with each bit of its GUID changed, which makes it unknown in nearly all cases. */
static void test_guids(void **state)
{
	(void)state;
	for (uint32_t k = 0; k < KINDS; k++)
		for (uint32_t bit = 0; bit <= 8 * sizeof(guid[k]); bit++) {
			struct efi_configuration_table *t = exact(2 * sizeof(*t));

			memset(t, 0, 2 * sizeof(*t));
			t[1] = (struct efi_configuration_table){ guid[k], (void *)place(k) };
			if (bit)
				((uint8_t *)&t[1].guid)[(bit - 1) / 8] ^= 1 << (bit - 1) % 8;
			if (!is_kind(&t[1].guid, k))
				check_found(k, bit ? 0 : place(k), efi_tables(&draft, t, 2));
			check_found(k, 0, efi_tables(&draft, t, 1));
			free(t);
		}
}

/* The newer of two kinds, whatever the order; the last of one kind. */
static void test_choice(void **state)
{
	struct efi_configuration_table t[2 * KINDS];

	(void)state;
	for (uint32_t back = 0; back < 2; back++) {
		for (uint32_t k = 0; k < KINDS; k++) {
			const uint32_t kind = back ? KINDS - 1 - k : k;

			t[k] = t[k + KINDS] = (struct efi_configuration_table){
				guid[kind], (void *)place(kind),
			};
			t[k + KINDS].table = (void *)(place(kind) + 8);
		}
		assert_true(efi_tables(&draft, t, KINDS) == place(DTB));
		assert_true(draft.info.acpi_rsdp == place(0) && draft.info.smbios == place(2));
		assert_true(draft.info.efi_memattr == place(5) && draft.info.tpm_final == place(6));
		assert_true(efi_tables(&draft, t, 2 * KINDS) == place(DTB) + 8);
		assert_true(draft.info.acpi_rsdp == place(0) + 8);
	}
}

static void test_limits(void **state)
{
	struct efi_configuration_table *t = exact((EFI_TABLES_MAX + 1) * sizeof(*t));

	(void)state;
	memset(t, 0, (EFI_TABLES_MAX + 1) * sizeof(*t));
	t[EFI_TABLES_MAX - 1] = (struct efi_configuration_table){ guid[DTB], (void *)place(DTB) };
	t[EFI_TABLES_MAX] = (struct efi_configuration_table){ guid[0], (void *)place(0) };
	assert_true(efi_tables(&draft, t, UINT64_MAX) == place(DTB) && !draft.info.acpi_rsdp);
	assert_true(!efi_tables(&draft, t, EFI_TABLES_MAX - 1));
	assert_true(!efi_tables(&draft, (void *)((uint8_t *)t + 4), 1));
	assert_true(!efi_tables(&draft, NULL, 1));
	free(t);
}

/* 32-bit firmware's tables: all, as many as there is room for, none. */
static void test_narrow(void **state)
{
	struct efi32_configuration_table *t = exact(3 * sizeof(*t));
	struct efi_configuration_table *out = exact(2 * sizeof(*out));

	(void)state;
	for (uint32_t k = 0; k < 3; k++)
		t[k] = (struct efi32_configuration_table){ guid[k], 0xf0000000u + k };
	for (uint64_t n = 0; n <= 3; n++) {
		memset(out, 0, 2 * sizeof(*out));
		assert_true(efi32_tables(t, n, out, 2) == MIN(n, 2));
		for (uint64_t k = 0; k < 2; k++)
			assert_true((uint64_t)out[k].table == (k < n ? 0xf0000000u + k : 0));
		assert_memory_equal(&out[1].guid, n > 1 ? &guid[1] : &(struct efi_guid){ 0 },
				    sizeof(guid[1]));
	}
	assert_true(efi32_tables(NULL, 3, out, 2) == 0);
	free(out);
	free(t);
}

static void test_identity(void **state)
{
	const struct efi_system_table t = {
		.hdr = { .revision = 2 << 16 | 70 }, .firmware_revision = 0x12345678,
	};
	uint16_t *vendor = exact(sizeof(draft.vendor) * sizeof(*vendor));

	(void)state;
	memset(&draft, 0, sizeof(draft));
	efi_identity(&draft, &t, NULL);
	assert_int_equal(draft.vendor_len, 0);
	assert_true(draft.info.efi_systab == (uint64_t)&t);
	assert_int_equal(draft.info.efi_revision, 2 << 16 | 70);
	assert_int_equal(draft.info.firmware_revision, 0x12345678);
	assert_int_equal(draft_text(&draft), 3);	/* the room for texts: three NULs */
	efi_identity(&draft, &t, u"ab\u20ac");
	assert_int_equal(draft_text(&draft), 3 + 5);
	draft.cmdline_len = 100;
	draft.file_len = 1000;
	draft.named = 2;
	draft.files[0].name_len = 10000;
	assert_int_equal(draft_text(&draft), 3 + 5 + 100 + 1000 + 10001 + 1);
	assert_string_equal(draft.vendor, "ab\xe2\x82\xac");
	assert_int_equal(draft.vendor_len, 5);
	for (uint32_t i = 0; i < sizeof(draft.vendor); i++)	/* a name without a NUL */
		vendor[i] = 'v';
	efi_identity(&draft, &t, vendor);
	assert_int_equal(draft.vendor_len, sizeof(draft.vendor) - 1);
	assert_int_equal(strlen(draft.vendor), sizeof(draft.vendor) - 1);
	free(vendor);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guids), cmocka_unit_test(test_choice),
		cmocka_unit_test(test_limits), cmocka_unit_test(test_identity),
		cmocka_unit_test(test_narrow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

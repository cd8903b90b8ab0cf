/* SPDX-License-Identifier: MIT */
/* test_efivar.c - the command efivar: lists that end, end with an error, or never end. */
#include "tests/host/unit/said.h"
#include "kernel/monitor/cmd_efi.c"
#include "lib/efi_protocols.h"

static struct {
	uint32_t variables;		/* how many there are; their names are "A", "B", ... */
	efi_status_t end;		/* what comes after them */
	uint32_t listed, sets;
	const char *off;
} w;
static struct boot_info bi;
static struct kernel k = { .bi = &bi };

UNCALLED(efi_status_t, efi_get_time, struct efi_time *)
UNCALLED(void, date_from, uint64_t, struct date *)
UNCALLED(uint64_t, clock_now, void)
UNCALLED(uint64_t, arch_counter, void)

const char *efi_runtime_start(void)
{
	return w.off;
}

efi_status_t efi_variable_next(struct efi_variable *v)
{
	static const struct efi_variable first;

	if (!w.listed)			/* UEFI 2.10, 8.2: by an empty name */
		assert_memory_equal(v, &first, sizeof(first));
	if (w.listed == w.variables)
		return w.end;
	v->vendor = (struct efi_guid)EFI_GLOBAL_VARIABLE_GUID;
	v->name[0] = (uint16_t)('A' + w.listed++ % 3);
	v->name[1] = 0;
	return EFI_SUCCESS;
}

efi_status_t efi_variable_get(const struct efi_variable *v, uint32_t *attributes,
			      const void **data, uint64_t *size)
{
	*attributes = 7;
	*data = v;
	*size = 1;
	return v->name[0] == 'C' ? EFI_UNSUPPORTED : EFI_SUCCESS;
}

efi_status_t efi_variable_set(const struct efi_variable *v, uint32_t attributes, const void *data,
			      uint64_t size)
{
	assert_true(attributes == 7 && size == 1 && *(const char *)data == 'x' && v->name[0]);
	w.sets++;
	return EFI_SUCCESS;
}

bool monitor_error(const char *fmt, ...)
{
	va_list ap;

	console_print("error: ");
	va_start(ap, fmt);
	said_print(fmt, ap);
	va_end(ap);
	console_print("\n");
	return false;
}

bool monitor_stopped(void)
{
	return false;
}

void monitor_dump(const void *bytes, uint64_t size)
{
	console_print("%llu\n", LL(size + !bytes));
}

bool monitor_bytes(const char *word, uint8_t *out, uint32_t *size)
{
	*out = (uint8_t)*word;
	*size = 1;
	return true;
}

/* Run efivar with these words; whether it succeeded. `last`: the last line it must print. */
static bool efivar(uint32_t variables, efi_status_t end, const char *name, const char *value,
		   const char *last)
{
	char words[3][8] = { "efivar" }, *word[] = { words[0], words[1], words[2] };
	const uint32_t n = value ? 3 : name ? 2 : 1;
	bool ok;

	w.variables = variables;
	w.end = end;
	w.listed = w.sets = 0;
	snprintf(words[1], sizeof(words[1]), "%s", name ? name : "");
	snprintf(words[2], sizeof(words[2]), "%s", value ? value : "");
	said_clear();
	ok = command_efivar(&k, n, word);
	assert_true(said_size >= strlen(last));
	assert_string_equal(said + said_size - strlen(last), last);
	return ok;
}

static void test_ends(void **state)
{
	(void)state;
	assert_true(efivar(0, EFI_NOT_FOUND, NULL, NULL, ""));
	assert_true(efivar(2, EFI_NOT_FOUND, NULL, NULL,
			   "8be4df61-93ca-11d2-aa0d-00e098032b8c B NV BS RT 1\n"));
	assert_true(efivar(5, EFI_NOT_FOUND, "B", NULL, " B NV BS RT 1\n1\n"));
	assert_false(efivar(3, EFI_NOT_FOUND, NULL, NULL,
			    "error: GetVariable: status 0x8000000000000003\n"));
	assert_int_equal(w.listed, 3);
	assert_false(efivar(5, EFI_NOT_FOUND, "D", NULL, "error: there is no \"D\"\n"));
	assert_true(efivar(5, EFI_NOT_FOUND, "B", "x", "") && w.sets == 1);
	assert_true(efivar(5, EFI_NOT_FOUND, "D", "x", "") && w.sets == 1);
	w.off = "none";
	assert_false(efivar(0, EFI_UNSUPPORTED, NULL, NULL, "error: runtime services: none\n"));
	w.off = NULL;
}

static void test_no_end(void **state)
{
	static const char *const value[] = { NULL, "x" };
	static const char *const name[] = { NULL, "B", "D" };

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		assert_false(efivar(UINT32_MAX, 0, name[i], NULL,
				    "error: the list does not end\n"));
	assert_int_equal(w.listed, VARIABLES_MAX);
	for (uint32_t i = 0; i < 2; i++)
		assert_false(efivar(5, EFI_UNSUPPORTED, "D", value[i],
				    "error: GetNextVariableName: status 0x8000000000000003\n"));
	assert_false(efivar(UINT32_MAX, 0, "D", "x", "error: the list does not end\n"));
	assert_int_equal(w.sets, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends), cmocka_unit_test(test_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

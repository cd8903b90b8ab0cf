/* SPDX-License-Identifier: MIT */
/* test_efi.c - our EFI headers against gnu-efi's: two readings of one specification. */
#include "tests/host/unit/unit.h"
#include "lib/efi_protocols.h"

#define S(ours, theirs)			{ #ours, sizeof(struct ours) },
#define X(ours, m, theirs, member)	{ #ours "." #m, offsetof(struct ours, m) },
#define C(ours, theirs)			{ #ours, (unsigned long)(ours) },
#define G(ours, theirs)
static const struct {
	const char *name;
	unsigned long value;
} facts[] = {
#include "tests/host/unit/efi_layout.h"
};
#undef S
#undef X
#undef C
#undef G
#define S(ours, theirs)
#define X(ours, m, theirs, member)
#define C(ours, theirs)
#define G(ours, theirs)			{ #ours, ours },
static const struct {
	const char *name;
	struct efi_guid guid;
} guids[] = {
#include "tests/host/unit/efi_layout.h"
};

extern const unsigned long efi_theirs[];
extern const struct efi_guid efi_their_guids[];

static void test_facts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		if (facts[i].value != efi_theirs[i])
			fail_msg("%s is %#lx, not %#lx", facts[i].name, facts[i].value,
				 efi_theirs[i]);
}

static void test_guids(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(guids); i++)
		if (memcmp(&guids[i].guid, &efi_their_guids[i], sizeof(struct efi_guid)))
			fail_msg("%s differs", guids[i].name);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts), cmocka_unit_test(test_guids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

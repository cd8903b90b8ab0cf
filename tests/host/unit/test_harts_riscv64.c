/* SPDX-License-Identifier: MIT */
/*
 * test_harts_riscv64.c - which harts the MADT calls enabled, also in entries that end before what
 * the final specification added (QEMU 8): 20 bytes, up to the processor's UID.
 */
#include "tests/host/unit/unit.h"
#undef ARCH_IRQS
#define ARCH_IRQS 1020
#include "arch/riscv64/kernel/irq_limits.c"
#include "arch/riscv64/kernel/irq_madt.c"

#define FIRST	sizeof(struct madt)

/* Harts 4 to 6, of which 5 is disabled, in entries of `length` bytes, and no byte after them. */
static struct acpi_header *harts(uint8_t length)
{
	const uint32_t size = (uint32_t)FIRST + 3 * length;
	uint8_t *t = exact(size), *e = t + FIRST;

	memset(t, 0, size);
	memcpy(t + 4, &size, sizeof(size));
	for (uint8_t i = 0; i < 3; i++, e += length)
		e[0] = 0x18, e[1] = length, e[4] = i != 1, e[8] = 4 + i;
	return (struct acpi_header *)t;
}

static const struct acpi_header *given(void *cookie, uint32_t signature)
{
	(void)signature;
	return cookie;
}

static void test_lengths(void **state)
{
	struct irq_devices found;
	struct madt_walk w;
	uint64_t id, all;

	(void)state;
	for (uint8_t length = 19; length <= 36; length++) {
		struct machine m = { .cookie = harts(length), .table = given };

		madt_start(&w, m.cookie);
		for (all = 0; harts_madt(&w, &id);)
			all = 10 * all + id;
		assert_int_equal(all, length < 20 ? 0 : 46);
		assert_non_null(strstr(irq_madt(&m, 4, &found), length < 36 ?
				       "what interrupts the boot hart" : "no PLIC or APLIC"));
		free(m.cookie);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_lengths) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

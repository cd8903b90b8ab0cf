/* SPDX-License-Identifier: MIT */
/* test_gic_find.c - which of the MADT's entries are a GIC's registers that may be accessed. */
#include "tests/host/unit/unit.h"
#undef ARCH_IRQS
#define ARCH_IRQS	1020
#include "arch/aarch64/kernel/gic_find.c"

struct gic gic;

static struct {
	struct madt head;
	struct madt_gicd dist;
	struct madt_gicc cpu[3];
	struct madt_gicr redist;	/* not part of it */
} ACPI_PACKED table;

static const struct acpi_header *madt(void *cookie, uint32_t signature)
{
	(void)cookie;
	assert_int_equal(signature, MADT_SIGNATURE);
	return &table.head.header;
}

/* CPUs 0 to 2, of which those in the mask are enabled. */
static bool find(uint32_t enabled, bool three)
{
	gic = (struct gic){ 0 };
	memset(&table, 0, sizeof(table));
	table.head.header.length = offsetof(typeof(table), redist);
	table.dist = (struct madt_gicd){ .entry = { MADT_GICD, sizeof(table.dist) },
					 .address = 0x8000000, .version = three ? 3 : 2 };
	for (uint32_t i = 0; i < ARRAY_SIZE(table.cpu); i++)
		table.cpu[i] = (struct madt_gicc){
			.entry = { MADT_GICC, sizeof(*table.cpu) },
			.flags = enabled >> i & 1 ? MADT_ENABLED : 0, .mpidr = i,
			.address = three ? 0 : 0x8010000 + 0x10000 * i,
			.gicr = three ? 0x80a0000 + 0x100000ull * i : 0,
		};
	return gic_from_madt(&(struct machine){ .table = madt });
}

/* ACPI 6.5, 5.2.12.14: the contents of an entry that is not enabled must be ignored. */
static void test_disabled(void **state)
{
	(void)state;
	assert_true(find(7, true) && gic.v3 && gic.regions == 3 && gic.stride == GICR_PAIR);
	assert_true(find(5, true) && gic.regions == 2);
	assert_int_equal(gic.region[0].range.base, 0x80a0000);
	assert_int_equal(gic.region[1].range.base, 0x82a0000);
	assert_false(find(0, true));
	assert_true(find(6, false) && !gic.v3);
	assert_int_equal(gic.found_cpu.base, 0x8020000);
	assert_false(find(0, false));
}

/* 5.2.12.14: the CPUs' redistributors do not count if there is a list of them, nor does 0. */
static void test_redistributors(void **state)
{
	(void)state;
	assert_true(find(7, true));
	table.redist = (struct madt_gicr){ .entry = { MADT_GICR, sizeof(table.redist) },
					   .address = 0x9000000, .size = 8 * GICR_PAIR };
	table.head.header.length = sizeof(table);
	gic = (struct gic){ 0 };
	assert_true(gic_from_madt(&(struct machine){ .table = madt }));
	assert_true(gic.regions == 1 && gic.region[0].range.base == 0x9000000 && !gic.stride);
	table.cpu[1].gicr = 0;
	gic = (struct gic){ 0 };
	assert_true(gic_from_madt(&(struct machine){ .table = madt }));
	assert_true(gic.regions == 1 && !gic.stride);
	table.head.header.length = offsetof(typeof(table), redist);
	gic = (struct gic){ 0 };
	assert_true(gic_from_madt(&(struct machine){ .table = madt }));
	assert_true(gic.regions == 2 && gic.region[1].range.base == table.cpu[2].gicr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_disabled), cmocka_unit_test(test_redistributors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

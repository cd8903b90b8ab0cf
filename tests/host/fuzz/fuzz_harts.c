/* SPDX-License-Identifier: MIT */
/*
 * fuzz_harts.c - riscv64's RHCT and MADT: nothing beyond them is read, and an interrupt controller
 * that is found can be driven.
 *
 * Input: the boot hart's number, then for each table two bytes of size and what follows its length.
 */
#include "tests/host/fuzz/fuzz.h"
#undef ARCH_IRQS
#define ARCH_IRQS 1020
#include "arch/riscv64/boot/rhct.c"
#include "arch/riscv64/kernel/irq_limits.c"
#include "arch/riscv64/kernel/irq_madt.c"

#define HARTS_MAX	(4096 / 20)

static struct acpi_header *madt;

static struct acpi_header *table_put(uint64_t at, struct feed *f)
{
	const uint32_t size = (uint32_t)sizeof(struct acpi_header) + feed_number(f, 2) % 4096;
	struct acpi_header *h = world_put(at, size, f);

	h->length = size;
	return h;
}

static const struct acpi_header *given(void *cookie, uint32_t signature)
{
	(void)cookie;
	CHECK(signature == MADT_SIGNATURE);
	return madt;
}

static void check(const struct irq_devices *d)
{
	const uint32_t own = d->aplic ? APLIC_IDC + APLIC_IDC_SIZE * (d->place + 1) :
			     PLIC_OWN + PLIC_OWN_SIZE * (d->place + 1);

	CHECK(d->sources && d->sources < IRQ_OWN && !d->regs);
	CHECK(d->range.base && d->range.base % PAGE_SIZE == 0);
	CHECK(d->range.size >= (d->ids ? APLIC_IDC : own));
	CHECK(!d->ids || (d->aplic && d->ids <= 2047));
	CHECK(d->aplic ? d->place >> IMSIC_INDEX_BITS == 0 : d->place < PLIC_PLACES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct machine m = { .table = given };
	struct feed f = { data, size };
	const uint64_t id = feed_number(&f, 1);
	const struct acpi_header *rhct;
	struct irq_devices found;
	bool listed = false;
	struct madt_walk w;
	uint64_t next;
	uint32_t n = 0;

	world_clear();
	rhct = table_put(WORLD + 1, &f);
	madt = table_put(WORLD + 0x10000, &f);
	(void)rhct_hz(rhct);
	(void)rhct_harts_have(rhct, "svpbmt");
	madt_start(&w, madt);
	while (harts_madt(&w, &next)) {
		CHECK(++n <= HARTS_MAX);
		listed |= next == id;
	}
	if (!irq_madt(&m, id, &found)) {
		CHECK(listed);
		check(&found);
	}
	return 0;
}

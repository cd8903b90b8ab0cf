/* SPDX-License-Identifier: MIT */
/* test_pci_bars.c - base address registers, and their sizes when a function faults. */
#include "tests/host/unit/pci_world.h"

static void test_bars(void **state)
{
	struct pci_function f = { .header = { [4] = 0xfe00000c, 0x12, 0xc001, 0xfff00000, 0x8,
					      0xfd000004 } };
	struct pci_bar b;

	(void)state;
	assert_int_equal(pci_bar(&f, 0, &b), 2);
	assert_true(b.address == 0x12fe000000 && b.wide && b.prefetch && !b.io);
	assert_int_equal(pci_bar(&f, 2, &b), 1);
	assert_true(b.address == 0xc000 && b.io && !b.wide && !b.prefetch);
	assert_true(pci_bar(&f, 3, &b) == 1 && b.address == 0xfff00000 && !b.io && !b.prefetch);
	assert_true(pci_bar(&f, 5, &b) == 1 && b.address == 0xfd000000 && !b.wide);	/* no 6th */
	assert_int_equal(pci_bar(&f, 6, &b), 0);
	f.header[3] = PCI_TYPE_BRIDGE << 16;
	assert_int_equal(pci_bar(&f, 0, &b), 2);
	assert_int_equal(pci_bar(&f, 2, &b), 0);
	f.header[3] = 2 << 16;
	assert_int_equal(pci_bar(&f, 0, &b), 0);
}

static const uint32_t bars[6] = { 0xfe0f0000, 0xfffffff4, 0x12, 0xc021, 0, 0xfd000008 };
static struct pci_function sized;

static bool size_seen(const struct pci_function *f, void *cookie)
{
	(void)cookie;
	sized = *f;
	return true;
}

/* A world with one function, at 0:0.0, which has these BARs. Its header, also in before[]. */
static uint32_t *one_function(uint32_t before[16], struct pci_space *ports)
{
	uint32_t *h;

	world_new();
	h = put(AT(0, 0, 0), 0);
	h[1] = 0xf9000107;
	memcpy(h + 4, bars, sizeof(bars));
	memcpy(before, h, 16 * sizeof(*h));
	assert_true(pci_space_ports(ports));
	assert_true(ports->first == 0 && ports->last == 255);
	return h;
}

static void test_sizes(void **state)
{
	static const uint64_t want[6] = { 1 << 16, 16, 0, 32, 0, 1 << 24 };
	struct pci_visitor v = { .function = size_seen, .sizes = true };
	struct pci_space ports;
	uint32_t before[16], *h;
	struct pci_bar b;

	(void)state;
	h = one_function(before, &ports);
	writes = 0;
	assert_true(pci_scan(&ports, &v));
	assert_memory_equal(h, before, sizeof(before));
	assert_int_equal(writes, 2 + 2 * 6);
	for (uint32_t i = 0; i < 6; i++) {
		assert_int_equal(pci_bar(&sized, i, &b), i == 1 ? 2 : 1);
		assert_int_equal(b.size, want[i]);
		i += i == 1;
	}
	sized.mask[1] = 0;			/* 64 bits: more than 4 GiB */
	sized.mask[2] = 0xfffffff0;
	assert_true(pci_bar(&sized, 1, &b) && b.size == 0x1000000000 && b.address == 0x12fffffff0);
	h[3] = PCI_TYPE_BRIDGE << 16;		/* two BARs; the other words are not BARs */
	h[6] = before[6] = 0;
	writes = 0;
	assert_true(pci_scan(&ports, &v));
	assert_int_equal(writes, 2 + 2 * 2);
	h[3] = 0;
	writes = 0;
	v.sizes = false;
	assert_true(pci_scan(&ports, &v));
	assert_true(pci_bar(&sized, 0, &b) && !b.size);
}

/* A host bridge is left alone, and neither it nor any other has the sizes of one before. */
static void test_sizes_others(void **state)
{
	const struct pci_visitor v = { .function = size_seen, .sizes = true };
	struct pci_space ports;
	uint32_t before[16], *h, *other;
	struct pci_bar b;

	(void)state;
	h = one_function(before, &ports);
	h[2] = 0x06000000;
	writes = 0;
	assert_true(pci_scan(&ports, &v));
	assert_int_equal(writes, 0);
	assert_true(pci_bar(&sized, 0, &b) && !b.size);
	h[2] = 0;
	other = put(AT(0, 1, 0), 0);
	other[2] = 0x06000000;
	memcpy(other + 4, bars, sizeof(bars));
	assert_true(pci_scan(&ports, &v));
	assert_true(pci_bar(&sized, 0, &b) && !b.size);
	other[2] = 0;				/* two of them: each is as it was */
	writes = 0;
	assert_true(pci_scan(&ports, &v));
	assert_int_equal(writes, 2 * (2 + 2 * 6));
	assert_memory_equal(h + 4, before + 4, sizeof(bars));
	assert_memory_equal(other + 4, bars, sizeof(bars));
	other[0] = UINT32_MAX;
	h[2] = 0;				/* ECAM: here, all bits are kept */
	assert_true(pci_scan(&ecam, &v));
	assert_true(pci_bar(&sized, 0, &b) && b.size == 16);
	assert_memory_equal(h + 2, before + 2, sizeof(before) - 8);
}

/*
 * A function that stops answering for a moment, or for good: what was changed to size its BARs is
 * restored, except for the one word whose write faults; and no size is invented.
 */
static void test_sizes_fault(void **state)
{
	const struct pci_visitor v = { .function = size_seen, .sizes = true };
	const uint32_t first = PCI_HEADER + 1, bars_end = first + 1 + 2 * 6;
	struct pci_space ports;
	uint32_t before[16], *h;

	(void)state;
	h = one_function(before, &ports);
	ports.last = 0;
	for (uint32_t at = first; at < bars_end + 7; at++) {
		uint32_t wrong = 0;

		memcpy(h, before, sizeof(before));
		accesses = 0;
		fault_from = at;
		fault_to = at + 1;
		assert_true(pci_scan(&ports, &v));
		for (uint32_t i = 0; i < PCI_HEADER; i++)
			wrong += h[i] != before[i];
		assert_true(wrong <= (at >= bars_end));
		for (uint32_t i = 0; i < PCI_BARS; i++)
			assert_true(at >= bars_end || !sized.mask[i]);
	}
	fault_to = 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bars),
		cmocka_unit_test(test_sizes), cmocka_unit_test(test_sizes_others),
		cmocka_unit_test(test_sizes_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

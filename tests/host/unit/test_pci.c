/* SPDX-License-Identifier: MIT */
/* test_pci.c - the scan of PCI buses, by ECAM and by ports, and bridges that lie. */
#include "tests/host/unit/dtc.h"
#include "tests/host/unit/pci_world.h"

static void bridge(uint32_t at, uint32_t primary, uint32_t secondary, uint32_t subordinate)
{
	put(at, 1)[6] = primary | secondary << 8 | subordinate << 16;
}

#define VISITS	4096
static uint32_t visit[VISITS], visits, odds;
static char last_odd[64];

static bool seen(const struct pci_function *f, void *cookie)
{
	struct pci_bar bar;
	uint32_t n;

	(void)cookie;
	assert_true(visits < VISITS);
	visit[visits++] = AT(f->bus, f->device, f->function);
	assert_true(visits == 1 || visit[visits - 1] > visit[visits - 2]);
	for (uint32_t i = 0; (n = pci_bar(f, i, &bar)); i += n)
		assert_true(i + n <= PCI_BARS);
	return true;
}

static void odd(const struct pci_function *f, const char *what, void *cookie)
{
	(void)f, (void)cookie;
	odds++;
	snprintf(last_odd, sizeof(last_odd), "%s", what);
}

static bool scan(struct pci_space s)
{
	const struct pci_visitor v = { .function = seen, .odd = odd };
	bool whole;

	visits = odds = 0;
	last_odd[0] = 0;
	whole = pci_scan(&s, &v);
	assert_int_equal(mapped, 0);
	assert_int_equal(address, 0);		/* what reads other ports reads no device */
	return whole;
}

static void check_odd(const char *what)
{
	scan(ecam);
	assert_int_equal(odds, 1);
	assert_string_equal(last_odd, what);
}

static void test_buses(void **state)
{
	static const uint32_t want[] = {
		AT(0, 0, 0), AT(0, 1, 0), AT(0, 3, 0), AT(0, 3, 5), AT(1, 0, 0), AT(2, 31, 7),
		AT(64, 9, 0),
	};
	struct pci_space ports;

	(void)state;
	world_new();
	put(AT(0, 0, 0), 0);
	put(AT(0, 0, 7), 0);
	put(AT(0, 0, 1), 0);			/* nothing: function 0 says that it is alone */
	bridge(AT(0, 1, 0), 0, 1, 2);
	put(AT(0, 3, 0), 0x80);
	put(AT(0, 3, 5), 0);
	bridge(AT(1, 0, 0), 1, 2, 2);
	put(AT(2, 31, 0), 0x80)[0] = 0xffffffff;
	put(AT(2, 31, 7), 0);			/* nothing: there is no function 0 */
	put(AT(64, 9, 0), 0);
	assert_true(scan(ecam));
	assert_int_equal(odds, 0);
	assert_int_equal(visits, ARRAY_SIZE(want) - 1);
	put(AT(2, 31, 0), 0x80);
	no_ports = true;
	assert_false(pci_space_ports(&ports));
	no_ports = false;
	assert_true(pci_space_ports(&ports));
	assert_int_equal(address, 0);
	for (uint32_t turn = 0; turn < 2; turn++) {
		scan(turn ? ports : ecam);
		assert_int_equal(visits, ARRAY_SIZE(want) + 1);
		assert_memory_equal(visit, want, 5 * sizeof(*want));
		assert_memory_equal(visit + 6, want + 5, 2 * sizeof(*want));
	}
	faults_at = AT(0, 3, 0);		/* it is left out */
	scan(ecam);
	assert_int_equal(visits, ARRAY_SIZE(want) - 1);
	scan((struct pci_space){ .base = BASE, .first = 1, .last = 2 });
	assert_int_equal(visits, 3);
	refused = 2;
	scan(ecam);
	assert_string_equal(last_odd, "some buses cannot be mapped");
	assert_int_equal(odds, 1);
	refused = 1;				/* only bus 1: the buses behind it are visited */
	refused_to = 2;
	assert_true(scan(ecam));
	assert_int_equal(odds, 1);
	assert_int_equal(visits, ARRAY_SIZE(want) - 2);
}

static void test_lies(void **state)
{
	(void)state;
	world_new();
	bridge(AT(0, 0, 0), 0, 0, 0);
	check_odd("it has no bus number");
	bridge(AT(0, 0, 0), 0, 0, 9);
	check_odd("its bus numbers are out of order");
	bridge(AT(0, 0, 0), 0, 5, 4);
	check_odd("its bus numbers are out of order");
	bridge(AT(0, 0, 0), 0, 5, 5);
	bridge(AT(5, 0, 0), 5, 5, 5);
	check_odd("its bus numbers are out of order");
	assert_int_equal(visits, 2);
	bridge(AT(5, 0, 0), 5, 0, 5);
	check_odd("its bus numbers are out of order");
	bridge(AT(5, 0, 0), 5, 6, 6);
	bridge(AT(0, 1, 0), 0, 6, 6);
	check_odd("another bridge has the same bus");
	assert_int_equal(visits, 3);
	scan((struct pci_space){ .base = BASE, .last = 5 });
	assert_int_equal(odds, 2);
	assert_string_equal(last_odd, "its bus cannot be reached");
}

/* Whatever is in the headers, each function is visited once (seen() checks the order). */
static void test_noise(void **state)
{
	uint64_t s = 11;

	(void)state;
	world_new();
	for (uint32_t turn = 0; turn < 300; turn++) {
		for (uint32_t i = 0; i < 40; i++) {
			uint32_t *h = put(AT(rnd_below(&s, 9), rnd_below(&s, 4), rnd_below(&s, 8)),
					  rnd_below(&s, 4) | rnd_below(&s, 2) << 7);

			for (uint32_t k = 4; k < 10; k++)
				h[k] = rnd_below(&s, 16) << 8 | rnd_below(&s, 16) << 16 |
				       rnd_below(&s, 16);
		}
		assert_true(scan(ecam));
	}
}

static bool stop(const struct pci_function *f, void *cookie)
{
	(void)f, (void)cookie;
	visits++;
	return false;
}

static void test_stop(void **state)
{
	const struct pci_visitor v = { .function = stop };

	(void)state;
	world_new();
	put(AT(0, 0, 0), 0);
	put(AT(0, 1, 0), 0);
	visits = 0;
	assert_false(pci_scan(&ecam, &v));
	assert_int_equal(visits, 1);
	assert_int_equal(mapped, 0);
}

static void test_spaces(void **state)
{
	struct pci_space s;

	(void)state;
	for (uint32_t size = sizeof(struct acpi_header); size < 100; size++) {
		uint8_t *t = exact(size);
		uint32_t n = 0;

		memset(t, 1, size);
		((struct acpi_header *)t)->length = size;
		while (pci_space_mcfg((void *)t, n, &s)) {
			assert_true(s.base == 0x0101010101010101 && s.segment == 0x101);
			assert_true(s.first == 1 && s.last == 1 && !s.ports);
			n++;
		}
		assert_int_equal(n, size < 44 ? 0 : (size - 44) / 16);
		free(t);
	}
}

static void test_tree(void **state)
{
	static const char dts[] =
		"/ { #address-cells = <2>; #size-cells = <2>;"
		"  a { compatible = \"pci-host-ecam-generic\"; };"
		"  b { compatible = \"pci-host-ecam-generic\"; reg = <0 0x1000 0 0x1000>; };"
		"  c { compatible = \"x\", \"pci-host-ecam-generic\"; reg = <0x40 0 0 0x1000000>;"
		"      bus-range = <0 255>; linux,pci-domain = <7>; };"
		"  d { compatible = \"pci-host-ecam-generic\"; reg = <0 0x10000000 0 0x10000000>;"
		"      bus-range = <16 31>; };"
		"  e { compatible = \"pci-host-ecam-generic\";"
		"      reg = <0 0x20000000 0 0x10000000>; };"
		"  f { compatible = \"pci-host-ecam-generic\"; reg = <1 0 0 0x100000>;"
		"      bus-range = <300 300>; };"
		"  g { compatible = \"pci-host-ecam-generic\"; reg = <2 0 0 0x10000000>;"
		"      bus-range = <7>; };"
		"  h { compatible = \"pci-host-ecam-generic\"; reg = <3 0 0 0x20000000>; }; };";
	struct fdt_node n = { 0 };
	struct pci_space s;
	size_t size;
	void *blob = dtc(dts, &size);
	struct fdt f;

	(void)state;
	assert_int_equal(fdt_open(&f, blob, size), OK);
	assert_true(pci_space_tree(&f, &n, &s));
	assert_true(s.base == 0x4000000000 && s.first == 0 && s.last == 15 && s.segment == 7);
	assert_true(pci_space_tree(&f, &n, &s));
	assert_true(s.base == 0x0f000000 && s.first == 16 && s.last == 31 && s.segment == 0);
	assert_true(pci_space_tree(&f, &n, &s));
	assert_true(s.base == 0x20000000 && s.first == 0 && s.last == 255);
	assert_true(pci_space_tree(&f, &n, &s));
	assert_true(s.base == 0x100000000 - 255 * MIB && s.first == 255 && s.last == 255);
	assert_true(pci_space_tree(&f, &n, &s));		/* no range of buses */
	assert_true(s.base == 0x200000000 && s.first == 0 && s.last == 255);
	assert_true(pci_space_tree(&f, &n, &s));		/* more than all buses need */
	assert_true(s.base == 0x300000000 && s.first == 0 && s.last == 255);
	assert_false(pci_space_tree(&f, &n, &s));
	free(blob);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buses),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_spaces),
		cmocka_unit_test(test_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

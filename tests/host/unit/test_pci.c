/* SPDX-License-Identifier: MIT */
/* test_pci.c - the scan of PCI buses, by ECAM and by ports, and bridges that lie. */
#include "tests/host/unit/dtc.h"
#include "kernel/dev/pci.h"
#include "arch/map.h"
#include "lib/console/panic.h"

#define BASE	0xe0000000ull
#define BUS	(1u << 20)
#define AT(bus, device, function)	((uint32_t)(bus) << 20 | (device) << 15 | (function) << 12)

static uint8_t *world;			/* all of ECAM */
static uint32_t mapped, refused;	/* buses: mapped now; from here on none may be */
static uint32_t faults_at;		/* the access to this function faults; 0: none */
static uint32_t address;		/* CONFIG_ADDRESS */

void *window_map(uint64_t pa, uint64_t size, enum arch_perm perm)
{
	assert_int_equal(perm, ARCH_IO);
	assert_int_equal(size, BUS);
	if (refused && pa >= BASE + (uint64_t)refused * BUS)
		return NULL;
	mapped++;
	return world + (pa - BASE);
}

void window_unmap(const void *p)
{
	mapped -= p != NULL;
}

bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out)
{
	const struct {
		const void *ecam;
		struct pci_function *f;
	} *header = arg;
	const struct pci_function *f = header->f;

	(void)out;
	if (faults_at && AT(f->bus, f->device, f->function) == faults_at)
		return false;
	fn(arg);
	return true;
}

/* BARs keep some bits, and are written only while the function does not decode. */
static const uint32_t keeps[6] = { 0xffff0000, 0xfffffff0, 0xffffffff, 0xffe0, 0, 0xff000000 };
static uint32_t writes;

void arch_port_out32(uint16_t port, uint32_t value)
{
	const uint32_t devfn = address >> 8 & 0xff, word = (address & 0xff) / 4;
	uint32_t *header = (void *)(world + AT(address >> 16 & 0xff, devfn >> 3, devfn & 7));

	if (port == 0xcf8) {
		address = value;
		return;
	}
	assert_true(port == 0xcfc && address >> 31 && !(address & 3));
	writes++;
	if (word == 1) {
		assert_int_equal(value >> 16, 0);	/* status: ones clear it */
		header[1] = (header[1] & 0xffff0000) | value;
		return;
	}
	assert_true(word >= 4 && word < 10 && !(header[1] & 3));
	header[word] = (value & keeps[word - 4]) | (header[word] & ~keeps[word - 4] & 15);
}

uint32_t arch_port_in32(uint16_t port)
{
	const uint32_t bus = address >> 16 & 0xff, devfn = address >> 8 & 0xff;
	uint32_t value;

	if (port == 0xcf8)
		return address;
	assert_int_equal(port, 0xcfc);
	assert_true(address >> 31 && !(address & 3) && (address & 0xff) < 64);
	memcpy(&value, world + AT(bus, devfn >> 3, devfn & 7) + (address & 0xff), 4);
	return value;
}

static uint32_t *put(uint32_t at, uint32_t type)
{
	uint32_t *header = (void *)(world + at);

	memset(header, 0, 64);
	header[0] = 0x12340000u | (at >> 12 & 0x7fff);
	header[3] = type << 16;
	return header;
}

static void bridge(uint32_t at, uint32_t primary, uint32_t secondary, uint32_t subordinate)
{
	put(at, 1)[6] = primary | secondary << 8 | subordinate << 16;
}

static void world_new(void)
{
	free(world);
	world = malloc(256ull * BUS);
	assert_non_null(world);
	for (uint32_t i = 0; i < 1 << 16; i++)
		memset(world + i * 4096ull, 0xff, 64);
	refused = faults_at = 0;
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
	return whole;
}

static const struct pci_space ecam = { .base = BASE, .last = 255 };

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
	assert_true(pci_space_ports(&ports));
	for (uint32_t turn = 0; turn < 2; turn++) {
		scan(turn ? ports : ecam);
		assert_int_equal(visits, ARRAY_SIZE(want) + 1);
		assert_memory_equal(visit, want, 5 * sizeof(*want));
		assert_memory_equal(visit + 6, want + 5, 2 * sizeof(*want));
	}
	faults_at = AT(0, 3, 0);		/* and with it what is beside it */
	scan(ecam);
	assert_int_equal(visits, ARRAY_SIZE(want) - 1);
	scan((struct pci_space){ .base = BASE, .first = 1, .last = 2 });
	assert_int_equal(visits, 3);
	refused = 2;
	scan(ecam);
	assert_string_equal(last_odd, "its memory may not be mapped");
}

static void test_lies(void **state)
{
	(void)state;
	world_new();
	bridge(AT(0, 0, 0), 0, 0, 0);
	check_odd("no bus number was given to it");
	bridge(AT(0, 0, 0), 0, 0, 9);
	check_odd("its bus numbers do not ascend");
	bridge(AT(0, 0, 0), 0, 5, 4);
	check_odd("its bus numbers do not ascend");
	bridge(AT(0, 0, 0), 0, 5, 5);
	bridge(AT(5, 0, 0), 5, 5, 5);
	check_odd("its bus numbers do not ascend");
	assert_int_equal(visits, 2);
	bridge(AT(5, 0, 0), 5, 0, 5);
	check_odd("its bus numbers do not ascend");
	bridge(AT(5, 0, 0), 5, 6, 6);
	bridge(AT(0, 1, 0), 0, 6, 6);
	check_odd("another bridge leads to its bus");
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

static struct pci_function sized;

static bool size_seen(const struct pci_function *f, void *cookie)
{
	(void)cookie;
	sized = *f;
	return true;
}

static void test_sizes(void **state)
{
	static const uint64_t want[6] = { 1 << 16, 16, 0, 32, 0, 1 << 24 };
	struct pci_visitor v = { .function = size_seen, .sizes = true };
	static const uint32_t bars[6] = { 0xfe0f0000, 0xfffffff4, 0x12, 0xc021, 0, 0xfd000008 };
	struct pci_space ports;
	uint32_t before[16], *h;
	struct pci_bar b;

	(void)state;
	world_new();
	h = put(AT(0, 0, 0), 0);
	h[1] = 0xf9000107;
	memcpy(h + 4, bars, sizeof(bars));
	memcpy(before, h, sizeof(before));
	assert_true(pci_space_ports(&ports));
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
	h[3] = PCI_TYPE_BRIDGE << 16;		/* two BARs, the rest is something else */
	h[6] = before[6] = 0;
	writes = 0;
	assert_true(pci_scan(&ports, &v));
	assert_int_equal(writes, 2 + 2 * 2);
	h[3] = 0;
	writes = 0;
	v.sizes = false;
	assert_true(pci_scan(&ports, &v));
	assert_true(pci_bar(&sized, 0, &b) && !b.size);
	v.sizes = true;
	h[2] = 0x06000000;			/* a host bridge is left alone */
	assert_true(pci_scan(&ports, &v));
	assert_int_equal(writes, 0);
	h[2] = 0;				/* ECAM: here, all bits are kept */
	assert_true(pci_scan(&ecam, &v));
	assert_true(pci_bar(&sized, 0, &b) && b.size == 16);
	assert_memory_equal(h + 2, before + 2, sizeof(before) - 8);
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
		"      bus-range = <16 31>; }; };";
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
	assert_false(pci_space_tree(&f, &n, &s));
	free(blob);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buses),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_bars),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_spaces),
		cmocka_unit_test(test_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

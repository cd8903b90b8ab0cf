/* SPDX-License-Identifier: MIT */
/*
 * test_levels_riscv64.c - which modes a CPU has, and which is used. The test plays satp: it accepts
 * the modes of its CPU, and then the root table must map the running code at its own address.
 */
#include "tests/host/unit/unit.h"
#include "tests/host/unit/csr_fake.h"

static uint32_t has, tries;		/* the CPU's levels; how many values were written */
static uint64_t sstatus;
static bool typed;
static struct {			/* what SBI says of the hart; th.sxstatus */
	uint64_t vendor, arch, imp, status;
	bool read;		/* the register: other CPUs lack it */
} hart;

static uint64_t sstatus_read(void)
{
	return sstatus;
}

static uint64_t status_read(void)
{
	hart.read = true;
	return hart.status;
}

static bool fake_takes(uint64_t satp);

#undef csr_read
#undef csr_set
#undef csr_clear
#define csr_read(name)		csr_read_##name()
#define csr_read_TH_SXSTATUS()	status_read()
#define csr_read_satp()		csr_fake.satp
#define csr_read_sstatus()	sstatus_read()
#define csr_set(name, bits)	(name |= (bits))
#define csr_clear(name, bits)	(name &= ~(uint64_t)(bits))
#define satp_takes		fake_takes
#define SBI_H			/* its call is an instruction that no host has */
#define SBI_BASE	0x10
#define SBI_MVENDORID	4
#define SBI_MARCHID	5
#define SBI_MIMPID	6
struct sbi {
	int64_t error;
	uint64_t value;
};

static struct sbi sbi_call(uint64_t extension, uint64_t function, uint64_t a, uint64_t b,
			   uint64_t c, uint64_t d)
{
	assert_true(extension == 0x10 && !a && !b && !c && !d);
	assert_in_range(function, SBI_MVENDORID, SBI_MIMPID);
	return (struct sbi){ 0, function == SBI_MVENDORID ? hart.vendor :
			     function == SBI_MARCHID ? hart.arch : hart.imp };
}
#include "arch/riscv64/boot/levels.c"
#include "arch/riscv64/boot/state.c"

#define SIE	2ull

/* Privileged specification 4.3.2: a leaf in the root table, of all that this entry translates. */
static void check_root(const uint64_t *root, uint32_t levels)
{
	const uint32_t shift = 12 + 9 * (levels - 1);
	const uint64_t here = (uint64_t)modes_try, i = here >> shift & 511;

	assert_true(!((uint64_t)root & 4095));
	for (uint64_t k = i; k <= i + 1; k++) {
		assert_true((root[k] & 0x3ff) == (0x41 | 0xa));		/* V, R, X, A */
		assert_true(root[k] >> 60 == (thead_types ? 7 : 0));	/* C, B, SH */
		assert_true(root[k] << 4 >> 14 << 12 == ((here >> shift) + (k - i)) << shift);
	}
	for (uint32_t k = 0; k < 512; k++)	/* an earlier try's are readable, too */
		assert_true(!root[k] || (root[k] & 0x3ff) == 0x4b);
}

static bool fake_takes(uint64_t satp)
{
	const uint32_t levels = (uint32_t)(satp >> 60) - 5;

	assert_true(levels >= 3 && levels <= 5 && !(satp >> 44 & 0xffff));
	assert_false(sstatus & SIE);
	tries++;
	check_root((const uint64_t *)(satp << 20 >> 8), levels);
	return levels <= has;
}

/* The one more leaf is like the first, but for its type, and maps the byte that is asked for. */
bool probe_typed(uint64_t at, uint64_t satp)
{
	const uint64_t *root = (const uint64_t *)(satp << 20 >> 8);
	const uint64_t here = (uint64_t)image_start;
	const uint32_t levels = (uint32_t)(satp >> 60) - 5, shift = 12 + 9 * (levels - 1);
	uint32_t leaves = 0;

	assert_true(levels == levels_there && !((uint64_t)root & 4095));
	assert_true(root[here >> shift] == (here >> shift << shift >> 2 | 0x4b));
	assert_true(root[at >> shift] == (root[here >> shift] | 1ull << 61));
	assert_true(!((at ^ here) & ((1ull << shift) - 1)));
	for (uint32_t k = 0; k < 512; k++)
		leaves += !!root[k];
	assert_int_equal(leaves, 3);
	return typed;
}

static void fresh(uint32_t levels, uint64_t satp)
{
	has = levels, tries = 0, sstatus = SIE | 1ull << 13;
	csr_fake.satp = satp;
	levels_there = 0;
	memset(&hart, 0, sizeof(hart));
	arch_map_levels = 3, arch_map_reach = ARCH_REACH_MAX;
}

#define REACH39	(160 * GIB)

/* Whether there are page tables at all. */
static bool found(void)
{
	levels_find();
	return arch_levels_ok(1);
}

static void test_ask(void **state)
{
	(void)state;
	for (uint32_t n = 2; n <= 5; n++) {
		fresh(n, 0);
		assert_int_equal(found(), n >= 3);
		assert_int_equal(tries, n >= 3 ? 6 - n : 3);
		assert_int_equal(levels_there, n >= 3 ? n : 0);
		assert_true(sstatus == (SIE | 1ull << 13));
		assert_true(arch_map_reach == (n == 3 ? REACH39 : ARCH_REACH_MAX));
		(void)found();			/* once is enough */
		assert_int_equal(tries, n >= 3 ? 6 - n : 6);
		for (uint32_t k = 0; k <= 5; k++)
			assert_int_equal(arch_levels_ok(k), k <= levels_there);
	}
	fresh(5, 10ull << 60 | 0x80200);	/* firmware uses the largest mode */
	assert_true(found());
	assert_true(!tries && levels_there == 5 && arch_map_reach == ARCH_REACH_MAX);
	fresh(4, 8ull << 60 | 0x80200);		/* or a smaller one */
	assert_true(found());
	assert_true(tries == 2 && levels_there == 4);
	sstatus = 0;				/* interrupts stay off */
	levels_there = 0;
	assert_true(found());
	assert_true(sstatus == 0);
}

/* Only those of T-Head's that have no other ids, and then only if M-mode has turned it on. */
static void test_thead_Q117(void **state)
{
	static const struct {
		uint64_t vendor, arch, imp, status;
		bool read, want;
	} t[] = {
		{ 0x5b7, 0, 0, 1 << 21, true, true }, { 0x5b7, 0, 0, ~0ull, true, true },
		{ 0x5b7, 0, 0, ~(1ull << 21), true, false },
		{ 0x5b7, 1, 0, ~0ull, false, false }, { 0x5b7, 0, 1, ~0ull, false, false },
		{ 0x5b7, 1ull << 63, 0, ~0ull, false, false },
		{ 0x5b6, 0, 0, ~0ull, false, false }, { 0, 0, 0, ~0ull, false, false },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		fresh(3, 0);
		hart.vendor = t[i].vendor, hart.arch = t[i].arch;
		hart.imp = t[i].imp, hart.status = t[i].status;
		assert_true(found());
		assert_int_equal(tries, 3);
		assert_int_equal(hart.read, t[i].read);
		assert_int_equal(thead_types, t[i].want);
		hart.status = 0;			/* asked once */
		assert_true(found());
		assert_int_equal(thead_types, t[i].want);
	}
	thead_types = false;
}

static void test_types(void **state)
{
	(void)state;
	for (uint32_t n = 2; n <= 5; n++) {
		fresh(n, 0);
		(void)found();
		typed = true;
		assert_int_equal(levels_types(), n >= 3);
		typed = false;
		assert_false(levels_types());
	}
}

static void test_choice(void **state)
{
	static const struct {
		uint32_t has, least;
		uint64_t top;
		uint32_t want, flag;
	} t[] = {
		{ 3, 0, 4 * GIB, 3, 0 }, { 3, 0, REACH39 + 1, 3, 0 }, { 3, 3, ~0ull, 3, 0 },
		{ 4, 0, REACH39, 3, 0 }, { 4, 0, REACH39 + 1, 4, BOOT_CPU_SV48 },
		{ 4, 4, GIB, 4, BOOT_CPU_SV48 }, { 4, 3, 512 * GIB, 4, BOOT_CPU_SV48 },
		{ 5, 0, REACH39, 3, 0 }, { 5, 3, GIB, 3, 0 },
		{ 5, 0, REACH39 + 1, 4, BOOT_CPU_SV48 }, { 5, 5, GIB, 5, BOOT_CPU_SV57 },
		{ 5, 4, ARCH_REACH_MAX, 4, BOOT_CPU_SV48 },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		fresh(t[i].has, 0);
		assert_true(found());
		assert_true(arch_levels_ok(t[i].least));
		assert_int_equal(arch_levels_for(t[i].least, t[i].top), t[i].flag);
		assert_int_equal(arch_map_levels, t[i].want);
		assert_true(arch_map_reach == (t[i].want == 3 ? REACH39 : ARCH_REACH_MAX));
	}
}

/* Modes and halves as the specification numbers them. */
static void test_numbers(void **state)
{
	(void)state;
	assert_true(satp_of(0x80200000, 3) == (8ull << 60 | 0x80200));
	assert_true(satp_of(0x80200000, 4) == (9ull << 60 | 0x80200));
	assert_true(satp_of(0x80200000, 5) == (10ull << 60 | 0x80200));
	assert_true(0 - LEVELS_SPAN(3) / 2 == 0xffffffc000000000);
	assert_true(0 - LEVELS_SPAN(4) / 2 == 0xffff800000000000);
	assert_true(0 - LEVELS_SPAN(5) / 2 == 0xff00000000000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ask), cmocka_unit_test(test_thead_Q117),
		cmocka_unit_test(test_types), cmocka_unit_test(test_choice),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * test_drop.c - from EL2 to EL1: which registers are written on which CPU, and what they then let
 * EL1 do. Bits are those that Linux's Documentation/arch/arm64/booting.rst names.
 */
#include "tests/host/unit/unit.h"
#include <string.h>
#include "arch/jump.h"
#include "arch/boot.h"
#include "arch/aarch64/boot/sysreg.h"

#define REGS	64

/* EL2's registers: what the CPU has and says, and what was written. */
static struct {
	const char *name;
	uint64_t value;
} reg[REGS];
static uint32_t regs;

static uint64_t *find(const char *name)
{
	for (uint32_t i = 0; i < regs; i++)
		if (!strcmp(reg[i].name, name))
			return &reg[i].value;
	return NULL;
}

static uint64_t get(const char *name)
{
	const uint64_t *v = find(name);

	return v ? *v : 0;
}

static void put(const char *name, uint64_t value)
{
	if (!find(name)) {
		assert_true(regs < REGS);
		reg[regs++].name = name;
	}
	*find(name) = value;
}

#undef sysreg_read_as
#undef sysreg_write_as
#undef sysreg_clear_as
#define sysreg_read_as(name)		get(#name)
#define sysreg_write_as(name, value)	put(#name, value)
#define sysreg_clear_as(name)		put(#name, 0)
#define __asm__
#define volatile(...)	((void)0)
#define arch_level	own_level
#define arch_clean	own_clean

static void own_clean(uint64_t base, uint64_t size)
{
	assert_true(base && size);
}

#include "arch/aarch64/boot/drop.c"

char trap_vectors[TRAP_VECTORS];
static bool e2h;

uint32_t cpu_level(void)
{
	return 2;
}

bool cpu_e2h(void)
{
	return e2h;
}

/* A CPU with these features, on which everything was trapped before. */
static void cpu(uint64_t fgt, uint64_t hcx, uint64_t sme)
{
	regs = 0;
	put("id_aa64mmfr0_el1", fgt << 56);
	put("id_aa64mmfr1_el1", hcx << 40);
	put("id_aa64pfr1_el1", sme << 24);
	drop_into(0x80000000);
}

static void drop(void)
{
	const struct jump_plan plan = { 0 };

	drop_prepare(&plan);
}

/* Registers as op0, op1, CRn, CRm, op2: Arm ARM D19.2. */
#define HFGRTR		"s3_4_c1_c1_4"
#define HFGWTR		"s3_4_c1_c1_5"
#define HFGITR		"s3_4_c1_c1_6"
#define HDFGRTR		"s3_4_c3_c1_4"
#define HDFGWTR		"s3_4_c3_c1_5"
#define HFGRTR2		"s3_4_c3_c1_2"
#define HFGWTR2		"s3_4_c3_c1_3"
#define HFGITR2		"s3_4_c3_c1_7"
#define HDFGRTR2	"s3_4_c3_c1_0"
#define HDFGWTR2	"s3_4_c3_c1_1"
#define HCRX		"s3_4_c1_c2_2"
#define SMCR		"s3_4_c1_c2_6"
#define HAFGRTR		"s3_4_c3_c1_6"
#define ICC_SRE		"s3_4_c12_c9_5"
#define ICH_HCR		"s3_4_c12_c11_0"
#define ZCR		"s3_4_c1_c2_0"

static void test_fine_traps(void **state)
{
	static const struct { const char *name; uint64_t set; uint32_t since; } all[] = {
		/* GCS, SMPRI_EL1, TPIDR2_EL0, PIRE0_EL1, PIR_EL1, POR_EL0, POR_EL1 */
		{ HFGRTR, 0x1fc0ull << 48 | 3ull << 52, 1 },
		{ HFGWTR, 0x1fc0ull << 48 | 3ull << 52, 1 },
		{ HFGITR, 7ull << 57, 1 },			/* GCS */
		{ HDFGRTR, 1ull << 62 | 7ull << 59, 1 },	/* PMSNEVFR_EL1, BRBE */
		{ HDFGWTR, 1ull << 62 | 3ull << 60, 1 },
		{ HFGRTR2, 1, 2 }, { HFGWTR2, 1, 2 },		/* PFAR_EL1 */
		{ HFGITR2, 2, 2 },				/* DC CIVAPS, not TSB CSYNC */
		{ HDFGRTR2, 0x3c, 2 },				/* PMUv3p9, MDSELR_EL1 */
		{ HDFGWTR2, 0x3c | 1ull << 21, 2 },		/* and PMZR_EL0 */
	};

	(void)state;
	for (uint32_t fgt = 0; fgt <= 3; fgt++) {
		cpu(fgt, 0, 0);
		drop();
		for (uint32_t i = 0; i < ARRAY_SIZE(all); i++) {
			const uint64_t *v = find(all[i].name);

			/* without the feature an access is undefined */
			assert_int_equal(v != NULL, fgt >= all[i].since);
			if (v)
				assert_int_equal(*v & all[i].set, all[i].set);
		}
		if (fgt)	/* what traps where a bit is 1 does not */
			assert_true(!(get(HFGRTR) << 14) && !(get(HFGITR) << 9) &&
				    !(get(HFGITR) >> 60) && !(get(HDFGRTR) << 5) &&
				    !(get(HDFGRTR) >> 63) && !(get(HFGITR2) & 1));
	}
}

/* arch_jump at EL1 writes TCR2_EL1, SCTLR2_EL1; FEAT_MOPS and guarded stacks are left to EL1. */
static void test_enables(void **state)
{
	(void)state;
	for (uint32_t with = 0; with < 2; with++) {
		e2h = with;
		cpu(0, with, with);
		drop();
		assert_int_equal(find(HCRX) != NULL, with);
		assert_int_equal(get(HCRX), with ? 0x40c800 : 0);
		assert_int_equal(find(SMCR) != NULL, with);
		assert_int_equal(get(SMCR), with ? 0xc000000f : 0);
		assert_int_equal(get("hcr_el2"), 1ull << 31 | 3ull << 40 | 1ull << 56 |
			(with ? 1ull << 34 : 0));
		assert_int_equal(get("vbar_el2"), 0x80000000 + image_offset(trap_vectors));
	}
}

/* What ID_AA64PFR0_EL1 and ID_AA64DFR0_EL1 say; without the feature an access is undefined. */
static void test_features(void **state)
{
	static const struct { const char *name; uint32_t shift; uint64_t value; } all[] = {
		{ HAFGRTR, 44, 0 }, { ICC_SRE, 24, 9 }, { ICH_HCR, 24, 0 }, { ZCR, 32, 0xf },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(all); i++)
		for (uint64_t pmu = 0; pmu < 16; pmu++) {
			e2h = pmu & 1;
			cpu(1, 0, 0);
			put("id_aa64pfr0_el1", 1ull << all[i].shift);
			put("id_aa64dfr0_el1", pmu << 8);
			put("pmcr_el0", 6 << 11);
			drop();
			for (uint32_t k = 0; k < ARRAY_SIZE(all); k++) {
				assert_int_equal(find(all[k].name) != NULL,
						 all[k].shift == all[i].shift);
				if (find(all[k].name))
					assert_int_equal(get(all[k].name), all[k].value);
			}
			assert_int_equal(get("mdcr_el2"), pmu && pmu < 15 ? 6 : 0);
			assert_int_equal(get("cptr_el2") >> (e2h ? 16 : 8) & 1,
					 e2h == (all[i].shift == 32));
		}
}

/* EL1's registers have other names at EL2 with E2H; each gets its value. */
static void test_el1(void **state)
{
	static const struct { const char *name[2]; uint64_t value; } all[] = {
		{ { "SCTLR_EL1", "s3_5_c1_c0_0" }, 0x11 }, { { "TCR_EL1", "s3_5_c2_c0_2" }, 0x22 },
		{ { "MAIR_EL1", "s3_5_c10_c2_0" }, 0x33 },
		{ { "TTBR0_EL1", "s3_5_c2_c0_0" }, 0x5000 },
		{ { "TTBR1_EL1", "s3_5_c2_c0_1" }, 0x5000 },
		{ { "VBAR_EL1", "s3_5_c12_c0_0" }, 0x6000 },
		{ { "CPACR_EL1", "s3_5_c1_c0_2" }, 3 << 20 },
	};
	const struct jump_plan plan = { .root = 0x5000, .vectors = 0x6000,
					.ctl = { 0x11, 0x22, 0x33 } };

	(void)state;
	for (uint32_t with = 0; with < 2; with++) {
		e2h = with;
		cpu(0, 0, 0);
		drop_prepare(&plan);
		for (uint32_t i = 0; i < ARRAY_SIZE(all); i++) {
			assert_non_null(find(all[i].name[with]));
			assert_null(find(all[i].name[!with]));
			assert_int_equal(get(all[i].name[with]), all[i].value);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fine_traps), cmocka_unit_test(test_enables),
		cmocka_unit_test(test_features), cmocka_unit_test(test_el1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * test_gic.c - GICs that answer, that are not there (all bits read as zeros, or as ones) and that
 * never complete a write.
 */
#include "tests/host/unit/gic_world.h"

/* The same calls for a GIC that works and for one with this frame absent. */
static void absent(uint32_t i, bool three, const char *want)
{
	machine(three);
	assert_null(begin());
	assert_null(arch_irq_doubt());
	for (uint32_t ones = 0; ones < 2; ones++) {
		const char *why;

		machine(three);
		frame[i].absent = true;
		frame[i].bits = ones ? UINT32_MAX : 0;
		why = begin();
		assert_non_null(why);
		assert_string_equal(why, want);
	}
}

static void test_absent(void **state)
{
	(void)state;
	absent(0, true, "the GICv3 does not answer");
	absent(3, true, "the GICv3 has no redistributor for this CPU");
	machine(true);
	cpu.id = 0;			/* zeros are this CPU's affinity */
	frame[1].absent = true;
	assert_string_equal(begin(), "the GICv3 has no redistributor for this CPU");
	absent(0, false, "the GICv2 does not answer");
	absent(1, false, "the CPU's part of the GICv2 does not answer");
	machine(true);
	stale = true;
	assert_string_equal(begin(), "the GICv3 has no redistributor for this CPU");
	stale = false;
}

static void test_refused(void **state)
{
	static const char *const want[2][2] = {
		{ "the registers of the GICv2 cannot be mapped",
		  "the registers of the GICv2 cannot be mapped" },
		{ "the registers of the GICv3 cannot be mapped",
		  "the GICv3 has no redistributor for this CPU" },
	};

	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		machine(i / 2);
		refused = i % 2 ? REDIST : DIST;
		assert_string_equal(begin(), want[i / 2][i % 2]);
		assert_int_equal(arch_irq_doubt() != NULL, i == 3);
	}
	refused = 0;
	machine(true);
	reg.id_aa64pfr0_el1 = 0xf << 20;
	assert_string_equal(begin(), "this CPU cannot use the GICv3");
	for (uint32_t i = 0; i < 2; i++) {
		machine(true);
		lost_ctlr = i ? GICD_CTLR_ARE : GICD_CTLR_GRP1;
		assert_string_equal(begin(), "the GICv3 has no affinity routing");
	}
	machine(false);
	lost_ctlr = GICD_CTLR_GRP0;
	assert_string_equal(begin(), "the GICv2 does not answer");
	machine(true);
	lost.ICC_SRE_EL1 = 1;
	assert_string_equal(begin(), "access to the GICv3's system registers is denied");
}

/* What this CPU takes, and ends; at EL2 interrupts come there, and its registers are enabled. */
static void test_take(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		machine(i / 2);
		level = 1 + i % 2;
		reg.hcr_el2 = 1ull << 31;
		assert_null(begin());
		assert_int_equal(reg.hcr_el2, 1ull << 31 | (level == 2 ? 1 << 4 | 1 << 3 : 0));
		assert_int_equal(reg.ICC_SRE_EL1, 6 | v3);
		assert_int_equal(reg.ICC_SRE_EL2, 6 | (v3 && level == 2 ? 9 : 0));
		*word(1, GICC_IAR) = 1 << 10 | 33;
		reg.ICC_IAR1_EL1 = 44;
		assert_int_equal(arch_irq_ack(0), v3 ? 44 : 1 << 10 | 33);
		reg.ICC_EOIR1_EL1 = 0;
		for (uint32_t other = 1024; v3 && other < 1 << 24; other += 1024 + 16) {
			reg.ICC_IAR1_EL1 = other;	/* its low bits may be a known number */
			assert_int_equal(arch_irq_ack(0), 1023);
			assert_int_equal(reg.ICC_EOIR1_EL1, other);
		}
		arch_irq_eoi(55);
		assert_int_equal(v3 ? reg.ICC_EOIR1_EL1 : *word(1, 0x10), 55);
	}
}

/* A GICv4's redistributors have two more frames; an affinity has four bytes. */
static void test_redistributor(void **state)
{
	(void)state;
	machine(true);
	each = 4;
	*word(1, GICR_TYPER) = GICR_TYPER_VLPIS;
	*word(3, GICR_TYPER_AFFINITY) = *word(4, GICR_TYPER_AFFINITY) = 1;
	*word(3, GICR_TYPER) = 0;
	*word(5, GICR_TYPER) = GICR_TYPER_VLPIS | GICR_TYPER_LAST;
	*word(5, GICR_TYPER_AFFINITY) = 1;
	*word(5, GICD_PIDR2) = 0x4b;
	*word(5, GICR_WAKER) = GICR_WAKER_SLEEP;
	assert_null(begin());
	assert_int_equal(*word(5, GICR_WAKER), 0);
	assert_ptr_equal(cpu.irq_local, word(6, 0));
	machine(true);
	cpu.id = 0x0400000000 | 1u << 31 | 0x030201;
	assert_non_null(begin());
	*word(3, GICR_TYPER_AFFINITY) = 0x04030201;
	assert_null(begin());
	assert_ptr_equal(cpu.irq_local, word(4, 0));
}

/* A CPU's part of a GICv3: earlier active priorities are cleared only in registers that exist. */
static void test_cpu_v3(void **state)
{
	(void)state;
	for (uint32_t bits = 4; bits <= 7; bits++) {
		machine(true);
		reg.ICC_CTLR_EL1 = (bits - 1) << 8 | 2;		/* EOImode 1 */
		reg.ICC_BPR1_EL1 = 7;
		reg.ICC_AP1R0_EL1 = reg.ICC_AP1R1_EL1 = 5;
		reg.ICC_AP1R2_EL1 = reg.ICC_AP1R3_EL1 = 5;
		assert_null(begin());
		assert_int_equal(reg.ICC_AP1R0_EL1, 0);
		assert_int_equal(reg.ICC_AP1R1_EL1, bits >= 6 ? 0 : 5);
		assert_int_equal(reg.ICC_AP1R2_EL1, bits >= 7 ? 0 : 5);
		assert_int_equal(reg.ICC_AP1R3_EL1, bits >= 7 ? 0 : 5);
		assert_true(!reg.ICC_CTLR_EL1 && !reg.ICC_BPR1_EL1);
		assert_int_equal(reg.ICC_PMR_EL1, ICC_PMR_ALL);
		assert_int_equal(reg.ICC_IGRPEN1_EL1, 1);
		for (uint32_t k = 0; k < GIC_OWN; k += 4)
			assert_int_equal(*word(4, GICD_IPRIORITYR + k), GIC_PRIORITY);
		assert_int_equal(*word(4, GICD_IPRIORITYR + GIC_OWN), 0);
		for (uint32_t k = 0; k < ARCH_IPIS; k++)
			assert_true(*word(4, GICD_ISENABLER) >> arch_irq_of_ipi(k) & 1);
		assert_int_equal(*word(4, GICD_ISENABLER), ((1 << ARCH_IPIS) - 1) << 1);
		assert_null(arch_irq_doubt());
		machine(true);
		reg.ICC_RPR_EL1 = 0xa0;
		assert_null(begin());
		assert_string_equal(arch_irq_doubt(), "an earlier interrupt stays active");
	}
}

/* How a CPU's part of a GICv2 is set up, whatever was there; where its target bit is read. */
static void test_cpu_v2(void **state)
{
	(void)state;
	for (uint32_t i = 0; i <= GIC_OWN; i++) {
		machine(false);
		((uint8_t *)word(0, GICD_ITARGETSR))[i] = 0x40;
		for (uint32_t k = 0; k <= GICC_APRS; k++)
			*word(1, GICC_APR + 4 * k) = UINT32_MAX;
		*word(1, GICC_BPR) = 7;
		*word(1, GICC_CTLR) = 0x3ff;
		assert_null(begin());
		assert_int_equal(cpu.irq_local, i < GIC_OWN ? 0x40 : 1);
	}
	for (uint32_t k = 0; k < GICC_APRS; k++)
		assert_int_equal(*word(1, GICC_APR + 4 * k), 0);
	assert_int_equal(*word(1, GICC_APR + 4 * GICC_APRS), UINT32_MAX);
	assert_int_equal(*word(1, GICC_BPR), 0);
	assert_int_equal(*word(1, GICC_CTLR), 0x1e1);	/* the board's bypass bits */
	for (uint32_t k = 0; k < GIC_OWN; k += 4)
		assert_int_equal(*word(0, GICD_IPRIORITYR + k), GIC_PRIORITY);
	assert_int_equal(*word(0, GICD_IPRIORITYR + GIC_OWN), 0);
	for (uint32_t k = 0; k < GIC_SGIS; k += 4)
		assert_int_equal(*word(0, GICD_CPENDSGIR + k), UINT32_MAX);
	assert_int_equal(*word(0, GICD_CPENDSGIR + GIC_SGIS), 0);
	for (uint32_t k = 0; k < ARCH_IPIS; k++)
		assert_true(*word(0, GICD_ISENABLER) >> arch_irq_of_ipi(k) & 1);
	assert_int_equal(*word(1, GICC_PMR), GICC_PMR_ALL);
}

/* The earlier state of every existing interrupt is cleared, and of no other. */
static void test_forgotten(void **state)
{
	static const uint32_t cleared[] = { GICD_ICPENDR, GICD_ICACTIVER };

	(void)state;
	for (uint32_t three = 0; three < 2; three++) {
		machine(three);
		for (uint32_t k = 0; k <= LINES; k++)
			for (uint32_t frame = 0; frame < 5; frame += 4) {
				*word(frame, GICD_ISENABLER + 4 * k) = 0xf0f0;
				*word(frame, GICD_IGROUPR + 4 * k) = 0x1234;
				*word(frame, GICD_IGRPMODR + 4 * k) = 0x1234;
			}
		assert_null(begin());
		for (uint32_t k = 0; k <= LINES; k++) {
			const uint32_t frame = three && !k ? 4 : 0;
			const bool there = k < LINES;

			for (uint32_t i = 0; i < ARRAY_SIZE(cleared); i++)
				assert_int_equal(*word(frame, cleared[i] + 4 * k),
						 there ? UINT32_MAX : 0);
			if (k)
				assert_int_equal(*word(frame, GICD_ISENABLER + 4 * k),
						 there ? 0 : 0xf0f0);
			assert_int_equal(*word(frame, GICD_IGROUPR + 4 * k),
					 !there ? 0x1234 : three ? UINT32_MAX : 0);
			assert_int_equal(*word(frame, GICD_IGRPMODR + 4 * k),
					 there && three ? 0 : 0x1234);
		}
		if (three)			/* one line is all that an SGI frame has */
			assert_int_equal(*word(4, GICD_IGROUPR + 4), 0x1234);
	}
}

/* Extended interrupts are masked, as many as there are; PPInum has reserved values. */
static void test_extended(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < 32; n++)
		for (uint32_t espi = 0; espi < 2; espi++) {
			const uint32_t espis = espi ? n + 1 : 0, ppis = n <= 2 ? n : 0;

			machine(true);
			*word(0, GICD_TYPER) |= n << 27 | espi << 8;
			*word(3, GICR_TYPER) |= n << 27;
			for (uint32_t k = 1; k <= 3; k++)
				*word(4, GICD_ISENABLER + 4 * k) = 0xf0f0;
			assert_null(begin());
			for (uint32_t k = 0; k <= 32; k++)
				assert_int_equal(*word(0, 0x1400 + 4 * k),
						 k < espis ? UINT32_MAX : 0);
			for (uint32_t k = 1; k <= 3; k++)
				assert_int_equal(*word(4, GICD_ISENABLER + 4 * k),
						 k <= ppis ? 0 : 0xf0f0);
		}
}

/* Interrupts that were acknowledged before us and never ended are ended, each by its number. */
static void test_active(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 32 * LINES; i++) {
		machine(false);
		*word(0, GICD_ISACTIVER + i / 32 * 4) = 1u << i % 32;
		*word(1, GICC_EOIR) = UINT32_MAX;
		assert_null(begin());
		assert_int_equal(*word(1, GICC_EOIR), i);
		assert_null(arch_irq_doubt());
	}
	machine(false);
	*word(0, GICD_ISACTIVER + 4 * LINES) = 1;
	*word(1, GICC_RPR) = GIC_PRIORITY & 0xff;
	*word(1, GICC_EOIR) = 5000;
	assert_null(begin());
	assert_int_equal(*word(1, GICC_EOIR), 5000);
	assert_string_equal(arch_irq_doubt(), "an earlier interrupt stays active");
}

static void test_unsettled(void **state)
{
	(void)state;
	machine(true);
	NEVER(0, GICD_CTLR, GICD_CTLR_RWP);
	assert_string_equal(begin(), "the GICv3 does not answer");
	machine(true);
	NEVER(3, GICR_CTLR, GICR_CTLR_RWP);
	assert_string_equal(begin(), "the CPU's redistributor does not answer");
	machine(true);
	NEVER(3, GICR_WAKER, GICR_WAKER_ASLEEP);
	assert_string_equal(begin(), "the CPU's redistributor does not answer");
	assert_true(reads < 2 * GIC_POLLS);
	machine(true);
	NEVER(3, GICR_CTLR, GICR_CTLR_LPIS);
	assert_null(begin());
	assert_string_equal(arch_irq_doubt(), "LPIs cannot be turned off");
}

/* Each is masked in the right register; a frame that never completes is awaited once, and named. */
static void test_disable(void **state)
{
	static const uint32_t numbers[] = { 27, 31, 32, 40, 96 };

	(void)state;
	for (uint32_t n = 0; n < 2 * ARRAY_SIZE(numbers); n++) {
		const uint32_t number = numbers[n / 2], at = GICD_ISENABLER + number / 32 * 4;
		const uint32_t own = n % 2 ? 4 : 0;		/* a GICv3's SGI frame */
		const uint32_t *enabled = word(number < GIC_OWN ? own : 0, at);

		machine(n % 2);
		assert_null(begin());
		arch_irq_enable(number);
		assert_true(*enabled >> number % 32 & 1);
		assert_int_equal(((uint8_t *)word(number < GIC_OWN ? own : 0,
						  GICD_IPRIORITYR))[number], 0xa0);
		if (number >= GIC_OWN && v3)
			assert_int_equal(*word(0, GICD_IROUTER + 8 * number), cpu.id);
		if (number >= GIC_OWN && !v3)
			assert_int_equal(((uint8_t *)word(0, GICD_ITARGETSR))[number],
					 cpu.irq_local);
		reads = 0;
		arch_irq_disable(number);
		assert_false(*enabled >> number % 32 & 1);
		assert_in_range(reads, 1, 2);
		enabled = word(0, GICD_ISENABLER + 4 * LINES);	/* there are none */
		arch_irq_enable(32 * LINES);
		assert_int_equal(*enabled, 0);
		*word(0, GICD_ISENABLER + 4 * LINES) = 1;
		arch_irq_disable(32 * LINES);
		assert_int_equal(*enabled, 1);
		assert_int_equal(warned, 0);
	}
	NEVER(3, GICR_CTLR, GICR_CTLR_RWP);
	arch_irq_disable(32);
	arch_irq_disable(40);
	frame[3].stuck = NOTHING;
	NEVER(0, GICD_CTLR, GICD_CTLR_RWP);
	arch_irq_disable(31);
	arch_irq_disable(27);
	assert_int_equal(warned, 0);
	NEVER(3, GICR_CTLR, GICR_CTLR_RWP);
	reads = 0;
	for (uint32_t again = 0; again < 2; again++) {
		arch_irq_disable(27);
		arch_irq_disable(40);
		assert_int_equal(warned, 1);
		assert_int_equal(reads, GIC_POLLS);
	}
}

/* Targets by a GICv2's target bits or by affinity; 16 CPUs share a register, with a bit each. */
static void test_send(void **state)
{
	(void)state;
	machine(false);
	assert_null(begin());
	arch_irq_send(&(struct cpu){ .irq_local = 0x20 }, 2);
	assert_int_equal(*word(0, GICD_SGIR), 0x20 << 16 | arch_irq_of_ipi(2));
	machine(true);
	assert_null(begin());
	arch_irq_send(&(struct cpu){ .id = 0x0a800b0c25 }, 2);
	assert_int_equal(reg.ICC_SGI1R_EL1, 0x0a200b000c0020 | arch_irq_of_ipi(2) << 24);
}

/* Edge or level as the caller says: the upper of an interrupt's two bits. */
static void test_gsi(void **state)
{
	(void)state;
	for (uint32_t three = 0; three < 2; three++) {
		machine(three);
		assert_null(begin());
		for (uint32_t i = 0; i < 32 * LINES + 2; i++) {
			uint32_t *at = word(three && i < GIC_OWN ? 4 : 0,
					    GICD_ICFGR + i / 16 * 4);
			const uint32_t n = i < GIC_SGIS || i >= 32 * LINES ? 0 : i;

			*at = 0;
			assert_int_equal(arch_irq_of_gsi(i, ARCH_IRQ_EDGE), n);
			assert_int_equal(*at, n ? 2u << i % 16 * 2 : 0);
			assert_int_equal(arch_irq_of_gsi(i, 0), n);
			assert_int_equal(*at, n ? 2u << i % 16 * 2 : 0);
			*at = UINT32_MAX;
			assert_int_equal(arch_irq_of_gsi(i, ARCH_IRQ_LEVEL), n);
			assert_int_equal(*at, n ? ~(2u << i % 16 * 2) : UINT32_MAX);
		}
		assert_int_equal(arch_irq_of_isa(1), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_absent), cmocka_unit_test(test_cpu_v2),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_take),
		cmocka_unit_test(test_cpu_v3),
		cmocka_unit_test(test_unsettled),
		cmocka_unit_test(test_disable), cmocka_unit_test(test_redistributor),
		cmocka_unit_test(test_send), cmocka_unit_test(test_gsi),
		cmocka_unit_test(test_forgotten), cmocka_unit_test(test_active),
		cmocka_unit_test(test_extended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * test_mce.c - what a PC's CPU says about itself to the kernel: which bank had a machine check, the
 * source of an NMI, and how far its physical addresses reach.
 */
#include "tests/host/unit/unit.h"
#define msr_read	msr_read_real
#include "arch/boot.h"
#include "arch/map.h"
#include "arch/x86_64/boot/cpu.h"
#include "arch/x86_64/boot/regs.h"
#undef msr_read
#define msr_read	msr_played

static uint64_t msr_played(uint32_t msr);

#include "arch/x86_64/kernel/mce.c"
#include "arch/x86_64/kernel/tlb.c"

#define BANKS	4
#define OTHER	0x100				/* MCG_CAP has more than the count */

static uint32_t features, bits, ports;
static uint8_t port_b, written[2];
static struct {
	uint64_t status, address;
} bank[BANKS];

UNCALLED(void, arch_map_flush, void)

struct cpu_id cpu_id(uint32_t leaf, uint32_t subleaf)
{
	assert_int_equal(subleaf, 0);
	return leaf == 1 ? (struct cpu_id){ .d = features } :
			   (struct cpu_id){ .a = leaf == 0x80000008 ? bits : ~0u };
}

/* SDM 4, table 2-2: four registers a bank from 0x400 on */
static uint64_t msr_played(uint32_t msr)
{
	assert_true(features & 1 << 14);
	if (msr == 0x179)
		return OTHER | BANKS;
	assert_true(msr >= 0x400 && msr < 0x400 + 4 * BANKS && (msr % 4 == 1 || msr % 4 == 2));
	return msr % 4 == 1 ? bank[msr / 4 % BANKS].status : bank[msr / 4 % BANKS].address;
}

uint8_t arch_port_in8(uint16_t port)
{
	assert_int_equal(port, 0x61);
	return port_b;
}

void arch_port_out8(uint16_t port, uint8_t value)
{
	assert_true(port == 0x61 && ports < 2);
	written[ports++] = value;
}

static const char *described(void)
{
	static char text[200];

	mce_describe(text, sizeof(text));
	return text;
}

/* SDM 3B 15.3.2.2: VAL, UC, EN, ADDRV are bits 63, 61, 60 and 58 */
static void test_banks(void **state)
{
	(void)state;
	features = 0;
	assert_string_equal(described(), "machine check");
	features = 1 << 14;
	assert_string_equal(described(), "machine check");
	bank[2].status = 0xb400000000000005;
	bank[2].address = 0xabc000;
	assert_string_equal(described(), "machine check, uncorrected, bank 2 status "
			    "0xb400000000000005 address 0xabc000");
	bank[2].status &= ~(1ull << 60);	/* not enabled: it has not caused this */
	assert_string_equal(described(), "machine check");
	bank[2].status = 0x3400000000000005;	/* not valid */
	assert_string_equal(described(), "machine check");
	bank[1].status = 0x9000000000000001;	/* corrected, without an address */
	bank[1].address = 0x5eadbeef;
	assert_string_equal(described(), "machine check, corrected, bank 1 status "
			    "0x9000000000000001 address 0x0");
	bank[2].status = 0xb000000000000002;
	bank[3].status = 0x9000000000000003;
	assert_string_equal(described(), "machine check, uncorrected, bank 2 status "
			    "0xb000000000000002 address 0x0");
	bank[2].status = 0;
	assert_string_equal(described(), "machine check, corrected, bank 3 status "
			    "0x9000000000000003 address 0x0");
}

/* Bits 2 and 3 turn off what bits 7 and 6 say; 4 to 7 are read only */
static void nmi(uint8_t b, const char *source, uint8_t first, uint8_t second)
{
	ports = 0;
	port_b = b;
	assert_string_equal(arch_nmi_source(), source);
	assert_int_equal(ports, first ? 2 : 0);
	if (first)
		assert_true(written[0] == first && written[1] == second);
}

static void test_nmi(void **state)
{
	(void)state;
	nmi(0x31, "no source known", 0, 0);
	nmi(0xb1, "SERR, memory or bus", 0x05, 0x01);
	nmi(0x72, "IOCHK, a device", 0x0a, 0x02);
	nmi(0xc0, "SERR, memory or bus", 0x0c, 0x00);
}

/* SDM 2A, CPUID: EAX's other bytes are the linear address's size and a guest's */
static void test_physical_end(void **state)
{
	(void)state;
	for (uint32_t n = 32; n <= 64; n++) {
		bits = 0x3000 | n;
		assert_true(arch_physical_end() == 1ull << (n < 52 ? n : 52));
	}
	bits = 0x3000;
	assert_true(arch_physical_end() == 1ull << 36);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_banks), cmocka_unit_test(test_nmi),
		cmocka_unit_test(test_physical_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

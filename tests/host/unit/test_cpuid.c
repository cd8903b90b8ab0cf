/* SPDX-License-Identifier: MIT */
/* test_cpuid.c - CPUs unlike the host: wide APIC ids, guests with encrypted memory. */
#include "tests/host/unit/unit.h"
#include "arch/x86_64/boot/cpu.h"

#define HYPERVISOR	{ 1, { .c = 1u << 31 } }
#define MSR_SEV		0xc0010131u

/* A CPU: its leaves; all others are zero, as cpu_id() makes them. */
struct leaf {
	uint32_t number;
	struct cpu_id r;
};

static const struct leaf *leaves;
static uint64_t sev_status;
static uint32_t msrs;

static struct cpu_id leaf(uint32_t number, uint32_t subleaf)
{
	assert_int_equal(subleaf, 0);
	for (const struct leaf *l = leaves; l->number; l++)
		if (l->number == number)
			return l->r;
	return (struct cpu_id){ 0 };
}

static uint64_t msr(uint32_t number)
{
	assert_int_equal(number, MSR_SEV);
	msrs++;
	return sev_status;
}

#define CPU(...)	(leaves = (const struct leaf[]){ __VA_ARGS__, { 0 } })

static void test_apic_id_Q88(void **state)
{
	(void)state;
	CPU({ 1, { .b = 0x2c000800 } });
	assert_int_equal(cpu_apic_id(leaf), 0x2c);
	CPU({ 1, { .b = 0xff000800 } });
	assert_int_equal(cpu_apic_id(leaf), 0xff);
	/* 0x12c: eight bits of it are another CPU's id */
	CPU({ 1, { .b = 0x2c000800 } }, { 0xb, { 1, 2, 0x100, 0x12c } });
	assert_int_equal(cpu_apic_id(leaf), 0x12c);
	CPU({ 1, { .b = 0x2c000800 } }, { 0xb, { 1, 2, 0x100, 0xfffffffe } });
	assert_true(cpu_apic_id(leaf) == 0xfffffffe);
	CPU({ 1, { .b = 0x2c000800 } }, { 0xb, { 0, 0, 0, 0x7777 } });	/* not valid */
	assert_int_equal(cpu_apic_id(leaf), 0x2c);
	CPU({ 1, { .b = 0x2c000800 } }, { 0xb, { 0, 0, 0, 0x12c } },
	    { 0x1f, { 1, 1, 0x100, 0x22c } });
	assert_int_equal(cpu_apic_id(leaf), 0x22c);
	CPU({ 1, { .b = 0x2c000800 } }, { 0xb, { 1, 1, 0x100, 0x12c } }, { 0x1f, { 0, 0, 0, 9 } });
	assert_int_equal(cpu_apic_id(leaf), 0x12c);
}

static void test_sev_Q86(void **state)
{
	const char *said;

	(void)state;
	CPU(HYPERVISOR, { 0x8000001f, { .a = 2 } });
	for (sev_status = 1; sev_status < 8; sev_status += 2) {	/* SEV; with ES; SNP */
		said = cpu_encrypted(leaf, msr);
		assert_non_null(said);
		assert_non_null(strstr(said, "SEV"));
	}
	sev_status = 6;
	assert_null(cpu_encrypted(leaf, msr));		/* the CPU could, this guest is not */
	sev_status = 1;
	msrs = 0;
	CPU(HYPERVISOR, { 0x8000001f, { .a = 1 } });	/* SME alone: there is no such MSR */
	assert_null(cpu_encrypted(leaf, msr));
	CPU({ 1, { .c = ~(1u << 31) } }, { 0x8000001f, { .a = 3 } });	/* a host */
	assert_null(cpu_encrypted(leaf, msr));
	assert_int_equal(msrs, 0);
}

static void test_tdx_Q86(void **state)
{
	const struct cpu_id tdx = { 0, 0x65746e49, 0x20202020, 0x5844546c };
	char name[13] = "";
	const char *said;

	(void)state;
	memcpy(name, &tdx.b, 4);
	memcpy(name + 4, &tdx.d, 4);
	memcpy(name + 8, &tdx.c, 4);
	assert_string_equal(name, "IntelTDX    ");
	CPU(HYPERVISOR, { 0x21, tdx });
	said = cpu_encrypted(leaf, msr);
	assert_non_null(said);
	assert_non_null(strstr(said, "TDX"));
	for (uint32_t bit = 0; bit < 32; bit++) {
		CPU(HYPERVISOR, { 0x21, { 0, tdx.b ^ 1u << bit, tdx.c, tdx.d } });
		assert_null(cpu_encrypted(leaf, msr));
		CPU(HYPERVISOR, { 0x21, { 0, tdx.b, tdx.c ^ 1u << bit, tdx.d } });
		assert_null(cpu_encrypted(leaf, msr));
		CPU(HYPERVISOR, { 0x21, { 0, tdx.b, tdx.c, tdx.d ^ 1u << bit } });
		assert_null(cpu_encrypted(leaf, msr));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_apic_id_Q88), cmocka_unit_test(test_sev_Q86),
		cmocka_unit_test(test_tdx_Q86),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

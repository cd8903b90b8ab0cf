/* SPDX-License-Identifier: MIT */
/*
 * test_park.c - the word that a parked CPU polls: what is refused before it is written, and what is
 * written. The CPU and its GIC are played by the test.
 */
#include "tests/host/unit/unit.h"
#include "arch/boot.h"
#include "lib/base.h"
#define volatile(...)	("")		/* barriers */
#include "arch/aarch64/kernel/park.c"
#undef volatile

#define ENTER		0x40081000
#define DEVICE		0x9000000
#define AT		0x48000000

const char code[PAGE_SIZE] __asm__("stub.park_code"), rest[1] __asm__("stub.park_rest");
struct arrivals smp_arrivals;

static _Alignas(MAILBOX_SIZE) uint64_t page[MAILBOX_SIZE / 8];
static const struct boot_mem map[] = {
	{ .base = DEVICE, .size = PAGE_SIZE, .type = BOOT_MEM_MMIO },
	{ .base = AT, .size = MAILBOX_SIZE, .type = BOOT_MEM_RESERVED },
};
static struct boot_info bi = {
	.memmap = { (uint64_t)map, sizeof(map) }, .image = { 0x40080000, PAGE_SIZE },
};
static struct cpu sent;
static uint32_t sends, cleaned, windows;
static struct boot_range seen;		/* by the last window: nothing around it is mapped */
static bool faults;
static struct arrival arrival;
static struct machine machine;

void *space_ram(uint64_t pa)
{
	return (void *)pa;
}

void arch_clean(uint64_t base, uint64_t size)
{
	assert_true(base == (uint64_t)&arrival || (base == seen.base && size <= seen.size));
	cleaned += size != 0;
}

void arch_plan(struct jump_plan *p, enum boot_regime regime, uint64_t root, uint64_t base)
{
	assert_true(p == &arrival.park && regime == BOOT_MMU_OFF && !root &&
		    base == bi.image.base);
}

bool trap_try(void (*fn)(void *), void *arg, struct trap_info *fault)
{
	fault->what = "external abort";
	if (!faults)
		fn(arg);
	return !faults;
}

void irq_send(const struct cpu *to, uint32_t ipi)
{
	assert_int_equal(ipi, IPI_CALL);
	sent = *to;
	sends++;
}

static void *window(void *cookie, uint64_t pa, uint64_t size)
{
	assert_true(!cookie && pa - AT < MAILBOX_SIZE && size <= MAILBOX_SIZE - (pa - AT));
	windows++;
	seen = (struct boot_range){ (uint64_t)page + (pa - AT), size };
	return (void *)seen.base;
}

static const char *begin(uint32_t how, uint64_t at, uint32_t number)
{
	const struct arch_named n = { .id = 0x80000001, .how = how, .at = at, .number = number };

	machine.window = window;
	arrival = (struct arrival){ 0 };
	sends = windows = cleaned = 0;
	park_prepare(&bi, &arrival, 0x1000, &n);
	assert_true(arrival.park.arg == at + (how == HOW_MAILBOX ? 8 : 0));
	assert_true(bi.pinned == ALIGN_DOWN(bi.image.base + image_offset(code), PAGE_SIZE));
	assert_true(arrival.park.entry == bi.image.base + image_offset(code));
	assert_true(smp_arrivals.rest - arrival.park.entry == (uint64_t)(rest - code));
	return park_start(&machine, &n, &arrival, ENTER);
}

static void refused(uint32_t how, uint64_t at, const char *why)
{
	assert_string_equal(begin(how, at, 1), why);
	assert_true(!arrival.word && !sends);
}

static void test_refused(void **state)
{
	(void)state;
	memset(page, 0, sizeof(page));
	refused(HOW_TABLE, AT + 4, "the address that it polls is not aligned");
	refused(HOW_MAILBOX, AT + 8, "the address that it polls is not aligned");
	assert_int_equal(windows, 0);
	for (uint64_t at = DEVICE; at < DEVICE + PAGE_SIZE; at += PAGE_SIZE - 8) {
		refused(HOW_TABLE, at, "the address that it polls is not in firmware's memory");
		assert_int_equal(windows, 0);		/* a device is not even read */
	}
	page[1] = ENTER + 4;
	refused(HOW_TABLE, AT + 8, "the word that it polls holds another address");
	refused(HOW_MAILBOX, AT, "its mailbox is not ready");
	assert_true(page[1] == ENTER + 4 && !page[0]);
	faults = true;
	refused(HOW_TABLE, AT, "external abort");
	faults = false;
}

static void test_table(void **state)
{
	(void)state;
	for (uint64_t before = 0; before <= ENTER; before += ENTER)	/* an earlier run's */
		for (uint32_t i = 3; i < ARRAY_SIZE(page); i += ARRAY_SIZE(page) - 4) {
			page[i] = before;		/* i: 3, and the page's last word */
			assert_null(begin(HOW_TABLE, AT + 8 * i, 1));
			assert_true(page[i] == ENTER && arrival.word == &page[i]);
			assert_true(!arrival.number && !sends && cleaned == 2);
		}
}

/*
 * A CPU that waits for an interrupt gets one. A GICv2 sends it by a CPU's bit, which is its number
 * in the MADT (ACPI 6.5, 5.2.12.14); a GICv3 by its affinity.
 */
static void test_mailbox(void **state)
{
	(void)state;
	for (uint32_t number = 0; number < 10; number++) {
		page[0] = MAILBOX_READY;
		page[1] = 0x77;
		assert_null(begin(HOW_MAILBOX, AT, number));
		assert_true(page[0] == number && page[1] == ENTER);
		assert_true(sends == 1 && sent.id == 0x80000001);
		assert_true(sent.irq_local == 1u << (number < 8 ? number : number - 8));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused), cmocka_unit_test(test_table),
		cmocka_unit_test(test_mailbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

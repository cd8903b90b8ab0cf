/* SPDX-License-Identifier: MIT */
/*
 * test_plic.c - a PLIC's registers as in its specification 1.0.0: an interrupt that is not enabled
 * cannot be ended, and never comes again. QEMU ends it all the same.
 */
#include "tests/host/unit/unit.h"
#include "arch/riscv64/boot/csr.h"
#define SBI_H				/* its asm names registers of a riscv64 */
#include "kernel/cpu/trap.h"
#undef ARCH_IRQS
#define ARCH_IRQS	1020
#undef ARCH_IPIS
#define ARCH_IPIS	2
#undef csr_set
#undef csr_clear
#undef csr_write
#define csr_set(name, bits)	((void)(bits))
#define csr_clear(name, bits)	((void)(bits))
#define csr_write(name, value)	((void)(value))
#define SBI_IPI			0
#define sbi_call(...)		((void)0)
#define __asm__
#define volatile(...)
#pragma clang diagnostic ignored "-Wuninitialized"	/* without its asm */
#include "arch/riscv64/kernel/irq.c"
#include "arch/riscv64/kernel/irq_take.c"

#define PLACE	3
#define SOURCES	70

static uint32_t regs[(PLIC_OWN + PLIC_OWN_SIZE * (PLACE + 1)) / 4];
static struct cpu cpu;

struct cpu *cpu_boot(void)
{
	return &cpu;
}

struct cpu *arch_cpu_this(void)
{
	return &cpu;
}

bool aplic_start(void) { return false; }
bool imsic_start(void) { return false; }
bool aplic_mode(uint32_t number, uint32_t how) { return number + how; }
void aplic_enable(uint32_t number, bool on) { (void)number, (void)on; }
uint32_t aplic_claim(void) { return 0; }
void aplic_retrigger(uint32_t number) { (void)number; }

bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out)
{
	(void)out;
	fn(arg);
	return true;
}

const char *irq_find(const struct machine *m, uint64_t id, struct irq_devices *out)
{
	(void)m, (void)id;
	*out = (struct irq_devices){ .sources = SOURCES, .place = PLACE };
	return NULL;
}

static void *window(void *cookie, uint64_t pa, uint64_t size)
{
	(void)cookie, (void)pa, (void)size;
	return regs;
}

static uint32_t *claim(void)
{
	return &regs[(PLIC_OWN + PLIC_OWN_SIZE * PLACE + PLIC_CLAIM) / 4];
}

static bool enabled(uint32_t n)
{
	return regs[(PLIC_ENABLE + 0x80 * PLACE) / 4 + n / 32] >> n % 32 & 1;
}

/* It interrupts the hart if both say so. */
static bool comes(uint32_t n)
{
	return n && enabled(n) && regs[n];	/* there is no source 0 */
}

static void begin(void)
{
	struct arch_irq out;

	for (uint32_t i = 0; i < ARRAY_SIZE(regs); i++)
		regs[i] = UINT32_MAX;
	assert_null(arch_irq_start(&(struct machine){ .window = window }, &out));
	assert_string_equal(out.name, "PLIC");
	assert_null(arch_irq_doubt());
}

static void test_masked(void **state)
{
	(void)state;
	begin();
	assert_true(!*(claim() - 1) && *claim() == SOURCES);
	for (uint32_t n = 1; n < 96; n++)		/* none beyond the last, either */
		assert_false(comes(n));
	for (uint32_t n = 0; n < 100; n++) {
		const bool there = n && n <= SOURCES;

		arch_irq_enable(n);
		assert_int_equal(n < 96 && comes(n), there);
		arch_irq_disable(n);
		assert_false(n < 96 && comes(n));
	}
}

/* As the handler of an unexpected interrupt does: mask, then end. */
static void test_end(void **state)
{
	(void)state;
	begin();
	for (uint32_t n = 1; n <= SOURCES; n++) {
		arch_irq_enable(n);
		*claim() = n;
		assert_int_equal(arch_irq_ack(IRQ_EXTERNAL), n);
		arch_irq_disable(n);
		*claim() = 0;
		arch_irq_eoi(n);
		assert_int_equal(*claim(), n);
		assert_true(enabled(n));		/* or the PLIC ignores that */
		assert_false(comes(n));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_masked), cmocka_unit_test(test_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

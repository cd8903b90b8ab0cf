/* SPDX-License-Identifier: MIT */
/* cpu.c - this CPU's properties, and single instructions. Any time, any regime. */
#include "cpu.h"
#include "drop.h"
#include "arch/boot.h"
#include "sysreg.h"

#define R_AARCH64_RELATIVE	1027
#define UNROLL			64	/* words */

const char arch_name[] = "aarch64";
const char arch_default_path[] = "\\EFI\\BOOT\\BOOTAA64.EFI";
const uint32_t arch_rela_relative = R_AARCH64_RELATIVE;

uint64_t arch_counter(void)
{
	uint64_t v;

	/* ISB: else the read may be done before earlier instructions (D12.2.2) */
	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(v) :: "memory");
	return v;
}

static uint64_t counter_hz(void)
{
	return sysreg_read(cntfrq_el0);
}

bool arch_random(uint64_t *out)
{
	uint64_t v = 0, ok = 0;

	if (!ID_AA64ISAR0_RNDR(sysreg_read(id_aa64isar0_el1)))
		return false;
	for (int tries = 10; tries && !ok; tries--)
		__asm__ volatile("mrs %0, s3_3_c2_c4_0\n\tcset %1, ne"	/* RNDR: Z set on failure */
				 : "=r"(v), "=r"(ok) :: "cc");
	*out = v;
	return ok;
}

_Noreturn void arch_halt(void)
{
	arch_irq_off();
	for (;;)
		__asm__ volatile("wfi");
}

void arch_irq_off(void)
{
	__asm__ volatile("msr daifset, #0xf" ::: "memory");
}

/* Loads before stores: copies upwards correctly even if the two overlap. */
static inline void copy_eight(uint64_t *d, const uint64_t *s)
{
	uint64_t a = s[0], b = s[1], c = s[2], e = s[3];
	uint64_t f = s[4], g = s[5], h = s[6], i = s[7];

	d[0] = a, d[1] = b, d[2] = c, d[3] = e;
	d[4] = f, d[5] = g, d[6] = h, d[7] = i;
}

/* These copy the image and clear .bss. 512 bytes per turn keep the loop overhead small. */
void arch_copy(void *dst, const void *src, uint64_t words)
{
	uint64_t *d = dst;
	const uint64_t *s = src;

	for (; words >= UNROLL; words -= UNROLL, d += UNROLL, s += UNROLL) {
#pragma clang loop unroll(full)
		for (uint32_t i = 0; i < UNROLL; i += 8)
			copy_eight(d + i, s + i);
	}
	for (; words >= 8; words -= 8, d += 8, s += 8)
		copy_eight(d, s);
	while (words--)
		*d++ = *s++;
}

static void simd_control(bool el2_only, uint64_t value)
{
	if (el2_only)
		sysreg_write(cptr_el2, value);
	else
		sysreg_write(cpacr_el1, value);		/* with E2H that is CPTR_EL2 */
	__asm__ volatile("isb" ::: "memory");
}

/* Higher levels let SIMD registers be used: UEFI 2.10, 2.3.6; Linux's booting.rst, section 4. */
void arch_copy_image(void *dst, const void *src, uint64_t words)
{
	const bool none = ID_AA64PFR0_FP(sysreg_read(id_aa64pfr0_el1)) == 0xf;
	const uint64_t wide = none ? 0 : words & ~(COPY_WIDE_WORDS - 1);

	if (wide) {
		const bool el2 = cpu_el2_only();
		const uint64_t found = el2 ? sysreg_read(cptr_el2) : sysreg_read(cpacr_el1);

		simd_control(el2, el2 ? found & ~CPTR_EL2_TFP : found | CPACR_FPEN);
		copy_wide(dst, src, wide);
		simd_control(el2, found);
	}
	arch_copy((uint64_t *)dst + wide, (const uint64_t *)src + wide, words - wide);
}

void arch_fill(void *dst, uint64_t value, uint64_t words)
{
	uint64_t *d = dst;

	for (; words >= UNROLL; words -= UNROLL, d += UNROLL) {
#pragma clang loop unroll(full)
		for (uint32_t i = 0; i < UNROLL; i++)
			d[i] = value;
	}
	for (; words >= 8; words -= 8, d += 8) {
#pragma clang loop unroll(full)
		for (uint32_t i = 0; i < 8; i++)
			d[i] = value;
	}
	while (words--)
		*d++ = value;
}

uint32_t cpu_level(void)
{
	return (sysreg_read(CurrentEL) >> 2) & 3;
}

bool cpu_e2h(void)
{
	uint64_t far1 = sysreg_read(far_el1), far2 = sysreg_read(far_el2);

	/* with E2H, the name FAR_EL1 accesses FAR_EL2 */
	sysreg_clear(far_el1);
	sysreg_write(far_el2, 1);
	__asm__ volatile("isb");

	bool aliased = sysreg_read(far_el1) == 1;

	if (!aliased)
		sysreg_write(far_el1, far1);
	sysreg_write(far_el2, far2);
	__asm__ volatile("isb");
	return aliased;
}

bool arch_cold(void)
{
	const uint64_t on = SCTLR_M | SCTLR_C;

	return ((cpu_level() == 2 ? sysreg_read(sctlr_el2) : sysreg_read(sctlr_el1)) & on) != on;
}

MINSIZE bool cpu_el2_only(void)
{
	return cpu_level() == 2 && !cpu_e2h();
}

MINSIZE void arch_cpu_state(struct boot_info *out)
{
	out->cpu_mode = cpu_level();
	out->cpu_id = sysreg_read(mpidr_el1) & MPIDR_AFFINITY;
	out->cpu_flags = cpu_level() == 2 && cpu_e2h() ? BOOT_CPU_E2H : 0;
	if (drop_wanted()) {
		out->cpu_mode = 1;
		out->cpu_flags = BOOT_CPU_DROPPED;
	}
	out->counter_hz = counter_hz();
	if (cpu_level() == 2) {
		out->found[0] = sysreg_read(sctlr_el2);
		out->found[1] = sysreg_read(hcr_el2);
		out->found[3] = sysreg_read(cntp_ctl_el0);	/* may trap at EL1 */
	} else {
		out->found[0] = sysreg_read(sctlr_el1);
	}
	out->found[2] = sysreg_read(cntv_ctl_el0);
	out->found[4] = sysreg_read(isr_el1);		/* pending: A I F, bits 8 7 6 */
}

void arch_default_uart(struct boot_uart *out)
{
	*out = (struct boot_uart){ .type = BOOT_UART_NONE };	/* there is no usual address */
}

const char *arch_cpu_lacks(void)
{
	if (ID_AA64MMFR0_TGRAN4(sysreg_read(id_aa64mmfr0_el1)) == 0xf)
		return "the CPU has no 4 KiB translation granule";
	if (cpu_level() != 1 && cpu_level() != 2)
		return "not entered at EL1 or EL2";
	return NULL;
}

/* SPDX-License-Identifier: MIT */
/* cpu.c - this CPU's properties, and single instructions. Any time, any regime. */
#include "arch/boot.h"
#include "csr.h"
#include "levels.h"
#include "sbi.h"

#define R_RISCV_RELATIVE	3
#define S_MODE			1
#define COPY_TURN		96	/* words: their offsets fit in the instructions */
#define FILL_TURN		64

const char arch_name[] = "riscv64";
const char arch_default_path[] = "\\EFI\\BOOT\\BOOTRISCV64.EFI";
const uint32_t arch_rela_relative = R_RISCV_RELATIVE;

uint64_t arch_counter(void)
{
	return csr_read(time);
}

/* S-mode may read Zkr's `seed` only if M-mode allows it, and cannot find out whether it does. */
bool arch_random(uint64_t *out)
{
	*out = 0;
	return false;
}

_Noreturn void arch_halt(void)
{
	arch_irq_off();
	for (;;)
		__asm__ volatile("wfi");
}

void arch_irq_off(void)
{
	csr_clear(sstatus, SSTATUS_SIE);
	csr_write(sie, 0);			/* wfi ends for what is enabled there */
}

/* Loads before stores: copies upwards correctly even if the two overlap. */
static inline void copy_eight(uint64_t *d, const uint64_t *s)
{
	uint64_t a = s[0], b = s[1], c = s[2], e = s[3];
	uint64_t f = s[4], g = s[5], h = s[6], i = s[7];

	d[0] = a, d[1] = b, d[2] = c, d[3] = e;
	d[4] = f, d[5] = g, d[6] = h, d[7] = i;
}

void arch_copy(void *dst, const void *src, uint64_t words)
{
	uint64_t *d = dst, *const end = d + words, *const turns = end - words % COPY_TURN;
	const uint64_t *s = src;

	for (; d != turns; d += COPY_TURN, s += COPY_TURN) {
#pragma clang loop unroll(full)
		for (uint32_t i = 0; i < COPY_TURN; i += 8)
			copy_eight(d + i, s + i);
	}
	for (; end - d >= 8; d += 8, s += 8)
		copy_eight(d, s);
	while (d != end)
		*d++ = *s++;
}

void arch_copy_image(void *dst, const void *src, uint64_t words)
{
	arch_copy(dst, src, words);
}

void arch_fill(void *dst, uint64_t value, uint64_t words)
{
	uint64_t *d = dst, *const end = d + words, *const turns = end - words % FILL_TURN;

	for (; d != turns; d += FILL_TURN) {
#pragma clang loop unroll(full)
		for (uint32_t i = 0; i < FILL_TURN; i++)
			d[i] = value;
	}
	for (; end - d >= 4; d += 4)
		d[0] = d[1] = d[2] = d[3] = value;
	while (d != end)
		*d++ = value;
}

void arch_default_uart(struct boot_uart *out)
{
	*out = (struct boot_uart){ .type = BOOT_UART_CALL, .source = BOOT_UART_FROM_DEFAULT };
}

void arch_cpu_state(struct boot_info *out)
{
	out->cpu_mode = S_MODE;
	out->cpu_flags = (svpbmt ? BOOT_CPU_TYPES : 0) | (thead_types ? BOOT_CPU_THEAD : 0);
	out->found[0] = csr_read(sstatus);
	out->found[1] = csr_read(satp);
	out->found[2] = csr_read(sie);
	out->found[3] = csr_read(sip);
	out->found[4] = csr_read(stvec);
}

const char *arch_cpu_lacks(void)
{
	levels_find();		/* without any there is still regime off */
	return NULL;
}

/* ---- caches: coherent, but for the instructions of each hart ---- */

bool arch_cold(void)
{
	return false;
}

void arch_clean_code(void)
{
	__asm__ volatile("fence.i" ::: "memory");
}

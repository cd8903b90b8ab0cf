/* SPDX-License-Identifier: MIT */
/*
 * aplic.c - an APLIC's domain for S-mode (RISC-V Advanced Interrupt Architecture 1.0, chapters 3
 * and 4). It interrupts the boot hart directly, or by a write to the hart's IMSIC. An identity
 * there is the source's number.
 */
#include "arch/riscv64/boot/csr.h"
#include "irq.h"

/* 4.5 */
#define DOMAINCFG	0x0000
#define DOMAIN_DM	(1u << 2)	/* by MSI */
#define DOMAIN_IE	(1u << 8)
#define DOMAIN_SAYS	0x80		/* in its highest byte */
#define SOURCECFG	0x0000		/* + 4 for each source */
#define EDGE1		4		/* and 5 for falling edges */
#define LEVEL1		6		/* and 7 for low levels */
#define SETIPNUM	0x1cdc
#define IN_CLRIP	0x1d00
#define SETIE		0x1e00
#define SETIENUM	0x1edc
#define CLRIENUM	0x1fdc
#define TARGET		0x3000		/* + 4 for each source */
#define TARGET_HART	18
#define SOURCES		1024

/* 4.8, from APLIC_IDC on */
#define IDELIVERY	0x00
#define IFORCE		0x04
#define ITHRESHOLD	0x08
#define CLAIMI		0x1c

/* 3.8; clang 14 has no names for these registers */
#define SISELECT	0x150
#define SIREG		0x151
#define STOPEI		0x15c
#define EIDELIVERY	0x70
#define EITHRESHOLD	0x72
#define EIP0		0x80		/* 64 bits each, at even numbers */
#define EIE0		0xc0
#define IDENTITY	16		/* its first bit in claimi and stopei */

static void imsic_write(uint64_t reg, uint64_t value)
{
	csr_write(SISELECT, reg);
	csr_write(SIREG, value);
}

/* All identities are enabled: an APLIC's source is masked there. */
bool imsic_start(void)
{
	imsic_write(EIDELIVERY, 0);
	for (uint32_t i = 0; i < irq_devices.ids; i += 64) {
		imsic_write(EIP0 + i / 32, 0);
		imsic_write(EIE0 + i / 32, UINT64_MAX);
	}
	imsic_write(EITHRESHOLD, 0);
	imsic_write(EIDELIVERY, 1);
	return csr_read(SIREG) == 1;
}

static volatile uint32_t *own(uint32_t offset)
{
	return irq_reg(APLIC_IDC + APLIC_IDC_SIZE * irq_devices.place + offset);
}

static bool bit(uint32_t base, uint32_t number)
{
	return *irq_reg(base + number / 32 * 4) >> number % 32 & 1;
}

/* An inactive source is neither enabled nor pending (4.5.2). */
bool aplic_start(void)
{
	const uint32_t by = irq_devices.ids ? DOMAIN_DM : 0;

	if (*irq_reg(DOMAINCFG) >> 24 != DOMAIN_SAYS)
		return false;
	*irq_reg(DOMAINCFG) = by;
	if ((*irq_reg(DOMAINCFG) & DOMAIN_DM) != by)
		return false;
	for (uint32_t i = 1; i < SOURCES; i++)
		*irq_reg(SOURCECFG + 4 * i) = 0;
	if (!by) {
		*own(IFORCE) = 0;
		*own(ITHRESHOLD) = 0;
		*own(IDELIVERY) = 1;
	}
	*irq_reg(DOMAINCFG) = by | DOMAIN_IE;
	return true;
}

/* A source's target is read-only zero until it is active, and then anything (4.5.2, 4.5.16). */
bool aplic_mode(uint32_t number, uint32_t how)
{
	const uint32_t mode = (how & ARCH_IRQ_EDGE ? EDGE1 : LEVEL1) + !!(how & ARCH_IRQ_LOW);

	*irq_reg(SOURCECFG + 4 * number) = mode;
	if (*irq_reg(SOURCECFG + 4 * number) != mode)
		return false;
	*irq_reg(TARGET + 4 * number) = irq_devices.place << TARGET_HART |
					(irq_devices.ids ? number : 1);
	return true;
}

/*
 * Only a change to the active level sends an MSI; if the line is still active, request another
 * (4.9.2).
 */
void aplic_retrigger(uint32_t number)
{
	if (irq_devices.ids && *irq_reg(SOURCECFG + 4 * number) >= LEVEL1 && bit(IN_CLRIP, number))
		*irq_reg(SETIPNUM) = number;
}

void aplic_enable(uint32_t number, bool on)
{
	*irq_reg(on ? SETIENUM : CLRIENUM) = number;
	if (on)
		aplic_retrigger(number);
}

/* An MSI may have been on its way when its source was masked. */
uint32_t aplic_claim(void)
{
	uint32_t number;

	if (!irq_devices.ids)
		return *own(CLAIMI) >> IDENTITY;
	number = (uint32_t)csr_swap(STOPEI, 0) >> IDENTITY;
	return number < SOURCES && bit(SETIE, number) ? number : 0;
}

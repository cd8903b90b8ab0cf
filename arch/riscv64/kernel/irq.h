/* SPDX-License-Identifier: MIT */
/*
 * irq.h - numbers of a hart's own interrupts, which follow those of devices, and the controller of
 * the latter: a PLIC, an APLIC, or an APLIC that writes to the boot hart's IMSIC.
 */
#ifndef RISCV64_IRQ_H
#define RISCV64_IRQ_H
#include "arch/irq.h"
#include "arch/machine.h"
#include "include/stubborn/boot_info.h"
#include "kernel/irq/madt.h"

#define IRQ_OWN		1008		/* inter-processor interrupts */
#define IRQ_OWN_TIMER	(IRQ_OWN + ARCH_IPIS)
#define IRQ_NONE	1023		/* spurious: not below ARCH_IRQS */
_Static_assert(IRQ_OWN_TIMER < ARCH_IRQS, "numbers fit");

#define PLIC_OWN	0x200000	/* + 0x1000 for each context: threshold, claim */
#define PLIC_OWN_SIZE	0x1000
#define PLIC_CLAIM	4		/* and completion, of a context */
#define PLIC_PLACES	15872		/* contexts */
#define APLIC_IDC	0x4000		/* + 0x20 for each hart */
#define APLIC_IDC_SIZE	0x20

/* Limits of the bits in the address of an IMSIC's file (AIA 1.0, 3.6) */
#define IMSIC_INDEX_BITS	14	/* of hart and group together */
#define IMSIC_GUEST_BITS	6
#define IMSIC_GROUP_BITS	7
#define IMSIC_GROUP_SHIFT	24

struct irq_devices {
	struct boot_range range;
	char *regs;			/* NULL: none */
	uint32_t sources;		/* they are 1 to this; 0: no controller */
	uint32_t place;			/* the boot hart: a PLIC's context, or hart index */
	uint32_t ids;			/* the highest identity of the IMSIC; 0: none is used */
	bool aplic;
};
extern struct irq_devices irq_devices;

/*
 * The controller in the device tree, or else in the MADT, that interrupts hart `id` in S-mode; all
 * but `regs` is set. Returns NULL, or in a few words why there is none. Pure.
 */
const char *irq_find(const struct machine *m, uint64_t id, struct irq_devices *out);

/* The same, if there is no device tree. irq_find() calls it. */
const char *irq_madt(const struct machine *m, uint64_t id, struct irq_devices *out);

/*
 * The number of the next hart that the MADT calls enabled; false: no more. Its entries need not
 * have what irq_madt() reads. Pure.
 */
bool harts_madt(struct madt_walk *w, uint64_t *id);

/* How a hart's index is made from bits of the address of its IMSIC's file (AIA 1.0, 3.6). */
struct imsic_bits {
	uint64_t guests, harts, groups;		/* how many of each */
	uint64_t shift;				/* where those of the group are */
	uint64_t ids;				/* the highest identity */
};

/* ---- for irq_find() and irq_madt(); pure ---- */

/* Whether an IMSIC may have these values. */
bool imsic_usable(const struct imsic_bits *b);

/* `file` is the address of the boot hart's file, or its offset. Sets place and ids. */
void imsic_place(const struct imsic_bits *b, uint64_t file, struct irq_devices *out);

/*
 * Whether registers of `least` bytes and this many sources can be driven; sets both if so. out->ids
 * must be set.
 */
bool irq_range(const struct boot_range *r, uint64_t least, uint64_t sources,
	       struct irq_devices *out);

#define IRQ_BITS(n)	((1ull << (n)) - 1)

static inline volatile uint32_t *irq_reg(uint32_t offset)
{
	return (volatile uint32_t *)(irq_devices.regs + offset);
}

static inline volatile uint32_t *plic_own(uint32_t offset)
{
	return irq_reg(PLIC_OWN + PLIC_OWN_SIZE * irq_devices.place + offset);
}

static inline bool irq_is_device(uint32_t number)
{
	return number && number <= irq_devices.sources;
}

/* Mask all, with nothing pending. On the boot hart; false, or a trap: it does not answer. */
bool imsic_start(void);
bool aplic_start(void);

/*
 * Like the functions of arch/irq.h, for numbers up to irq_devices.sources. aplic_claim() may return
 * a number above that, or 0; both are spurious. aplic_mode(): false if no such source is wired to
 * us.
 */
bool aplic_mode(uint32_t number, uint32_t how);
void aplic_enable(uint32_t number, bool on);
uint32_t aplic_claim(void);
void aplic_retrigger(uint32_t number);
#endif

/* SPDX-License-Identifier: MIT */
/* cpu_aarch64.c - the PL011, the generic timer and the GICv2 of QEMU's virt board. */
#include "inject.h"
#include "lib/string.h"

#define UART		0x09000000ull
#define UART_FLAGS	(UART + 0x18)
#define UART_FULL	0x20
#define GICD_CTLR	0x08000000ull
#define GICD_ISENABLER	(GICD_CTLR + 0x100)
#define GICC_CTLR	0x08010000ull
#define GICC_PMR	(GICC_CTLR + 4)
#define PPI_TIMERS	(1u << 30 | 1u << 27)	/* EL1 physical and virtual */
#define ALL_PRIORITIES	0xff
#define INTERRUPTS_OFF	"msr daifset, #0xf"
#define ID_ABSENT	0x37
#define PSCI_CPU_ON	0xc4000003
#define PAGE		0x1000
#define MAILBOX_NUMBER	0x800	/* in firmware's half: whose it is */
#define FACP		ACPI_SIGNATURE('F', 'A', 'C', 'P')

static void poke(uint64_t address, uint32_t value)
{
	*(volatile uint32_t *)address = value;
}

void cpu_put(char c)
{
	while (*(volatile uint32_t *)UART_FLAGS & UART_FULL)
		;
	poke(UART, (uint8_t)c);
}

uint64_t cpu_vectors(void)
{
	uint64_t level, vbar;

	asm volatile("mrs %0, CurrentEL" : "=r"(level));
	if (level == 2 << 2)
		asm volatile("mrs %0, vbar_el2" : "=r"(vbar));
	else
		asm volatile("mrs %0, vbar_el1" : "=r"(vbar));
	return vbar;
}

/* Both have expired and say so. */
void cpu_timer(void)
{
	asm volatile(INTERRUPTS_OFF);
	poke(GICD_CTLR, 1);
	poke(GICD_ISENABLER, PPI_TIMERS);
	poke(GICC_PMR, ALL_PRIORITIES);
	poke(GICC_CTLR, 1);
	asm volatile("msr cntp_tval_el0, %0\n\tmsr cntp_ctl_el0, %1\n\t"
		     "msr cntv_tval_el0, %0\n\tmsr cntv_ctl_el0, %1\n\tisb"
		     : : "r"(0ull), "r"(1ull));
}

void cpu_absent(struct madt_walk *w)
{
	struct madt_gicc *g, *last = NULL;

	while ((g = (void *)madt_next(w, MADT_GICC, sizeof(*g))))
		last = g;
	last->mpidr = ID_ABSENT;
}

/* x0: the CPU's mailbox (Multi-processor Startup for ARM Platforms). MMU off. */
asm(".text\n"
    "pen:	wfe\n"
    "	ldr w1, [x0]\n"
    "	ldr w2, [x0, #0x800]\n"
    "	cmp w1, w2\n"
    "	b.ne pen\n"
    "	ldr x2, [x0, #8]\n"
    "	cbz x2, pen\n"
    "	str xzr, [x0, #8]\n"
    "	br x2\n"
    "pen_end:\n");
extern const char pen[], pen_end[];

static bool cpu_on(uint64_t id, uint64_t entry, uint64_t context)
{
	register uint64_t x0 __asm__("x0") = PSCI_CPU_ON;
	register uint64_t x1 __asm__("x1") = id;
	register uint64_t x2 __asm__("x2") = entry;
	register uint64_t x3 __asm__("x3") = context;

	asm volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "memory");
	return !x0;
}

/* The first is the boot CPU's. */
void cpu_park(struct madt_walk *w)
{
	struct acpi_fadt *fadt = (void *)acpi_theirs(FACP);
	struct madt_gicc *g = (void *)madt_next(w, MADT_GICC, sizeof(*g));
	uint64_t pages;

	while ((g = (void *)madt_next(w, MADT_GICC, sizeof(*g)))) {
		if (inject.boot->allocate_pages(EFI_ALLOCATE_ANY, EFI_RESERVED, 2, &pages))
			return;
		memset((void *)pages, 0, 2 * PAGE);
		memcpy((void *)(pages + PAGE), pen, (size_t)(pen_end - pen));
		poke(pages, UINT32_MAX);
		poke(pages + MAILBOX_NUMBER, g->interface);
		g->parking = 1;
		g->parked = pages;
		asm volatile("dsb sy");
		if (!cpu_on(g->mpidr, pages + PAGE, pages))
			say("inject: %s: no CPU 0x%llx", inject.name, (unsigned long long)g->mpidr);
	}
	fadt->boot_flags_arm = 0;
	acpi_seal(&fadt->header);
}

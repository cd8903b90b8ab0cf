/* SPDX-License-Identifier: MIT */
/* pci.c - see pci.h. */
#include "kernel/dev/pci.h"
#include "arch/kernel.h"
#include "kernel/cpu/lock.h"
#include "kernel/mm/area.h"
#include "lib/console/panic.h"

#define BUSES		256
#define BUS_SIZE	(1 * MIB)	/* of ECAM: 32 devices of 8 functions of 4 KiB */
#define DEVICES		32
#define FUNCTIONS	8
#define FUNCTION_SHIFT	12
#define FUNCTION_AT(device, function)	(((device) << 3 | (function)) << FUNCTION_SHIFT)
#define ABSENT		0xffffu		/* vendor that no device has */

/* PCI 3.0, 3.2.2.3.2 */
#define CONFIG_ADDRESS	0xcf8
#define CONFIG_DATA	0xcfc
#define CONFIG_ENABLE	(1u << 31)

/* Of a base address register, 6.2.5.1 */
#define BAR_IO		(1u << 0)
#define BAR_WIDE(bar)	(((bar) >> 1 & 3) == 2)
#define BAR_PREFETCH	(1u << 3)
#define BAR_IO_BASE(bar)	((bar) & ~3u)
#define BAR_BASE(bar)		((bar) & ~15u)

#define MCFG_SPACES	44		/* where they begin */

struct mcfg_space {
	uint64_t base;
	uint16_t segment;
	uint8_t first, last;
	uint32_t reserved;
} ACPI_PACKED;

static struct lock ports_lock;		/* two ports, one access */

/* ---- spaces ---- */

bool pci_space_mcfg(const struct acpi_header *mcfg, uint32_t i, struct pci_space *out)
{
	const struct mcfg_space *s = (const void *)((const char *)mcfg + MCFG_SPACES);

	if (mcfg->length < MCFG_SPACES || i >= (mcfg->length - MCFG_SPACES) / sizeof(*s))
		return false;
	*out = (struct pci_space){
		.base = s[i].base, .segment = s[i].segment, .first = s[i].first, .last = s[i].last,
	};
	return true;
}

static uint32_t cell(const struct fdt_value *v, uint32_t i)
{
	return (uint32_t)fdt_cells((const uint32_t *)v->data + i, 1);
}

bool pci_space_tree(const struct fdt *f, struct fdt_node *n, struct pci_space *out)
{
	static const char wanted[] = "pci-host-ecam-generic";
	struct boot_range reg;
	struct fdt_value v;
	uint64_t segment = 0, last = BUSES - 1, first = 0;

	do {
		if (!fdt_next(f, n))
			return false;
	} while (!fdt_compatible(f, n, wanted, sizeof(wanted)) || !fdt_reg(f, n, 0, &reg) ||
		 reg.size < BUS_SIZE);
	fdt_number(f, n, "linux,pci-domain", &segment);
	if (fdt_get(f, n, "bus-range", &v) && v.len >= 2 * sizeof(uint32_t)) {
		first = MIN(cell(&v, 0), BUSES - 1);
		last = MIN(cell(&v, 1), BUSES - 1);
	}
	*out = (struct pci_space){
		.base = reg.base - first * BUS_SIZE,	/* reg begins with the first bus */
		.segment = (uint32_t)segment,
		.first = (uint8_t)first,
		.last = (uint8_t)MIN(last, first + reg.size / BUS_SIZE - 1),
	};
	return true;
}

static uint32_t ports_read(uint32_t bus, uint32_t at)
{
	const uint64_t state = lock_take_irq(&ports_lock);
	uint32_t value;

	arch_port_out32(CONFIG_ADDRESS, CONFIG_ENABLE | bus << 16 |
			at >> FUNCTION_SHIFT << 8 | (at & 0xfc));
	value = arch_port_in32(CONFIG_DATA);
	arch_port_out32(CONFIG_ADDRESS, 0);
	lock_give_irq(&ports_lock, state);
	return value;
}

bool pci_space_ports(struct pci_space *out)
{
	uint64_t state;
	bool there;

	*out = (struct pci_space){ .last = BUSES - 1, .ports = true };
	if (!ARCH_PORTS)
		return false;
	state = lock_take_irq(&ports_lock);
	arch_port_out32(CONFIG_ADDRESS, CONFIG_ENABLE);
	there = arch_port_in32(CONFIG_ADDRESS) == CONFIG_ENABLE;
	arch_port_out32(CONFIG_ADDRESS, 0);
	lock_give_irq(&ports_lock, state);
	return there;
}

/* ---- one function ---- */

struct header {
	volatile const uint32_t *ecam;	/* of its bus; NULL: by ports */
	struct pci_function *f;
};

static void header_read(void *cookie)
{
	const struct header *h = cookie;
	struct pci_function *f = h->f;
	const uint32_t at = FUNCTION_AT(f->device, f->function);

	f->header[0] = UINT32_MAX;
	for (uint32_t i = 0; i < PCI_HEADER; i++) {
		const uint32_t byte = at + i * (uint32_t)sizeof(uint32_t);

		if (h->ecam)
			f->header[i] = h->ecam[byte / sizeof(uint32_t)];
		else if (ARCH_PORTS)
			f->header[i] = ports_read(f->bus, byte);
		if (PCI_VENDOR(f) == ABSENT)
			return;
	}
}

static bool function_read(struct header *h)
{
	struct trap_info fault;

	return trap_try(header_read, h, &fault) && PCI_VENDOR(h->f) != ABSENT;
}

uint32_t pci_bar(const struct pci_function *f, uint32_t i, struct pci_bar *out)
{
	const uint32_t type = PCI_TYPE(f);
	const uint32_t n = type == PCI_TYPE_DEVICE ? PCI_BARS : type == PCI_TYPE_BRIDGE ? 2 : 0;
	uint32_t low;

	if (i >= n)
		return 0;
	low = f->header[4 + i];
	*out = (struct pci_bar){ .io = low & BAR_IO };
	if (out->io) {
		out->address = BAR_IO_BASE(low);
		return 1;
	}
	out->address = BAR_BASE(low);
	out->prefetch = low & BAR_PREFETCH;
	if (!BAR_WIDE(low) || i + 1 == n)
		return 1;
	out->wide = true;
	out->address |= (uint64_t)f->header[5 + i] << 32;
	return 2;
}

/* ---- buses ---- */

struct scan {
	const struct pci_space *space;
	const struct pci_visitor *v;
	uint8_t led[BUSES];		/* a bridge leads there */
};

static void odd(const struct scan *s, const struct pci_function *f, const char *what)
{
	if (s->v->odd)
		s->v->odd(f, what, s->v->cookie);
}

/* Bus numbers ascend on the way down (PCI-to-PCI Bridge 1.2, 3.1.1), so that there is no loop. */
static void bridge_follow(struct scan *s, const struct pci_function *f)
{
	const uint32_t bus = PCI_SECONDARY(f);

	if (!bus && !PCI_SUBORDINATE(f))
		odd(s, f, "no bus number was given to it");
	else if (bus <= f->bus || PCI_SUBORDINATE(f) < bus)
		odd(s, f, "its bus numbers do not ascend");
	else if (bus > s->space->last)
		odd(s, f, "its bus cannot be reached");
	else if (s->led[bus]++)
		odd(s, f, "another bridge leads to its bus");
}

static bool bus_scan(struct scan *s, uint32_t bus, volatile const uint32_t *ecam)
{
	struct pci_function f = { .space = s->space, .bus = (uint8_t)bus };
	struct header h = { .ecam = ecam, .f = &f };

	for (uint32_t i = 0; i < DEVICES * FUNCTIONS; i++) {
		f.device = (uint8_t)(i / FUNCTIONS);
		f.function = (uint8_t)(i % FUNCTIONS);
		if (!function_read(&h)) {
			if (!f.function)
				i += FUNCTIONS - 1;
			continue;
		}
		if (!f.function && !PCI_MULTI(&f))
			i += FUNCTIONS - 1;
		if (!s->v->function(&f, s->v->cookie))
			return false;
		if (PCI_TYPE(&f) == PCI_TYPE_BRIDGE)
			bridge_follow(s, &f);
	}
	return true;
}

/* A bus and no more is mapped at a time. */
bool pci_scan(const struct pci_space *space, const struct pci_visitor *v)
{
	struct scan s = { .space = space, .v = v };
	bool more = true;

	for (uint32_t bus = space->first; bus <= space->last && more; bus++) {
		const void *ecam = NULL;

		if (!space->ports) {
			ecam = window_map(space->base + bus * BUS_SIZE, BUS_SIZE, ARCH_IO);
			if (!ecam) {
				odd(&s, NULL, "its memory may not be mapped");
				return true;
			}
		}
		more = bus_scan(&s, bus, ecam);
		window_unmap(ecam);
	}
	return more;
}

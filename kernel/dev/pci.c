/* SPDX-License-Identifier: MIT */
/* pci.c - see pci.h. */
#include "kernel/dev/pci.h"
#include "arch/kernel.h"
#include "kernel/cpu/lock.h"
#include "kernel/mm/area.h"
#include "lib/console/panic.h"
#include "lib/string.h"

#define BUSES		256
#define BUS_SIZE	(1 * MIB)	/* of ECAM: 32 devices of 8 functions of 4 KiB */
#define DEVICES		32
#define FUNCTIONS	8
#define FUNCTION_SHIFT	12
#define FUNCTION_AT(device, function)	(((device) << 3 | (function)) << FUNCTION_SHIFT)
#define ABSENT		0xffffu		/* vendor that no device has */
#define CLASS_HOST	0x0600u		/* base class and subclass of a host bridge */

/* PCI 3.0, 3.2.2.3.2 */
#define CONFIG_ADDRESS	0xcf8
#define CONFIG_DATA	0xcfc
#define CONFIG_ENABLE	(1u << 31)

/* Of a base address register, 6.2.5.1 */
#define BAR		4		/* word of the header */
#define BAR_IO		(1u << 0)
#define BAR_WIDE(bar)	(((bar) >> 1 & 3) == 2)
#define BAR_PREFETCH	(1u << 3)
#define BAR_KIND_IO	3ull		/* bits that are not address, of I/O and of memory */
#define BAR_KIND	15ull

#define MCFG_SPACES	44		/* offset of the first */

struct mcfg_space {
	uint64_t base;
	uint16_t segment;
	uint8_t first, last;
	uint32_t reserved;
} ACPI_PACKED;

static struct lock ports_lock;		/* one access uses two ports */

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

/* Read, or write *value if value is not NULL. */
static uint32_t ports_access(uint32_t bus, uint32_t at, const uint32_t *value)
{
	const uint64_t state = lock_acquire_irq(&ports_lock);
	uint32_t read = 0;

	arch_port_out32(CONFIG_ADDRESS, CONFIG_ENABLE | bus << 16 |
			at >> FUNCTION_SHIFT << 8 | (at & 0xfc));
	if (value)
		arch_port_out32(CONFIG_DATA, *value);
	else
		read = arch_port_in32(CONFIG_DATA);
	arch_port_out32(CONFIG_ADDRESS, 0);
	lock_release_irq(&ports_lock, state);
	return read;
}

bool pci_space_ports(struct pci_space *out)
{
	uint64_t state;
	bool there;

	*out = (struct pci_space){ .last = BUSES - 1, .ports = true };
	if (!ARCH_PORTS)
		return false;
	state = lock_acquire_irq(&ports_lock);
	arch_port_out32(CONFIG_ADDRESS, CONFIG_ENABLE);
	there = arch_port_in32(CONFIG_ADDRESS) == CONFIG_ENABLE;
	arch_port_out32(CONFIG_ADDRESS, 0);
	lock_release_irq(&ports_lock, state);
	return there;
}

/* ---- one function ---- */

struct header {
	volatile uint32_t *ecam;	/* of its bus; NULL: by ports */
	struct pci_function *f;
	uint32_t restored;		/* words that masks_restore() has written, or tried to */
};

/* Word i: read, or write if *value is given. */
static uint32_t word_access(const struct header *h, uint32_t i, const uint32_t *value)
{
	const uint32_t at = FUNCTION_AT(h->f->device, h->f->function) +
			    i * (uint32_t)sizeof(uint32_t);
	volatile uint32_t *word = h->ecam + at / sizeof(uint32_t);

	if (!h->ecam)
		return ARCH_PORTS ? ports_access(h->f->bus, at, value) : UINT32_MAX;
	if (value)
		*word = *value;
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void header_read(void *cookie)
{
	const struct header *h = cookie;
	struct pci_function *f = h->f;

	for (uint32_t i = 0; i < PCI_HEADER; i++) {
		f->header[i] = word_access(h, i, NULL);
		if (PCI_VENDOR(f) == ABSENT)
			return;
	}
}

static uint32_t bars_of(const struct pci_function *f)
{
	const uint32_t type = PCI_TYPE(f);

	return type == PCI_TYPE_DEVICE ? PCI_BARS : type == PCI_TYPE_BRIDGE ? 2 : 0;
}

/* 6.2.5.1. The upper half of the command's word is status: zeros there change nothing. */
static void masks_read(void *cookie)
{
	static const uint32_t ones = UINT32_MAX;
	const struct header *h = cookie;
	struct pci_function *f = h->f;
	const uint32_t off = PCI_COMMAND(f) & ~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY);

	word_access(h, 1, &off);
	for (uint32_t i = 0; i < bars_of(f); i++) {
		word_access(h, BAR + i, &ones);
		f->mask[i] = word_access(h, BAR + i, NULL);
	}
}

/* All BARs, then the command. Called again after a fault, it goes on with the next word. */
static void masks_restore(void *cookie)
{
	struct header *h = cookie;
	const uint32_t on = PCI_COMMAND(h->f), n = bars_of(h->f);

	while (h->restored <= n) {
		const uint32_t i = h->restored++;

		word_access(h, i < n ? BAR + i : 1, i < n ? &h->f->header[BAR + i] : &on);
	}
}

/* A host bridge is left alone, as memory may be reached through its BARs. */
static void masks_find(struct header *h)
{
	const uint64_t state = arch_irq_save();
	struct trap_info fault;

	memset(h->f->mask, 0, sizeof(h->f->mask));
	if (PCI_CLASS(h->f) >> 8 != CLASS_HOST) {
		if (!trap_try(masks_read, h, &fault))
			memset(h->f->mask, 0, sizeof(h->f->mask));
		h->restored = 0;
		while (!trap_try(masks_restore, h, &fault))
			;
	}
	arch_irq_restore(state);
}

static bool function_read(struct header *h)
{
	struct trap_info fault;

	return trap_try(header_read, h, &fault) && PCI_VENDOR(h->f) != ABSENT;
}

uint32_t pci_bar(const struct pci_function *f, uint32_t i, struct pci_bar *out)
{
	const uint32_t n = bars_of(f);
	uint64_t low, mask, kind;

	if (i >= n)
		return 0;
	low = f->header[BAR + i];
	*out = (struct pci_bar){ .io = low & BAR_IO };
	kind = out->io ? BAR_KIND_IO : BAR_KIND;
	mask = f->mask[i] & ~kind;
	out->address = low & ~kind;
	if (!out->io) {
		out->prefetch = low & BAR_PREFETCH;
		out->wide = BAR_WIDE(low) && i + 1 < n;
	}
	if (out->wide) {
		out->address |= (uint64_t)f->header[BAR + i + 1] << 32;
		mask |= (uint64_t)f->mask[i + 1] << 32;
	}
	out->size = mask & -mask;
	return out->wide ? 2 : 1;
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
		odd(s, f, "it has no bus number");
	else if (bus <= f->bus || PCI_SUBORDINATE(f) < bus)
		odd(s, f, "its bus numbers are out of order");
	else if (bus > s->space->last)
		odd(s, f, "its bus cannot be reached");
	else if (s->led[bus]++)
		odd(s, f, "another bridge has the same bus");
}

static bool bus_scan(struct scan *s, uint32_t bus, volatile uint32_t *ecam)
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
		if (s->v->sizes)
			masks_find(&h);
		if (!s->v->function(&f, s->v->cookie))
			return false;
		if (PCI_TYPE(&f) == PCI_TYPE_BRIDGE)
			bridge_follow(s, &f);
	}
	return true;
}

/* One bus is mapped at a time. Those that cannot be mapped are reported as odd, together. */
bool pci_scan(const struct pci_space *space, const struct pci_visitor *v)
{
	struct scan s = { .space = space, .v = v };
	bool more = true, all = true;

	for (uint32_t bus = space->first; bus <= space->last && more; bus++) {
		void *ecam = NULL;

		if (!space->ports) {
			ecam = window_map(space->base + bus * BUS_SIZE, BUS_SIZE, ARCH_IO);
			if (!ecam) {
				if (all)
					odd(&s, NULL, "some buses cannot be mapped");
				all = false;
				continue;
			}
		}
		more = bus_scan(&s, bus, ecam);
		window_unmap(ecam);
	}
	return more;
}

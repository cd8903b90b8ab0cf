/* SPDX-License-Identifier: MIT */
/*
 * irq_find.c - see irq.h. A controller is ours if it lists the boot hart's external interrupt for
 * S-mode: M-mode's controllers are in the same tree.
 */
#include "irq.h"
#include "arch/riscv64/boot/csr.h"
#include "arch/riscv64/boot/tree.h"
#include "lib/string.h"

#define PAIR		8		/* bytes: a hart's controller, and its interrupt there */

struct looked {
	struct fdt f;
	struct fdt_node n;
	uint64_t controller;		/* the boot hart's own, a phandle */
};

static const char none[] = "no device tree names a PLIC or APLIC for the boot hart";

static bool is(const struct looked *l, const char *name)
{
	return fdt_compatible(&l->f, &l->n, name, (uint32_t)strlen(name) + 1);
}

static uint64_t number(const struct looked *l, const char *name, uint64_t otherwise)
{
	fdt_number(&l->f, &l->n, name, &otherwise);
	return otherwise;
}

/* The boot hart's place in the node's list, of which *count have a place at all. */
static bool place_of(const struct looked *l, uint32_t *out, uint32_t *count)
{
	const uint32_t *cell;
	struct fdt_value v;

	if (!l->controller || !fdt_get(&l->f, &l->n, "interrupts-extended", &v))
		return false;
	cell = v.data;
	*count = (uint32_t)MIN(v.len / PAIR, PLIC_PLACES);
	for (uint32_t i = 0; i < *count; i++, cell += 2)
		if (fdt_cells(cell, 1) == l->controller && fdt_cells(cell + 1, 1) == IRQ_EXTERNAL) {
			*out = i;
			return true;
		}
	return false;
}

/* An APLIC may number harts in another way than its list. */
static bool index_of(const struct looked *l, uint32_t *place)
{
	struct fdt_value v;

	if (fdt_get(&l->f, &l->n, "riscv,hart-indexes", &v)) {
		if (v.len / sizeof(uint32_t) <= *place)
			return false;
		*place = (uint32_t)fdt_cells((const uint32_t *)v.data + *place, 1);
	}
	return *place <= IRQ_BITS(IMSIC_INDEX_BITS);
}

/* The node's IMSIC. The boot hart has the place out->place of `count` in its list. */
static bool imsic_index(const struct looked *l, uint32_t count, struct irq_devices *out)
{
	const uint32_t ordered = count > 1 ? 32 - (uint32_t)__builtin_clz(count - 1) : 0;
	const struct imsic_bits b = {
		.guests = number(l, "riscv,guest-index-bits", 0),
		.harts = number(l, "riscv,hart-index-bits", ordered),
		.groups = number(l, "riscv,group-index-bits", 0),
		.shift = number(l, "riscv,group-index-shift", IMSIC_GROUP_SHIFT),
		.ids = number(l, "riscv,num-ids", 0),
	};
	struct boot_range r;
	uint64_t offset;

	if (!imsic_usable(&b))
		return false;
	offset = (uint64_t)out->place << (PAGE_SHIFT + b.guests);
	for (uint32_t i = 0; fdt_reg(&l->f, &l->n, i, &r); i++, offset -= r.size)
		if (offset < r.size) {
			imsic_place(&b, r.base + offset, out);
			return true;
		}
	return false;
}

static const char *imsic_find(struct looked l, struct irq_devices *out)
{
	const uint64_t parent = number(&l, "msi-parent", 0);
	uint32_t count;

	l.n = (struct fdt_node){ 0 };
	do
		if (!parent || !fdt_next(&l.f, &l.n))
			return none;
	while (!is(&l, "riscv,imsics") || number(&l, "phandle", 0) != parent);
	if (!place_of(&l, &out->place, &count))
		return none;
	return imsic_index(&l, count, out) ? NULL : "the IMSIC's node is not usable";
}

static const char *look(const struct looked *l, struct irq_devices *out)
{
	const bool plic = is(l, "sifive,plic-1.0.0") || is(l, "riscv,plic0") ||
			  is(l, "thead,c900-plic");
	uint64_t sources, size = APLIC_IDC;
	struct boot_range r;
	bool usable = true;
	const char *why;
	uint32_t count;

	*out = (struct irq_devices){ .aplic = !plic };
	if ((!plic && !is(l, "riscv,aplic")) || !fdt_enabled(&l->f, &l->n))
		return none;
	if (place_of(l, &out->place, &count)) {
		usable = plic || index_of(l, &out->place);
		size = plic ? PLIC_OWN + PLIC_OWN_SIZE * (out->place + 1ull) :
			      APLIC_IDC + APLIC_IDC_SIZE * (out->place + 1ull);
	} else {
		why = plic ? none : imsic_find(*l, out);
		if (why)
			return why;
	}
	sources = number(l, plic ? "riscv,ndev" : "riscv,num-sources", 0);
	if (!usable || !fdt_reg(&l->f, &l->n, 0, &r) || !irq_range(&r, size, sources, out))
		return plic ? "the PLIC's node is not usable" : "the APLIC's node is not usable";
	return NULL;
}

const char *irq_find(const struct machine *m, uint64_t id, struct irq_devices *out)
{
	const char *why = none;
	struct looked l = { 0 };
	struct harts h;

	if (!harts_start(&h, m->dtb, m->dtb_size))
		return m->table ? irq_madt(m, id, out) : none;
	do
		if (!harts_next(&h))
			return "the device tree does not list the boot hart";
	while (h.id != id);
	l.f = h.f;
	l.controller = harts_controller(&h);
	while (why == none && fdt_next(&l.f, &l.n))
		why = look(&l, out);
	return why;
}

/* SPDX-License-Identifier: MIT */
/*
 * dtb.c - collects what a loader passes in a device tree (Linux's
 * Documentation/arch/arm64/booting.rst; Devicetree Specification 0.4, chapters 3 and 5).
 *
 * One walk over the tree finds everything but the console. The MMU is off, so data that a loader
 * wrote through its caches is cleaned to memory before it is read.
 */
#include "stub/raw/efi_left.h"
#include "arch/collect.h"
#include "lib/console/screen.h"
#include "lib/fdt.h"
#include "stub/uart_find.h"

#define HEADER_SIZE	64		/* at least the size of the header */
#define REG_MAX		4096		/* most ranges of one node */
#define CLEAN_MAX	GIB		/* larger ACPI tables are not believed */
#define USABLE		"linux,usable-memory-range"

/*
 * What /chosen may have. linux,uefi-*: written by Linux's UEFI stub for Linux (arm/uefi.rst), and
 * copied by kexec. linux,booted-from-kexec: written by kexec_file_load.
 */
enum { BOOTARGS, RNG_SEED, KASLR_SEED, SYSTAB, MAP, MAP_SIZE, DESC_SIZE, KEXEC, CRASH, NAMES };
static const char names[NAMES][26] = {
	"bootargs", "rng-seed", "kaslr-seed",
	"linux,uefi-system-table", "linux,uefi-mmap-start", "linux,uefi-mmap-size",
	"linux,uefi-mmap-desc-size",
	"linux,booted-from-kexec", USABLE,
};

/* From /chosen. Absent: depth 0, length 0. */
struct chosen {
	struct fdt_node node;
	struct fdt_value v[NAMES];
	uint64_t initrd, initrd_end;
	struct efi_left efi;
	bool has_initrd;
};

static bool node_is_memory(const struct fdt *f, struct fdt_node *n)
{
	struct fdt_value v;
	const uint32_t end = fdt_get_at(f, n->body[n->depth - 1], "device_type", 0, 1, &v);

	if (end) {			/* it has none */
		n->at = end;
		return false;
	}
	return fdt_is(&v, "memory") && fdt_enabled(f, n);
}

/*
 * False: there are more ranges than REG_MAX; the first are added. Reservations count even if their
 * parent lacks the `ranges` that 3.5.1 requires. A tree with one that cannot be read is damaged:
 * what it reserves must not be overwritten.
 */
static bool node_ranges(struct raw *r, const struct fdt *f, struct fdt_node *n, uint32_t type)
{
	struct fdt_ranges regs = { .anyway = type == BOOT_MEM_RESERVED };
	struct boot_range reg;

	while (fdt_ranges_next(f, n, "reg", &regs, &reg)) {
		if (regs.i > REG_MAX)
			return false;
		raw_add(r, reg.base, reg.size, type);
	}
	if (regs.anyway && regs.first && !regs.i)
		n->broken = n->body[n->depth - 1];
	return true;
}

static void node_chosen(const struct fdt *f, const struct fdt_node *n, struct chosen *c)
{
	c->node = *n;
	fdt_get_each(f, n, FDT_NAMES(names), c->v);
	fdt_value_number(&c->v[SYSTAB], &c->efi.systab);
	fdt_value_number(&c->v[MAP], &c->efi.map);
	fdt_value_number(&c->v[MAP_SIZE], &c->efi.size);
	fdt_value_number(&c->v[DESC_SIZE], &c->efi.desc_size);
	c->has_initrd = fdt_initrd(f, n, &c->initrd, &c->initrd_end);
}

/* A number of one cell; else 0. */
static uint32_t node_number(const struct fdt_value *v)
{
	return v->len == sizeof(uint32_t) ? (uint32_t)fdt_cells(v->data, 1) : 0;
}

/*
 * A framebuffer that is already shown (Linux's bindings/display/simple-framebuffer.yaml). Perhaps
 * nothing else reserves its memory. Of the formats with eight characters these alone have "8r" or
 * "8b" after the first: x8r8g8b8, a8r8g8b8 and x8b8g8r8, a8b8g8r8.
 */
static void node_screen(struct draft *d, struct raw *r, const struct fdt *f, struct fdt_node *n)
{
	static const char wanted[] = "simple-framebuffer", texts[][7] = {
		"format", "width", "height", "stride",
	};
	struct fdt_value v[ARRAY_SIZE(texts)];
	const char *format;
	struct boot_fb *fb = &d->info.fb;

	if (fb->format || !fdt_compatible(f, n, wanted, sizeof(wanted)) || !fdt_enabled(f, n))
		return;
	fdt_get_each(f, n, FDT_NAMES(texts), v);
	format = v[0].data;
	if (v[0].len == sizeof("x8r8g8b8") && format[1] == '8')
		fb->format = format[2] == 'r' ? BOOT_FB_XRGB8888 :
			     format[2] == 'b' ? BOOT_FB_XBGR8888 : BOOT_FB_NONE;
	fb->width = node_number(&v[1]);
	fb->height = node_number(&v[2]);
	fb->stride = node_number(&v[3]);
	if (fdt_reg(f, n, 0, &fb->mem) && ends_by(fb->mem.base, fb->mem.size, ARCH_REACH) &&
	    screen_fits(fb) && raw_apart(&fb->mem)) {
		raw_add(r, fb->mem.base, fb->mem.size, BOOT_MEM_RESERVED);
		return;
	}
	raw_drop(r, "screen", "cannot be drawn on", "", &fb->mem);
	*fb = (struct boot_fb){ 0 };
}

/* Memory (3.4), reservations (3.5), /chosen (3.6). False: damaged, or too many ranges. */
static bool tree_walk(struct draft *d, struct fdt *f, struct raw *r, struct chosen *c,
		      uint32_t *broken)
{
	struct fdt_node n = { 0 };
	uint32_t depth = 2, tops = 0;
	bool chosen = false;

	while (fdt_next_within(f, &n, depth)) {
		if (n.depth == 3) {
			if (chosen)
				node_screen(d, r, f, &n);
			else if (fdt_enabled(f, &n) &&
				 !node_ranges(r, f, &n, BOOT_MEM_RESERVED))
				return false;
		} else if (n.depth == 2) {
			if (FDT_NOTES && tops < FDT_TOPS) {
				f->top[tops].name = n.name;
				f->top[tops].body = n.body[1];
			}
			tops++;
			chosen = !c->node.depth && fdt_named(f, &n, "chosen");
			depth = chosen || fdt_named(f, &n, "reserved-memory") ? 3 : 2;
			if (chosen)
				node_chosen(f, &n, c);
			else if (node_is_memory(f, &n))
				(void)node_ranges(r, f, &n, BOOT_MEM_FREE);
		}
	}
	*broken = n.broken;
	f->tops = tops <= FDT_NOTES * FDT_TOPS ? tops : 0;
	return !n.broken;
}

static void take_initrd(struct draft *d, struct raw *r, const struct chosen *c)
{
	const struct boot_range mem = { c->initrd, c->initrd_end - c->initrd };
	struct boot_module *m = &d->module[DRAFT_INITRD];

	if (!c->has_initrd)
		return;
	if (c->initrd > c->initrd_end) {
		raw_drop(r, "initrd", "ends before it begins", "", &mem);
		return;
	}
	*m = (struct boot_module){ .mem = mem, .kind = BOOT_MODULE_INITRD };
	raw_module(r, "initrd", m);
}

/*
 * A crash kernel (Linux's admin-guide/kdump): all memory outside of its ranges must be preserved,
 * and an ELF header describes it.
 */
static void take_crash(struct draft *d, struct raw *r, const struct fdt *f, const struct chosen *c)
{
	struct boot_module *header = &d->module[DRAFT_LOG];
	struct boot_range usable[RAW_USABLE];
	uint32_t n = 0;

	while (n < RAW_USABLE && fdt_range(f, &c->node, USABLE, n, &usable[n]))
		n++;
	if (!n)
		panic("%s: damaged", USABLE);
	if (fdt_range(f, &c->node, "linux,elfcorehdr", 0, &header->mem)) {
		header->kind = BOOT_MODULE_ELFCOREHDR;
		raw_module(r, "elfcorehdr", header);
	}
	raw_limit(d, r, usable, n);
	d->info.flags |= BOOT_AFTER_OS;
}

static void take_cmdline(struct draft *d, const struct fdt_value *v)
{
	bool cut;

	d->cmdline_len = cmdline_from_file(v->data, v->len, d->cmdline, sizeof(d->cmdline), &cut);
	if (cut)
		d->info.flags |= BOOT_CMDLINE_CUT;
}

static void tree_console(struct draft *d, const struct fdt *f)
{
	if (fdt_console(f, &d->info.uart))
		raw_console(d);
}

/*
 * The tree is all that this protocol passes, and only it names a serial port. If it is too damaged
 * to find one, there is no address that we could write to without guessing. Then the panic is
 * silent, and all that remains is the breadcrumb in the image's .data (first_trail: stage collect,
 * faulted 1).
 */
static void tree_open(struct draft *d, struct fdt *f, const void *blob)
{
	status_t status;

	if (!blob)
		panic("no device tree");
	arch_clean((uint64_t)blob, HEADER_SIZE);
	status = fdt_open(f, blob, FDT_MAX);
	if (status != OK) {
		arch_clean((uint64_t)blob, FDT_MAX);
		if (fdt_salvage(f, blob))
			tree_console(d, f);
		panic("device tree at 0x%llx: %s", LL(blob), status == ERR_TOO_SMALL ?
		      "larger than 2 MiB" : "the header is damaged");
	}
	arch_clean((uint64_t)blob, fdt_end(f));
}

bool dtb_port(uint64_t a, struct boot_uart *out)
{
	struct fdt f;

	if (!a)
		return false;
	arch_clean(a, HEADER_SIZE);
	if (fdt_open(&f, (const void *)a, FDT_MAX) != OK)
		return false;
	arch_clean(a, fdt_end(&f));
	return fdt_console(&f, out);
}

/*
 * A kernel that was itself started by UEFI has started us. UEFI's map replaces /memory, and ACPI
 * names the serial port if the tree has nothing but /chosen.
 */
static void take_efi(struct draft *d, struct raw *r, const struct efi_left *left)
{
	struct boot_info *info = &d->info;
	struct reach acpi = { .map = r->map };
	struct boot_uart uart;

	(void)efi_left_collect(d, r, left);
	for (uint32_t i = 0; i < r->n; i++)
		if (r->map[i].type == BOOT_MEM_ACPI && r->map[i].size <= CLEAN_MAX)
			arch_clean(r->map[i].base, r->map[i].size);
	acpi.n = r->n;
	if (info->uart.type == BOOT_UART_NONE &&
	    uart_find(&acpi, info->acpi_rsdp, NULL, 0, &uart)) {
		info->uart = uart;
		raw_console(d);
	}
}

void dtb_collect(struct draft *d, struct raw *r, uint64_t a)
{
	struct boot_module *dtb = &d->module[DRAFT_TREE];
	struct chosen c = { 0 };
	struct boot_range mem;
	bool in_memory;
	uint32_t broken = 0;
	struct fdt f;

	r->anywhere = true;
	tree_open(d, &f, (const void *)a);
	if (!tree_walk(d, &f, r, &c, &broken)) {
		tree_console(d, &f);
		panic(broken ? "device tree at 0x%llx: damaged at offset 0x%x" :
			       "device tree at 0x%llx: more than %u reserved ranges",
		      LL(a), broken ? broken : REG_MAX);
	}
	if (fdt_console_chosen(&f, c.node.depth ? &c.node : NULL, &d->info.uart))
		raw_console(d);
	if (c.efi.systab)
		take_efi(d, r, &c.efi);
	if (c.efi.systab || c.v[KEXEC].data)
		d->info.flags |= BOOT_AFTER_OS;
	for (uint32_t i = 0; fdt_reserved(&f, i, &mem); i++)
		raw_add(r, mem.base, mem.size, BOOT_MEM_RESERVED);
	*dtb = (struct boot_module){ .mem = { a, fdt_size(&f) }, .kind = BOOT_MODULE_DTB };
	in_memory = raw_tree(r, &dtb->mem);
	take_initrd(d, r, &c);
	if (c.v[CRASH].data)
		take_crash(d, r, &f, &c);
	take_cmdline(d, &c.v[BOOTARGS]);
	if (!in_memory)			/* seeds that cannot be wiped are not secret */
		return;
	entropy_take(d, (void *)c.v[KASLR_SEED].data, c.v[KASLR_SEED].len);
	entropy_take(d, (void *)c.v[RNG_SEED].data, c.v[RNG_SEED].len);
}

/* SPDX-License-Identifier: MIT */
/*
 * check.c - checks the kernel's promises after the jump: boot_info, the copy of the image, the
 * memory map against firmware's last map, the page tables against the memory map.
 *
 * A model that looks at each page; it shares no code with the stub except arch_map_walk.
 */
#include <string.h>
#include "tests/host/fake/fake.h"
#include "lib/console/console.h"
#include "tests/host/image.h"
#include "lib/string.h"
#include "lib/sum.h"

#define TOP		(1ull << 60)
#define WORK		2000000		/* descriptors looked at, for all pages: see map_step() */
#define WORK_QUICK	20000
#define LEAVES		60000
#define NONE		0

#define CHECK(condition, ...)                           \
	do {                                            \
		if (!(condition)) {                     \
			fake_complain(__VA_ARGS__);     \
			return;                         \
		}                                       \
	} while (0)

static const struct boot_info *bi;
static const struct boot_mem *mem;
static uint64_t mems;

static bool inside(uint64_t at, uint64_t base, uint64_t size)
{
	return at - base < size;
}

static const struct boot_module *modules(void)
{
	return (const struct boot_module *)bi->modules.base;
}

/* ---- the map ---- */

/* Whether [base, base+size) has a byte of the page (all of it, if `whole`). */
static bool covers(uint64_t base, uint64_t size, uint64_t page, bool whole)
{
	uint64_t end = size > TOP || base > TOP - size ? TOP : base + size;

	if (base >= TOP || !size)
		return false;
	return whole ? base <= page && page + PAGE_SIZE <= end :
		       base < page + PAGE_SIZE && page < end;
}

/* What is in use must not be given out, whatever firmware calls it. */
static uint32_t model_in_use(uint64_t page, uint32_t type)
{
	if (bi->fb.format && covers(bi->fb.mem.base, bi->fb.mem.size, page, false))
		return BOOT_MEM_MMIO;
	if (bi->smbios && covers(bi->smbios, 32, page, false))
		return BOOT_MEM_NVS;
	return bi->acpi_rsdp && covers(bi->acpi_rsdp, 20, page, false) ? BOOT_MEM_ACPI : type;
}

static uint32_t model_type(uint64_t page)
{
	const uint64_t image = bi->image.base + PAGE_SIZE;
	uint32_t type = NONE;

	for (uint32_t i = 0; i < fake.finals; i++) {
		const struct efi_memory_descriptor *d = &fake.final[i];
		const uint32_t t = machine_type(d);
		const uint64_t size = d->pages > TOP / PAGE_SIZE ? TOP : d->pages * PAGE_SIZE;

		if (t > type && covers(d->physical_start, size, page, t == BOOT_MEM_FREE))
			type = t;
	}
	if (type && type <= BOOT_MEM_RECLAIM)
		type = model_in_use(page, type);
	if (tree_reserves(page))
		type = BOOT_MEM_RESERVED;
	if (type < BOOT_MEM_HANDOFF && inside(page, bi->handoff.base, bi->handoff.size) &&
	    !inside(page, image, bi->image.size - PAGE_SIZE))
		type = BOOT_MEM_HANDOFF;
	if (type < BOOT_MEM_IMAGE && inside(page, image, bi->image.size - PAGE_SIZE))
		type = BOOT_MEM_IMAGE;
	for (uint64_t i = 0; i < bi->modules.size / sizeof(struct boot_module); i++)
		if (type < BOOT_MEM_MODULE &&
		    covers(modules()[i].mem.base, modules()[i].mem.size, page, false))
			type = BOOT_MEM_MODULE;
	return type;
}

static uint32_t map_type(uint64_t page)
{
	uint64_t low = 0, high = mems;

	while (low < high) {
		const uint64_t i = (low + high) / 2;

		if (inside(page, mem[i].base, mem[i].size))
			return mem[i].type;
		if (mem[i].base > page)
			high = i;
		else
			low = i + 1;
	}
	return NONE;
}

static void check_page(uint64_t at)
{
	const uint64_t page = at & ~(PAGE_SIZE - 1);

	if (page < TOP)
		CHECK(model_type(page) == map_type(page), "page %#lx is %u, should be %u", page,
		      map_type(page), model_type(page));
}

static void check_boundary(uint64_t at)
{
	check_page(at);
	check_page(at - PAGE_SIZE);
}

/* Check every boundary of a normal map; in a large one only some. */
static uint32_t map_step(void)
{
	return 1 + (uint32_t)((uint64_t)fake.finals * fake.finals /
			      (fake.quick ? WORK_QUICK : WORK));
}

static void check_map(void)
{
	const uint64_t used[] = { bi->fb.mem.base, bi->fb.mem.base + bi->fb.mem.size, bi->smbios,
				  bi->acpi_rsdp, bi->handoff.base,
				  bi->handoff.base + bi->handoff.size };
	const uint32_t step = map_step();

	CHECK(memory_owned(bi->memmap.base, bi->memmap.size), "the map is not allocated");
	for (uint64_t i = 0; i < mems; i++) {
		CHECK(mem[i].size && !(mem[i].base % PAGE_SIZE) && !(mem[i].size % PAGE_SIZE) &&
		      mem[i].type && mem[i].type < BOOT_MEM_TYPES, "map entry %lu", i);
		CHECK(!i || mem[i].base >= mem[i - 1].base + mem[i - 1].size,
		      "map entry %lu is not after the one before", i);
		if (!(i % step)) {
			check_boundary(mem[i].base);
			check_boundary(mem[i].base + mem[i].size);
		}
	}
	for (uint32_t i = 0; i < fake.finals; i += step) {
		const struct efi_memory_descriptor *d = &fake.final[i];

		check_boundary(d->physical_start);
		if (d->pages < TOP / PAGE_SIZE)
			check_boundary(d->physical_start + d->pages * PAGE_SIZE);
	}
	CHECK(memory_owned(bi->handoff.base, bi->handoff.size), "the arena is not allocated");
	CHECK(!tree_reserves(bi->handoff.base) &&
	      !tree_reserves(bi->handoff.base + bi->handoff.size - 1),
	      "the arena is in what the tree reserves");
	for (uint64_t at = 0x10000000; at < 0x30000000 && fake.f.tree; at += MIB)
		check_page(at);
	for (uint32_t i = 0; i < ARRAY_SIZE(used); i++)
		check_boundary(used[i]);
	CHECK(memory_good(bi->handoff.base, bi->handoff.size), "the arena is in bad memory");
}

/* ---- the image and the texts ---- */

static void check_image(void)
{
	const uint64_t at = bi->image.base, text = image_offset(image_text);
	const uint64_t end = image_offset(image_relro_end), relro = image_offset(image_relro);
	const uint64_t sbat = image_offset(image_sbat);
	const bool moved = at != (uint64_t)image_start;
	const struct console *twin = image_twin(&console, at);
	struct crumbs *const *trail = image_twin(&crumb_trail, at);

	CHECK(bi->image.size == image_size(), "image of %#lx bytes", bi->image.size);
	CHECK(!moved || at == bi->handoff.base, "image at %#lx, arena at %#lx", at,
	      bi->handoff.base);
	CHECK(!moved || !memcmp((void *)(at + text), image_text, sbat - text),
	      "the copy's text differs");
	for (uint32_t i = 2; i < IMAGE_RELAS; i++)
		CHECK(*(uint64_t *)(at + relro + 8 * i) == bi->image_virt + 0x1000 + 16 * i,
		      "relocation %u", i);
	CHECK(sum64(sum64(0, (void *)(at + text), sbat - text),
		    (void *)(at + relro), end - relro) == bi->checksum, "checksum");
	for (uint64_t i = image_offset(image_bss); i < image_offset(image_bss_end); i += 8)
		CHECK(!*(uint64_t *)(at + i), ".bss is not zero at %#lx", i);
	CHECK(*trail == (void *)(bi->crumbs + bi->direct_map), "the copy's crumbs");
	CHECK(!memcmp(&twin->fb.width, &bi->fb.width, sizeof(bi->fb) - sizeof(bi->fb.mem)) &&
	      twin->fb.mem.base == bi->fb.mem.base + bi->direct_map, "the copy's console");
	CHECK(fake_cpu.trap_copy == at && fake_cpu.trap_virt == bi->image_virt, "traps");
}

static void check_text(const struct boot_range *t)
{
	CHECK(memory_owned(t->base, t->size + 1) && strlen((char *)t->base) == t->size,
	      "text at %#lx", t->base);
}

static void check_named(uint64_t i)
{
	const struct boot_range *m = &modules()[i].mem;
	const struct boot_range *name = (const struct boot_range *)bi->module_names.base + i;

	CHECK(bi->module_names.size / sizeof(*name) ==
	      bi->modules.size / sizeof(struct boot_module), "names of modules");
	check_text(name);
	CHECK(strstr((char *)bi->cmdline.base, (char *)name->base), "the name of module %lu", i);
	CHECK(memory_owned(m->base, m->size) && memory_good(m->base, m->size) &&
	      m->size == fake.f.file_size, "module %lu is not allocated, or in bad memory", i);
	for (uint64_t j = 0; j < i; j++)
		CHECK(m->base != modules()[j].mem.base, "modules %lu and %lu are one", j, i);
	for (uint64_t b = 0; b < m->size; b++)
		CHECK(((uint8_t *)m->base)[b] == fake_initrd_byte(b), "module byte %lu", b);
}

static void check_handoff(void)
{
	const struct crumbs *crumbs = (void *)bi->crumbs;
	const struct boot_fb *fb = &bi->fb;

	CHECK(bi->magic == BOOT_INFO_MAGIC && bi->size == sizeof(*bi), "boot_info");
	CHECK(bi->entry == BOOT_ENTRY_UEFI && bi->exit_tries == fake.exit_calls &&
	      bi->exit_tries >= 1, "%u tries", bi->exit_tries);
	CHECK(crumbs->magic == CRUMB_MAGIC && crumbs->stage == CRUMB_JUMP &&
	      crumbs->time[CRUMB_ENTRY] == 1 && crumbs->time[CRUMB_PLACE], "crumbs");
	CHECK(bi->efi_systab == (uint64_t)&fake.systab && !fake.systab.boot, "system table");
	CHECK(bi->exit_growth == fake.finals - MIN(fake.firsts, fake.finals), "growth");
	CHECK(bi->efi_memmap.size == fake.finals * bi->efi_desc_size &&
	      memory_owned(bi->efi_memmap.base, bi->efi_memmap.size), "firmware's map");
	for (uint32_t i = 0; i < fake.finals; i++)
		CHECK(!memcmp((uint8_t *)bi->efi_memmap.base + i * bi->efi_desc_size,
			      &fake.final[i], sizeof(fake.final[i])), "descriptor %u", i);
	check_text(&bi->cmdline);
	check_text(&bi->file);
	check_text(&bi->vendor);
	CHECK(!fb->format || (4ull * fb->width <= fb->stride && fb->width && fb->height &&
	      (uint64_t)fb->stride * fb->height <= fb->mem.size), "screen");
	CHECK(bi->seed_len == 0 || bi->seed_len == sizeof(bi->seed), "seed");
	for (uint64_t i = 0; i < bi->modules.size / sizeof(struct boot_module); i++) {
		const struct boot_range *m = &modules()[i].mem;

		CHECK(m->size, "module %lu is empty", i);
		if (modules()[i].kind == BOOT_MODULE_FILE)
			check_named(i);
		if (modules()[i].kind != BOOT_MODULE_INITRD)
			continue;
		if (fake.f.tree && !memory_owned(m->base, m->size) && !sections_have(m)) {
			CHECK(tree_initrd_good() && (m->base + m->size <= bi->handoff.base ||
			      bi->handoff.base + bi->handoff.size <= m->base),
			      "the tree's initrd");
			continue;
		}
		CHECK((memory_owned(m->base, m->size) && memory_good(m->base, m->size)) ||
		      sections_have(m),
		      "the initrd is not allocated, or in bad memory");
		CHECK(fake_initrd_good((const uint8_t *)m->base, m->size), "the initrd's bytes");
	}
}

/* ---- the page tables ---- */

static struct arch_leaf leaf[LEAVES];
static uint32_t leaves;

static bool leaf_note(const struct arch_leaf *l, void *cookie)
{
	(void)cookie;
	if (leaves == LEAVES) {
		fake_complain("too many leaves");
		return false;
	}
	leaf[leaves++] = *l;
	return true;
}

static const struct arch_leaf *leaf_of(uint64_t va)
{
	uint32_t low = 0, high = leaves;

	while (low < high) {
		const uint32_t i = (low + high) / 2;

		if (inside(va, leaf[i].va, leaf[i].size))
			return &leaf[i];
		if (leaf[i].va > va)
			high = i;
		else
			low = i + 1;
	}
	return NULL;
}

static bool maps(uint64_t va, uint64_t pa, bool write, bool exec)
{
	const struct arch_leaf *l = leaf_of(va);

	return l && l->pa + (va - l->va) == pa && l->write == write && l->exec == exec;
}

static bool is_ram(uint32_t type)
{
	return type && type < BOOT_MEM_MMIO && type != BOOT_MEM_RUNTIME_CODE;
}

static struct boot_range trampoline_pages(void)
{
	const uint64_t base = ALIGN_DOWN((uint64_t)idmap_start, PAGE_SIZE);

	return (struct boot_range){ base, ALIGN_UP((uint64_t)idmap_end, PAGE_SIZE) - base };
}

/* One page that a leaf maps: it must be at the right address, and may be mapped at all. */
static void check_leaf_page(const struct arch_leaf *l, uint64_t offset)
{
	const uint64_t va = l->va + offset, pa = l->pa + offset;
	const uint64_t virt = bi->image_virt + (pa - bi->image.base);
	const uint64_t fb = bi->fb.mem.base & ~(PAGE_SIZE - 1);
	const struct boot_range trampoline = trampoline_pages();

	CHECK(va == bi->direct_map + pa || (va == virt && pa - bi->image.base < bi->image.size) ||
	      (va == pa && inside(pa, trampoline.base, trampoline.size)),
	      "%#lx is shown at %#lx", pa, va);
	CHECK(!(l->write && l->exec), "%#lx can be written and executed", va);
	CHECK(!l->exec || va == virt || (va == pa && inside(pa, trampoline.base, trampoline.size)),
	      "%#lx can be executed as an alias", va);
	CHECK(l->cached || !is_ram(map_type(pa)) || inside(pa, fb, bi->fb.mem.size + PAGE_SIZE),
	      "RAM at %#lx is not cached", pa);
	CHECK(is_ram(map_type(pa)) || inside(pa, trampoline.base, trampoline.size) ||
	      (bi->fb.format && inside(pa, fb, bi->fb.mem.size + PAGE_SIZE)),
	      "%#lx of type %u is mapped", pa, map_type(pa));
}

static void check_plan(void)
{
	const uint64_t d = bi->direct_map, entry = image_offset(kernel_entry);
	const uint64_t stacks[] = { bi->boot_stack.base, bi->trap_stack.base };
	const struct jump_plan *plan = &fake_cpu.plan;
	const struct boot_range trampoline = trampoline_pages();

	CHECK(plan->entry == bi->image_virt + entry &&
	      maps(plan->entry, bi->image.base + entry, false, true), "entry");
	CHECK(maps(plan->arg, (uint64_t)bi, true, false), "argument");
	CHECK(plan->stack == d + bi->boot_stack.base + bi->boot_stack.size &&
	      maps(plan->stack - 8, plan->stack - 8 - d, true, false), "stack");
	CHECK(maps(trampoline.base, trampoline.base, false, true), "trampoline");
	for (uint32_t i = 0; i < ARRAY_SIZE(stacks); i++)
		CHECK(maps(d + stacks[i], stacks[i], true, false) &&
		      !leaf_of(d + stacks[i] - 8), "the page below stack %u", i);
	CHECK(maps(d + bi->page_pool.base + bi->page_pool.size - 8,
		   bi->page_pool.base + bi->page_pool.size - 8, true, false), "table pages");
	CHECK(maps(d + bi->memmap.base, bi->memmap.base, true, false), "map");
	CHECK(maps(d + bi->handoff.base + bi->handoff.size - 8,
		   bi->handoff.base + bi->handoff.size - 8, true, false), "handoff");
	CHECK(maps(bi->image_virt + image_offset(image_rodata),
		   bi->image.base + image_offset(image_rodata), false, false), "read-only data");
	CHECK(maps(bi->image_virt + image_offset(image_data),
		   bi->image.base + image_offset(image_data), true, false), "data");
}

static void check_pages(void)
{
	struct arch_map map = { 0 };

	arch_map_live(&map);
	leaves = 0;
	arch_map_walk(&map, leaf_note, NULL);
	for (uint32_t i = 0; i < leaves; i++) {
		check_leaf_page(&leaf[i], 0);
		check_leaf_page(&leaf[i], leaf[i].size - PAGE_SIZE);
	}
	check_plan();
	for (uint64_t i = 0; i < mems && !(bi->flags & BOOT_RAM_UNMAPPED); i++) {
		if (!is_ram(mem[i].type) || mem[i].type == BOOT_MEM_HANDOFF ||
		    mem[i].type == BOOT_MEM_IMAGE)
			continue;
		CHECK(leaf_of(bi->direct_map + mem[i].base), "RAM at %#lx is not mapped",
		      mem[i].base);
	}
}

bool fake_check_info(const struct boot_info *info)
{
	bi = info;
	mem = (const struct boot_mem *)bi->memmap.base;
	mems = bi->memmap.size / sizeof(*mem);
	check_handoff();
	if (!fake.complaint[0])
		check_map();
	if (!fake.complaint[0])
		check_image();
	if (!fake.complaint[0] && bi->regime != BOOT_MMU_OFF)
		check_pages();
	return !fake.complaint[0];
}

/* SPDX-License-Identifier: MIT */
/*
 * test_finish.c - from a memory map to the jump, with an image of pages without code.
 *
 * `poc` is memory as seen without caches: all wrong at first, then updated by arch_clean() in whole
 * lines, with the contents at that moment. At the jump it must equal what was written, wherever it
 * will be read or executed without caches.
 */
#include "tests/host/unit/unit.h"
#include "tests/host/arch/cpu.h"
#include "tests/host/image.h"
#include "arch/boot.h"
#include "arch/map.h"
#include "lib/acpi.h"
#include "lib/console/console.h"
#include "lib/crumb.h"
#include "lib/string.h"
#include "stub/again.h"
#include "stub/fault.h"
#include "stub/finish.h"
#include "stub/stub.h"
#include <sys/mman.h>

#define LINE		64ull
#define ROOM		(4 * MIB)	/* of the arena and, after it, a module and ACPI tables */
#define MODULE_AT	(3 * MIB + 0x123)
#define ACPI_AT		0		/* before the arena: the map's first */
#define ARENA		((uint64_t)t.room + 2 * PAGE_SIZE)
#define CONSOLE_AT	0x80000000ull	/* screen and port, which are not accessed */
#define FREE_ACPI_AT	(3 * MIB + 0x90000)	/* tables in memory that is called free */

/* The two that the stub looks for in the copy. */
__asm__(".section .image.vars, \"aw\", @progbits\n"
	".globl console, crumb_trail\n"
	"console:	.skip 0x200\n"
	"crumb_trail:	.skip 8\n"
	".text\n");

enum { JUMPED = 1, PANICKED };

extern struct crumbs *crumb_trail;

static struct {
	jmp_buf jumped;
	int end;			/* JUMPED or PANICKED */
	uint8_t *room;
	uint8_t poc_room[ROOM], poc_image[IMAGE_ROOM];
	uint64_t cleaned_in[2];		/* bytes that were cleaned: in the room, in the image */
	bool code_pending, twins_done, wide;
	uint32_t tables;	/* not 0: room for that many besides the root; a panic is right */
	uint64_t page_last, pages;	/* for tables: the last one, how many */
	struct jump_plan plan;
	uint8_t original[IMAGE_ROOM];
} t;

static uint8_t *poc_of(uint64_t at)
{
	if (at - (uint64_t)t.room < ROOM)
		return t.poc_room + (at - (uint64_t)t.room);
	assert_true(at - (uint64_t)image_start < image_size());
	return t.poc_image + (at - (uint64_t)image_start);
}

void arch_clean(uint64_t base, uint64_t size)
{
	uint64_t from = base & -LINE, to = (base + size + LINE - 1) & -LINE;

	assert_true(size);
	memcpy(poc_of(from), (void *)from, to - from);
	t.cleaned_in[from - (uint64_t)t.room >= ROOM] += to - from;
	if (!t.twins_done)
		t.code_pending = true;
}

void arch_clean_code(void)
{
	t.code_pending = false;
}

static void assert_clean(uint64_t base, uint64_t size, const char *what)
{
	for (uint64_t i = 0; i < size; i++)
		if (*poc_of(base + i) != *(uint8_t *)(base + i))
			fail_msg("%s: byte 0x%lx of 0x%lx is not in memory", what, i, size);
}

/* Whether this CPU has SIMD registers. */
bool arch_wide_start(void)
{
	return t.wide;
}

void arch_wide_fill(void *dst, uint64_t words)
{
	assert_true(t.wide);
	memset(dst, 0, words * 8);
}

/* A page for tables, used for nothing else. */
static uint64_t page_next(struct arch_map *m, int byte)
{
	const uint64_t page = m->page(m->cookie);

	assert_true(!t.pages++ || page == t.page_last + PAGE_SIZE);
	t.page_last = page;
	return (uint64_t)memset((void *)page, byte, PAGE_SIZE);
}

status_t arch_map_start(struct arch_map *m)
{
	assert_int_equal(m->flags, t.wide ? ARCH_MAP_WIDE : 0);
	m->root = page_next(m, 0x5a);
	return OK;
}

status_t arch_map(struct arch_map *m, uint64_t va, uint64_t pa, uint64_t size, enum arch_perm perm)
{
	(void)va, (void)pa;
	assert_true(size);
	if (perm == ARCH_RX)
		(void)page_next(m, 0xa5);
	return OK;
}

void arch_space(struct arch_space *out)
{
	*out = (struct arch_space){ 1ull << 47, 1ull << 46, 1000 };
}

void arch_plan(struct jump_plan *plan, enum boot_regime r, uint64_t root, uint64_t virt)
{
	(void)virt;
	*plan = (struct jump_plan){ .root = root, .ctl = { r } };
}

void arch_trap_prepare(uint64_t copy, uint64_t virt, uint64_t stack)
{
	(void)virt;
	*(uint64_t *)(copy + image_offset(image_data)) = stack;
	t.twins_done = true;
}

void arch_jump(const struct jump_plan *plan)
{
	t.plan = *plan;
	longjmp(t.jumped, JUMPED);
}

void fault_stage(const struct options *o, enum crumb_stage stage)
{
	(void)o;	/* it writes into the trail */
	memset((void *)ARENA, 0x40 + (int)stage, CRUMB_SIZE);
}

void panic(const char *fmt, ...)
{
	if (!t.tables || !strstr(fmt, "too many ranges"))
		fail_msg("panic: %s", fmt);
	longjmp(t.jumped, PANICKED);
}

/* Fill the image with values that memory does not have. */
static void image_make(void)
{
	uint8_t *image = (uint8_t *)image_start;
	struct console *twin;
	struct rela *rela;
	uint64_t seed = 1;

	__asm__ volatile("" : "+r"(image));	/* the parts are not objects of their own */
	rela = (struct rela *)(image + image_offset(image_rela));
	twin = (struct console *)(image + image_offset(&console));
	for (uint64_t i = 0; i < image_size(); i++)
		image[i] = (uint8_t)rnd(&seed);
	for (uint64_t i = 0; i < IMAGE_RELAS; i++)
		rela[i] = (struct rela){ image_offset(image_relro) + 8 * i, 8, 0x1000 + i };
	memset(image + image_offset(&console), 0, sizeof(console));
	twin->fb.mem.base = CONSOLE_AT;
	twin->uart = (struct boot_uart){ .base = CONSOLE_AT, .type = BOOT_UART_PL011 };
	memcpy(t.original, image, image_size());
	for (uint64_t i = 0; i < image_size(); i++)
		t.poc_image[i] = (uint8_t)~image[i];
}

/* RSDP, root and tables, each in a page of its own between free ones. The RSDP's address. */
static uint64_t tables_make(void)
{
	uint8_t *at = t.room + FREE_ACPI_AT;
	struct acpi_rsdp *rsdp = (void *)at;
	struct acpi_header *root = (void *)(at + 2 * PAGE_SIZE);
	const uint64_t head = sizeof(*root);

	*rsdp = (struct acpi_rsdp){ .signature = "RSD PTR ", .revision = 2, .length = sizeof(*rsdp),
				    .xsdt = (uint64_t)root };
	*root = (struct acpi_header){ "XSDT", .length = (uint32_t)head + 8 * t.tables };
	for (uint32_t i = 0; i < t.tables; i++) {
		uint8_t *const table = at + (4 + 2 * i) * PAGE_SIZE;

		*(struct acpi_header *)table = (struct acpi_header){ "SSDT", .length = head };
		memcpy((uint8_t *)root + head + 8 * i, &table, 8);
	}
	return (uint64_t)rsdp;
}

/* False: the run has ended in the expected panic. */
static bool run(struct stub *s, enum boot_regime regime, bool cold, bool moved)
{
	struct boot_mem map[] = {
		{ (uint64_t)t.room, ROOM, BOOT_MEM_FREE, 0 },
		{ (uint64_t)t.room + ACPI_AT, 2 * PAGE_SIZE, BOOT_MEM_ACPI, 0 },
	};
	struct reach reach = { .map = map, .n = 1 };

	image_make();
	for (uint64_t i = 0; i < ROOM; i++)
		t.poc_room[i] = (uint8_t)~(t.room[i] = (uint8_t)(i * 7 >> 3));
	memset(t.cleaned_in, 0, sizeof(t.cleaned_in));
	t.code_pending = t.twins_done = false;
	t.pages = 0;
	memset(s, 0, sizeof(*s));
	s->draft.info.regime = regime;
	s->draft.cold = cold;
	s->draft.keep[0].base = s->draft.files[0].mem.base = (uint64_t)t.room + FREE_ACPI_AT;
	s->draft.keep[0].size = s->draft.files[0].mem.size = PAGE_SIZE;	/* after empty lists */
	s->draft.module[DRAFT_INITRD] = (struct boot_module){
		.mem = { (uint64_t)t.room + MODULE_AT, 0x5001 }, .kind = BOOT_MODULE_INITRD,
	};
	s->draft.cmdline_len = (uint32_t)sprintf(s->draft.cmdline, "a command line");
	s->draft.have_entropy = true;
	memset(s->draft.entropy, 0x11, sizeof(s->draft.entropy));
	arena_layout(&s->arena, &(struct arena_needs){
		.image = moved ? image_size() : 0, .text = 100, .descriptors = 2,
		.kept = sizeof(struct again) + again_data(),
		.stack = KERNEL_STACK_MIN,
	});
	arena_settle(&s->arena, ARENA, moved ? ARENA : (uint64_t)image_start);
	memcpy((void *)s->arena.map_in, map, sizeof(map));
	if (t.tables)
		s->draft.info.acpi_rsdp = tables_make();
	t.end = setjmp(t.jumped);
	if (!t.end)
		finish_boot(&s->draft, &s->arena, t.tables ? &reach : NULL, ARRAY_SIZE(map));
	return t.end == JUMPED;
}

/* Kept for the next boot: .data as it was, and random words that have not been used. */
static void check_kept(const struct again *kept)
{
	struct draft as = { .have_entropy = true };
	uint64_t words[AGAIN_WORDS];

	memset(as.entropy, 0x11, sizeof(as.entropy));
	entropy_keep(&as, words, AGAIN_WORDS);
	assert_memory_equal(kept->entropy, words, sizeof(words));
	assert_memory_equal(kept->data, t.original + image_offset(image_data), again_data());
}

/* What the kernel will find, with caches or without. */
static void check_result(const struct stub *s, bool moved)
{
	const struct boot_info *bi = (void *)(s->arena.all.base + CRUMB_SIZE);
	const uint64_t text = image_offset(image_text), relro = image_offset(image_relro);
	const uint64_t sbat = image_offset(image_sbat), bss = image_offset(image_bss);
	const uint64_t kept = relro + 8 * IMAGE_RELAS;	/* not relocated */
	const uint8_t *image = (void *)bi->image.base;
	const struct console *twin = (const void *)(image + image_offset(&console));

	assert_true(bi->image.base == (moved ? ARENA : (uint64_t)image_start));
	assert_memory_equal(image + text, t.original + text, sbat - text);
	for (uint64_t i = 0; i < IMAGE_RELAS; i++)
		assert_true(((uint64_t *)(image + relro))[i] == bi->image_virt + 0x1000 + i);
	assert_memory_equal(image + kept, t.original + kept, image_offset(image_relro_end) - kept);
	for (uint64_t i = bss; i < image_offset(image_bss_end); i++)
		assert_true(!image[i]);
	assert_true(image[image_offset(image_bss_end)]);	/* nothing is there */
	assert_true(t.plan.entry == bi->image_virt + image_offset(kernel_entry));
	assert_true(t.plan.arg == (uint64_t)bi + bi->direct_map && t.plan.root == bi->page_root);
	assert_true(t.plan.stack == bi->boot_stack.base + bi->boot_stack.size + bi->direct_map);
	assert_true(*(uint64_t *)(image + image_offset(&crumb_trail)) ==
		    bi->crumbs + bi->direct_map);
	assert_true(twin->fb.mem.base == CONSOLE_AT + bi->direct_map &&
		    twin->uart.base == twin->fb.mem.base);
	assert_true(bi->page_used == t.pages * PAGE_SIZE && !t.pages == !bi->page_root);
	for (uint64_t at = bi->memmap.base, i = bi->memmap.size / sizeof(struct boot_mem); i--;)
		assert_true(((struct boot_mem *)at)[i].base != s->draft.keep[0].base);
	for (uint32_t i = 0; i < ENTROPY_WORDS; i++)
		assert_true(!s->draft.entropy[i]);
	check_kept((const struct again *)s->arena.kept.base);
}

/* What is read or executed without caches, or was written without and is read with them. */
static void check_clean(const struct stub *s, bool moved)
{
	const struct boot_info *bi = (void *)(s->arena.all.base + CRUMB_SIZE);
	const uint64_t text = image_offset(image_text), rodata = image_offset(image_rodata);
	const bool off = s->draft.info.regime == BOOT_MMU_OFF;

	assert_true(t.twins_done && !t.code_pending);
	assert_clean((uint64_t)idmap_start & -PAGE_SIZE, PAGE_SIZE, "trampoline");
	if (moved || off)
		assert_clean(bi->image.base + text, rodata - text, "text");
	if (off || s->draft.cold) {
		assert_clean(bi->image.base + rodata, image_size() - rodata, "image");
		assert_clean(bi->handoff.base, PAGE_SIZE, "crumbs and boot_info");
		assert_clean(bi->page_pool.base, bi->page_used, "tables");
		assert_clean(bi->memmap.base, bi->memmap.size, "map");
		assert_clean(bi->cmdline.base, bi->cmdline.size + 1, "command line");
		assert_clean(bi->modules.base, bi->modules.size, "modules");
	}
	if (off) {
		assert_clean(bi->handoff.base, bi->handoff.size, "handoff");
		assert_clean((uint64_t)t.room + MODULE_AT, 0x5001, "initrd");
		assert_clean((uint64_t)t.room + ACPI_AT, 2 * PAGE_SIZE, "ACPI");
		assert_true(t.cleaned_in[0] < bi->handoff.size + 16 * PAGE_SIZE);
	}
	if (!off && !s->draft.cold) {		/* and nothing else was cleaned */
		assert_true(t.cleaned_in[1] == PAGE_SIZE);
		assert_true(t.cleaned_in[0] == (moved ? rodata - text : 0));
	}
}

static void test_finish(void **state)
{
	static struct stub s;

	(void)state;
	t.room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	assert_ptr_not_equal(t.room, MAP_FAILED);
	for (uint32_t i = 0; i < 12; i++) {
		const enum boot_regime regime = BOOT_MMU_OFF + i / 4;
		const bool cold = i & 1, moved = i & 2;

		t.wide = i % 3;
		assert_true(run(&s, regime, cold, moved));
		check_result(&s, moved);
		check_clean(&s, moved);
	}
}

/* ACPI tables that divide free memory: as many as the arena has room for, then a panic. */
static void test_tables(void **state)
{
	static struct stub s;

	(void)state;
	for (t.tables = 1; run(&s, BOOT_MMU_MAPPED, false, true); t.tables++) {
		const struct boot_info *bi = (void *)(s.arena.all.base + CRUMB_SIZE);
		const uint64_t n = bi->memmap.size / sizeof(struct boot_mem);

		assert_true(n <= 2 * s.arena.map_cap && n > 2 * t.tables);
	}
	assert_true(t.tables > s.arena.map_cap - 8 && t.tables <= s.arena.map_cap);
	t.tables = 0;
}

/* The parts lie one after the other, each as large as promised. */
static void test_layout(void **state)
{
	const struct arena_needs needs = {
		.image = 5 * PAGE_SIZE, .text = 80, .kept = 72, .raw_map = 40, .descriptors = 1000,
		.desc_size = 48, .named = 3, .keeps = 7, .stack = 4 * PAGE_SIZE,
	};
	const uint64_t cap = 1000 + 7 + 3 + 3 + DRAFT_MODULES;
	uint64_t at = 5 * PAGE_SIZE;
	struct arena a;

	(void)state;
	arena_layout(&a, &needs);
	assert_true(a.map_cap == cap && a.desc_size == 48);
	assert_true(a.modules == at);
	at += (DRAFT_MODULES + 3) * (sizeof(struct boot_module) + sizeof(struct boot_range));
	assert_true(a.text == at && a.kept.base == at + 80 && a.kept.size == 72);
	assert_true(a.efi_map.base == at + 152 && a.efi_map.size == 48 * 1000 + 40);
	assert_true(a.map_in == a.efi_map.base + a.efi_map.size);
	assert_true(a.map_keys == a.map_in + cap * sizeof(struct boot_mem));
	assert_true(a.map_out == a.map_keys + 2 * cap * sizeof(uint64_t));
	at = ALIGN_UP(a.map_out + 2 * cap * sizeof(struct boot_mem), PAGE_SIZE);
	assert_true(a.pool.base == at && a.pool.size == ARENA_POOL);
	at += ARENA_POOL + PAGE_SIZE;
	assert_true(a.trap_stack.base == at && a.trap_stack.size == ARENA_TRAP_STACK);
	at += ARENA_TRAP_STACK + PAGE_SIZE;
	assert_true(a.boot_stack.base == at && a.boot_stack.size == 4 * PAGE_SIZE);
	assert_true(a.all.size == at + 4 * PAGE_SIZE);
	for (uint64_t i = 0; i < 16; i++) {	/* words stay aligned */
		arena_layout(&a, &(struct arena_needs){ .text = i, .kept = 72, .raw_map = i });
		assert_true(a.modules == PAGE_SIZE && !((a.kept.base | a.efi_map.base | a.map_in |
							 a.map_keys | a.map_out) % 8));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finish), cmocka_unit_test(test_tables),
		cmocka_unit_test(test_layout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* test_again.c - booting again from a kernel's boot_info: what is refused, what is taken over. */
#include "tests/host/unit/again_world.h"
#include "lib/crumb.h"

/* ---- out of the kernel ---- */

static void test_leaves(void **state)
{
	(void)state;
	start();
	assert_null(again("  mmu=mapped\tx=y "));
	assert_string_equal(kept->cmdline, "mmu=mapped x=y");
	assert_int_equal(kept->cmdline_len, 14);
	/* the highest of the first range that is large enough, and not in low memory */
	assert_true(fake_cpu.room == 0x300000 - ARCH_AGAIN_ROOM && kept->room == fake_cpu.room);
	assert_null(again_sized("a=b mmu=wrong", 3));
	assert_string_equal(kept->cmdline, "a=b");
	assert_null(again_sized("a=bc", 3));
	assert_string_equal(kept->cmdline, "a=b");
	assert_null(again_sized("c\0mmu=wrong", UINT64_MAX));
	assert_string_equal(kept->cmdline, "c");
	assert_null(again_sized(NULL, 5));
	assert_string_equal(kept->cmdline, "");
}

/* The kernel sees the handoff at a virtual address; again_kept() is the size that was kept. */
static void test_direct_map(void **state)
{
	const uint64_t offset = 256 * MIB;
	struct kernel_wants wants = { .flags = KERNEL_AGAIN };

	(void)state;
	start();
	bi->direct_map = offset;
	bi->crumbs -= offset;
	bi->handoff.base -= offset;
	bi->kept.base -= offset;
	bi->memmap.base -= offset;
	bi->modules.base -= offset;
	bi->efi_memmap.base -= offset;
	bi->vendor.base -= offset;
	bi->file.base -= offset;
	assert_null(again("a=b"));
	assert_string_equal(kept->cmdline, "a=b");
	assert_true(kept->room == fake_cpu.room);
	assert_true(again_kept(&wants) == bi->kept.size);
	wants.flags = 0;
	assert_true(again_kept(&wants) == 0);
}

#define LEFT_OUT(change, cmdline, why)                                          \
	do {                                                                    \
		const char *said_;                                              \
		start();                                                        \
		change;                                                         \
		said_ = again(cmdline);                                         \
		if (!said_ || !strstr(said_, why))                              \
			fail_msg("%s: \"%s\", not \"%s\"", #change, said_, why); \
	} while (0)

static void test_refused(void **state)
{
	static char letters[CMDLINE_MAX + 1], blanks[CMDLINE_MAX + 2];

	(void)state;
	memset(letters, 'a', CMDLINE_MAX);
	memset(blanks, ' ', CMDLINE_MAX);
	start();
	assert_null(again(blanks));
	blanks[CMDLINE_MAX] = 'x';		/* must not be dropped silently */
	LEFT_OUT(bi->magic++, "", "boot_info: wrong magic");
	LEFT_OUT(bi->major++, "", "wrong version");
	LEFT_OUT(bi->minor++, "", "wrong version");
	LEFT_OUT(bi->size += 8, "", "wrong version");
	LEFT_OUT(bi->crumbs += 8, "", "not where the stub put it");
	LEFT_OUT(bi->handoff.base += PAGE_SIZE, "", "not where the stub put it");
	LEFT_OUT(bi->handoff.size++, "", "not where the stub put it");
	LEFT_OUT(bi->image.size -= PAGE_SIZE, "", "from another image");
	LEFT_OUT(bi->image.base = ARCH_REACH, "", "from another image");
	LEFT_OUT(bi->image.base = ARCH_REACH - PAGE_SIZE, "", "from another image");
	LEFT_OUT(bi->image_virt++, "", "from another image");
	LEFT_OUT(bi->kept.size = 0, "", "KERNEL_AGAIN");
	LEFT_OUT(bi->kept.size -= 8, "", "kept data");
	LEFT_OUT(bi->kept.base += MADE_SIZE, "", "kept data");
	LEFT_OUT(bi->memmap.size = 0, "", "no memory map");
	LEFT_OUT(bi->memmap.size++, "", "no memory map");
	LEFT_OUT(bi->memmap.size = 65536 * 24, "", "no memory map");
	LEFT_OUT(bi->memmap.base -= MADE_SIZE, "", "no memory map");
	LEFT_OUT(bi->modules.size++, "", "outside the handoff");
	LEFT_OUT(bi->modules.base++, "", "outside the handoff");
	LEFT_OUT(bi->efi_memmap.size = UINT64_MAX, "", "outside the handoff");
	LEFT_OUT(bi->file.base = 0, "", "outside the handoff");
	LEFT_OUT(bi->vendor.size = MADE_SIZE, "", "outside the handoff");
	LEFT_OUT(, letters, "too long");
	LEFT_OUT(, blanks, "too long");
	LEFT_OUT(, "mmu=wrong", "mmu=wrong: invalid value");
	LEFT_OUT(fake_cpu.has_off = false, "mmu=off", "cannot run without paging");
	LEFT_OUT(, "el=1", "no exception levels");
	LEFT_OUT(, "fault=exit", "fault=exit: this stage cannot");
	LEFT_OUT(bi->modules.size = 0, "initrd=\\x", "initrd=");
	LEFT_OUT(bi->flags |= BOOT_SECURE_BOOT, "place=0x400000", "disabled by Secure Boot");
	LEFT_OUT(bi->flags |= BOOT_SECURE_BOOT, "mmu=off", "mmu=off: disabled by Secure Boot");
}

static void test_secure(void **state)
{
	(void)state;
	start();
	bi->flags |= BOOT_SECURE_BOOT;
	assert_null(again("mmu=mapped place=random el=keep again=4 panic=again"));
}

/* place= must be free; the stub's stack goes elsewhere. */
static void test_place(void **state)
{
	(void)state;
	LEFT_OUT(, "place=0x40000000", "place=0x40000000: no free RAM");
	LEFT_OUT(, "place=0x100000", "no free RAM");
	LEFT_OUT(bi->pinned = 0x300000, "place=0x2f0000", "no free RAM");
	LEFT_OUT(bi->pinned = 0x2f0000, "place=0x2f0000", "no free RAM");
	LEFT_OUT(, "place=0xff0000", "no free RAM");
	LEFT_OUT(, "place=0x8000000000000000", "no free RAM");
	start();
	assert_null(again("place=0x2f0000"));	/* over what was a trampoline */
	assert_true(fake_cpu.room + ARCH_AGAIN_ROOM <= 0x2f0000 && fake_cpu.room >= 0x202000);
	start();
	fake_cpu.room_first = 0x208000;		/* the CPU has something against the others */
	assert_true(!again("") || fake_cpu.room <= 0x208000);
	start();
	fake_cpu.room_first = 1;
	assert_string_equal(again(""), "no memory for the stub's stack");
	for (uint32_t i = 0; i < 10; i++)
		map_of(i)->type = BOOT_MEM_RESERVED;
	assert_string_equal(again(""), "no memory for another arena");
}

/* All refusals come before the kernel stops anything; after that, leaving cannot fail. */
static void test_prepared(void **state)
{
	(void)state;
	start();
	assert_string_equal(stub_again_leave(bi), "not prepared");
	fake_cpu.no_again = "no way back";
	assert_string_equal(stub_again_prepare(bi, "", 0), "no way back");
	assert_string_equal(stub_again_leave(bi), "not prepared");
	fake_cpu.no_again = NULL;
	fake_cpu.counter = 41;
	assert_null(stub_again_prepare(bi, "mmu=mapped", 10));
	assert_true(kept->room && !fake_cpu.room);
	assert_int_equal(kept->began, 42);
	if (!setjmp(fake_cpu.out))
		fail_msg("%s", stub_again_leave(bi));
	assert_true(fake_cpu.room == kept->room);
	assert_string_equal(kept->cmdline, "mmu=mapped");
	assert_non_null(stub_again_prepare(bi, "mmu=wrong", 9));
	assert_string_equal(stub_again_leave(bi), "not prepared");
	bi->kept = (struct boot_range){ 0 };	/* without KERNEL_AGAIN */
	assert_non_null(stub_again_prepare(bi, "", 0));
	assert_string_equal(stub_again_leave(bi), "not prepared");
}

/* ---- into the stub ---- */

static void test_memory(void **state)
{
	const uint64_t size = image_size();
	uint32_t cache;

	(void)state;
	start();
	collect();
	assert_memory(0, 0x9f000, BOOT_MEM_FREE, MADE_CACHE);
	assert_int_equal(type_at(0x9f000, &cache), 0);
	assert_memory(0x100000, 0x100000, BOOT_MEM_NVS, MADE_CACHE);
	assert_memory(MADE_MODULE, 0x2000, BOOT_MEM_MODULE, 0);
	assert_memory(0x202000, 0x1fe000, BOOT_MEM_FREE, MADE_CACHE);
	assert_memory(0x400000, ARCH_AGAIN_ROOM, BOOT_MEM_RECLAIM, MADE_CACHE);	/* our stack */
	assert_memory(0x400000 + ARCH_AGAIN_ROOM, 0x700000 - ARCH_AGAIN_ROOM, BOOT_MEM_FREE,
		      MADE_CACHE);
	assert_memory(MADE_IMAGE, size, BOOT_MEM_RECLAIM, MADE_CACHE);	/* as its neighbour */
	assert_memory(MADE_IMAGE + size, 0x10000000, BOOT_MEM_FREE, MADE_CACHE);
	assert_memory((uint64_t)handoff, MADE_SIZE, BOOT_MEM_RECLAIM, 0);
	assert_memory(0xc0000000, 0x1000, BOOT_MEM_RESERVED, 0);
	assert_int_equal(type_at(0x90000000, &cache), 0);
}

/* The arena does not get memory that we run in or read, even if the kernel calls it free. */
static void test_memory_lies(void **state)
{
	uint32_t cache;

	(void)state;
	start();
	for (uint32_t i = 0; i < 10; i++)
		*map_of(i) = (struct boot_mem){ 0, 1ull << 46, BOOT_MEM_FREE, 0 };
	collect();
	assert_int_equal(type_at(MADE_IMAGE, &cache), BOOT_MEM_RECLAIM);
	assert_int_equal(type_at((uint64_t)handoff + MADE_SIZE - 1, &cache), BOOT_MEM_RECLAIM);
	assert_int_equal(type_at((uint64_t)handoff + MADE_SIZE, &cache), BOOT_MEM_FREE);
	for (uint32_t type = BOOT_MEM_TYPES; type <= 32; type++) {
		start();
		map_of(0)->type = type;		/* unknown: treated as reserved */
		map_of(5)->size = UINT64_MAX;
		collect();
		assert_int_equal(type_at(0, &cache), type);
	}
}

static void test_pinned(void **state)
{
	uint32_t cache;

	(void)state;
	start();
	fake_cpu.pinned = MADE_IMAGE + PAGE_SIZE;
	collect();
	assert_true(stub.draft.info.pinned == MADE_IMAGE + PAGE_SIZE);
	assert_int_equal(type_at(MADE_IMAGE + PAGE_SIZE, &cache), BOOT_MEM_HANDOFF);
	start();
	bi->pinned = 0x500000;			/* set by an earlier run: only the first counts */
	fake_cpu.pinned = MADE_IMAGE + PAGE_SIZE;
	collect();
	assert_true(stub.draft.info.pinned == 0x500000);
	assert_int_equal(type_at(0x500000, &cache), BOOT_MEM_HANDOFF);
	assert_int_equal(type_at(MADE_IMAGE + PAGE_SIZE, &cache), BOOT_MEM_RECLAIM);
}

static void test_info(void **state)
{
	const struct draft *d = &stub.draft;

	(void)state;
	start();
	strcpy(kept->cmdline, "a=b  c");
	kept->cmdline_len = 6;
	((struct crumbs *)handoff)->faulted = 1;
	collect();
	assert_int_equal(d->info.entry, BOOT_ENTRY_AGAIN);
	assert_int_equal(d->info.first_entry, BOOT_ENTRY_UEFI);
	assert_int_equal(d->info.agains, 1);
	assert_int_equal(d->info.exit_tries, 2);
	assert_int_equal(d->info.flags, BOOT_RUNTIME_OK | BOOT_MEASURED_INITRD);
	assert_true(!d->info.page_root && !d->info.page_used && !d->info.modules.size);
	assert_true(!d->info.modules.base && !d->info.module_names.base && !d->info.cmdline.base);
	assert_true(!d->info.seed[0]);
	assert_true(d->info.previous == (uint64_t)handoff);
	assert_int_equal(crumb_trail->panics, 2);
	assert_true(d->info.found[2] == 3);
	assert_int_equal(fake_raw.uart.type, BOOT_UART_16550);
	assert_string_equal(d->cmdline, "a=b  c");
	assert_string_equal(d->vendor, MADE_VENDOR);
	assert_string_equal(d->file, MADE_FILE);
	assert_int_equal(d->module[DRAFT_INITRD].mem.size, 0x1234);
	assert_int_equal(d->module[DRAFT_LOG].detail, 2);
	assert_int_equal(d->info.efi_memmap.size, 96);
	/* a table in memory that the kernel could write is not passed on; one in no range is */
	assert_true(d->info.acpi_rsdp == 0x100010 && d->info.smbios == 0xf0000);
	assert_true(d->info.efi_runtime && !d->info.efi_memattr);
	start();
	bi->agains = 7;
	bi->first_entry = BOOT_ENTRY_PVH;
	bi->entry = BOOT_ENTRY_AGAIN;
	collect();
	assert_int_equal(d->info.first_entry, BOOT_ENTRY_PVH);
	assert_int_equal(d->info.agains, 8);
}

static void test_given_away(void **state)
{
	const struct draft *d = &stub.draft;

	(void)state;
	start();
	map_of(1)->type = BOOT_MEM_FREE;	/* RSDP, runtime services, a module */
	map_of(2)->type = BOOT_MEM_RECLAIM;
	bi->fb = (struct boot_fb){ { ARCH_REACH - 1, 2 }, 1, 1, 4, BOOT_FB_XRGB8888, 0, 0, 0, 0 };
	bi->uart.type = BOOT_UART_TYPES;
	collect();
	assert_true(!d->info.acpi_rsdp && !d->info.efi_runtime && d->info.smbios);
	assert_false(d->info.flags & BOOT_RUNTIME_OK);
	assert_int_equal(raw.drops, 2);
	assert_string_equal(raw.drop[0].why, "its memory was reused");
	assert_false(d->module[DRAFT_INITRD].mem.size || d->module[DRAFT_LOG].mem.size);
	assert_false(d->info.fb.format || d->info.fb.mem.base);
	assert_false(d->info.uart.type || d->info.uart.base);
}

/* Each run has another seed, with and without a generator; without any entropy there is none. */
static void test_seed(void **state)
{
	static const uint64_t words[] = { 3, 5, 7, 11, 13 };
	uint64_t first[ENTROPY_WORDS];

	(void)state;
	start();
	fake_cpu.random = NULL;
	fake_cpu.has_random = false;
	collect();
	assert_false(stub.draft.have_entropy);
	assert_int_equal(stub.draft.info.seed_len, 0);
	memcpy(kept->entropy, words, sizeof(kept->entropy));
	bi->seed_len = 20;
	collect();
	assert_true(stub.draft.have_entropy && entropy_healthy(stub.draft.entropy));
	assert_int_equal(stub.draft.info.seed_len, 20);
	memcpy(first, stub.draft.entropy, sizeof(first));
	kept->began++;
	collect();
	for (uint32_t i = 0; i < ENTROPY_WORDS; i++)
		assert_true(stub.draft.entropy[i] != first[i]);
	memset(kept->entropy + 1, 0, sizeof(kept->entropy) - 8);
	collect();
	assert_true(stub.draft.have_entropy);
	memset(kept->entropy, 0, sizeof(kept->entropy));
	fake_cpu.random = words;
	fake_cpu.randoms = ARRAY_SIZE(words);
	collect();
	assert_true(stub.draft.have_entropy);
	assert_int_equal(stub.draft.info.seed_len, 32);
}

/* Each kept word and each of the generator's words changes the seed. */
static void test_seed_words(void **state)
{
	uint64_t words[AGAIN_WORDS], seed[2 * AGAIN_WORDS + 1];

	(void)state;
	for (uint32_t i = 0; i <= 2 * AGAIN_WORDS; i++) {
		start();
		for (uint32_t k = 0; k < AGAIN_WORDS; k++) {
			kept->entropy[k] = 3 + k + (i == k);
			words[k] = 17 + 5 * k + (i == k + AGAIN_WORDS);
		}
		fake_cpu.random = words;
		fake_cpu.randoms = AGAIN_WORDS;
		fake_cpu.counter = 0;		/* the same in all */
		collect();
		seed[i] = stub.draft.entropy[0];
		for (uint32_t k = 0; k < i; k++)
			assert_true(seed[k] != seed[i]);
	}
}

static void test_bad(void **state)
{
	(void)state;
	start();
	bi->memmap.size = 0;
	assert_panics(collect(), "no memory map");
	start();
	bi->handoff.base += PAGE_SIZE;
	assert_panics(collect(), "not where the stub put it");
	start();
	bi = (struct boot_info *)(1ull << 50);
	assert_panics(collect(), "not in memory");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leaves), cmocka_unit_test(test_direct_map),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_secure), cmocka_unit_test(test_place),
		cmocka_unit_test(test_prepared), cmocka_unit_test(test_memory),
		cmocka_unit_test(test_memory_lies),
		cmocka_unit_test(test_pinned), cmocka_unit_test(test_info),
		cmocka_unit_test(test_given_away), cmocka_unit_test(test_seed),
		cmocka_unit_test(test_seed_words), cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * main.c - the kernel's table of contents. Runs once, on the boot stack, in the regime that the
 * stub has set up: image relocated and in place, .bss zeroed, firmware gone, interrupts masked.
 */
#include "lib/console/console.h"
#include "include/stubborn/kernel.h"
#include "lib/image.h"
#include "lib/string.h"
#include "lib/sum.h"
#include "lib/mapplan.h"
#include "lib/console/panic.h"
#include "kernel/cpu/guard.h"
#include "kernel/cpu/stacks.h"
#include "kernel/cpu/trap.h"
#include "kernel/firmware/efi_runtime.h"
#include "kernel/again.h"
#include "kernel/kernel.h"
#include "kernel/log.h"
#include "kernel/memtest/memory.h"
#include "kernel/mm/mm.h"
#include "kernel/monitor/monitor.h"
#include "kernel/splash.h"

const struct kernel_wants kernel_wants = {
	.size = sizeof(kernel_wants),
	.regime = BOOT_MMU_IDENTITY,
	.flags = KERNEL_AGAIN,
	.name = "stubborn",
	.version = STUBBORN_VERSION,
};

static struct kernel kernel;

void kernel_stage(const struct kernel *k, uint32_t stage)
{
	const uint32_t level = console_as(CONSOLE_DEBUG);

	crumb_drop(stage);
	console_print("boot: stage: %s\n", stage_name(stage));
	console_as(level);
	if (stage > STAGE_CLOCK && stage != STAGE_IDLE)	/* idle: once boot_end() has printed */
		screen_show();
	if (k->options.fault == stage + 1)
		(void)*(volatile uint8_t *)FAULT_ADDRESS;
}

static void boot_info_check(const struct boot_info *bi)
{
	if (bi->magic != BOOT_INFO_MAGIC)
		panic("boot_info: magic 0x%llx, expected 0x%llx", LL(bi->magic),
		      LL(BOOT_INFO_MAGIC));
	if (bi->major != BOOT_INFO_MAJOR)
		panic("boot_info: major version %u, expected %u", bi->major, BOOT_INFO_MAJOR);
	if (bi->size < sizeof(*bi))
		panic("boot_info: size %u, expected %u or more", bi->size, (uint32_t)sizeof(*bi));
}

uint64_t kernel_checksum(void)
{
	uint64_t sum = sum64(0, image_text, image_offset(image_sbat) - image_offset(image_text));

	return sum64(sum, image_relro,
		     image_offset(image_relro_end) - image_offset(image_relro));
}

static void image_verify(const struct boot_info *bi)
{
	uint64_t sum = kernel_checksum();

	if (sum != bi->checksum)
		panic("checksum of the image is 0x%llx, expected 0x%llx", LL(sum),
		      LL(bi->checksum));
}

/* After this, a panic is printed and leaves breadcrumbs. */
static void kernel_start(struct kernel *k, struct boot_info *bi)
{
	boot_info_check(bi);
	k->bi = bi;
	memory_start(&k->memory, bi);
	crumb_trail = memory_at(&k->memory, bi->crumbs);
	crumb_trail->image = (uint64_t)image_start;
	crumb_trail->kernel = STAGE_MARK;
	crumb_kernel_name = stage_name;
	console_serial(&bi->uart, bi->direct_map);
	console.fb = bi->fb;			/* no text yet, but a fault can mark it */
	console.fb.mem.base += bi->direct_map;
	k->cmdline = bi->cmdline.base ? memory_at(&k->memory, bi->cmdline.base) : "";
	options_read(k->cmdline, &k->options);
	console.limit = k->options.serial_limit;
	console.level = CONSOLE_INFO;
	log_start((struct log *)((uint64_t)crumb_trail + LOG_OFFSET));
	again_start(k);
}

/* Regime off: build an identity map. Others: map the RAM for which the stub had no pages left. */
static void kernel_map(struct kernel *k)
{
	const struct boot_range no_trampoline = { 0, 0 };
	struct boot_info *bi = k->bi;
	bool off = bi->regime == BOOT_MMU_OFF;
	struct arch_map map;
	uint64_t unmapped = 0;
	status_t status = OK;

	if (!off && !(bi->flags & BOOT_RAM_UNMAPPED))
		return;
	if (off)
		status = memory_tables_new(&k->memory, &map);
	else
		memory_tables(&k->memory, &map);
	if (ARCH_WIDE && arch_wide_start())
		map.flags |= ARCH_MAP_WIDE;
	if (status == OK)
		status = mapplan_apply(&map, bi, k->memory.map, k->memory.n, &no_trampoline,
				       &unmapped);
	if (status != OK)
		panic("no memory for page tables");
	bi->flags &= ~BOOT_RAM_UNMAPPED;
	if (unmapped)
		bi->flags |= BOOT_RAM_UNMAPPED;
	if (off) {
		/* caches will be on again: stale lines must not hide what was written uncached */
		arch_clean(bi->handoff.base, bi->handoff.size);
		arch_clean((uint64_t)image_data, (uint64_t)image_end - (uint64_t)image_data);
		bi->page_root = map.root;
		arch_map_enable(map.root);
	} else {
		arch_map_flush();
	}
}

/* Our own text: another kernel's may have no marks. */
static void text_guard(struct kernel *k)
{
	const uint64_t size = image_offset(image_rodata) - image_offset(image_text);
	struct arch_map map;

	if (!ARCH_MARKS)
		return;
	memory_tables(&k->memory, &map);
	k->guarded = arch_guard_text(&map, (uint64_t)image_text, size);
	if (k->guarded)
		arch_map_flush();
}

/* From here on memory comes from the allocator, and free memory may be overwritten. */
static void memory_give(struct boot_info *bi)
{
	if (mm_start(bi, sum64(arch_counter(), bi->seed, sizeof(bi->seed))) != OK)
		panic("no memory");
	if (stacks_guard() != OK)
		panic("no memory for stacks");
}

static void boot_end(const struct kernel *k)
{
	kernel_stage(k, STAGE_IDLE);
	console.level = CONSOLE_NOTICE;
	console_print("boot: idle\n");
	console.level = CONSOLE_ALWAYS;
	splash_times(k);
}

void kernel_main(struct boot_info *bi)
{
	struct kernel *k = &kernel;
	struct boot_range keep;

	kernel_start(k, bi);
	kernel_stage(k, STAGE_KERNEL);
	image_verify(bi);			/* before relying on anything else */
	kernel_stage(k, STAGE_VERIFIED);
	trap_start(bi);
	kernel_stage(k, STAGE_MAP);
	kernel_map(k);
	text_guard(k);
	guard_start(bi);
	kernel_stage(k, STAGE_MEMORY);
	efi_runtime_read(bi, &keep);		/* its table's memory is given out next */
	memory_keep(&k->memory, keep.base, keep.size);
	memory_reclaim(&k->memory);
	previous_report(k);			/* before free memory is overwritten */
	memory_leave(k);
	memory_give(bi);
	machine_name(k);
	screen_start(k);
	kernel_stage(k, STAGE_REPORT);
	splash_machine(k);
	report_print(k);
	memset(bi->seed, 0, sizeof(bi->seed));	/* so that it cannot be found later */
	kernel_stage(k, STAGE_CLOCK);
	machine_start(k);
	console.level = CONSOLE_ALWAYS;		/* what follows was requested */
	if (k->options.selftest) {
		kernel_stage(k, STAGE_SELFTEST);
		selftest_run(k);
	}
	crash_run(k->options.crash);
	if (k->options.panic)
		panic("requested on the command line");
	if (k->options.leave)
		return;				/* to test that this is a panic */
	if (k->options.run.len)
		monitor_text(k, k->options.run.text, k->options.run.len);
	again_run(k);
	if (k->options.poweroff)
		poweroff(k);
	boot_end(k);
	if (k->options.idle) {
		screen_show();
		arch_halt();
	}
	monitor_run(k);
}

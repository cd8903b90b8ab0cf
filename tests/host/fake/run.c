/* SPDX-License-Identifier: MIT */
/*
 * run.c - one boot of the stub on the fake, and what must be true however it ends.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/host/fake/fake.h"
#include "tests/host/image.h"
#include "lib/sum.h"
#include "stub/fault.h"
#include "stub/raw/raw.h"

#define STACK_SOIL	(128 * KIB)

struct fake fake;
const struct kernel_wants kernel_wants = {
	.size = sizeof(kernel_wants), .regime = BOOT_MMU_IDENTITY,
};
static uint8_t pristine[IMAGE_ROOM];	/* the image as it was linked, relocations filled in */

void fake_complain(const char *fmt, ...)
{
	va_list ap;

	if (fake.complaint[0])
		return;
	va_start(ap, fmt);
	vsnprintf(fake.complaint, sizeof(fake.complaint), fmt, ap);
	va_end(ap);
}

void fake_enter(const char *name, bool map)
{
	if (fake.phase == PHASE_GONE)
		fake_complain("%s after firmware was left", name);
	if (fake.phase == PHASE_LEAVING && !map)
		fake_complain("%s after ExitBootServices was called", name);
}

/* In place of stub/fault.c: no faults are taken here. */
void fault_stage(const struct options *o, enum crumb_stage stage)
{
	crumb_drop(stage);
	fault_take(o, stage);
}

void fault_take(const struct options *o, enum crumb_stage stage)
{
	if (o->fault == (uint32_t)stage + 1)
		longjmp(fake_cpu.out, END_FAULTED);
}

/* The screen is the console's, which has tests of its own: here it never fits. */
struct console;
bool screen_fits(const struct boot_fb *fb);
void screen_clear(struct console *c);
void screen_put(struct console *c, uint8_t byte);
void screen_paint_fault(const struct boot_fb *fb);

bool screen_fits(const struct boot_fb *fb)
{
	(void)fb;
	return false;
}

void screen_clear(struct console *c)
{
	(void)c;
}

void screen_put(struct console *c, uint8_t byte)
{
	(void)c;
	(void)byte;
}

void screen_paint_fault(const struct boot_fb *fb)
{
	(void)fb;
}

/* Not memcpy: the sanitizer has poisoned the space between the image's objects. */
static void bytes_move(void *to, const void *from, uint64_t n)
{
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) :: "memory");
}

static void image_prepare(void)
{
	static bool done;
	uint64_t sum;
	struct rela *r = (struct rela *)image_rela;

	__asm__("" : "+r"(r));	/* they are not constant yet */
	if (!done) {
		done = true;
		for (uint32_t i = 0; i < IMAGE_RELAS; i++)
			r[i] = (struct rela){ image_offset(image_relro) + 8 * i,
					      arch_rela_relative, 0x1000 + 16 * i };
		r[1] = (struct rela){ image_offset(&crumb_trail), arch_rela_relative,
				      (int64_t)image_offset(crumb_trail) };
		sum = sum64(0, image_text, image_offset(image_sbat) - image_offset(image_text));
		bytes_move((void *)&image_sum, &sum, sizeof(sum));
		bytes_move(pristine, image_start, MIN(image_size(), IMAGE_ROOM));
	}
	bytes_move(image_start, pristine, MIN(image_size(), IMAGE_ROOM));
}

/* Fill the stack where the stub's variables will be with garbage. */
__attribute__((noinline)) static void stack_soil(void)
{
	uint8_t soil[STACK_SOIL];

	memset(soil, 0xaf, sizeof(soil));
	__asm__ volatile("" :: "r"(soil) : "memory");
}

static void fake_reset(const struct faults *f)
{
	fake.f = *f;
	fake.phase = PHASE_BOOT;
	fake.complaint[0] = fake.said[0] = 0;
	fake.said_len = fake.outputs = fake.watchdog = 0;
	fake.map_calls = fake.exit_calls = fake.page_calls = fake.refused = 0;
	fake.files_open = fake.pools = fake.reads = fake.load_calls = fake.positions = 0;
	fake_cpu_reset();
	fake_cpu.has_random = f->no_random != 1;
	fake_cpu.stuck = f->no_random == 2;
	fake_cpu.has_off = f->has_off;
	fake_cpu.no_port = f->no_port;
	fake_cpu.no_uart = f->no_uart;
	fake_cpu.no_devices = true;	/* fuzzing would write to them */
	fake_cpu.no_gib = f->no_gib;
	fake_cpu.levels = f->levels5 ? 5 : 4;
}

enum fake_end fake_run(const struct faults *f, efi_status_t *status)
{
	struct efi_system_table *systab = f->table == TABLE_NULL ? NULL : &fake.systab;
	int end;

	fake_reset(f);
	image_prepare();
	sections_start();
	memory_start();
	services_start();
	stack_soil();
	end = setjmp(fake_cpu.out);
	if (!end)
		*status = stub_main(BOOT_ENTRY_UEFI, (uint64_t)&fake_image_handle,
				    (uint64_t)systab, 1);
	return (enum fake_end)end;
}

void fake_end(void)
{
	memory_end();
	services_end();
}

/* ---- what must be true of every end ---- */

static uint32_t lines_with(const char *text, const char *what)
{
	uint32_t n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

/* An error: one line of it somewhere, and everything freed. */
static void check_returned(efi_status_t status)
{
	const struct faults *f = &fake.f;
	const bool none = f->table == TABLE_NULL || f->table == TABLE_SIGNATURE ||
			    f->table == TABLE_NO_BOOT;
	const uint32_t said = lines_with(fake.said, "stubborn: error: ");
	const uint32_t sent = lines_with(fake_cpu.serial, "stubborn: error: ");
	const bool by_port = f->con_out == OUT_NULL || f->con_out == OUT_NO_FUNCTION ||
			     f->con_out == OUT_FAILS || fake.phase == PHASE_LEAVING;

	if (!(status & EFI_ERROR_BIT))
		fake_complain("returned %#lx, which is no error", status);
	if (fake.files_open || fake.pools)
		fake_complain("%u files, %u pools left", fake.files_open, fake.pools);
	if (fake.phase == PHASE_BOOT && fake.blocks)
		fake_complain("%llu pages at %#lx not given back",
			      fake.block[0].size / PAGE_SIZE, fake.block[0].base);
	if (none || (by_port && (f->no_port || f->no_uart)))
		return;
	if (said != !by_port || sent != by_port)
		fake_complain("%u error lines on ConOut, %u on the port", said, sent);
}

/* The texts that are always the same. */
static void check_names(const struct boot_info *bi)
{
	if ((fake.f.path == PATH_OK || fake.f.path >= PATH_SPLIT_0) &&
	    strcmp((char *)bi->file.base, "\\EFI\\BOOT\\BOOTX64.EFI"))
		fake_complain("image path \"%s\"", (char *)bi->file.base);
	if (fake.systab.vendor && fake.f.config != CONFIG_UNMAPPED &&
	    strcmp((char *)bi->vendor.base, "fake \xe2\x82\xac firmware"))
		fake_complain("vendor \"%s\"", (char *)bi->vendor.base);
}

/* Each stage has begun, in their order. */
static void check_stages(const struct boot_info *bi)
{
	const struct crumbs *c = (const void *)bi->crumbs;

	for (uint32_t i = 1; i < CRUMB_STUB_STAGES; i++)
		if (c->time[i] <= c->time[i - 1])
			fake_complain("stage %u began at %lu, the one before at %lu", i,
				      c->time[i], c->time[i - 1]);
}

/* The tables that the system table names, wherever it ends. */
static void check_config(const struct boot_info *bi)
{
	if (fake.config_rsdp && bi->acpi_rsdp != fake.config_rsdp)
		fake_complain("ACPI's tables at %#lx, not at %#lx", bi->acpi_rsdp,
			      fake.config_rsdp);
}

bool fake_check(enum fake_end end, efi_status_t status)
{
	const struct boot_info *bi = (void *)fake_cpu.plan.arg;
	struct arch_space space;

	switch (end) {
	case END_RETURNED:
		check_returned(status);
		break;
	case END_JUMPED:
		arch_space(&space);
		if (fake_cpu.plan.ctl[0] == BOOT_MMU_MAPPED)
			bi = (void *)(fake_cpu.plan.arg - space.direct_map);
		if (fake.phase != PHASE_GONE || !fake_cpu.irq_off || !fake_cpu.traps)
			fake_complain("jumped in phase %u", fake.phase);
		if (fake.files_open || fake.pools)
			fake_complain("%u files, %u pools left", fake.files_open, fake.pools);
		if (fake_check_info(bi)) {
			check_names(bi);
			check_stages(bi);
			check_config(bi);
		}
		break;
	case END_HALTED:
		if (fake.phase != PHASE_GONE ||
		    (!fake.f.no_port && !fake.f.no_uart &&
		     !strstr(fake_cpu.serial, "stubborn: panic: ")))
			fake_complain("halted without a word");
		break;
	case END_FAULTED:
		if (fake.phase != PHASE_GONE)
			fake_complain("a fault asked for before firmware was left");
		break;
	}
	return !fake.complaint[0];
}

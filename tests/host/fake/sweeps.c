/* SPDX-License-Identifier: MIT */
/*
 * sweeps.c - one fault at every possible place: at each call, with each number.
 */
#include <stdio.h>
#include "tests/host/fake/cases.h"
#include "tests/host/fake/knobs.h"

#define EXIT_TRIES	32		/* stub/efi/exit.c */
#define CALLS		24		/* more calls of one kind than any boot here makes */
#define VALUES		32

/* Boots in which much happens. */
static const struct faults busy[] = {
	{ .disk = DISK_OK, .text = "initrd=initrd debug", .file_size = 3000, .read_step = 1000 },
	{ .load = LOAD_OK, .load_size = 9000, .machine = MACHINE_8000, NARROW("debug") },
	{ .map_grow = 1000, .map_grows = 2, .stale = 2 },
	{ .disk = DISK_OK, NARROW("module=module initrd=initrd module=module initrd=initrd"),
	  .file_size = 3001, .read_step = 1000, .tcg = TCG_1_2 },
	{ .sections = SECTIONS_INITRD, .disk = DISK_OK, .file_size = 3001, .tcg = TCG_1_2,
	  NARROW("initrd=initrd module=module video=max") },
	{ .machine = MACHINE_HIGH, WIDE("place=0x200008000000 mmu=mapped") },
};

static bool sweep_stale_keys(void)
{
	bool good = true;

	for (uint32_t k = 0; k <= 40; k++) {
		struct fake_case c = { .f = { .stale = k } };

		c.want = k < EXIT_TRIES ? EFI_SUCCESS : EFI_LOAD_ERROR;
		if (!case_passes(&c)) {
			printf("  with %u stale keys\n", k);
			good = false;
		}
	}
	return good;
}

static bool sweep_growth(void)
{
	static const uint32_t entries[] = { 1, 8, 64 };
	bool good = true;

	for (uint32_t i = 0; i < ARRAY_SIZE(entries); i++)
		for (uint32_t k = 0; k <= 5; k++) {
			struct fake_case c = {
				.f = { .stale = k, .grow = entries[i],
				       .map_grow = entries[i], .map_grows = 2 },
			};

			if (!case_passes(&c)) {
				printf("  %u stale keys, %u more each time\n", k, entries[i]);
				good = false;
			}
		}
	return good;
}

static bool sweep_desc_size(void)
{
	bool good = true;

	for (uint32_t size = 40; size <= 4096; size += size < 128 ? 8 : 248) {
		struct fake_case c = { .f = { .desc = size } };

		if (!case_passes(&c)) {
			printf("  descriptors of %u bytes\n", size);
			good = false;
		}
	}
	return good;
}

/* Any end that fake_check accepts for every setting: no stray access, leak or silence. */
static bool ends_well(const struct faults *f, enum fake_end *end, efi_status_t *status)
{
	bool good;

	fake.quick = true;
	*end = fake_run(f, status);
	good = fake_check(*end, *status);
	if (!good)
		printf("  %s\n  ConOut: %s\n  port: %s\n", fake.complaint, fake.said,
		       fake_cpu.serial);
	fake_end();
	return good;
}

/*
 * Set the field at `offset` to the number of each call. `survives`: the kernel must start all the
 * same; else the stub may also return.
 */
static bool sweep_calls(size_t offset, bool survives)
{
	bool all = true;

	for (uint32_t b = 0; b < ARRAY_SIZE(busy); b++)
		for (uint32_t call = 1; call <= CALLS; call++) {
			struct faults f = busy[b];
			efi_status_t status = EFI_SUCCESS;
			enum fake_end end;
			bool good;

			*(uint32_t *)((uint8_t *)&f + offset) = call;
			good = ends_well(&f, &end, &status);
			if (survives ? end != END_JUMPED : end > END_JUMPED)
				good = false;
			if (!good)
				printf("  boot %u, call %u: end %u, status %#lx\n", b, call, end,
				       status);
			all &= good;
		}
	return all;
}

static bool sweep_refuse_at(void)
{
	return sweep_calls(offsetof(struct faults, alloc_fail), true);
}

static bool sweep_refuse_from(void)
{
	return sweep_calls(offsetof(struct faults, alloc_from), false);
}

static bool sweep_map_fails(void)
{
	return sweep_calls(offsetof(struct faults, map_fail), false);
}

static bool sweep_map_absurd(void)
{
	return sweep_calls(offsetof(struct faults, map_absurd), false);
}

static bool sweep_exit_fails(void)
{
	return sweep_calls(offsetof(struct faults, exit_fail), false);
}

static bool sweep_read_fails(void)
{
	return sweep_calls(offsetof(struct faults, read_call), false);
}

static bool sweep_position_fails(void)
{
	return sweep_calls(offsetof(struct faults, position_call), false);
}

/* Every knob of the fuzzer alone, at its first values, on two of the busy boots. */
static bool sweep_knobs(void)
{
	bool all = true;

	for (uint32_t b = 0; b < ARRAY_SIZE(busy); b += 3)
		for (uint32_t k = 0; k < fake_knobs_count; k++)
			for (uint32_t v = 0; v < MIN(fake_knobs[k].count, VALUES); v++) {
				struct faults f = busy[b];
				efi_status_t status = EFI_SUCCESS;
				enum fake_end end;

				knob_turn(&f, k, v);
				if ((f.desc && f.desc < 40) ||
				    (f.desc_then && f.desc_then < 40))
					continue;
				if (ends_well(&f, &end, &status) && end <= END_JUMPED)
					continue;
				printf("  boot %u, knob %u at %u: end %u\n", b, k, v, end);
				all = false;
			}
	return all;
}

const struct fake_sweep fake_sweeps[] = {
	{ "Q-01 Q-03 sweep: 0 to 40 stale keys", sweep_stale_keys },
	{ "Q-02 Q-03 sweep: 0 to 5 stale keys, 1, 8, 64 entries more", sweep_growth },
	{ "Q-04 sweep: descriptors of 40 to 4,096 bytes", sweep_desc_size },
	{ "Q-64 sweep: AllocatePages refused at each call", sweep_refuse_at },
	{ "sweep: AllocatePages refused from each call on", sweep_refuse_from },
	{ "sweep: GetMemoryMap fails at each call", sweep_map_fails },
	{ "sweep: GetMemoryMap wants 2^60 bytes from each call on", sweep_map_absurd },
	{ "Q-59 sweep: ExitBootServices fails at each call", sweep_exit_fails },
	{ "Q-38 sweep: Read fails at each call", sweep_read_fails },
	{ "sweep: SetPosition or GetPosition fails at each call", sweep_position_fails },
	{ "sweep: each knob of the fuzzer by itself", sweep_knobs },
	{ NULL, NULL },
};

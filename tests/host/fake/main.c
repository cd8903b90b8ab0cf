/* SPDX-License-Identifier: MIT */
/*
 * main.c - runs the cases and the sweeps, each in its own process: a crash is one failure.
 *
 * usage: fake [--corpus FOLDER | WORD...]. WORD: run only what has it in its name, and print all
 * output. Last line: "fake: N passed, N failed".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/host/fake/cases.h"

#define SECONDS		120		/* a boot takes a millisecond: this one hangs */
#define SEED_ROOM	0x20000

static bool loud;

static const char *const ends[] = { "returned", "started", "panicked", "faulted" };

static bool text_wrong(const char *what, const char *have, const char *want)
{
	if (!want || strstr(have, want))
		return false;
	printf("  %s: \"%s\"\n  expected: \"%s\"\n", what, have, want);
	return true;
}

static uint64_t initrd_size(const struct boot_info *bi)
{
	const struct boot_module *m = (const void *)bi->modules.base;

	return bi->modules.size && m->kind == BOOT_MODULE_INITRD ? m->mem.size : 0;
}

static uint32_t modules_named(const struct boot_info *bi)
{
	const struct boot_module *m = (const void *)bi->modules.base;
	uint32_t n = 0;

	for (uint64_t i = 0; i < bi->modules.size / sizeof(*m); i++)
		n += m[i].kind == BOOT_MODULE_FILE;
	return n;
}

/* The place of boot_info is known only in regime identity. */
static bool handoff_wrong(const struct fake_case *c)
{
	static const uint64_t screens[] = {
		[SCREEN_NONE] = 0, [SCREEN_FIRST] = FAKE_FB(0), [SCREEN_SECOND] = FAKE_FB(1),
	};
	struct arch_space space;
	const struct boot_info *bi;
	bool bad;

	arch_space(&space);
	bi = (void *)(fake_cpu.plan.arg -
		      (fake_cpu.plan.ctl[0] == BOOT_MMU_MAPPED ? space.direct_map : 0));
	bad = c->cmdline && strcmp((char *)bi->cmdline.base, c->cmdline);
	if (bad)
		printf("  command line \"%s\"\n", (char *)bi->cmdline.base);
	if ((bi->flags & c->flags) != c->flags || bi->flags & c->no_flags) {
		printf("  flags %#x\n", bi->flags);
		bad = true;
	}
	if (c->screen && bi->fb.mem.base != screens[c->screen]) {
		printf("  screen at %#lx\n", bi->fb.mem.base);
		bad = true;
	}
	if (c->width && (bi->fb.width != c->width || bi->fb.height != c->height)) {
		printf("  screen of %ux%u\n", bi->fb.width, bi->fb.height);
		bad = true;
	}
	if (c->clock && bi->clock != (c->clock == CLOCK_ABSENT ? 0 : c->clock)) {
		printf("  clock %lu\n", bi->clock);
		bad = true;
	}
	if (modules_named(bi) != c->modules) {
		printf("  %u modules\n", modules_named(bi));
		bad = true;
	}
	if (initrd_size(bi) != c->initrd) {
		printf("  initrd of %lu bytes\n", initrd_size(bi));
		bad = true;
	}
	return bad;
}

bool case_passes(const struct fake_case *c)
{
	const enum fake_end want = c->panics ? END_HALTED : c->faults ? END_FAULTED :
				   c->want ? END_RETURNED : END_JUMPED;
	efi_status_t status = EFI_SUCCESS;
	enum fake_end end = fake_run(&c->f, &status);
	bool good = fake_check(end, status);

	if (!good)
		printf("  %s\n", fake.complaint);
	if (end != want || (end == END_RETURNED && status != c->want)) {
		printf("  %s (status %#lx)\n", ends[end], status);
		good = false;
	}
	if (end == END_FAULTED && crumb_trail->stage + 1 != c->faults) {
		printf("  faulted in stage %u\n", crumb_trail->stage);
		good = false;
	}
	if (c->says && !strstr(fake_cpu.serial, c->says))
		good &= !text_wrong("said", fake.said, c->says);
	if (c->silent && fake.said_len)
		good = false;
	if (end == END_JUMPED && good)
		good = !handoff_wrong(c);
	if (loud || !good)
		printf("  ConOut: %s\n  port: %s\n", fake.said, fake_cpu.serial);
	fake_end();
	return good;
}

/* In a process of its own. */
static bool apart(const char *name, bool (*run)(const void *), const void *what)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		alarm(SECONDS);
		exit(run(what) ? EXIT_SUCCESS : EXIT_FAILURE);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return false;
	if (status)
		printf("fake: FAILED: %s\n", name);
	else if (loud)
		printf("fake: ok: %s\n", name);
	return !status;
}

static bool run_case(const void *c)
{
	return case_passes(c);
}

static bool run_sweep(const void *s)
{
	return ((const struct fake_sweep *)s)->run();
}

static bool wanted(const char *name, int words, char **word)
{
	bool want = !words;

	while (words--)
		want |= strstr(name, *word++) != NULL;
	return want;
}

static const struct fake_case *fake_group(uint32_t group, uint32_t *count)
{
	switch (group) {
	case 0:
		*count = fake_memory_count;
		return fake_memory;
	case 1:
		*count = fake_devices_count;
		return fake_devices;
	case 2:
		*count = fake_texts_count;
		return fake_texts;
	case 3:
		*count = fake_handover_count;
		return fake_handover;
	case 4:
		*count = fake_video_count;
		return fake_video;
	default:
		*count = fake_sections_count;
		return fake_sections;
	}
}

/* Each case as a seed for the fuzzer. */
static int write_corpus(const char *folder)
{
	static uint8_t data[SEED_ROOM];
	uint32_t n = 0, count;

	for (uint32_t g = 0; g < FAKE_GROUPS; g++) {
		const struct fake_case *c = fake_group(g, &count);

		for (uint32_t i = 0; i < count; i++) {
			size_t size = knobs_write(&c[i].f, data, sizeof(data));
			char name[512];
			FILE *out;

			snprintf(name, sizeof(name), "%s/%04u", folder, n++);
			out = fopen(name, "wb");
			if (!out || fwrite(data, 1, size, out) != size || fclose(out))
				return EXIT_FAILURE;
		}
	}
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	uint32_t passed = 0, failed = 0, count;

	if (argc == 3 && !strcmp(argv[1], "--corpus"))
		return write_corpus(argv[2]);
	loud = argc > 1;
	for (uint32_t g = 0; g < FAKE_GROUPS; g++)
		for (const struct fake_case *c = fake_group(g, &count); count--; c++)
			if (wanted(c->name, argc - 1, argv + 1))
				*(apart(c->name, run_case, c) ? &passed : &failed) += 1;
	for (const struct fake_sweep *s = fake_sweeps; s->run; s++)
		if (wanted(s->name, argc - 1, argv + 1))
			*(apart(s->name, run_sweep, s) ? &passed : &failed) += 1;
	printf("fake: %u passed, %u failed\n", passed, failed);
	return failed || !passed ? EXIT_FAILURE : EXIT_SUCCESS;
}

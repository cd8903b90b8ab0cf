/* SPDX-License-Identifier: MIT */
/*
 * fuzz_previous.c - garbage where the previous boot may have left breadcrumbs. Only the magic
 * number of breadcrumbs that were reported is changed, so they are reported once.
 */
#include "tests/host/fuzz/fuzz.h"
#include "lib/console/console.h"
#include "lib/print.h"
#include "lib/string.h"
#include "kernel/kernel.h"
#include "kernel/log.h"
#include "stub/memmap.h"
#include <stdarg.h>

#define STEP	(2 * MIB)
#define PLACES	12			/* more than are looked at in one turn of the search */
#define RANGES	12
#define FED	8			/* bytes of a log; the others are NULs */
#define LINES	(3 + FED)	/* at most of one trail: 8 newlines make 9 lines */

static struct boot_mem in[RANGES], map[2 * RANGES];
static uint64_t keys[2 * RANGES];
static uint32_t lines, unmapped;

void (*console_tap)(const char *text, size_t size);
struct console console;

void console_write(const char *text, size_t size)
{
	CHECK(size);
	for (size_t i = 0; i < size; i++)
		CHECK((text[i] >= ' ' && text[i] <= '~') || (text[i] == '\n' && i == size - 1));
	lines += text[size - 1] == '\n';
}

void console_print(const char *fmt, ...)
{
	char text[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = text_vformat(text, sizeof(text), fmt, ap);
	va_end(ap);
	CHECK(n > 0 && n < (int)sizeof(text));
	console_write(text, n);
}

bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out)
{
	const struct memory *m = arg;

	*out = (struct trap_info){ 0 };
	unmapped = 0;
	for (uint32_t i = 0; i < m->n; i++)	/* beyond the memory: as if it faulted */
		if (m->map[i].type == BOOT_MEM_FREE &&
		    m->map[i].base + m->map[i].size > PLACES * STEP)
			unmapped = 1;
	if (!unmapped)
		fn(arg);
	return !unmapped;
}

/* Nothing is mapped here; memory.c can. */
status_t arch_map(struct arch_map *m, uint64_t va, uint64_t pa, uint64_t size,
		  enum arch_perm perm)
{
	(void)m, (void)va, (void)pa, (void)size, (void)perm;
	abort();
}

void arch_map_live(struct arch_map *m)
{
	(void)m;
	abort();
}

status_t arch_map_start(struct arch_map *m)
{
	(void)m;
	abort();
}

void arch_map_flush(void)
{
	abort();
}

void arch_clean(uint64_t base, uint64_t size)
{
	(void)base, (void)size;
	abort();
}

/* A page that looks like a trail with its log, from as few bytes of input as possible. */
static struct crumbs *trail_put(uint64_t at, struct feed *f)
{
	struct feed nothing = { 0 };
	struct crumbs *c = world_put(at, PAGE_SIZE, &nothing);
	struct log *log = (void *)(at + LOG_OFFSET);
	const uint32_t how = (uint32_t)feed_number(f, 1);

	c->magic = how & 1 ? CRUMB_MAGIC : feed_number(f, 8);
	c->stage = (uint32_t)feed_number(f, how & 2 ? 4 : 1);
	c->faulted = how & 4 ? (uint32_t)feed_number(f, 4) : how >> 3 & 1;
	c->time[CRUMB_ENTRY] = how >> 4 & 1;
	c->kernel = how & 32 ? STAGE_MARK : feed_number(f, 8);
	c->fault_pc = feed_number(f, 8);
	c->fault_cause = feed_number(f, 8);
	c->fault_address = feed_number(f, 8);
	c->text[0] = (char)feed_number(f, 1);
	log->magic = how & 64 ? LOG_MAGIC : 0;
	log->written = feed_number(f, how & 128 ? 8 : 1);
	for (uint32_t i = 0; i < FED; i++)
		log->text[i] = (char)feed_number(f, 1);
	return c;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed f = { data, size };
	struct boot_info bi = { .direct_map = WORLD };
	struct kernel k = { .bi = &bi, .memory = { .bi = &bi, .map = map } };
	struct crumbs was[PLACES], *at;
	const uint32_t ranges = (uint32_t)feed_number(&f, 1) % (RANGES + 1);
	uint32_t told = 0, first;

	world_clear();
	CHECK(memmap_normalise(in, feed_ranges(&f, 0, in, ranges), keys, map, ARRAY_SIZE(map),
			       &k.memory.n) == OK);
	for (uint32_t i = 0; i < PLACES; i++)
		was[i] = *trail_put(WORLD + i * STEP, &f);
	lines = 0;
	previous_report(&k);
	first = lines;
	CHECK(lines <= PLACES * LINES);
	for (uint32_t i = 0; i < PLACES; i++) {
		at = (void *)(WORLD + i * STEP);
		told += at->magic != was[i].magic;
		CHECK(at->magic == was[i].magic || (was[i].magic == CRUMB_MAGIC && !at->magic));
		CHECK(!memcmp(&at->stage, &was[i].stage, sizeof(*at) - 8));
	}
	CHECK(first <= told * LINES + unmapped);
	previous_report(&k);
	CHECK(lines == first + unmapped);
	return 0;
}

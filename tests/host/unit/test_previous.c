/* SPDX-License-Identifier: MIT */
/* test_previous.c - breadcrumbs: each place is searched, and what is reported of those found. */
#include <sys/mman.h>
#include "tests/host/unit/unit.h"
#include "lib/console/console.h"
#include "lib/print.h"
#include "kernel/kernel.h"
#include "kernel/log.h"

#define STEP	(2 * MIB)
#define PROBES	16384		/* places, at most */
#define WORLD	((PROBES + 16) * STEP)

static struct boot_mem map[4];
static struct boot_info bi;
static struct kernel k = { .bi = &bi, .memory = { .bi = &bi, .map = map } };
static uint64_t world;
static bool unmapped;
static char said[4000];

struct console console;
void (*console_tap)(const char *text, size_t size);

/* The log of that boot is printed as such; everything else is a warning. */
void console_write(const char *text, size_t size)
{
	const bool log = unmapped || (size > 20 && !memcmp(text, "boot: previous: log:", 20));

	assert_int_equal(console.level, log ? CONSOLE_INFO : CONSOLE_WARNING);
	assert_true(strlen(said) + size < sizeof(said));
	strncat(said, text, size);
}

void console_print(const char *fmt, ...)
{
	char line[256];
	va_list ap;

	va_start(ap, fmt);
	(void)text_vformat(line, sizeof(line), fmt, ap);
	va_end(ap);
	console_write(line, strlen(line));
}

bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out)
{
	*out = (struct trap_info){ .address = 0xabc000 };
	if (!unmapped)
		fn(arg);
	return !unmapped;
}

UNCALLED(status_t, arch_map, struct arch_map *, uint64_t, uint64_t, uint64_t, enum arch_perm)
UNCALLED(void, arch_map_live, struct arch_map *)
UNCALLED(status_t, arch_map_start, struct arch_map *)
UNCALLED(void, arch_map_flush, void)
UNCALLED(void, arch_clean, uint64_t, uint64_t)

static void start(void)
{
	if (!world) {
		void *p = mmap(NULL, WORLD + STEP, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		assert_ptr_not_equal(p, MAP_FAILED);
		world = ALIGN_UP((uint64_t)p, STEP);
	}
	bi = (struct boot_info){ .direct_map = world };
	k.memory.n = 0;
}

static void add(uint64_t base, uint64_t size, uint32_t type)
{
	map[k.memory.n++] = (struct boot_mem){ base, size, type, 0 };
}

static struct crumbs *trail(uint64_t at)
{
	struct crumbs *c = (void *)(world + at);

	memset(c, 0, PAGE_SIZE);
	c->magic = CRUMB_MAGIC;
	c->stage = CRUMB_PLACE;
	c->time[CRUMB_ENTRY] = 1;
	return c;
}

static const char *report(void)
{
	said[0] = 0;
	console.level = CONSOLE_INFO;
	previous_report(&k);
	assert_int_equal(console.level, CONSOLE_INFO);
	return said;
}

#define FOUND	"boot: previous: reached place\n"

/* One and two trails, in memory of 1 to 20 places; none after its end; each is reported once. */
static void test_each(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= 20; n++)
		for (uint32_t a = 0; a <= n; a++)
			for (uint32_t b = a; b <= n; b++) {
				struct crumbs *x, *y;

				start();
				add(STEP, n * STEP, BOOT_MEM_FREE);
				x = trail((1 + a) * STEP);
				y = trail((1 + b) * STEP);
				assert_string_equal(report(), a == n ? "" : b == n || a == b ?
						    FOUND : FOUND FOUND);
				assert_true(!x->magic == (a < n) && !y->magic == (b < n));
				assert_string_equal(report(), "");
				x->magic = y->magic = 0;
			}
}

/* The ends of memory: address 0 is not searched, and a part of a step is enough at the end. */
static void test_edges(void **state)
{
	static const struct { uint64_t base, size, at; uint32_t type; bool found; } t[] = {
		{ 0, 8 * STEP, 0, BOOT_MEM_FREE, false },
		{ 0, 8 * STEP, STEP, BOOT_MEM_FREE, true },
		{ STEP - PAGE_SIZE, 2 * PAGE_SIZE, STEP, BOOT_MEM_FREE, true },
		{ STEP - PAGE_SIZE, PAGE_SIZE, STEP, BOOT_MEM_FREE, false },
		{ STEP + PAGE_SIZE, STEP, 2 * STEP, BOOT_MEM_FREE, true },
		{ STEP + PAGE_SIZE, STEP, STEP, BOOT_MEM_FREE, false },
		{ STEP, PAGE_SIZE, STEP, BOOT_MEM_FREE, true },
		{ STEP, STEP + PAGE_SIZE, 2 * STEP, BOOT_MEM_FREE, true },
		{ STEP, 9 * STEP + PAGE_SIZE, 10 * STEP, BOOT_MEM_FREE, true },
		{ STEP, STEP, STEP, BOOT_MEM_RECLAIM, false },
		{ STEP, STEP, STEP + PAGE_SIZE, BOOT_MEM_FREE, false },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct crumbs *c;

		start();
		add(t[i].base, t[i].size, t[i].type);
		c = trail(t[i].at);
		if (strcmp(report(), t[i].found ? FOUND : "") != 0)
			fail_msg("case %u: %s", i, said);
		c->magic = 0;
	}
}

/* Eight places are looked at together: none after them, and each one if all hold trails. */
static void test_turn(void **state)
{
	const uint64_t behind = 9 * STEP;
	uint32_t found = 0;

	(void)state;
	start();
	add(STEP, 8 * STEP, BOOT_MEM_FREE);
	assert_int_equal(mprotect((void *)(world + behind), PAGE_SIZE, PROT_NONE), 0);
	assert_string_equal(report(), "");
	for (uint64_t i = 1; i <= 8; i++)
		(void)trail(i * STEP);
	for (const char *s = report(); (s = strstr(s, FOUND)); s += strlen(FOUND))
		found++;
	assert_int_equal(found, 8);
	assert_int_equal(mprotect((void *)(world + behind), PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
}

/* The search is bounded: the last place that is looked at, and the next one. */
static void test_most(void **state)
{
	(void)state;
	for (uint64_t more = 0; more < 2; more++) {
		struct crumbs *c;

		start();
		add(STEP, 3 * STEP, BOOT_MEM_FREE);
		add(5 * STEP, WORLD - 5 * STEP, BOOT_MEM_FREE);
		c = trail((5 + PROBES - 3 - 1 + more) * STEP);
		assert_string_equal(report(), more ? "" : FOUND);
		c->magic = 0;
	}
}

/* An address from the loader is enough, in any memory, if breadcrumbs are there. */
static void test_last(void **state)
{
	struct crumbs *c;

	(void)state;
	start();
	bi.previous = 0x5000;
	c = trail(0x5000);
	assert_string_equal(report(), FOUND);
	c->magic = CRUMB_MAGIC + 1;
	assert_string_equal(report(), "");
	add(STEP, STEP, BOOT_MEM_FREE);	/* there are others */
	c->magic = CRUMB_MAGIC;
	(void)trail(STEP);
	assert_string_equal(report(), FOUND FOUND);
}

static void test_not_sane(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 5; i++) {
		struct crumbs *c, *const own = crumb_trail;

		start();
		add(STEP, STEP, BOOT_MEM_FREE);
		c = trail(STEP);
		switch (i) {
		case 0:		c->magic--; break;
		case 1:		c->stage = CRUMB_STAGES; break;
		case 2:		c->faulted = 2; break;
		case 3:		c->time[CRUMB_ENTRY] = 0; break;
		case 4:		crumb_trail = c; break;
		}
		if (*report())
			fail_msg("case %u: %s", i, said);
		crumb_trail = own;
	}
}

static const char *our_name(uint32_t stage)
{
	return stage == CRUMB_KERNEL ? "ours" : NULL;
}

/* Another kernel's stages are numbers. An intended end of ours is not reported. */
static void test_stage(void **state)
{
	static const struct { uint64_t kernel; uint32_t stage, faulted; const char *said; } t[] = {
		{ 0, CRUMB_KERNEL - 1, 0, "boot: previous: reached 15\n" },
		{ 0, CRUMB_KERNEL, 0, "boot: previous: reached 16\n" },
		{ 0, CRUMB_STAGES - 1, 0, "boot: previous: reached 31\n" },
		{ 0, STAGE_OFF, 0, "boot: previous: reached " },
		{ STAGE_MARK, STAGE_OFF, 0, "" }, { STAGE_MARK, STAGE_AGAIN, 0, "" },
		{ STAGE_MARK, STAGE_OFF, 1, "boot: previous: reached " },
		{ STAGE_MARK, STAGE_AGAIN, 1, "boot: previous: reached " },
		{ STAGE_MARK, CRUMB_PLACE, 0, FOUND },
		{ STAGE_MARK, CRUMB_KERNEL, 0, "boot: previous: reached ours\n" },
		{ 0, CRUMB_PLACE, 0, FOUND },
	};

	(void)state;
	crumb_kernel_name = our_name;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct crumbs *c;

		start();
		add(STEP, STEP, BOOT_MEM_FREE);
		c = trail(STEP);
		c->kernel = t[i].kernel;
		c->stage = t[i].stage;
		c->faulted = t[i].faulted;
		if (*t[i].said ? strncmp(report(), t[i].said, strlen(t[i].said)) : *report())
			fail_msg("case %u: %s", i, said);
		assert_int_equal(c->magic, 0);
	}
}

/* A fault is reported with its place; one of the two values is enough. */
static void test_fault(void **state)
{
	struct crumbs *c;

	(void)state;
	start();
	add(STEP, STEP, BOOT_MEM_FREE);
	c = trail(STEP);
	c->fault_pc = 0x12;
	c->fault_address = 0x34;
	assert_string_equal(report(), "boot: previous: reached place, fault at link 0x12 cause "
			    "0x0 address 0x34\n");
	c = trail(STEP);
	c->fault_cause = 0x56;
	assert_string_equal(report(), "boot: previous: reached place, fault at link 0x0 cause "
			    "0x56 address 0x0\n");
	c = trail(STEP);
	c->fault_address = 0x34;
	assert_string_equal(report(), FOUND);
}

/* Only printable characters within the field; the last lines of the log, if it is one. */
static void test_panic(void **state)
{
	char text[2000] = FOUND "boot: previous: panicked: a ~??";
	struct crumbs *c;
	struct log *log;

	(void)state;
	start();
	add(STEP, STEP, BOOT_MEM_FREE);
	c = trail(STEP);
	c->faulted = 1;
	log = (void *)(world + STEP + LOG_OFFSET);
	memset(c->text, 'x', CRUMB_TEXT);
	c->panics = 0x79797979;			/* what follows the text */
	memcpy(c->text, "a ~\x7f\x1f", 5);
	for (uint32_t i = 5; i < CRUMB_TEXT; i++)
		strcat(text, "x");
	strcat(text, "\n");
	assert_string_equal(report(), text);

	c = trail(STEP);
	assert_string_equal(report(), FOUND);
	c = trail(STEP);
	c->faulted = 1;
	memcpy(c->text, "short", 6);
	log->magic = LOG_MAGIC;
	strcpy(text, FOUND "boot: previous: panicked: short\n");
	for (uint32_t i = 0; i < 30; i++) {
		const int n = sprintf(&log->text[log->written], "line %u\n", i);

		if (i >= 30 - 24)
			sprintf(text + strlen(text), "boot: previous: log: line %u\n", i);
		log->written += (uint64_t)n;
	}
	assert_string_equal(report(), text);
	c->magic = CRUMB_MAGIC;			/* a line of 130 letters is cut to 128 */
	c->text[0] = 0;
	memset(log->text, 'z', 130);
	log->written = 130;
	strcpy(text, FOUND "boot: previous: log: ");
	for (uint32_t i = 0; i < 128; i++)
		strcat(text, "z");
	strcat(text, "\n");
	assert_string_equal(report(), text);
}

static void test_unmapped(void **state)
{
	(void)state;
	start();
	unmapped = true;
	assert_string_equal(report(), "boot: previous: unknown, memory at 0xabc000 is not "
			    "mapped\n");
	unmapped = false;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each), cmocka_unit_test(test_edges),
		cmocka_unit_test(test_most), cmocka_unit_test(test_last),
		cmocka_unit_test(test_not_sane), cmocka_unit_test(test_stage),
		cmocka_unit_test(test_fault), cmocka_unit_test(test_panic),
		cmocka_unit_test(test_unmapped), cmocka_unit_test(test_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * start_world.h - other CPUs, played by the test: they arrive at once, late or never, hang, end, or
 * go astray first; firmware reports that or nothing. With the code that starts them.
 */
#ifndef START_WORLD_H
#define START_WORLD_H
#include "tests/host/unit/unit.h"
#include "kernel/cpu/start.c"

#define CPUS	3
#define NEVER	UINT64_MAX
#define EACH	(1 + CPU_TRAP_STACKS)	/* stacks of a CPU */
#define STACKS	(EACH * CPUS)

/* What a CPU does; all zeros: it arrives as soon as the boot CPU waits. */
static struct role {
	uint64_t delay;			/* from arch_start() on */
	uint32_t astray;		/* that many starts lead elsewhere */
	bool known, asked;		/* firmware says what it does; it comes when asked */
	bool hangs, useless;
	bool faster;			/* it is done before arch_start() returns */
} role[CPUS];

static struct world {
	struct cpu *const *c;
	uint64_t now, at[CPUS];		/* at: it arrives, 0: not started */
	uint64_t stall, stall_at;	/* the whole machine stands still that long, once */
	uint32_t starts[CPUS], asked, stopped, used, stacks, flushes, stops, came;
	uint32_t cancelled, clocks;	/* a bit for each CPU */
	uint32_t given_back, freed;	/* a bit for each stack; of the heap */
	int32_t who, traps, guards;	/* the CPU that runs; the last to begin these */
	bool late;			/* what arch_start_done() was told */
} w;
static struct cpu *own;
static jmp_buf end;
static uint32_t there = CPUS, allocated, twice;	/* twice: this one's entry is there again */
static uint32_t refused;		/* this allocation from the heap fails; 0: none */
static uint32_t spare;			/* stacks, too few for one more CPU */
static bool no_calls, unlisted;		/* unlisted: the boot CPU is not named */
static uint8_t stack[STACKS][STACK_SIZE];

const uint32_t arch_start_steps = 1, arch_trap_stacks = CPU_TRAP_STACKS;
uint64_t clock_hz = 1;

struct cpu *arch_cpu_this(void)
{
	return own;
}

void arch_cpu_set(struct cpu *to)
{
	own = to;
}

uint64_t arch_cpu_id(void)
{
	return (uint64_t)w.who;
}

_Noreturn void arch_stop(void)
{
	w.stopped++;
	longjmp(end, 1);
}

_Noreturn void call_idle(void)
{
	longjmp(end, 2);
}

void *heap_alloc_zeroed(uint64_t size)
{
	void *p = ++allocated == refused ? NULL : calloc(1, size);

	assert_true(p || allocated == refused);
	return p;
}

void heap_free(void *p)
{
	w.freed += p != NULL;
	free(p);
}

void *vm_alloc(uint64_t size)
{
	assert_true((size == STACK_SIZE || size == CPU_TRAP_STACK) && w.used < STACKS);
	return w.used < w.stacks ? stack[w.used++] : NULL;
}

void vm_free(void *p)
{
	const uint64_t i = ((uint64_t)p - (uint64_t)stack) / STACK_SIZE;

	assert_true(i < w.used && p == stack[i] && !(w.given_back >> i & 1));
	w.given_back |= 1u << i;
}

void panic(const char *fmt, ...)
{
	fail_msg("%s", fmt);
	abort();
}

bool call_start(void)
{
	return !no_calls;
}

void flush_start(void)
{
	w.flushes++;
}

void stop_start(void)
{
	w.stops++;
}

void stop_if_asked(void)
{
}

void trap_cpu_start(struct cpu *c)
{
	assert_ptr_equal(c, own);
	w.traps = w.who;
}

void guard_cpu_start(void)
{
	w.guards = w.who;
}

void clock_cpu_start(void)
{
	w.clocks |= 1u << w.who;
}

const char *irq_cpu_start(void)
{
	assert_true(w.traps == w.who && w.guards == w.who);
	return role[w.who].useless ? "no controller" : NULL;
}

void mm_cpu_start(void)
{
	if (role[w.who].hangs)
		longjmp(end, 3);
}

uint64_t clock_now(void)
{
	return w.now;
}

static void arrive(int32_t i)
{
	struct cpu *const boot = own;

	w.at[i] = 0;
	w.who = i;
	if (!setjmp(end))
		cpu_arrived(w.c[i - 1]);
	w.who = 0;
	own = boot;
}

void time_sleep(uint64_t ns)
{
	assert_true(ns && !w.who);
	for (int32_t i = 1; i < CPUS; i++)
		if (w.at[i] && w.now + ns >= w.at[i])
			arrive(i);
	w.now += ns;
	if (w.stall_at && w.now > w.stall_at) {
		w.now += w.stall;
		w.stall_at = 0;
	}
}

void arch_cpus_named(const struct machine *m,
		     void (*fn)(void *cookie, const struct arch_named *), void *cookie)
{
	(void)m;
	for (uint32_t i = unlisted; i < there; i++)
		fn(cookie, &(struct arch_named){ .id = i });
	if (twice)
		fn(cookie, &(struct arch_named){ .id = twice });
}

const char *arch_start_prepare(struct boot_info *bi, const struct arch_named *named,
			       struct cpu *const *c, uint32_t n)
{
	assert_true(!bi && named && n == w.stacks / EACH);
	w.c = c;
	return NULL;
}

const char *arch_start(const struct machine *m, const struct arch_named *named, uint32_t step)
{
	const struct role *r = &role[named->id];

	assert_true(named->id && !m && !step && !w.at[named->id]);
	if (w.starts[named->id]++ >= r->astray && r->delay != NEVER)
		w.at[named->id] = w.now + r->delay + 1;
	if (r->faster)
		arrive((int32_t)named->id);
	return w.starts[named->id] > 1 ? "must not count" : NULL;
}

uint64_t arch_start_wait(uint32_t step)
{
	assert_int_equal(step, 0);
	return 0;
}

enum arch_started arch_started(const struct arch_named *named)
{
	const struct role *r = &role[named->id];

	assert_int_equal(start.other[named->id - 1].state, WANTED);
	w.asked++;
	if (r->asked)
		arrive((int32_t)named->id);
	if (!r->known)
		return ARCH_START_UNKNOWN;
	return w.at[named->id] || r->delay == NEVER ? ARCH_START_COMES : ARCH_START_OFF;
}

void arch_start_cancel(const struct arch_named *named)
{
	assert_true(named->id);
	w.cancelled |= 1u << named->id;
}

void arch_start_done(bool late)
{
	w.late = late;
}

static void came(uint32_t running, uint32_t wanted)
{
	assert_true(running > 1 && running <= wanted);
	assert_int_equal(wanted, 1 + start.count);
	assert_true(running > w.came);
	w.came = running;
}

/* With memory for the stacks of `others` CPUs, of which at most `limit` may run. */
static struct cpus try_some(struct role first, struct role second, uint32_t others, uint32_t limit)
{
	struct cpus out;

	for (uint32_t i = 0; i < start.made; i++)
		heap_free(start.cpu[i]);
	heap_free(start.named);
	heap_free(start.other);
	heap_free(start.cpu);
	memset(&start, 0, sizeof(start));
	start.boot_id = 77;
	memset(cpu_table, 0x55, sizeof(cpu_table));
	cpu_indices = 0;
	allocated = 0;
	w = (struct world){ .now = 1, .stall = w.stall, .stall_at = w.stall_at,
			    .stacks = EACH * others + spare };
	role[1] = first;
	role[2] = second;
	cpus_arrived = came;
	cpu_start(cpu_boot(), 0, 0);
	cpus_start(NULL, NULL, limit, &out);
	assert_int_equal(out.named, refused ? 1 : there);
	for (uint32_t i = 1 + start.count; i < CPU_MAX; i++)
		assert_true((uint64_t)cpu_table[i] == 0x5555555555555555);
	return out;
}

static struct cpus run_some(struct role first, struct role second, uint32_t others, uint32_t limit)
{
	const struct cpus out = try_some(first, second, others, limit);

	assert_null(out.why);
	assert_int_equal(out.running, 1u + !!cpu_at(1) + !!cpu_at(2));
	for (uint32_t i = 0; i < CPUS; i++)	/* the boot CPU has other things to do */
		assert_int_equal(cpu_at(i) && cpu_at(i)->idles, i && cpu_at(i));
	for (uint32_t i = 0; i < CPUS; i++)
		assert_true(w.clocks >> i & 1 || !i || !cpu_at(i));
	/* what a CPU cannot use for lack of the rest is given back */
	assert_int_equal(w.used, EACH * others + spare);
	assert_int_equal(w.given_back, ((1u << spare) - 1) << EACH * others);
	assert_int_equal(w.freed, start.made < start.count);
	assert_int_equal(w.late, out.running < out.wanted);
	for (uint32_t i = 0; i < start.made; i++) {
		const uint64_t at = (uint64_t)stack[EACH * i];

		assert_true(w.c[i]->stack == at + STACK_SIZE);
		for (uint64_t k = 0; k < CPU_TRAP_STACKS; k++)
			assert_true(w.c[i]->trap_stack[k] ==
				    at + (k + 1) * STACK_SIZE + CPU_TRAP_STACK);
	}
	for (uint32_t i = 1; i < CPUS; i++)
		assert_int_equal(w.cancelled >> i & 1, i <= start.count && !cpu_at(i));
	assert_true(w.flushes == (start.count != 0) && w.stops == w.flushes);
	return out;
}

static uint32_t run(struct role first, struct role second)
{
	const struct cpus out = run_some(first, second, CPUS - 1, UINT32_MAX);

	assert_int_equal(out.wanted, CPUS);
	return out.running;
}

static const struct role prompt;

/* Why the CPU does not run; "" if it does. */
static const char *why(uint32_t i)
{
	uint64_t id = 0;
	const char *s = cpus_missing(i, &id);

	assert_true(!s || id == i);
	return s ? s : "";
}
#endif

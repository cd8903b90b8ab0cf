/* SPDX-License-Identifier: MIT */
/*
 * test_stop.c - CPUs that stop each other, as threads: whichever of them panic at the same time or
 * arrive meanwhile, one remains, and the boot CPU ends the run.
 */
#include "tests/host/unit/unit.h"
#include <pthread.h>
#include "kernel/cpu/start.c"
#include "kernel/cpu/stop.c"

#define CPUS	4
#define WORLDS	1500
#define PATIENCE	50000000	/* how often the other threads get a turn, at the most */

/*
 * LOCKED waits for a lock that is lost, ARRIVES may come at any time, FAILS panics and HANGS hangs
 * before it enters the table, STUCK does not take an interrupt.
 */
enum role { WORKS, PANICS, LOCKED, ARRIVES, FAILS, HANGS, STUCK, ROLES };
#define ARRIVING(r)	((r) == ARRIVES || (r) == FAILS || (r) == HANGS)
#define FAILING(r)	((r) == PANICS || (r) == FAILS)

static struct world {
	struct cpu cpu[CPUS];
	enum role role[CPUS];
	bool asked[CPUS], off[CPUS], ended[CPUS], seen[CPUS];
	uint32_t ready, stayed, left, last, last_cpu, last_left, warnings, panicking, early;
	uint32_t last_words;
	uint32_t cancelled[CPUS], readings, needless, turns, failing, lost;
	bool waits[CPUS];		/* for the lock */
} w;
static struct arch_named named[CPUS - 1];
static struct other other[CPUS - 1];
static _Thread_local struct cpu *own;
static _Thread_local jmp_buf end;
static irq_fn *interrupt;

/* For cpus_start(), which is not called. */
UNCALLED(void *, heap_alloc_zeroed, uint64_t)
UNCALLED(void, heap_free, void *)
UNCALLED(void *, vm_alloc, uint64_t)
UNCALLED(void, vm_free, void *)
UNCALLED(void, time_sleep, uint64_t)
UNCALLED(bool, call_start, void)
UNCALLED(void, flush_start, void)
UNCALLED(void, arch_cpus_named, const struct machine *,
	 void (*)(void *, const struct arch_named *), void *)
UNCALLED(const char *, arch_start_prepare, struct boot_info *, const struct arch_named *,
	 struct cpu *const *, uint32_t)
UNCALLED(const char *, arch_start, const struct machine *, const struct arch_named *, uint32_t)
UNCALLED(uint64_t, arch_start_wait, uint32_t)
UNCALLED(enum arch_started, arch_started, const struct arch_named *)
UNCALLED(void, arch_start_done, bool)
const uint32_t arch_start_steps, arch_trap_stacks;
uint64_t clock_hz;

void (*trap_nmi)(void);
void (*panic_first)(void);

#define ADD(n)	__atomic_fetch_add(&w.n, 1, __ATOMIC_SEQ_CST)
#define GET(n)	__atomic_load_n(&w.n, __ATOMIC_SEQ_CST)

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
	return (uint64_t)(own - w.cpu);
}

void arch_start_cancel(const struct arch_named *n)
{
	ADD(cancelled[n->id]);
}

_Noreturn void arch_stop(void)
{
	sched_yield();
	__atomic_store_n(&w.off[own - w.cpu], true, __ATOMIC_SEQ_CST);
	longjmp(end, 1);
}

_Noreturn void arch_halt(void)
{
	longjmp(end, 2);
}

bool arch_stopped(const struct arch_named *n)
{
	const bool off = GET(off[n->id]);

	if (off)
		__atomic_store_n(&w.seen[n->id], true, __ATOMIC_SEQ_CST);
	return off;
}

void arch_stop_send(const struct cpu *to)
{
	if (to == own || (GET(last_words) && to->stopped))
		ADD(needless);
	__atomic_store_n(&w.asked[to->index], true, __ATOMIC_SEQ_CST);
}

/*
 * Time passes only when the others have done all that they will do, however slow the host is, for a
 * wait for a lock when no other CPU can panic any more; but once in each world all CPUs stand still
 * in the middle of a wait.
 */
uint64_t clock_now(void)
{
	static uint64_t now;
	const uint64_t stall = ADD(readings) == 1 ? 10 * NS_PER_S : 0;
	const uint32_t at = own->index;
	bool passes = true;

	for (uint32_t i = 0; i < CPUS; i++)
		passes &= i == at || GET(ended[i]) || (!i && GET(cpu[i].stopped)) ||
			  (w.waits[at] && !FAILING(w.role[i]));
	return __atomic_add_fetch(&now, passes ? 100 * NS_PER_MS : stall, __ATOMIC_SEQ_CST);
}

void arch_pause(void)
{
	sched_yield();
}

bool irq_handle(uint32_t number, irq_fn *fn, void *arg)
{
	assert_true(number == 7 && !arg);
	interrupt = fn;
	return true;
}

uint32_t irq_of_ipi(uint32_t ipi)
{
	assert_int_equal(ipi, IPI_STOP);
	return 7;
}

void turn_start(void)
{
	ADD(turns);
}

void turn_end(void)
{
	ADD(turns);
}

uint64_t arch_irq_save(void)
{
	return 0;
}

void console_print(const char *fmt, ...)
{
	(void)fmt;
}

void console_warn(const char *fmt, ...)
{
	assert_non_null(strstr(fmt, " not stop"));
	ADD(warnings);
}

const char *wants_name(void)
{
	return "";
}

static _Noreturn void panics(void);

void panic(const char *fmt, ...)
{
	assert_string_equal(fmt, "lock at 0x%llx: its holder does not release it");
	ADD(lost);
	w.waits[own->index] = false;
	panics();
}

void trap_cpu_start(struct cpu *c)
{
	(void)c;
}

void guard_cpu_start(void)
{
}

const char *irq_cpu_start(void)
{
	return NULL;
}

void clock_cpu_start(void)
{
}

void mm_cpu_start(void)
{
	if (w.role[cpu_this()->index] == HANGS)
		longjmp(end, 3);
	if (w.role[cpu_this()->index] == FAILS)
		panics();
	sched_yield();
}

static _Noreturn void works(uint32_t i)
{
	for (uint32_t n = 0; !GET(asked[i]); n++) {
		if (n == PATIENCE)
			abort();
		sched_yield();
	}
	if (i % 2)
		interrupt(7, NULL);
	else
		trap_nmi();
	fail_msg("CPU %u goes on", i);
	abort();
}

_Noreturn void call_idle(void)
{
	works(cpu_this()->index);
}

/* Stop all once more, as a kernel that boots again does. */
static void last_words(void)
{
	ADD(last_words);
	w.waits[own->index] = false;
	w.last_left = cpus_stop();
	w.last_cpu = own->index;
	ADD(last);
}

static _Noreturn void panics(void)
{
	const uint32_t left = cpus_stop();

	for (uint32_t i = 1; i < CPUS; i++)
		if (i != own->index && cpu_has_ended(i) && !GET(seen[i]))
			ADD(early);
	if (own->index && !GET(cpu[0].stopped))		/* arch_stopped() is not asked for it */
		ADD(early);
	ADD(stayed);
	w.left = left;
	cpus_leave(last_words);
	arch_halt();			/* the boot CPU, which returned from last_words() */
}

/* Called as often as lock_acquire() does, and longer than the timeout. */
static _Noreturn void waits(void)
{
	struct timeout limit = { 20 * NS_PER_S, 0 };
	const struct lock lock = { 0 };

	w.waits[own->index] = true;
	for (uint32_t n = 0; n < PATIENCE; n++) {
		sched_yield();
		lock_waits(&lock, &limit);
	}
	abort();
}

static void act(uint32_t i)
{
	if (setjmp(end))
		return;
	switch (w.role[i]) {
	case PANICS: panics();
	case WORKS: works(i);
	case LOCKED: waits();
	case ARRIVES:
	case FAILS:
	case HANGS: cpu_arrived(&w.cpu[i]);
	default: ;
	}
}

static void *run(void *arg)
{
	const uint32_t i = (uint32_t)(uintptr_t)arg;

	own = &w.cpu[i];
	ADD(ready);
	while (GET(ready) < CPUS)
		sched_yield();
	act(i);
	__atomic_store_n(&w.ended[i], true, __ATOMIC_SEQ_CST);
	return NULL;
}

static void world(uint64_t *seed)
{
	pthread_t thread[CPUS];

	memset(&w, 0, sizeof(w));
	memset(other, 0, sizeof(other));
	memset(cpu_table, 0, sizeof(cpu_table));
	stays = NO_CPU;
	last = NULL;
	cpu_indices = 0;
	start.named = named;
	start.other = other;
	start.count = CPUS - 1;
	for (uint32_t i = 0; i < CPUS; i++) {
		w.role[i] = rnd_below(seed, i ? ROLES : ARRIVES);
		w.panicking += w.role[i] == PANICS || w.role[i] == LOCKED;
		w.failing += FAILING(w.role[i]);
		own = &w.cpu[i];
		if (i)
			named[i - 1].id = i;
		if (ARRIVING(w.role[i]))
			continue;
		cpu_prepare(own, i, i);
		cpu_publish(own);
		if (i)
			other[i - 1].state = RUNS;
	}
	if (!w.panicking)
		return;
	panic_first = NULL;
	stop_start();
	assert_true(panic_first && w.turns == 1);
	for (uintptr_t i = 0; i < CPUS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, run, (void *)i), 0);
	for (uint32_t i = 0; i < CPUS; i++)
		pthread_join(thread[i], NULL);
}

/* A CPU that hangs counts as off if it arrived too late, else as one that has not stopped. */
static void test_stop(void **state)
{
	uint64_t seed = 1;
	uint32_t came = 0, late = 0, hung = 0, failed = 0;

	(void)state;
	cpu_expect(CPU_MAX);
	for (uint32_t n = 0; n < WORLDS; n++) {
		uint32_t wrong = 0, hangs = 0;

		world(&seed);
		if (!w.panicking)
			continue;
		assert_int_equal(w.stayed, 1);
		assert_true(w.last == 1 && w.last_cpu == 0);
		assert_int_equal(!w.lost, !!w.failing);
		for (uint32_t i = 1; i < CPUS; i++) {
			const enum role r = w.role[i];
			const enum state s = other[i - 1].state;

			came += r == ARRIVES && s == ENDED;
			late += r == ARRIVES && s == LATE;
			failed += r == FAILS && s == ENDED;
			assert_int_equal(!!w.cancelled[i], s == LATE && !w.left);
			hangs += r == HANGS && !w.off[i];
			wrong += r == STUCK;
			assert_true(r == HANGS || w.off[i] == (r != STUCK));
		}
		hung += hangs;
		assert_int_equal(w.left, wrong + hangs);
		assert_int_equal(w.last_left, w.left);
		assert_int_equal(w.warnings, 2 * (wrong + (hangs > 0)));
		assert_int_equal(w.early | w.needless, 0);
		assert_int_equal(w.turns, 3);
	}
	assert_true(came && late && hung && failed);
}

/* Nothing happens where no other CPU can be. */
static void test_alone(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	own = &w.cpu[0];
	stays = NO_CPU;
	start.count = 0;
	stop_if_asked();
	assert_int_equal(cpus_stop(), 0);
	cpus_leave(last_words);
	assert_int_equal(w.last, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alone), cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * run.c - see run.h. Memory is tested in pieces of 1 MiB: each CPU takes the next one until a pass
 * is done, and the next pass begins when all CPUs have finished. An exception during a piece ends
 * that piece and counts as an error.
 */
#include "run.h"
#include "arch/boot.h"
#include "kernel/time/timeout.h"
#include "kernel/time/scale.h"
#include "lib/console/panic.h"

#define PIECE		(1 * MIB)
#define REPORT_NS	(5 * NS_PER_S)	/* for other CPUs' reports */

struct piece {
	struct memtest *t;
	uint64_t pa, size;
};

/*
 * Wait while other CPUs report. False: one has died with the lock, and the test ends; everywhere()
 * finds that CPU.
 */
static bool report_turn(struct memtest *t)
{
	struct timeout limit = { REPORT_NS, 0 };
	uint64_t errors, before = 0;

	while (!lock_try(&t->lock)) {
		if (__atomic_load_n(&t->stuck, __ATOMIC_RELAXED))
			return false;
		errors = __atomic_load_n(&t->errors, __ATOMIC_RELAXED);
		if (errors != before)
			limit = (struct timeout){ REPORT_NS, 0 };
		before = errors;
		if (!timeout_pause(&limit)) {
			__atomic_store_n(&t->stuck, true, __ATOMIC_RELAXED);
			t->stop = true;
		}
	}
	return true;
}

static void count(struct memtest *t, uint64_t pa, uint64_t want, uint64_t got, const char *what)
{
	if (!report_turn(t))
		return;
	t->low = t->errors ? MIN(t->low, pa) : pa;
	t->high = t->errors ? MAX(t->high, pa) : pa;
	t->bits |= want ^ got;
	t->errors++;
	t->report(t, pa, want, got, what);
	lock_release(&t->lock);
}

/* A mismatch was found in this pair: check each word, and write what the pass writes. */
static void pair_check(struct memtest *t, uint64_t pa)
{
	bool found = false;

	for (uint64_t i = 0; i < ARCH_MEMTEST_PAIR; i += sizeof(uint64_t)) {
		volatile uint64_t *word = (volatile uint64_t *)(pa + i + t->offset);
		const uint64_t want = pattern_word(&t->old, pa + i), got = *word;

		if (got != want) {
			found = true;
			count(t, pa + i, want, got, NULL);
		}
		*word = pattern_word(&t->fresh, pa + i);
	}
	if (!found)			/* correct when read a second time */
		count(t, pa, 0, 0, "not the same when read again");
}

static void swap(const struct piece *p)
{
	struct memtest *t = p->t;
	const bool down = pattern_down(t->pass);
	uint64_t pa = p->pa, size = p->size;

	while (size) {
		const uint64_t first = down ? pa + size - ARCH_MEMTEST_PAIR : pa;
		const struct memtest_pattern old = pattern_at(&t->old, first);
		const struct memtest_pattern new = pattern_at(&t->fresh, first);
		const uint64_t left = arch_memtest_swap(pa + t->offset, size, &old, &new, down);

		if (!left)
			return;
		if (!down)
			pa += size - left;
		size = left - ARCH_MEMTEST_PAIR;
		pair_check(t, down ? pa + size : pa);
		if (!down)
			pa += ARCH_MEMTEST_PAIR;
	}
}

static void piece_test(void *cookie)
{
	const struct piece *p = cookie;
	const struct memtest_pattern new = pattern_at(&p->t->fresh, p->pa);

	if (p->t->pass)
		swap(p);
	else
		arch_memtest_fill(p->pa + p->t->offset, p->size, &new);
	arch_clean(p->pa + p->t->offset, p->size);
}

static uint64_t pieces_of(const struct boot_range *r)
{
	return (r->size + PIECE - 1) / PIECE;
}

/* Piece n, from 0, of all memory. */
static struct piece piece_get(struct memtest *t, uint64_t n)
{
	const struct boot_range *r = t->memory->range;
	uint64_t at;

	while (n >= pieces_of(r))
		n -= pieces_of(r++);
	at = n * PIECE;
	return (struct piece){ t, r->base + at, MIN(PIECE, r->size - at) };
}

/* On each CPU. */
static void work(void *cookie)
{
	struct memtest *t = cookie;
	struct trap_info fault;

	while (!__atomic_load_n(&t->stop, __ATOMIC_RELAXED)) {
		const uint64_t n = __atomic_fetch_add(&t->next, 1, __ATOMIC_RELAXED);
		struct piece p;

		if (n >= t->pieces)
			return;
		p = piece_get(t, pattern_down(t->pass) ? t->pieces - 1 - n : n);
		if (!trap_try(piece_test, &p, &fault)) {
			const uint64_t pa = fault.address - t->offset;

			count(t, pa - p.pa < p.size ? pa : p.pa, 0, 0, fault.what);
		}
		__atomic_fetch_add(&t->done, 1, __ATOMIC_RELAXED);
		t->turn(t);
	}
}

bool memtest_run(struct memtest *t)
{
	for (uint32_t i = 0; i < t->memory->n; i++)
		t->pieces += pieces_of(&t->memory->range[i]);
	for (t->round = 0; t->round < t->rounds; t->round++)
		for (t->pass = 0; t->pass < MEMTEST_PASSES; t->pass++) {
			t->old = t->fresh;
			t->fresh = pattern_of(t->pass, t->seed + t->round);
			t->next = 0;
			t->everywhere(work, t);
			if (t->stop)
				return false;
		}
	return true;
}

uint32_t memtest_progress(const struct memtest *t)
{
	const uint64_t all = t->pieces * MEMTEST_PASSES * t->rounds;

	return all ? (uint32_t)(t->done * 1000 / all) : 0;
}

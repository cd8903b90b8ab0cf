/* SPDX-License-Identifier: MIT */
/*
 * flush.c - see flush.h. Where the CPU can broadcast TLB invalidation, no other CPU is interrupted.
 * space.c calls with its lock held, so there is one caller at a time.
 */
#include "kernel/cpu/flush.h"
#include "arch/map.h"
#include "arch/smp.h"
#include "kernel/cpu/call.h"
#include "kernel/mm/space.h"

static struct {
	struct cpu_mask on;
	struct cpu_call call;
	uint32_t held, go;
} hold;

struct range {
	uint64_t va, size;
};

static void flush_here(void *arg)
{
	const struct range *r = arg;

	arch_map_flush_range(r->va, r->size);
}

static void flush_all(uint64_t va, uint64_t size)
{
	struct range r = { va, size };

	if (!arch_map_flush_cpus(va, size))
		(void)cpu_call_all(flush_here, &r);
}

/* In an interrupt. This CPU's stack and struct cpu may be unmapped until hold.go is set. */
static void hold_here(void *arg)
{
	(void)arg;
	__atomic_fetch_add(&hold.held, 1, __ATOMIC_RELEASE);
	arch_hold(&hold.go);
}

static void release_all(void)
{
	__atomic_store_n(&hold.go, 1, __ATOMIC_RELEASE);
	(void)call_wait(&hold.on, &hold.call);
}

static bool hold_all(void)
{
	cpu_mask_all(&hold.on);
	cpu_mask_clear(&hold.on, cpu_this()->index);
	hold.call = (struct cpu_call){ .fn = hold_here };
	hold.held = hold.go = 0;
	if (call_place(&hold.on, &hold.call) &&
	    call_wait_word(&hold.held, cpu_mask_count(&hold.on)))
		return true;
	release_all();
	return false;
}

void flush_start(void)
{
	if (ARCH_BREAKS) {
		space_hold = hold_all;
		space_release = release_all;
	}
	space_flush = flush_all;
}

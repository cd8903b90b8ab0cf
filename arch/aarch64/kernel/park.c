/* SPDX-License-Identifier: MIT */
/*
 * park.c - CPUs that firmware has left polling an address in memory: spin tables of device trees
 * (Linux, Documentation/arch/arm64/booting.rst) and the MADT's parking protocol (Multi-processor
 * Startup for ARM Platforms). They cannot be returned to firmware: after being stopped, they poll
 * the same word again, in park_code, until the next run.
 *
 * The word belongs to firmware, and tables may give a wrong address. So it is accessed as Device
 * memory, and not written if it does not look right. The polling CPU's caches may be off.
 */
#include "smp.h"
#include "arch/boot.h"
#include "arch/irq.h"
#include "kernel/cpu/cpu.h"
#include "lib/console/panic.h"
#include "kernel/irq/irq.h"
#include "kernel/mm/space.h"
#include "lib/image.h"

#define MAILBOX_SIZE	0x1000
#define MAILBOX_READY	UINT32_MAX	/* its number, as firmware leaves it */

struct mailbox {
	uint32_t number, reserved;
	uint64_t entry;
};

/* in the stub only: used as data, so the library's jump to it would not do */
extern const char park_code[] __asm__("stub.park_code"), park_rest[] __asm__("stub.park_rest");

static const struct boot_info *info;
static uint64_t pen;			/* park_code, physical; 0: not known yet */

/*
 * Where park_code is: in the page of the first run that needed it. Later runs, which are of the
 * same image, neither allocate nor map that page. If a run has pinned a page for EL2's vectors, it
 * is the same one, as park_code is among the stub's vectors.
 */
static uint64_t pen_find(struct boot_info *bi)
{
	const uint64_t offset = image_offset(park_code) % PAGE_SIZE;

	if (!bi->pinned)
		bi->pinned = ALIGN_DOWN(bi->image.base + image_offset(park_code), PAGE_SIZE);
	return bi->pinned + offset;
}

void park_prepare(struct boot_info *bi, struct arrival *a, uint64_t pa,
		  const struct arch_named *n)
{
	if (!info)
		pen = pen_find(bi);
	info = bi;
	smp_arrivals.rest = pen + (uint64_t)(park_rest - park_code);
	arch_plan(&a->park, BOOT_MMU_OFF, 0, bi->image.base);
	a->park.entry = pen;
	a->park.arg = n->at + (n->how == HOW_MAILBOX ? offsetof(struct mailbox, entry) : 0);
	a->park.stack = pa + offsetof(struct arrival, parked);
}

static bool is_device(uint64_t pa)
{
	const struct boot_mem *map = space_ram(info->memmap.base);

	for (uint64_t i = 0; i < info->memmap.size / sizeof(*map); i++)
		if (map[i].type == BOOT_MEM_MMIO && pa - map[i].base < map[i].size)
			return true;
	return false;
}

/* Read both words, under trap_try(): the address may not exist. */
static void look(void *arg)
{
	struct arrival *a = arg;

	(void)__atomic_load_n(a->word, __ATOMIC_ACQUIRE);	/* LDAR: A57 erratum 832075 */
	if (a->number)
		(void)__atomic_load_n(a->number, __ATOMIC_ACQUIRE);
}

static const char *look_at(const struct machine *m, const struct arch_named *n, struct arrival *a,
			   uint64_t enter)
{
	const bool box = n->how == HOW_MAILBOX;
	const uint64_t size = box ? sizeof(struct mailbox) : sizeof(uint64_t);
	struct trap_info fault;
	uint64_t entry;
	char *at;

	if (n->at % (box ? MAILBOX_SIZE : sizeof(uint64_t)))
		return "the address that it polls is not aligned";
	at = is_device(n->at) ? NULL : m->window(m->cookie, n->at, size);
	if (!at)
		return "the address that it polls is not in firmware's memory";
	a->word = (void *)(box ? at + offsetof(struct mailbox, entry) : at);
	a->number = box ? (void *)at : NULL;
	arch_clean((uint64_t)at, size);	/* firmware's caches may be on */
	if (!trap_try(look, a, &fault))
		return fault.what;
	if (box && __atomic_load_n(a->number, __ATOMIC_ACQUIRE) != MAILBOX_READY)
		return "its mailbox is not ready";
	entry = __atomic_load_n(a->word, __ATOMIC_ACQUIRE);
	if (!box && entry && entry != enter)
		return "the word that it polls holds another address";
	return NULL;
}

/* The CPU may wait for an event or for an interrupt. */
static void wake(const struct arch_named *n)
{
	static struct cpu to;

	__asm__ volatile("dsb sy\n\tsev" ::: "memory");
	if (n->how != HOW_MAILBOX)
		return;
	to.id = n->id;
	to.irq_local = 1ull << n->number % 8;	/* for a GICv2; a GICv3 uses the id */
	irq_send(&to, IPI_CALL);
}

const char *park_start(const struct machine *m, const struct arch_named *n, struct arrival *a,
		       uint64_t enter)
{
	const char *why = look_at(m, n, a, enter);

	if (why) {
		a->word = NULL;
		return why;
	}
	arch_clean((uint64_t)a, sizeof(*a));
	*a->word = enter;
	__asm__ volatile("dsb sy" ::: "memory");
	if (a->number)
		*a->number = n->number;
	wake(n);
	return NULL;
}

_Noreturn void park(struct arrival *a)
{
	void (*jump)(const struct jump_plan *) = (void (*)(const struct jump_plan *))a->jump;

	if (!a->park.entry)
		arch_halt();
	*a->word = 0;
	if (a->number)
		*a->number = MAILBOX_READY;
	jump(&a->park);
	__builtin_unreachable();
}

bool park_done(struct arrival *a)
{
	arch_clean((uint64_t)&a->parked, sizeof(a->parked));
	return *(volatile uint64_t *)&a->parked;
}

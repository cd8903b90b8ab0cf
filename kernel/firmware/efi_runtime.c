/* SPDX-License-Identifier: MIT */
/*
 * efi_runtime.c - see efi_runtime.h.
 *
 * Runtime memory is mapped only when a service is first called, and only as
 * EFI_MEMORY_ATTRIBUTES_TABLE allows (4.6.4). Code that needs to be both writable and executable is
 * not called at all. All pointers that firmware gets are to one buffer, which is mapped at its
 * physical address.
 */
#include "kernel/firmware/efi_runtime.h"
#include "arch/cpu.h"
#include "arch/irq.h"
#include "kernel/cpu/trap.h"
#include "kernel/mm/map.h"
#include "kernel/mm/page.h"
#include "kernel/mm/space.h"
#include "kernel/time/clock.h"
#include "lib/console/console.h"
#include "lib/string.h"

#define REGIONS_MAX	256	/* EDK II makes three for each runtime driver */
#define ATTRIBUTES_MAX	(256 * KIB)
#define TIMEOUT		(10 * NS_PER_S)
#define TIMEOUT_WRITE	(60 * NS_PER_S)		/* firmware may erase its flash */
#define RUNTIME_MAGIC	0x56524553544e5552ull	/* "RUNTSERV" */
#define RUNTIME_TYPES	(MEMORY_TYPE(RUNTIME_CODE) | MEMORY_TYPE(RUNTIME_DATA))

/* What a service reads and writes, at its physical address. */
struct shared {
	struct efi_time time;
	struct efi_variable variable;
	uint64_t size;
	uint32_t attributes;
	uint8_t data[EFI_DATA_MAX];
};
#define SHARED_ORDER	4
_Static_assert(sizeof(struct shared) <= PAGE_SIZE << SHARED_ORDER, "it has room");

/* a copy: the table's own memory is given out */
static NOINIT struct runtime_region {
	uint64_t base, size;
	enum arch_perm perm;
} region[REGIONS_MAX];
static struct {
	const struct boot_info *bi;
	uint32_t regions;		/* entries of region[] in use */
	const char *services;		/* struct efi_runtime_services; NULL: not mapped */
	struct shared *shared;
	const char *why;		/* why no service is called; NULL: no reason yet */
} runtime;

static void *direct(uint64_t pa)
{
	return (void *)(pa + runtime.bi->direct_map);
}

static bool memory_is(uint64_t pa, uint64_t size, uint32_t types)
{
	const struct boot_range map = runtime.bi->memmap;

	return map_is(direct(map.base), map.size / sizeof(struct boot_mem), pa, size, types);
}

/* False if the region may not be mapped with these attributes. */
static bool region_from(const struct efi_memory_descriptor *d, struct runtime_region *out)
{
	const bool ro = d->attribute & EFI_MEMORY_RO, xp = d->attribute & EFI_MEMORY_XP;

	if (d->type != EFI_RUNTIME_CODE && d->type != EFI_RUNTIME_DATA)
		return false;
	if (!ro && !xp && d->type == EFI_RUNTIME_CODE)
		return false;
	if (d->pages > UINT64_MAX / PAGE_SIZE || d->physical_start % PAGE_SIZE)
		return false;
	*out = (struct runtime_region){
		.base = d->physical_start,
		.size = d->pages * PAGE_SIZE,
		.perm = ro && xp ? ARCH_RO : ro ? ARCH_RX : ARCH_RW,
	};
	return memory_is(out->base, out->size, RUNTIME_TYPES);
}

/* NULL, or what is wrong with the table. */
static const char *table_read(struct boot_range *keep)
{
	const uint32_t readable = MEMORY_TYPE(RECLAIM) | MEMORY_TYPE(ACPI) | MEMORY_TYPE(FREE) |
				  MEMORY_TYPE(RUNTIME_DATA) | MEMORY_TYPE(NVS);
	const struct boot_info *bi = runtime.bi;
	const struct efi_memory_attributes *table = direct(bi->efi_memattr);
	uint64_t at = (uint64_t)(table + 1);

	if (!(bi->flags & BOOT_RUNTIME_OK))
		return "there are none";
	if (!bi->efi_memattr)
		return "firmware does not say which memory is code and which is data";
	if (bi->flags & BOOT_RAM_UNMAPPED || bi->efi_memattr % sizeof(uint64_t) ||
	    !memory_is(bi->efi_memattr, sizeof(*table), readable) ||
	    table->entries > REGIONS_MAX || table->desc_size % sizeof(uint64_t) ||
	    table->desc_size < sizeof(struct efi_memory_descriptor) ||
	    table->desc_size > ATTRIBUTES_MAX / REGIONS_MAX ||
	    !memory_is(bi->efi_memattr,
		       sizeof(*table) + (uint64_t)table->entries * table->desc_size, readable))
		return "the memory attributes table is not usable";
	for (uint32_t i = 0; i < table->entries; i++, at += table->desc_size)
		if (!region_from((const void *)at, &region[i]))
			return "firmware's code is writable, or outside runtime memory";
	runtime.regions = table->entries;
	*keep = (struct boot_range){ bi->efi_memattr, at - (uint64_t)table };
	return NULL;
}

void efi_runtime_read(const struct boot_info *bi, struct boot_range *keep)
{
	*keep = (struct boot_range){ 0, 0 };
	runtime.bi = bi;
	runtime.why = table_read(keep);
}

static bool region_executable(uint64_t address)
{
	for (uint32_t i = 0; i < runtime.regions; i++)
		if (region[i].perm == ARCH_RX &&
		    address - region[i].base < region[i].size)
			return true;
	return false;
}

/* Map at identity, where the range may already be mapped as RAM. */
static status_t identity_map(uint64_t base, uint64_t size, enum arch_perm perm)
{
	const status_t status = size ? space_map(base, base, size, perm) : OK;

	return status == ERR_IN_USE ? OK : status;
}

/* Map the devices that runtime services use, mainly flash. */
static status_t devices_map(void)
{
	const struct boot_info *bi = runtime.bi;
	uint64_t at = bi->efi_memmap.base, left = bi->efi_memmap.size;

	if (bi->efi_desc_size < sizeof(struct efi_memory_descriptor))
		return ERR_BAD_FORMAT;
	for (; left >= bi->efi_desc_size; at += bi->efi_desc_size, left -= bi->efi_desc_size) {
		const struct efi_memory_descriptor *d = direct(at);

		if (d->type != EFI_MMIO || !(d->attribute & EFI_MEMORY_RUNTIME) ||
		    d->physical_start % PAGE_SIZE || d->physical_start >= ARCH_REACH ||
		    d->pages > (ARCH_REACH - d->physical_start) / PAGE_SIZE)
			continue;
		TRY(identity_map(d->physical_start, d->pages * PAGE_SIZE, ARCH_IO));
	}
	return OK;
}

static status_t runtime_map(void)
{
	const uint64_t pa = page_alloc(SHARED_ORDER, PAGE_ZERO);

	if (!pa)
		return ERR_NO_MEMORY;
	runtime.shared = (struct shared *)pa;
	TRY(identity_map(pa, PAGE_SIZE << SHARED_ORDER, ARCH_RW));
	for (uint32_t i = 0; i < runtime.regions; i++)
		TRY(identity_map(region[i].base, region[i].size,
				 region[i].perm));
	return devices_map();
}

const char *efi_runtime_start(void)
{
	const struct efi_runtime_services *rt;

	if (runtime.why || runtime.services)
		return runtime.why;
	rt = runtime.bi ? (void *)runtime.bi->efi_runtime : NULL;
	if (!rt || !memory_is((uint64_t)rt, sizeof(*rt), RUNTIME_TYPES))
		runtime.why = "their table is not in runtime memory";
	else if (runtime_map() != OK)
		runtime.why = "their memory cannot be mapped";
	else if (rt->hdr.signature != RUNTIME_MAGIC)
		runtime.why = "their table has another signature";
	else
		runtime.services = (const char *)rt;
	return runtime.why;
}

/*
 * All services take at most five arguments, integers or pointers, which both conventions pass
 * alike.
 */
typedef efi_status_t (EFIAPI service_fn)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);

struct call {
	service_fn *fn;
	uint64_t arg[5];
	uint64_t timeout;		/* in nanoseconds */
	uint64_t masked;		/* the caller's interrupt mask */
	bool watched;
	efi_status_t status;
};

/* Interrupts are on only where trap_abandon() finds this trap_try(), and no other. */
static void call_make(void *arg)
{
	struct call *c = arg;

	if (c->watched)
		arch_irq_on();
	else
		arch_irq_restore(c->masked);
	c->status = c->fn(c->arg[0], c->arg[1], c->arg[2], c->arg[3], c->arg[4]);
	(void)arch_irq_save();
}

static void call_abandon(struct timer *t, void *arg)
{
	(void)t;
	(void)arg;
	trap_abandon("does not return");
}

/* False: it has not returned. */
static bool call_watched(struct call *c, struct trap_info *fault)
{
	struct timer watch = { 0 };
	uint64_t state;
	bool returned;

	c->masked = arch_irq_save();
	c->watched = timer_set(&watch, clock_now() + c->timeout, call_abandon, NULL);
	state = arch_firmware_begin();
	returned = trap_try(call_make, c, fault);
	arch_firmware_end(state);
	(void)timer_cancel(&watch);
	arch_irq_restore(c->masked);
	return returned;
}

static efi_status_t service_call(uint64_t offset, const char *name, struct call *c)
{
	struct trap_info fault;

	if (efi_runtime_start())
		return EFI_UNSUPPORTED;
	memcpy(&c->fn, runtime.services + offset, sizeof(c->fn));
	if (!region_executable((uint64_t)c->fn))
		return EFI_UNSUPPORTED;
	if (call_watched(c, &fault))
		return c->status;
	runtime.why = "one of them faulted or hung";
	if (fault.address_name)
		console_warn("%s: %s, %s 0x%llx at 0x%llx\n", name, fault.what,
			     fault.address_name, LL(fault.address), LL(fault.pc));
	else
		console_warn("%s %s\n", name, fault.what);
	return EFI_ABORTED;
}

/* SERVICE(get_time, "GetTime", timeout, arguments...) */
#define SERVICE(member, name, timeout_ns, ...)                                 \
	service_call(offsetof(struct efi_runtime_services, member), name,       \
		     &(struct call){ .timeout = timeout_ns, .arg = { __VA_ARGS__ } })
#define AT(p)	((uint64_t)(p))

efi_status_t efi_get_time(struct efi_time *out)
{
	efi_status_t status;

	if (efi_runtime_start())
		return EFI_UNSUPPORTED;
	status = SERVICE(get_time, "GetTime", TIMEOUT,
			 AT(&runtime.shared->time));
	*out = runtime.shared->time;
	return status;
}

/*
 * Copy name and vendor into the buffer, and end the name with a NUL. False if no service can be
 * called.
 */
static bool variable_put(const struct efi_variable *v)
{
	if (efi_runtime_start())
		return false;
	runtime.shared->variable = *v;
	runtime.shared->variable.name[EFI_NAME_UNITS - 1] = 0;
	return true;
}

efi_status_t efi_variable_next(struct efi_variable *v)
{
	struct shared *s;
	efi_status_t status;

	if (!variable_put(v))
		return EFI_UNSUPPORTED;
	s = runtime.shared;
	s->size = sizeof(s->variable.name);
	status = SERVICE(get_next_variable_name, "GetNextVariableName", TIMEOUT,
			 AT(&s->size), AT(s->variable.name), AT(&s->variable.vendor));
	s->variable.name[EFI_NAME_UNITS - 1] = 0;
	*v = s->variable;
	return status;
}

efi_status_t efi_variable_get(const struct efi_variable *v, uint32_t *attributes,
			      const void **data, uint64_t *size)
{
	struct shared *s;
	efi_status_t status;

	if (!variable_put(v))
		return EFI_UNSUPPORTED;
	s = runtime.shared;
	s->size = sizeof(s->data);
	status = SERVICE(get_variable, "GetVariable", TIMEOUT, AT(s->variable.name),
			 AT(&s->variable.vendor), AT(&s->attributes), AT(&s->size), AT(s->data));
	*attributes = s->attributes;
	*data = s->data;
	*size = s->size;
	return status == EFI_SUCCESS && s->size > sizeof(s->data) ? EFI_DEVICE_ERROR : status;
}

efi_status_t efi_variable_set(const struct efi_variable *v, uint32_t attributes, const void *data,
			      uint64_t size)
{
	struct shared *s;

	if (!variable_put(v))
		return EFI_UNSUPPORTED;
	s = runtime.shared;
	if (size > sizeof(s->data))
		return EFI_OUT_OF_RESOURCES;
	memcpy(s->data, data, size);
	return SERVICE(set_variable, "SetVariable", TIMEOUT_WRITE, AT(s->variable.name),
		       AT(&s->variable.vendor), attributes, size, AT(s->data));
}

void efi_reset(uint32_t how)
{
	(void)SERVICE(reset_system, "ResetSystem", TIMEOUT_WRITE, how);
}

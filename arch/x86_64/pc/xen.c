/* SPDX-License-Identifier: MIT */
/*
 * xen.c - the memory map of a Xen guest whose start_info has none, such as dom0: by hypercall.
 * Xen's docs/guest-guide/x86/hypercall-abi.rst, public/memory.h.
 */
#include "arch/x86_64/boot/cpu.h"
#include "raw.h"

#define CPUID_AMD	0x68747541u	/* leaf 0, EBX: "Auth" of "AuthenticAMD" */
#define CPUID_HYGON	0x6f677948u	/* "Hygo" of "HygonGenuine" */
#define MEMORY_OP	12
#define MEMORY_MAP	9		/* XENMEM_memory_map */

struct xen_map {
	uint32_t entries;		/* in: room; out: how many there are */
	uint32_t reserved;
	uint64_t buffer;
};

/* A hypercall may change the registers of its arguments. */
uint32_t xen_collect(void *e820, uint32_t room)
{
	struct xen_map map = { room, 0, (uint64_t)e820 }, *arg = &map;
	uint64_t op = MEMORY_MAP;
	const uint32_t vendor = cpu_id(0, 0).b;
	int64_t result = MEMORY_OP;

	if (cpu_id(CPUID_HV, 0).b != CPUID_HV_XEN)
		return 0;
	if (vendor == CPUID_AMD || vendor == CPUID_HYGON)
		__asm__ volatile("vmmcall" : "+a"(result), "+D"(op), "+S"(arg) :: "memory");
	else
		__asm__ volatile("vmcall" : "+a"(result), "+D"(op), "+S"(arg) :: "memory");
	return result || map.entries > room ? 0 : map.entries;
}
